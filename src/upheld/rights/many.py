"""Many people at once: what a connector may be able to do for a set of people, and plain fall-backs for those
that cannot.

A connector that has these methods is asked once for many; any other is asked one by one, with the same
answers. Members of a set are named by their position in it.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeGuard

from upheld.rights.connector import Collected, Connector, Entropy, Found
from upheld.rights.identify import Ambiguous, Identified, Question, search
from upheld.rights.outcome import Committed, Count, Counts, Failure, Permanent, Prepared, TableCount, Verified
from upheld.rights.plan import Step
from upheld.rights.subject import Identity, Key, Person, Subject

Questioned = tuple[Sequence[Identity], Sequence[Person]]
"""What `Connector.find` is asked about one person."""


@dataclass(frozen=True, slots=True)
class PreparedMany:
    """Everything of these members is written in one transaction, not committed. The caller stores all of it
    durably, then goes on. They share one token; each has counts, traces and dates of her own."""

    members: tuple[int, ...]
    prepared: tuple[Prepared, ...]


@dataclass(frozen=True, slots=True)
class CommittedMany:
    """The transaction of these members is durable."""

    members: tuple[int, ...]
    committed: tuple[Committed, ...]


ManyExecution = Generator[PreparedMany | CommittedMany, None, None]
"""As `Execution`, for a set: Prepared and Committed in turn, once for each transaction, each with the members
it is about. A failure leaves the members whose transaction was not committed as they were."""


@dataclass(frozen=True, slots=True)
class Tallied:
    """`each`: what the steps select of each member's; `together`: of all, each row once."""

    each: tuple[Counts, ...]
    together: Counts


class ManyConnector(Connector, Protocol):
    """What a connector that takes sets of people has beside the methods of `Connector`. The result of each
    equals that of the method for one, member by member, in some order."""

    def find_many(self, questions: Sequence[Questioned]) -> tuple[Found, ...]:
        """As `find`, for each question."""
        ...

    def keys_many(self, table: str, texts: Sequence[str]) -> tuple[Key | None, ...]:
        """As `key`, for each text; None for one that is no key."""
        ...

    def count_many(self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime) -> Tallied:
        """As `count`, for each subject, in one snapshot."""
        ...

    def execute_many(
        self,
        steps: Sequence[Step],
        subjects: Sequence[Subject],
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
        before: bool = False,
    ) -> ManyExecution:
        """As `execute`, in as few transactions as give what executing one by one gives. The limits hold for
        each subject. Refuses a STOP finding even with `go_on`: such systems are gone through one by one.
        With `before` each can be undone without the others, so that people who share a row follow each
        other."""
        ...

    def verify_many(
        self,
        steps: Sequence[Step],
        subjects: Sequence[Subject],
        traces: Sequence[Sequence[bytes]],
        *,
        now: datetime,
    ) -> tuple[Verified, ...]:
        """As `verify`, for each subject with her own traces."""
        ...


class CollectMany(Protocol):
    """What a connector that reads sets of people has, whatever else it takes sets for."""

    def collect_many(
        self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime
    ) -> Generator["Block", None, None]:
        """As `collect` for each subject, all from one snapshot. What several may see comes once for each of
        them, as she may see it."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """Some thousand rows or files at most, by whose copy they belong to; `size`: about how many bytes their
    long values have, files left aside."""

    given: Mapping[int, Sequence[Collected]]
    size: int


MANY = ("find_many", "keys_many", "count_many", "execute_many", "verify_many")
"""What `ManyConnector` has beside the methods of `Connector`."""


def find_many(connector: Connector, questions: Sequence[Questioned]) -> tuple[Found, ...]:
    """Ask a connector about many people."""
    if _takes_sets(connector):
        return connector.find_many(questions)
    return tuple(connector.find(identities, people) for identities, people in questions)


def keys_many(connector: Connector, table: str, texts: Sequence[str]) -> tuple[Key | None, ...]:
    """Keys of a person table given as text; None for one that is no key."""
    if _takes_sets(connector):
        return connector.keys_many(table, texts)
    keys: list[Key | None] = []
    for text in texts:
        try:
            keys.append(connector.key(table, text))
        except Permanent:
            keys.append(None)
    return tuple(keys)


def identify_many(
    connectors: Mapping[str, Connector], asked: Sequence[tuple[Sequence[Identity], Sequence[Person]]]
) -> tuple[Identified | Ambiguous, ...]:
    """As `identify` for each: all searches go side by side, and each system is asked for all of them at
    once."""
    searches = [search(connectors.keys(), identities, decisions) for identities, decisions in asked]
    ended: dict[int, Identified | Ambiguous] = {}
    answers: dict[int, Found | Failure | None] = dict.fromkeys(range(len(searches)))
    while answers:
        waiting: dict[str, list[tuple[int, Question]]] = {}
        for index, answer in answers.items():
            try:
                each = searches[index]
                asks = each.throw(answer) if isinstance(answer, Failure) else each.send(answer)
            except StopIteration as stop:
                ended[index] = stop.value
            except Ambiguous as doubt:
                ended[index] = doubt
            else:
                waiting.setdefault(asks.system, []).append((index, asks))
        answers = {}
        for system, those in waiting.items():
            answers.update(_answered(connectors[system], those))
    return tuple(ended[index] for index in range(len(searches)))


def _answered(
    connector: Connector, those: Sequence[tuple[int, Question]]
) -> dict[int, Found | Failure | None]:
    try:
        found = find_many(connector, [(each.identities, each.people) for _, each in those])
    except Failure as failure:
        return {index: failure for index, _ in those}
    return {index: each for (index, _), each in zip(those, found, strict=True)}


def count_many(
    connector: Connector, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime
) -> Tallied:
    """Count for many people. Without the connector's help a row that two share is counted twice in
    `together`."""
    if _takes_sets(connector):
        return connector.count_many(steps, subjects, now=now)
    each = tuple(connector.count(steps, subject, now=now) for subject in subjects)
    return Tallied(each, summed(each))


def summed(each: Sequence[Counts]) -> Counts:
    """Rows by step and by table, added up."""
    steps: dict[int, Count] = {}
    tables: dict[str, int] = {}
    for counts in each:
        for count in counts:
            before = steps.get(count.step, Count(count.step, count.table, 0))
            steps[count.step] = Count(
                count.step, count.table, before.rows + count.rows, before.others + count.others
            )
        for table in counts.tables:
            tables[table.table] = tables.get(table.table, 0) + table.matched
    return Counts(tuple(steps.values()), tuple(TableCount(name, rows) for name, rows in tables.items()))


class TooMuch(Exception):
    """What people's rows weigh is more than should be held in memory at once."""


def collect_many(
    connector: Connector, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime, room: "Room"
) -> list[list[Collected]] | None:
    """What `collect` gives of each, held in memory. None where they have to be read one by one: by a
    connector that does not take sets, or because of a failure, which each then meets herself. TooMuch
    when there is no room for it."""
    if not _collects_sets(connector):
        return None
    found: list[list[Collected]] = [[] for _ in subjects]
    read = connector.collect_many(steps, subjects, now=now)
    try:
        with closing(read):
            for block in read:
                room.take(block)
                for member, given in block.given.items():
                    found[member] += given
    except Failure:
        return None
    return found


MOST_ROWS = 50_000
MOST_BYTES = 64 * 2**20


@dataclass
class Room:
    """How much may still be held. Files are read when they are written, and weigh nothing here."""

    rows: int = MOST_ROWS
    size: int = MOST_BYTES

    def take(self, block: Block) -> None:
        """TooMuch where it does not fit any more."""
        self.rows -= sum(map(len, block.given.values()))
        self.size -= block.size
        if self.rows < 0 or self.size < 0:
            raise TooMuch


def takes_many(connectors: Mapping[str, Connector], system: str) -> ManyConnector | None:
    """The system's connector, where it takes sets of people."""
    connector = connectors.get(system)
    return connector if connector is not None and _takes_sets(connector) else None


def _takes_sets(connector: Connector) -> TypeGuard[ManyConnector]:
    """By the methods that it answers with: a connector behind another (the switch that stops all writing)
    defines none of them, and from Python 3.12 on a Protocol's own check would not see them."""
    return all(hasattr(connector, name) for name in MANY)


def _collects_sets(connector: object) -> TypeGuard[CollectMany]:
    return hasattr(connector, "collect_many")
