"""The port through which the engine reaches a system. One folder a kind implements it (design: connectors).

A connector is made by `Factory`, found by the entry point group `upheld.connectors` under its kind. All
methods raise only Transient, Permanent or Misconfigured across this port. `upheld.connectors.conformance` is
the kit that every connector, ours or a stranger's, has to pass.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from upheld.datamap.model import System
from upheld.rights.outcome import (
    Asked,
    Committed,
    Counts,
    Established,
    FileImage,
    Prepared,
    Settled,
    Verified,
)
from upheld.rights.plan import Step
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restored, Undoing

Entropy = Callable[[], str]
"""Gives a fresh random token: lower-case letters and digits, at least 96 bits. Given, so that tests
repeat."""

REDACTED = "[about another person]"
"""The mark in place of other people's data in her copy (G-15.5)."""

SMALL_TABLE = 50
"""Tables with fewer rows are not held against `share_of_table`: one person is a large share of them."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind can do. `establishes`: the best it can say after a crash; `restrict`: single values can be
    set and put back, for restriction and correction; `undo`: rows can be put back as they were;
    `automatic`: answers by itself (a manual system waits for a person); `tested`: proven against real
    servers of this kind."""

    transactions: bool
    establishes: Established
    restrict: bool
    undo: bool
    automatic: bool = True
    tested: bool = True
    version: str = ""


class Severity(StrEnum):
    """STOP: nothing is written in this system until it is cured or accepted. DOUBT: look at it; `--strict`
    fails on it too. NOTE: worth knowing."""

    STOP = "stop"
    DOUBT = "doubt"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong between the map, the plan's rules and the live system, with its cure.

    `code` is stable and documented (`docs/findings.md`); `cure` is the statement or the edit that ends it.
    Never holds values of rows. `erasing`: it is about what an erasure would do, and stands in the way of no
    other right.
    """

    code: str
    severity: Severity
    system: str
    table: str
    column: str
    what: str
    cure: str
    erasing: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at a system adds to what is known of the person."""

    people: tuple[Person, ...] = ()
    identities: tuple[Identity, ...] = ()


@dataclass(slots=True)  # not frozen: that took longer than all else that is done to a row
class Row:
    """One row for the person's copy. `redacted`: columns whose value was replaced by a mark (G-15.5).
    `mine`: False where she may see a row that is somebody else's. `key`: the columns by which the system
    tells its rows apart; empty where it cannot. `until`: the row was removed, and can come back until that
    day."""

    step: int
    table: str
    values: Mapping[str, object]
    redacted: tuple[str, ...] = ()
    mine: bool = True
    key: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to the copy: where it stood, and its bytes in pieces of at most 64 KiB."""

    step: int
    table: str
    name: str
    content: Iterator[bytes]


Collected = Row | Attachment

Execution = Generator[Prepared | Committed | Asked, None, None]
"""Yields Prepared, is resumed only when the caller has stored it durably, commits, yields Committed; once for
each transaction of the system. Closing the generator before resuming rolls back. A system that waits for a
person yields Asked for each task instead, and ends."""


class Connector(Protocol):
    """One live system. Holds connections only inside a call, or while a generator of it is open."""

    @property
    def capabilities(self) -> Capabilities:
        """What this system, as connected, can do."""
        ...

    def check(self) -> tuple[Finding, ...]:
        """The live system against the map and the rules of planning. Reads only, no rows' values."""
        ...

    def key(self, table: str, text: str) -> Key:
        """A key of a person table given as text, in the column's own types.

        Permanent when it is not one ('7abc' for an integer): never a guess (scenario 27)."""
        ...

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        """People that the identities name here, and the identities that the people's own rows vouch for.

        Reads only. Only verified identities are looked for."""
        ...

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """What the steps would select or change at this moment; reads only, in one snapshot."""
        ...

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """The rows and files of the Collect steps, from one read-only snapshot, in bounded memory; for each
        Correct step her rows with their key and the one value that it is about, exactly as it stands."""
        ...

    def execute(
        self,
        steps: Sequence[Step],
        subject: Subject,
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
        before: bool = False,
    ) -> Execution:
        """Do the writing steps. Refuses with Misconfigured on any STOP finding and on undecided rows, with
        Permanent beyond a limit that `allow` does not name (`rows_per_person`, `share_of_table`), in each
        case before its first write. With `go_on` in `allow` what the map lacks does not stop what it
        covers: after the last commit Incomplete says what is left.

        With `before`, each Prepared holds the rows that its transaction changes as they were, and the files
        that it removes or rewrites: none is touched before the generator is resumed;
        Misconfigured, before the first write, where they could not be put back.
        Steps that set values give, as traces, the cells that they set and, as before-images, those and the
        rows that were marked already (spec/cells.md)."""
        ...

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        """What `undo` would put back at this moment, and what is in its way. Nothing of it stays.
        `files`: those of its parts, in their order; of a part that was aborted, too."""
        ...

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        """The rows of hers that an erasure removed and that are not back, from what its parts kept, for the
        Collect steps: while they can come back they belong to her copy, marked `until`; and her files."""
        ...

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        """Put back what the parts of one erasure removed, given in their order. Nothing that stands there by
        now is overwritten: such rows are conflicts, and the rest is restored. Safe to repeat: rows that are
        there as they were count as `already`. Permanent where a row would come back otherwise than it was,
        and where the kind of system cannot do it."""
        ...

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """Look again, in a new transaction, from identities, keys and remembered values and by the map, not
        by the predicates that erased. Of traces that are cells (spec/cells.md), whether each stands as it was
        left; without any steps only that, so that one part among several can be settled."""
        ...

    def settle(self, token: str) -> Settled:
        """What became of the transaction of that token: asked after a crash, before anything is repeated."""
        ...


class Factory(Protocol):
    """What the entry point names: makes a connector for a system of the map.

    `secrets` gives the value of `${NAME}`; a missing one is Misconfigured, naming every place tried. No
    connection is opened yet."""

    def __call__(self, system: System, *, secrets: Mapping[str, str]) -> Connector:
        """Misconfigured when the system's own keys do not fit this kind."""
        ...
