"""The steps that stop a use (Art. 21, Art. 7(3)): which column says it in which table, and which systems only
their owners can stop."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from upheld.datamap.model import DataMap, System, Table
from upheld.law.objection import Against
from upheld.rights.plan import Reason, Restrict, Selection, Step

DIRECT_MARKETING = "Art. 21(2) GDPR"

HOW = {
    Against.MARKETING: "list the person among those who get no advertising, and take her off all mailings",
    Against.USE: "stop using what is found for the purpose that the person objects to",
    Against.CONSENT: "record that the consent is withdrawn, and stop every use that rests on it",
    Against.SALE: "record that what is found is neither sold nor shared, and stop both",
}
"""What the owner of a system is asked to do."""


def concerned(datamap: DataMap, against: Against) -> frozenset[str] | None:
    """The purposes that this can stop; None where a purpose does not tell, so that every system is asked."""
    if against.bases is None:
        return None
    return frozenset(each.name for each in datamap.purposes if each.basis in against.bases)


def untouched(system: System, purposes: frozenset[str] | None) -> bool:
    """Whether the map says of everything in a system what it is used for, and none of that can be stopped.
    Where it leaves one thing open, the system is asked."""
    used = [found for table in system.tables for found in _used(table)]
    if purposes is None or not used or not all(used):
        return False
    return not any(purposes.intersection(each) for each in used)


def _used(table: Table) -> Iterator[tuple[str, ...]]:
    """For what each field of a table is used; a table without fields, by its own purposes."""
    yield from (each.purposes for each in table.every_field)
    if not table.every_field:
        yield table.purposes


def has_place(system: System, against: Against) -> bool:
    """Whether a column of the system says that it is stopped."""
    return any(against in each.against for table in system.tables for each in table.stops)


def stopping(
    system: str,
    tables: Iterable[Table],
    hers: Callable[[Table], Selection | None],
    against: Against,
    reason: Reason,
) -> Iterator[Step]:
    """One step an entry of `stop`, in the map's order."""
    for table in tables:
        for each in table.stops:
            selection = hers(table) if against in each.against else None
            if selection is not None:
                selection = replace(selection, when=(*selection.when, *each.when))
                yield Restrict(0, system, selection, each.column, reason, each.value)
