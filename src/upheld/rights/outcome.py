"""How a step can end. Three failures and no fourth: transient, permanent, misconfigured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from upheld.rights.subject import Key


class Failure(Exception):
    """What happened, in words for a person and without personal data; `remedy` says what to do next."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class Transient(Failure):
    """It may work later: retry whole. Lock and statement time-outs, a system that is down."""


class Permanent(Failure):
    """It will not work by itself: this part stops, the case stays open and says so."""


class Misconfigured(Failure):
    """A person must act first: the map, the connection or the target's schema is not as it has to be."""


class Misnamed(Misconfigured):
    """Whoever asks named something that is not there, or wrote it otherwise than it can be read: a case, a
    system, a field, a language, a key. Nothing was written, and asking again in the same words will not
    help."""


class Incomplete(Misconfigured):
    """Everything that the map covers is done and committed, but the map does not cover the system: its part
    is not fulfilled until the map does (design: fail closed)."""


class EvidenceClass(StrEnum):
    """How we know (P-20). Never mixed: a step has one, and the certificate shows it."""

    ASSERTED = "A"
    REQUERIED = "B"
    KEY_DESTROYED = "C"
    CONFIRMED = "D"
    KEPT = "E"


class Established(StrEnum):
    """How the commit is known: seen, by a receipt in the target, by reading again, or asserted only."""

    WITNESSED = "witnessed"
    RECEIPT = "receipt"
    REREAD = "reread"
    ASSERTED = "asserted"


@dataclass(frozen=True, slots=True)
class Count:
    """Rows one step selects or changed. `others`: those among them that are not hers (a subtree's)."""

    step: int
    table: str
    rows: int
    others: int = 0


@dataclass(frozen=True, slots=True)
class TableCount:
    """Distinct rows of hers in one table, however many steps touch them (scenario 18)."""

    table: str
    matched: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a system's steps select (dry run) or changed (execution). `left`: rows that stood otherwise than
    they had been left, and were left alone."""

    steps: tuple[Count, ...]
    tables: tuple[TableCount, ...] = ()
    left: tuple[TableCount, ...] = ()

    def rows(self, step: int) -> int:
        """Rows of one step; 0 where it selected none."""
        return sum(count.rows for count in self.steps if count.step == step)

    def __iter__(self) -> Iterator[Count]:
        return iter(self.steps)


@dataclass(frozen=True, slots=True)
class Due:
    """Rows that stay until a date, then follow the rule: what the purge works from (G-30.4). `on` is an ISO
    date; `key` names the columns of `rows`, which the caller seals."""

    step: int
    table: str
    on: str
    key: tuple[str, ...]
    rows: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class FileImage:
    """One file as it was. `image`: which and how, in a form of the connector's (spec/file-images.md);
    `content` gives its bytes, `size` of them, in pieces of at most 64 KiB, anew at each call. Both are
    personal."""

    image: bytes
    size: int
    content: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything is written in the target but not committed. The caller stores this durably, then goes on.

    `part`: which transaction of the system. `token`: how to ask later whether it committed. `traces`: what
    verification needs to look for, `before`: the rows as they were; both personal, to be sealed. `due`: what
    its Committed will say, so that a crash between the two loses no date. `last`: nothing of the
    system is left to write after it. `files`: those that go with it, as they are, where an undo window is
    open: each is stored, sealed and durable, before the caller goes on.
    """

    system: str
    part: str
    token: str
    counts: Counts
    traces: bytes
    before: bytes | None = None
    due: tuple[Due, ...] = ()
    last: bool = True
    files: tuple[FileImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The target's transaction is durable, and how that is known."""

    system: str
    part: str
    established: Established
    counts: Counts
    due: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A person was asked to do a step, and it is open until an `answer.Answer` to it is recorded. Names
    nobody: the caller adds whom it is about when it tells the owner. `due` is the last day on which the
    answer is in time.
    """

    system: str
    step: int
    owner: str
    address: str
    look_for: str
    how: str
    due: date


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something of hers that verification still finds. Says where, never what."""

    table: str
    column: str
    rows: int
    how: str


@dataclass(frozen=True, slots=True)
class Verified:
    """Result of looking again in a new transaction. `searched` and `not_searched` are `table.column`."""

    system: str
    remnants: tuple[Remnant, ...]
    searched: tuple[str, ...]
    not_searched: tuple[str, ...] = ()


class Settled(StrEnum):
    """What became of a prepared transaction after a crash."""

    COMMITTED = "committed"
    ABORTED = "aborted"
    UNKNOWN = "unknown"
