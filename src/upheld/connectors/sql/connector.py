"""Relational databases through SQLAlchemy Core: SQLite, PostgreSQL, MariaDB; others as far as they are like
them."""

import threading
import time
import weakref
from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property

import sqlalchemy as sa

from upheld.connectors.sql import check as checks
from upheld.connectors.sql.catalogue.mark import Seen, mark, seen
from upheld.connectors.sql.catalogue.quiet import Counted
from upheld.connectors.sql.change import Draw
from upheld.connectors.sql.collect import collect
from upheld.connectors.sql.columns import NotFitting, Tables, fit
from upheld.connectors.sql.compiled import Answer
from upheld.connectors.sql.discover import Draft, discover
from upheld.connectors.sql.discover.reach import Wish, own_schemas
from upheld.connectors.sql.discover.seeing import Told
from upheld.connectors.sql.engine import IDLE_SECONDS, TESTED, make_engine, reading, writing
from upheld.connectors.sql.execution import Run, count_all, refresh
from upheld.connectors.sql.failures import translated
from upheld.connectors.sql.find import find
from upheld.connectors.sql.grants import grants
from upheld.connectors.sql.live import LiveColumn, LiveSchema, read_live
from upheld.connectors.sql.locate import prepare
from upheld.connectors.sql.many.collect import collect_many
from upheld.connectors.sql.many.count import count_many
from upheld.connectors.sql.many.find import Finder
from upheld.connectors.sql.many.locate import prepare_many
from upheld.connectors.sql.many.run import ManyRun
from upheld.connectors.sql.many.union import together
from upheld.connectors.sql.many.verify import verify_many
from upheld.connectors.sql.order import touches
from upheld.connectors.sql.reads import reads
from upheld.connectors.sql.setting import Setter, SettingRun, grave, marking, to_correct, verified
from upheld.connectors.sql.settle import settle, token
from upheld.connectors.sql.size import size_of
from upheld.connectors.sql.traces import loaded, merged
from upheld.connectors.sql.undo.files import Returning
from upheld.connectors.sql.undo.image import loaded as loaded_images
from upheld.connectors.sql.undo.restore import Restore
from upheld.connectors.sql.undo.sealed import sealed
from upheld.connectors.sql.verify import Verifier
from upheld.connectors.sql.where import Rows, rows_of
from upheld.connectors.sql.write import Writer
from upheld.datamap.model import Purpose, System
from upheld.law.right import Right
from upheld.rights.cells import are_cells
from upheld.rights.connector import Capabilities, Collected, Entropy, Execution, Finding, Found, Severity
from upheld.rights.many import Block, ManyExecution, Questioned, Tallied
from upheld.rights.outcome import (
    Counts,
    Established,
    FileImage,
    Incomplete,
    Misconfigured,
    Permanent,
    Settled,
    Verified,
)
from upheld.rights.plan import Collect, Retain, Step
from upheld.rights.planner import plan_system
from upheld.rights.rows.setting import sets_cells
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restored, Restoring, Undoing, Undone


@dataclass
class SqlConnector:
    """One database of the map. Every call asks whether the live schema is still the one that was read last,
    and reads and checks it anew where it is not."""

    system: System
    engine: sa.Engine
    secrets: Mapping[str, str]
    known: "Known | None" = field(default=None, init=False, repr=False, compare=False)
    plans: dict[Right, tuple[Step, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _glance: "Glance" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._glance = Glance()

    @cached_property
    def capabilities(self) -> Capabilities:
        """By dialect; whether a receipt is kept decides what can be established outside PostgreSQL."""
        name = self.engine.dialect.name
        known = Established.WITNESSED if name == "postgresql" else Established.REREAD
        if name != "postgresql" and self.system.receipt:
            known = Established.RECEIPT
        version = f"1 ({name}, SQLAlchemy {sa.__version__})"
        return Capabilities(True, known, restrict=True, undo=True, tested=name in TESTED, version=version)

    def check(self) -> tuple[Finding, ...]:
        """Misconfigured and Transient when the database cannot be reached."""
        with translated(self.system.name, "checking the schema"), self._reading() as connection:
            return self._findings(connection, self._known(connection))

    def grants(self) -> str:
        """The statements that give two roles what this map needs; for its owner to read and to run."""
        with translated(self.system.name, "reading the schema"), reading(self.engine) as connection:
            return grants(self.system, self._known(connection).live)

    def discover(self, wish: Wish, told: Told = lambda _table, _total: None) -> Draft:
        """A draft of this database's map. Reads only, and gives back nothing that it read."""
        with translated(self.system.name, "discovering"), reading(self.engine) as connection:
            system = replace(self.system, schemas=self.system.schemas or own_schemas(connection))
            return discover(system, read_live(connection, system.schemas), connection, wish, told)

    def reads(self, purposes: Sequence[Purpose]) -> str:
        """The statements by which each purpose reads no restricted row; for the database's owner to run."""
        with translated(self.system.name, "reading the schema"), reading(self.engine) as connection:
            return reads(self.system, read_live(connection, self.system.schemas), purposes)

    def key(self, table: str, text: str) -> Key:
        """Several key columns are separated by commas."""
        columns = self.system.table(table).person
        key = self.keys_many(table, (text,))[0]
        if key is None:
            raise Permanent(
                f"That is no key of {self.system.name}.{table}.",
                f"Give its {', '.join(columns)}, nothing else.",
            )
        return key

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        """Rows of soft-deleted, suspended and unconfirmed accounts are found like any other (scenario 66)."""
        with translated(self.system.name, "looking for the person"), self._reading() as connection:
            known = Subject(tuple(identities), tuple(people))
            rows = rows_of(self.system, self._tables(connection), known, _NEVER, ("find",))
            held = self._glance.held
            rows.heard = held.heard if held is not None else None
            return find(rows, connection, identities, people)

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """The same conditions as when writing, in one snapshot."""
        with translated(self.system.name, "counting"), self._reading() as connection:
            rows = rows_of(self.system, self._tables(connection), subject, now, steps)
            prepare(rows, connection, steps)
            if sets_cells(steps):
                setter = Setter(rows, connection, steps)
                return setter.counts(setter.look())
            every = touches(steps)
            writer = Writer(rows, connection, Draw(_no_entropy), every)
            counted, found = count_all(writer, every, [step for step in steps if isinstance(step, Collect)])
            return Counts(tuple(counted), found)

    def size(self, table: str, enough: int | None) -> int:
        """See `rights.share`."""
        with translated(self.system.name, "counting"), self._reading() as connection:
            rows = Rows(self.system, self._tables(connection), Subject(()), _NEVER)
            return size_of(rows, connection, table, enough)

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """The snapshot is open until the iterator is exhausted or closed."""
        with translated(self.system.name, "reading"), self._reading() as connection:
            rows = rows_of(self.system, self._tables(connection), subject, now, steps)
            prepare(rows, connection, steps)
            yield from to_correct(Setter(rows, connection, steps))
            yield from collect(
                rows, connection, [step for step in steps if isinstance(step, Collect)], self.secrets
            )

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
        """Refuses a system that the map calls read-only, too."""
        self._refuse_read_only("changes" if sets_cells(steps) else "erases")
        if sets_cells(steps):
            yield from self._set(steps, subject, now=now, entropy=entropy, allow=allow)
            return
        lacking: list[str] = []

        def look(connection: sa.Connection) -> Tables:
            known = self._known(connection)
            found = self._relevant(connection, known, before=before)
            lacking.extend(self._stop(found, go_on="go_on" in allow))
            return known.tables

        with translated(self.system.name, "erasing"):
            run = Run(
                self.system,
                self.engine,
                look,
                self.secrets,
                subject,
                steps,
                self._planned(Right.ERASURE),
                now,
                entropy,
                allow,
                before,
            )
            yield from run.parts()
            if lacking:
                raise Incomplete(
                    f"{self.system.name} is erased as far as it is mapped; not mapped: {', '.join(lacking)}.",
                    "Complete the map, then `upheld resume`.",
                )

    def _set(
        self,
        steps: Sequence[Step],
        subject: Subject,
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
    ) -> Execution:
        """Findings about what an erasure would do stand in no other right's way; what leaves a trace of a
        mark stands in the way of marks only, and of their end."""
        with translated(self.system.name, "setting values"):
            with reading(self.engine) as connection:
                known = self._known(connection)
                findings = grave(self._findings(connection, known), marking(steps, subject))
                self._stop([each for each in findings if not each.erasing], go_on=False)
            yield from SettingRun(
                self.system, self.engine, known.tables, subject, steps, now, entropy, allow
            ).parts()

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """Holds in force are those of the steps: rows kept for one are not looked at."""
        with translated(self.system.name, "verifying"), self._reading() as connection:
            tables = self._tables(connection)
            if sets_cells(steps) or any(map(are_cells, traces)):
                rows = rows_of(self.system, tables, subject, now, steps)
                prepare(rows, connection, steps)
                return verified(Setter(rows, connection, steps), traces)
            reach = self._planned(Right.ACCESS)
            rows = rows_of(self.system, tables, subject, now, ("verify", *reach))
            erasure = self._planned(Right.ERASURE)
            on_hold = frozenset(
                step.selection.table for step in steps if isinstance(step, Retain) and step.hold
            )
            return Verifier(rows, connection, merged(loaded(traces)), reach, erasure, on_hold).look()

    # --- for a set of people ---

    def keys_many(self, table: str, texts: Sequence[str]) -> tuple[Key | None, ...]:
        """The live schema is read once for all."""
        with translated(self.system.name, "reading the schema"), self._reading() as connection:
            tables = self._tables(connection)
        known = [tables.known(table, name) for name in self.system.table(table).person]
        return tuple(_key(known, text) for text in texts)

    def find_many(self, questions: Sequence[Questioned]) -> tuple[Found, ...]:
        """Every question in the same few statements."""
        with translated(self.system.name, "looking for people"), self._reading() as connection:
            rows = Rows(self.system, self._tables(connection), Subject(()), _NEVER)
            return Finder(rows, connection, questions).look()

    def count_many(self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime) -> Tallied:
        """The same conditions as when writing, in one snapshot."""
        with translated(self.system.name, "counting"), self._reading() as connection:
            union = together(self.system, self._tables(connection), subjects, now, steps)
            return count_many(union, connection, steps)

    def collect_many(
        self, steps: Sequence[Step], subjects: Sequence[Subject], *, now: datetime
    ) -> Generator[Block, None, None]:
        """The snapshot is open until the generator is exhausted or closed."""
        with translated(self.system.name, "reading"), self._reading() as connection:
            union = together(self.system, self._tables(connection), subjects, now, steps)
            prepare_many(union, connection, steps)
            chosen = [step for step in steps if isinstance(step, Collect)]
            yield from collect_many(union, connection, chosen, self.secrets)

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
        """Findings are looked for once for all of them."""
        self._refuse_read_only("erases")
        with translated(self.system.name, "erasing"):
            with reading(self.engine) as connection:
                known = self._known(connection)
                self._stop(self._relevant(connection, known, before=before), go_on=False)
            whole = self._planned(Right.ERASURE)
            run = ManyRun(
                self.system,
                self.engine,
                known.tables,
                self.secrets,
                subjects,
                steps,
                whole,
                now,
                entropy,
                allow,
                before,
            )
            yield from run.parts()

    def verify_many(
        self,
        steps: Sequence[Step],
        subjects: Sequence[Subject],
        traces: Sequence[Sequence[bytes]],
        *,
        now: datetime,
    ) -> tuple[Verified, ...]:
        """Whose something is left is found by halving."""
        with translated(self.system.name, "verifying"), self._reading() as connection:
            tables = self._tables(connection)
            on_hold = frozenset(
                step.selection.table for step in steps if isinstance(step, Retain) and step.hold
            )
            reach = self._planned(Right.ACCESS)
            return verify_many(
                lambda some: together(self.system, tables, some, now, ("verify", *reach)).rows,
                connection,
                subjects,
                traces,
                reach,
                self._planned(Right.ERASURE),
                on_hold,
            )

    def settle(self, token: str) -> Settled:
        """Waits for a transaction that still runs there; Transient when it does not end."""
        with translated(self.system.name, "asking for the outcome"), writing(self.engine) as connection:
            return settle(connection, self.system, self._tables(connection), token)

    # --- putting back ---

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        """Tried in a transaction that is rolled back: the database itself says what it would refuse."""
        with translated(self.system.name, "looking at what can be put back"):
            with writing(self.engine) as connection:
                restore = self._restore(connection, before)
                restored = restore.done()
                returning = self._files(restore, files)
                returning.decide()
                connection.rollback()
            return returning.added_to(restored)

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        """Views are computed anew after the commit. Refuses a read-only system."""
        self._refuse_read_only("puts back")
        with translated(self.system.name, "putting back"):
            with writing(self.engine) as connection:
                restore = self._restore(connection, before)
                rows = restore.done()
                returning = self._files(restore, files)
                returning.decide()
                restored = returning.added_to(rows)
                mark = token(connection, self.system, restore.tables, "undo", entropy())
                try:
                    returning.stage()
                    yield Restoring(self.system.name, mark, restored)
                    returning.put()
                    connection.commit()
                except BaseException:
                    returning.take_away()
                    raise
            refresh(self.engine, restore.tables, self.system.refresh)
            yield Undone(self.system.name, Established.WITNESSED, restored)

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        """Rows that somebody put back meanwhile are left to `collect`."""
        with translated(self.system.name, "reading"), reading(self.engine) as connection:
            tables = self._tables(connection)
            restore = Restore(tables, connection, self.system, loaded_images(before), lock=False)
            collected = [step for step in steps if isinstance(step, Collect)]
            yield from sealed(restore, self.system, collected, subject, until)
            yield from self._files(restore, files).sealed(collected)

    def _restore(self, connection: sa.Connection, before: Sequence[bytes]) -> Restore:
        return Restore(self._tables(connection), connection, self.system, loaded_images(before))

    def _files(self, restore: Restore, files: Sequence[FileImage]) -> Returning:
        return Returning(restore.tables, restore.connection, self.system, self.secrets, files)

    def _refuse_read_only(self, what: str) -> None:
        if self.system.read_only:
            owner = (self.system.owner, self.system.address)
            raise Misconfigured(
                f"{self.system.name} is read-only for Upheld.",
                f"{' at '.join(filter(None, owner)) or 'Its owner'} {what} there by hand.",
            )

    @contextmanager
    def glance(self) -> Iterator[None]:
        """See `rights.glance`."""
        if self._glance.held is not None:
            yield
            return
        self._glance.held = held = Held(self.engine)
        try:
            yield
        finally:
            self._glance.held = None
            held.close()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        held = self._glance.held
        if held is None:
            with reading(self.engine) as connection:
                yield connection
            return
        try:
            yield held.reached()
        except BaseException:
            held.close()
            raise

    def _planned(self, right: Right) -> tuple[Step, ...]:
        """The map's own steps, which do not change."""
        if right not in self.plans:
            self.plans[right] = plan_system(self.system, right)
        return self.plans[right]

    # --- the live schema ---

    def _tables(self, connection: sa.Connection) -> Tables:
        return self._known(connection).tables

    def _known(self, connection: sa.Connection) -> "Known":
        """The live schema as it is now, in the connection's snapshot."""
        held = self._glance.held
        if held is not None and held.known is not None and held.connection is connection:
            return held.known
        known = self._still(connection) or self._read(connection)
        if held is not None and held.connection is connection:
            held.known = known
        return known

    def _still(self, connection: sa.Connection) -> "Known | None":
        """What is known, where the server says that nobody else wrote anything since."""
        known = self.known
        if known is None or known.seen is None:
            return None
        now = seen(connection)
        match known.seen, now:
            case Seen(), Seen():
                same = replace(known.seen, own=known.tables.wrote).shows_nothing_new(now)
            case Counted(), Counted():
                same = known.seen.shows_nothing_new(now)
            case _:
                same = False
        return known if same else None

    def _read(self, connection: sa.Connection) -> "Known":
        schemas, before = tuple(self.system.schemas), self.known
        sight = seen(connection)  # first: what is seen meanwhile is new the next time
        now = mark(connection, schemas)
        if before is None or now is None or before.mark != now:
            live = read_live(connection, schemas)
            checked = checks.check_schema(self.system, live, connection)
            self.known = Known(now, live, Tables(live), checked, sight)
        else:
            before.tables.wrote.clear()
            self.known = replace(before, seen=sight)
        return self.known

    def _findings(self, connection: sa.Connection, known: "Known") -> tuple[Finding, ...]:
        return checks.check_all(self.system, known.live, connection, known.checked)

    def _relevant(self, connection: sa.Connection, known: "Known", *, before: bool) -> list[Finding]:
        """What stands in the way of undoing matters only where it could be undone."""
        found = self._findings(connection, known)
        return [each for each in found if before or not each.code.startswith("undo.")]

    def _stop(self, findings: Sequence[Finding], *, go_on: bool) -> tuple[str, ...]:
        """Raises for what stops a write. Gives back what the map lacks where somebody decided to go on."""
        stops = [each for each in findings if each.severity is Severity.STOP]
        lacking = [each for each in stops if go_on and each.code in LACKING]
        stops = [each for each in stops if each not in lacking]
        if stops:
            first = stops[0]
            more = f" and {len(stops) - 1} more" if len(stops) > 1 else ""
            where = ".".join(part for part in (first.table, first.column) if part)
            raise Misconfigured(
                f"{self.system.name}: nothing was written, because of {first.code} at {where}{more}: "
                f"{first.what}",
                "Run `upheld map check`; it says how to cure each.",
            )
        return tuple(dict.fromkeys(".".join(filter(None, (each.table, each.column))) for each in lacking))


class Glance(threading.local):
    """What each thread holds open."""

    held: "Held | None" = None


class Held:
    """One snapshot for several calls, opened by the first. One that nobody used for a while is opened anew: a
    server may have ended it. `known`: the live schema in it. `heard`: what was asked in it of identities."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.stack = ExitStack()
        self.connection: sa.Connection | None = None
        self.known: Known | None = None
        self.heard: dict[Hashable, Answer] = {}
        self.used = 0.0

    def reached(self) -> sa.Connection:
        """The connection in its snapshot."""
        now = time.monotonic()
        if self.connection is not None and now - self.used > IDLE_SECONDS:
            self.close()
        self.used = now
        if self.connection is None:
            self.connection = self.stack.enter_context(reading(self.engine))
        return self.connection

    def close(self) -> None:
        """The next call opens another."""
        stack, self.stack = self.stack, ExitStack()
        self.connection = self.known = None
        self.heard = {}
        with suppress(sa.exc.SQLAlchemyError):  # it was only read; what went wrong was said when it did
            stack.close()


@dataclass(frozen=True, slots=True)
class Known:
    """The live schema that was read when the mark was this one, and what is wrong with it."""

    mark: str | None
    live: LiveSchema
    tables: Tables
    checked: checks.Checked
    seen: Seen | Counted | None = None


LACKING = frozenset({"table.undeclared", "edge.undeclared", "rows.undecided"})
"""Findings that say what the map lacks, not that a write would do harm."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def _key(known: Sequence[LiveColumn], text: str) -> Key | None:
    try:
        return tuple(fit(part, column) for part, column in zip(text.split(","), known, strict=True))
    except (NotFitting, ValueError):
        return None


def _no_entropy() -> str:
    raise AssertionError("Counting draws nothing.")


def connector(system: System, *, secrets: Mapping[str, str]) -> SqlConnector:
    """The factory that the entry point names."""
    engine = make_engine(system, secrets)
    made = SqlConnector(system, engine, secrets)
    weakref.finalize(made, engine.dispose)
    return made
