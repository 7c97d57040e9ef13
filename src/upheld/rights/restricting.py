"""The steps of a restriction (Art. 18): which rows are marked, and where the map names no mark."""

from collections.abc import Callable, Iterator

from upheld.datamap.model import Table
from upheld.rights.plan import Keep, Reason, Restrict, Selection, Step, Unmarked

UNMARKED = "restriction.absent"
"""What `accept` of a table names where no mark is needed, with the reason."""


def restricting(
    system: str, tables: Iterator[Table], hers: Callable[[Table], Selection | None], reason: Reason
) -> Iterator[Step]:
    """One step a table in which rows can be hers, in the map's order."""
    for table in tables:
        selection = hers(table)
        if selection is None:
            continue
        accepted = dict(table.accept).get(UNMARKED)
        if table.restricted:
            yield Restrict(0, system, selection, table.restricted, reason)
        elif accepted:
            yield Keep(0, system, selection, accepted, reason)
        else:
            yield Unmarked(0, system, selection, reason)
