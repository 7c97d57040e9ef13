"""Where a change of the map allows more than it did: that is for two to decide, where going beyond a limit is
(docs/adr/0049). Who may raise a limit alone needs nobody to go beyond it."""

from collections.abc import Iterator

from upheld.datamap.model import DataMap, Limits, Organisation
from upheld.datamap.two import MATTERS

HELD = (
    ("people_per_day", "people a day"),
    ("rows_per_person", "rows a person"),
    ("share_of_table", "share of a table"),
)
"""The limits beyond which somebody is asked; the others only make changes wait."""


def loosened(before: DataMap, after: DataMap) -> tuple[str, ...]:
    """What is allowed by `after` that `before` did not allow, a sentence each; names nobody."""
    former = {each.name: each.limits for each in before.systems}
    found = list(_rules(before.organisation, after.organisation))
    found += _proof(before.organisation, after.organisation)
    found += _limits("systems that do not say it", before.organisation.limits, after.organisation.limits)
    for each in after.systems:
        found += _limits(each.name, former.get(each.name, before.organisation.limits), each.limits)
    return tuple(found)


def _limits(where: str, before: Limits, after: Limits) -> Iterator[str]:
    for name, words in HELD:
        former, now = getattr(before, name), getattr(after, name)
        if former is not None and (now is None or now > former):
            yield f"{where}: {words} {former:g} → {'no limit' if now is None else f'{now:g}'}"


def _rules(before: Organisation, after: Organisation) -> Iterator[str]:
    for matter in MATTERS:
        former, now = before.two.rule(matter), after.two.rule(matter)
        if former is not None and former is not now:
            yield f"decisions of two, {matter}: {former} → {now or 'nobody'}"
    if before.two.rules and before.two.outside != after.two.outside:
        yield "decisions of two: the address outside"
    if before.two.rules and after.two.cooling < before.two.cooling:
        yield f"decisions of two: {before.two.cooling} → {after.two.cooling} hours of cooling"


def _proof(before: Organisation, after: Organisation) -> Iterator[str]:
    """Any other numbers: whether they are lower is for two to see, as the law's own may stand on one side."""
    changed = {(each.regime, each.certainty.value) for each in set(before.proof) ^ set(after.proof)}
    for regime, certainty in sorted(changed):
        yield f"proof of who asks, {regime}, {certainty} certainty: other than before"
