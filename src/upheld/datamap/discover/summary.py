"""A draft in numbers and words: what was found, and what to look at first."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from upheld.datamap import model
from upheld.datamap.model import Proposal, System

FIRST = 12
"""So many doubts are told; the check tells all."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands in a draft. `people`: tables in which people live. `doubts`: the least sure first."""

    tables: int
    people: tuple[str, ...]
    declared: int
    found: int
    categories: tuple[tuple[str, int], ...]
    treatments: tuple[tuple[str, int], ...]
    doubts: tuple[Proposal, ...]


def summary(system: System) -> Summary:
    """Of a draft that was read back."""
    links = [link for table in system.tables for link in table.links]
    proposed = sum(each.about.startswith(("belongs_to", "visible_to")) for each in system.proposals)
    fields = Counter(field.category for table in system.tables for field in table.every_field)
    treated = Counter(_treatment(table) for table in system.tables)
    without = sum(len(each.tables) for each in system.no_personal_data)
    if without:
        treated["without people"] = without
    return Summary(
        len(system.tables) + without,
        tuple(table.name for table in system.tables if table.person),
        len(links) - proposed,
        proposed,
        tuple(fields.most_common()),
        tuple(treated.most_common()),
        tuple(sorted(system.proposals, key=lambda each: (each.confidence, each.table, each.about))),
    )


def _treatment(table: model.Table) -> str:
    actions = [rule.action for rule in table.treatment.rules] + [action for _, action in table.treatment.by]
    words = (
        (model.Retain, "kept for a time"),
        (model.Anonymise, "staying without her"),
        (model.Delete, "deleted"),
        (model.Detach, "cut from her"),
    )
    return next((word for kind, word in words if any(isinstance(each, kind) for each in actions)), "left")


def lines(found: Summary, system: str) -> Iterator[str]:
    """For people."""
    yield f"{system}: {_many(found.tables, 'table')} looked at."
    yield f"People live in: {', '.join(found.people) or 'no table that could be told'}."
    yield (
        f"Links to people and between tables: {found.declared} by foreign keys, "
        f"{found.found} found by names and values."
    )
    if found.categories:
        yield f"Personal data: {', '.join(f'{name} {many}' for name, many in found.categories)}."
    if found.treatments:
        yield f"On erasure: {', '.join(f'{many} {name}' for name, many in found.treatments)}."
    if found.doubts:
        are = "is" if len(found.doubts) == 1 else "are"
        yield f"{_many(len(found.doubts), 'decision')} {are} only proposed. Look first at:"
        for each in found.doubts[:FIRST]:
            yield f"  {each.confidence:.2f}  {each.table}, {each.about}: {each.because}"
        if len(found.doubts) > FIRST:
            yield f"  and {len(found.doubts) - FIRST} more that are surer"


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
