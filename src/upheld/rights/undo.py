"""Putting back what an erasure removed, while its window is open (ADR 0016)."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from upheld.rights.outcome import Established, Misconfigured


class Why(StrEnum):
    """Why a row cannot come back: nothing that stands there now is ever overwritten (scenario 55).

    TAKEN: its key or another value that must differ is used by now. PARENT: a row that it refers to is not
    there. CHANGED: somebody changed or removed what the erasure left of it. SCHEMA: its table or a column has
    changed. REFUSED: the database says no, for another reason.
    """

    TAKEN = "taken"
    PARENT = "parent"
    CHANGED = "changed"
    SCHEMA = "schema"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Back:
    """Rows of one table that come back; `already`: that stand there as they were before the erasure."""

    table: str
    rows: int
    already: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows of one table that stay as they are, or away."""

    table: str
    why: Why
    rows: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What comes back in one system, and what does not. Names nobody."""

    tables: tuple[Back, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def rows(self) -> int:
        """Rows written."""
        return sum(each.rows for each in self.tables)

    @property
    def already(self) -> int:
        """Rows that stood there before."""
        return sum(each.already for each in self.tables)

    @property
    def left(self) -> int:
        """Rows that are not restored."""
        return sum(each.rows for each in self.conflicts)

    def __iter__(self) -> Iterator[Back]:
        return iter(self.tables)


@dataclass(frozen=True, slots=True)
class Restoring:
    """Everything is written back in the target but not committed: as `Prepared` for an erasure."""

    system: str
    token: str
    restored: Restored


@dataclass(frozen=True, slots=True)
class Undone:
    """The rows are back for good, and how that is known."""

    system: str
    established: Established
    restored: Restored


Undoing = Generator[Restoring | Undone, None, None]
"""Yields Restoring, is resumed only when the caller has stored it durably, commits, yields Undone. Closing
the generator before resuming rolls back."""


def cannot(system: str) -> Misconfigured:
    """What a kind of system answers that cannot put rows back."""
    return Misconfigured(
        f"{system}: this kind of system cannot put back what was erased.",
        "Write `undo: none` for it; what is erased there is gone at once.",
    )
