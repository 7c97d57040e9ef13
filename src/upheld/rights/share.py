"""How large a share of a table somebody's rows are, or a whole list's: judged before anything is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import floor
from typing import Protocol, TypeGuard

from upheld.rights.connector import SMALL_TABLE, Connector
from upheld.rights.outcome import TableCount

Size = Callable[[str, int | None], int]
"""How many rows a table has; of one that has more than the second says, that many will do. None: all."""


class Sizing(Protocol):
    """A connector that can say how large a table is. One that cannot judges the share when it writes."""

    def size(self, table: str, enough: int | None) -> int:
        """As `Size`, of the rows that the map is about: one tenant's, where it names one."""
        ...


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one table that are more of it than the map allows."""

    table: str
    rows: int
    size: int

    def __str__(self) -> str:
        return f"{min(self.rows / self.size, 1):.0%} of {self.table}"


def beyond(found: Iterable[TableCount], most: float, size: Size) -> list[Share]:
    """The tables of which the rows are more than that share. A table is counted no further than it takes to
    know, and small ones have no share."""
    shares = []
    for each in found:
        if not each.matched:
            continue
        enough = max(SMALL_TABLE, floor(each.matched / most) + 1) if most else None
        rows = size(each.table, enough)
        if rows >= SMALL_TABLE and each.matched > most * rows:
            shares.append(Share(each.table, each.matched, rows))
    return shares


@dataclass
class Sizes:
    """What the systems said of their tables' sizes, asked once for many people."""

    connectors: Mapping[str, Connector]
    known: dict[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)

    def beyond(self, system: str, found: Iterable[TableCount], most: float | None) -> list[Share]:
        """As `beyond`; nothing where the map sets no share, or the system cannot say."""
        connector = self.connectors.get(system)
        if most is None or connector is None or not sizes(connector):
            return []
        return beyond(found, most, lambda table, enough: self._size(system, connector, table, enough))

    def _size(self, system: str, connector: Sizing, table: str, enough: int | None) -> int:
        size, until = self.known.get((system, table), (0, 0))
        if until is None or size < until or (enough is not None and enough <= until):
            return size
        size = connector.size(table, enough)
        self.known[system, table] = size, enough
        return size


def sizes(connector: object) -> TypeGuard[Sizing]:
    """By the method that it answers with, as one behind the switch does."""
    return hasattr(connector, "size")
