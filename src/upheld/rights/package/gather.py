"""The one pass over each system: rows to the spool, files into the archive, and what was learnt."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from upheld.datamap.model import Condition, DataMap, Field, System, Table
from upheld.law.right import Right
from upheld.rights.connector import Attachment, Collected, Connector, Row
from upheld.rights.outcome import Failure
from upheld.rights.package import porting
from upheld.rights.package.archive import Archive
from upheld.rights.package.guard import Guard, guard
from upheld.rights.package.names import Names, safe
from upheld.rights.package.spool import Spool, Strand
from upheld.rights.package.values import Json, escape, line, mark
from upheld.rights.plan import Collect, Plan, Task
from upheld.rights.rows.select import marked
from upheld.rights.statement import Statement
from upheld.rights.subject import Subject


class State(StrEnum):
    """How a system's part of the copy stands. Only COMPLETE and NOTHING are finished."""

    COMPLETE = "complete"
    NOTHING = "nothing"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_ASKED = "not-asked"


@dataclass(slots=True)
class Column:
    """A column as seen in her rows: kinds of its values, none when all were empty."""

    name: str
    kinds: set[str] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Holding:
    """Her rows of one table: where they are set aside, and what is known of them."""

    system: str
    name: str
    table: Table
    slug: str
    strand: Strand
    guard: Guard
    formats: dict[int, tuple[tuple[Condition, str], ...]]
    columns: dict[str, Column] = field(default_factory=dict)
    withheld: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    said: set[int] = field(default_factory=set)
    removed: int = 0

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.strand.count


@dataclass(frozen=True, slots=True)
class Copied:
    """A file in the package: which table names it, what it was called, where it is now, how big."""

    table: str
    name: str
    path: str
    size: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of hers as it stands in the package: its number, from 1, and its file."""

    number: int
    statement: Statement

    @property
    def path(self) -> str:
        """Verbatim, as text."""
        return f"statements/{self.number}.txt"


@dataclass(slots=True)
class Part:
    """One system's part. `searched`: tables that were asked, with or without rows. `left_out`: what of it
    is no part of what she takes along, and why; None in a copy of all."""

    system: System
    slug: str
    state: State
    searched: tuple[str, ...] = ()
    holdings: list[Holding] = field(default_factory=list)
    files: list[Copied] = field(default_factory=list)
    failure: Failure | None = None
    left_out: tuple[Mapping[str, str], ...] | None = None

    @property
    def rows(self) -> int:
        """How many rows of all tables."""
        return sum(holding.rows for holding in self.holdings)

    @property
    def finished(self) -> bool:
        """Nothing more will come."""
        return self.state in (State.COMPLETE, State.NOTHING)


def meets(condition: Condition, values: Mapping[str, object]) -> bool:
    """Whether a row meets a condition, as far as its own values can tell (a lookup does not: no)."""
    for test in condition:
        value = values.get(test.column)
        if test.lookup is not None:
            return False
        if test.marked:
            if not marked(value):
                return False
            continue
        if test.like is not None:
            pieces, text = test.like.split("*"), str(value)
            if value is None or not _like(pieces, text):
                return False
        elif value not in test.values:
            return False
    return True


def _like(pieces: list[str], text: str) -> bool:
    if len(pieces) == 1:
        return text == pieces[0]
    if not text.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.endswith(pieces[-1]) and len(text) - len(pieces[-1]) >= at


def _mapped(system: System) -> bool:
    return system.kind == "manual" or any(
        table.person or table.links or table.identities for table in system.tables
    )


def parts(plan: Plan, datamap: DataMap) -> list[Part]:
    """Every system in which she could be, in the order of the map; one that the plan leaves out is said to be
    not asked, for nothing may look finished that is not."""
    names, found = Names(), []
    for system in datamap.systems:
        steps = plan.of(system.name)
        if not steps and not _mapped(system):
            continue
        tables = dict.fromkeys(step.selection.table for step in steps if isinstance(step, Collect))
        state = State.NOTHING if tables else State.NOT_ASKED
        if any(isinstance(step, Task) for step in steps):
            state = State.WAITING
        part = Part(system, names.path(safe(system.name)), state, tuple(tables))
        if plan.right is Right.PORTABILITY:
            portable = porting.purposes(datamap)
            part.left_out = tuple(
                {"table": table.name, "field": name, "reason": why.value}
                for table in system.tables
                for name, why in porting.left_out(system, table, portable)
            )
            if part.state is State.NOT_ASKED:
                part.state = State.NOTHING
        found.append(part)
    return found


class Gathering:
    """Fills the parts. Gives the bytes of files as they go into the archive."""

    def __init__(
        self,
        plan: Plan,
        subject: Subject,
        spool: Spool,
        archive: Archive,
        names: Names,
        said: Sequence[Said] = (),
    ) -> None:
        self._plan, self._subject, self._said = plan, subject, said
        self._spool, self._archive, self._names = spool, archive, names

    def answered(self, part: Part, files: Sequence[Attachment]) -> Iterator[bytes]:
        """What somebody answered who looked by hand: files, or that there is nothing."""
        part.state = State.COMPLETE if files else State.NOTHING
        try:
            for item in files:
                yield from self._file(part, item)
        except Failure as failure:
            part.failure, part.state = failure, State.FAILED

    def fill(self, part: Part, connector: Connector | None, now: datetime) -> Iterator[bytes]:
        """Everything one system gives. A failure leaves what came before it, and the part says so."""
        steps = self._plan.of(part.system.name)
        if connector is None:
            part.state = State.FAILED if part.searched else part.state
            return
        if not part.searched and part.state is State.NOT_ASKED:
            return
        tables = {step.number: step for step in steps if isinstance(step, Collect)}
        holdings: dict[str, Holding] = {}
        try:
            for item in connector.collect(steps, self._subject, now=now):
                taken = self._taken(item, tables)
                if taken is None:
                    continue
                holding = holdings.get(item.table)
                if holding is None:
                    holding = holdings[item.table] = self._holding(part, item.table, tables)
                if isinstance(taken, Row):
                    _add(holding, taken, self._beside(part, item))
                else:
                    yield from self._file(part, taken)
        except Failure as failure:
            part.failure, part.state = failure, State.FAILED
        part.holdings = [holding for holding in holdings.values() if holding.rows]
        if part.state in (State.NOTHING, State.WAITING) and (part.holdings or part.files):
            part.state = State.COMPLETE
        elif part.state is State.NOTHING and not connector.capabilities.automatic:
            part.state = State.WAITING

    def _taken(self, item: Collected, tables: Mapping[int, Collect]) -> Collected | None:
        """What of it goes into the package: all, or what she takes along."""
        if self._plan.right is not Right.PORTABILITY or not isinstance(item, Row):
            return item
        step = tables.get(item.step)
        return porting.projected(item, step.fields) if step else None

    def _beside(self, part: Part, item: Collected) -> tuple[int, ...]:
        """The statements that are about this very row."""
        if not isinstance(item, Row):
            return ()
        return tuple(
            each.number
            for each in self._said
            if each.statement.about(part.system.name, item.table, item.key, item.values)
        )

    def _holding(self, part: Part, name: str, steps: Mapping[int, Collect]) -> Holding:
        try:
            table = part.system.table(name)
        except KeyError:
            table = Table(name)
        own = [step for step in steps.values() if step.selection.table == name]
        fields: list[Field] = [*table.every_field, *(each for step in own for each in step.fields)]
        slug = self._names.path(part.slug, name)
        formats = {step.number: step.formats for step in own if step.formats}
        return Holding(part.system.name, name, table, slug, self._spool.strand(), guard(fields), formats)

    def _file(self, part: Part, item: Attachment) -> Iterator[bytes]:
        path = self._names.path(
            "files", part.slug, item.table, item.name.replace("\\", "/").rpartition("/")[2]
        )
        failures: list[Failure] = []
        entry = yield from self._archive.add(path, _until_failure(item.content, failures))
        part.files.append(Copied(item.table, item.name, path, entry.size, not failures))
        if failures:
            raise failures[0]


def _until_failure(content: Iterator[bytes], failures: list[Failure]) -> Generator[bytes, None, None]:
    # The archive's entry has to be closed properly even if the file breaks off.
    try:
        yield from content
    except Failure as failure:
        failures.append(failure)


def _add(holding: Holding, row: Row, said: tuple[int, ...] = ()) -> None:
    written, stopped = holding.guard.apply(row)
    columns = holding.columns
    out: dict[str, Json] = {}
    for name, (kind, value) in written.items():
        column = columns.get(name)
        if column is None:
            column = columns[name] = Column(name)
        if kind:
            column.kinds.add(kind)
        elif type(value) is dict:
            column.withheld.add(str(value[mark + "withheld"]))
        out[escape(name)] = value
    if stopped:
        holding.withheld.update(stopped)
    _mark(holding, row, out, said)
    holding.strand.add(line(out))


def _mark(holding: Holding, row: Row, out: dict[str, Json], said: tuple[int, ...]) -> None:
    """What is to be said of the row besides its values."""
    if not row.mine:
        holding.seen += 1
        out[mark + "mine"] = False
    if row.until is not None:
        holding.removed += 1
        out[mark + "recoverable"] = row.until.isoformat()
    out.update(_marks(holding, row))
    if said:
        holding.said.update(said)
        out[mark + "statements"] = list(said)


def _marks(holding: Holding, row: Row) -> Iterator[tuple[str, Json]]:
    """What the row's own columns say of it: deleted, restricted, written in some format."""
    marks = (("deleted", holding.table.deleted), ("restricted", holding.table.restricted))
    for word, where in marks:
        if where and marked(row.values.get(where)):
            yield mark + word, escape(where)
    for condition, name in holding.formats.get(row.step, ()):
        if meets(condition, row.values):
            yield mark + "format", name
            return
