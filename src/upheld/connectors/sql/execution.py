"""One erasure in one database: chunks of large leaf tables first, the rest and the lookup keys in one last
transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.change import Draw
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.engine import writing
from upheld.connectors.sql.filing import counted as file_count
from upheld.connectors.sql.filing import named_in, remove, to_remove
from upheld.connectors.sql.inside import KeySet, Predicate
from upheld.connectors.sql.locate import keys_of, prepare
from upheld.connectors.sql.order import Order, Touch, files, ordered
from upheld.connectors.sql.settle import token
from upheld.connectors.sql.size import size_of
from upheld.connectors.sql.traces import remember
from upheld.connectors.sql.undo.capture import Capture
from upheld.connectors.sql.undo.files import Leaving
from upheld.connectors.sql.where import Rows, rows_of
from upheld.connectors.sql.write import Writer, counted
from upheld.datamap.model import System
from upheld.rights.connector import Entropy, Execution
from upheld.rights.outcome import (
    Committed,
    Count,
    Counts,
    Established,
    FileImage,
    Misconfigured,
    Permanent,
    Prepared,
    TableCount,
)
from upheld.rights.plan import Anonymise, Collect, Erase, Locate, Recount, Refresh, Scope, Step, Undecided
from upheld.rights.share import beyond
from upheld.rights.subject import Subject

Removing = Mapping[int, tuple[Path, ...]]
"""The files of each step."""


@dataclass
class Run:
    """The writing of one system for one subject. `whole` are the map's own steps, for the traces. `before`:
    an undo window is open, so rows are kept as they were."""

    system: System
    engine: sa.Engine
    look: "Look"
    secrets: Mapping[str, str]
    subject: Subject
    steps: Sequence[Step]
    whole: Sequence[Step]
    now: datetime
    entropy: Entropy
    allow: frozenset[str]
    before: bool = False
    draw: Draw = field(init=False)
    sliced: dict[int, list[KeySet]] = field(default_factory=dict)
    tables: Tables = field(init=False)

    def __post_init__(self) -> None:
        self.draw = Draw(self.entropy)

    def parts(self) -> Execution:
        """The transactions, each prepared and committed in turn. The schema is looked at in the first."""
        with writing(self.engine) as connection:
            self.tables = self.look(connection)
            rows = self._rows()
            order = self._ordered(rows)
            prepare(rows, connection, self.steps, lock=True)
            counts, found = self._counted(rows, connection, order)
            removing = self._refuse(rows, connection, order, counts, found)
            traces = remember(self._remembering(rows), connection, self.whole, self.secrets).dumped()
            chunks = list(self._chunks(rows, connection, order, counts))
            if chunks:
                connection.rollback()
            else:
                yield from self._last(rows, connection, order, traces, removing, found)
        for step, keys in chunks:
            yield from self._chunk(order, traces, KeySetChunk(step, keys))
            self.sliced.setdefault(step.number, []).append(keys)
        if chunks:
            with writing(self.engine) as connection:
                rows = self._rows()
                prepare(rows, connection, self.steps, lock=True)
                removing = to_remove(rows, connection, files(self.steps), self.secrets)
                found = matched(rows, connection, order.steps)
                yield from self._last(rows, connection, order, traces, removing, found)

    def _ordered(self, rows: Rows) -> Order:
        """The same for everybody on this schema."""
        kept = rows.program.kept if rows.program else {}
        if _ORDER not in kept:
            kept[_ORDER] = ordered(self.tables, self.system, self.steps)
        order: Order = kept[_ORDER]
        return order

    def _remembering(self, rows: Rows) -> Rows:
        """Traces come from the map. Where the plan's sets are the map's own they need not be read twice."""
        own = {step.name: _without_number(step) for step in self.whole if isinstance(step, Locate)}
        planned = {step.name: _without_number(step) for step in self.steps if isinstance(step, Locate)}
        if all(own.get(name) == step for name, step in planned.items()):
            return rows
        return rows_of(self.system, self.tables, self.subject, self.now, self.whole)

    def _rows(self) -> Rows:
        return rows_of(self.system, self.tables, self.subject, self.now, self.steps)

    # --- before the first write ---

    def _counted(
        self, rows: Rows, connection: sa.Connection, order: Order
    ) -> tuple[dict[int, Count], tuple[TableCount, ...]]:
        counts, found = count_all(Writer(rows, connection, self.draw, order.steps), order.steps)
        return {count.step: count for count in counts}, found

    def _refuse(
        self,
        rows: Rows,
        connection: sa.Connection,
        order: Order,
        counts: Mapping[int, Count],
        found: Sequence[TableCount],
    ) -> Removing:
        """Gives the files that will be removed."""
        removing = to_remove(rows, connection, files(self.steps), self.secrets)
        for step in order.steps:
            if isinstance(step, Undecided) and counts[step.number].rows:
                raise Misconfigured(
                    f"{self.system.name}: {counts[step.number].rows} rows of {step.selection.table} "
                    "meet no rule of the map.",
                    "Add a rule under `rows:` that says what happens to them.",
                )
        self._limits(rows, connection, counts, found)
        return removing

    def _limits(
        self,
        rows: Rows,
        connection: sa.Connection,
        counts: Mapping[int, Count],
        found: Sequence[TableCount],
    ) -> None:
        limits = self.system.limits
        total = sum(count.rows for count in counts.values())
        if limits.rows_per_person is not None and total > limits.rows_per_person:
            self._beyond(
                "rows_per_person", f"{total:,} rows, more than {limits.rows_per_person:,} for one person"
            )
        if limits.share_of_table is not None:
            for each in beyond(found, limits.share_of_table, partial(size_of, rows, connection)):
                self._beyond("share_of_table", str(each))

    def _beyond(self, limit: str, what: str) -> None:
        if limit not in self.allow:
            raise Permanent(
                f"{self.system.name}: this would touch {what}. Nothing was written.",
                f"If that is right, approve it by name: --allow {limit} --reason '…'.",
            )

    def _chunks(
        self, rows: Rows, connection: sa.Connection, order: Order, counts: Mapping[int, Count]
    ) -> Iterator[tuple[Touch, KeySet]]:
        """Slices of large leaf tables, when all rows together are more than one transaction should hold."""
        most = self.system.max_rows
        if sum(count.rows for count in counts.values()) <= most:
            return
        writer = Writer(rows, connection, self.draw, order.steps)
        meant = {step.table for step in self.steps if isinstance(step, Locate)}
        for step in order.steps:
            table = step.selection.table
            leaf = table not in meant and step.selection.scope is Scope.ALL and table not in self._referred()
            if not (leaf and isinstance(step, Erase | Anonymise)):
                continue
            key = self.tables.key(table, writer.declared_key(table))
            if not key:
                continue
            keys = keys_of(rows, connection, table, key, partial(_condition, writer, step))
            for start in range(0, len(keys), most):
                yield step, KeySet(table, key, keys[start : start + most])

    def _referred(self) -> set[str]:
        """Tables that others refer to, by a foreign key or as what a history is of."""
        found = {each.history_of.table for each in self.system.tables if each.history_of}
        return found | {
            step.selection.table
            for step in ordered(self.tables, self.system, self.steps).steps
            if self.tables.live.refer(self.tables.known_table(step.selection.table).name)
        }

    # --- one transaction ---

    def _chunk(self, order: Order, traces: bytes, chunk: "KeySetChunk") -> Execution:
        """A slice, written, handed to the caller to remember, then committed. Left by an exception or closed
        before, it rolls back."""
        with writing(self.engine) as connection:
            rows = self._rows()
            prepare(rows, connection, self.steps)
            writer = Writer(rows, connection, self.draw, order.steps, only=chunk.keys, sliced=self.sliced)
            if order.defer:
                defer(connection)
            capture = self._captured(writer, [chunk.step], ()) if self.before else None
            done = Counts((writer.write(chunk.step),))
            prepared = self._prepared(writer, chunk.name, done, traces, capture, last=False)
            yield prepared
            connection.commit()
        yield Committed(self.system.name, chunk.name, Established.WITNESSED, done, prepared.due)

    def _last(
        self,
        rows: Rows,
        connection: sa.Connection,
        order: Order,
        traces: bytes,
        removing: Removing,
        found: tuple[TableCount, ...],
    ) -> Execution:
        """Everything that no slice took, in the transaction in which it was located."""
        writer = Writer(rows, connection, self.draw, order.steps, sliced=self.sliced)
        if order.defer:
            defer(connection)
        recounts = [step for step in self.steps if isinstance(step, Recount)]
        capture = self._captured(writer, order.steps, recounts) if self.before else None
        leaving = self._leaving(rows, connection, removing) if self.before else Leaving()
        for each in order.breaks:
            writer.cut(each)
        counts = writer.write_all(order.steps)
        counts.extend(writer.recount(step) for step in recounts)
        counts.extend(file_count(step, removing[step.number]) for step in files(self.steps))
        done = Counts(tuple(counts), found)
        prepared = self._prepared(writer, "rest", done, traces, capture, last=True, files=leaving.images)
        yield prepared
        leaving.unchanged(self.system.name)
        remove(path for paths in removing.values() for path in paths)
        connection.commit()
        views = [step.view for step in self.steps if isinstance(step, Refresh)]
        refresh(self.engine, self.tables, views)
        yield Committed(self.system.name, "rest", Established.WITNESSED, done, prepared.due)

    def _leaving(self, rows: Rows, connection: sa.Connection, removing: Removing) -> Leaving:
        leaving = Leaving()
        for step in files(self.steps):
            names = named_in(rows, connection, step, removing.get(step.number, ()), self.secrets)
            leaving.add(self.system.name, step, names)
        return leaving

    def _prepared(
        self,
        writer: Writer,
        name: str,
        done: Counts,
        traces: bytes,
        capture: Capture | None,
        *,
        last: bool,
        files: tuple[FileImage, ...] = (),
    ) -> Prepared:
        mark = token(writer.connection, self.system, self.tables, name, self.entropy())
        before = capture.dumped() if capture else None
        due = tuple(writer.due)
        return Prepared(self.system.name, name, mark, done, traces, before, due, last, files)

    def _captured(self, writer: Writer, steps: Sequence[Touch], recounts: Sequence[Recount]) -> Capture:
        capture = Capture(self.tables, writer.connection, self.system.name)
        capture.steps(writer, steps, recounts)
        return capture


def _condition(writer: Writer, step: Touch, _: Rows) -> sa.ColumnElement[bool]:
    return writer.condition(step)


def defer(connection: sa.Connection) -> None:
    """Foreign keys are checked at the commit."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    else:
        connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")


@dataclass(frozen=True)
class KeySetChunk:
    """A slice of one step's rows."""

    step: Touch
    keys: KeySet

    @property
    def name(self) -> str:
        """Which slice, without naming a key."""
        return f"{self.keys.table}, {len(self.keys.keys)} rows of step {self.step.number}"


def matched(rows: Rows, connection: sa.Connection, steps: Sequence[Touch]) -> tuple[TableCount, ...]:
    """Distinct rows of hers a table, however many steps select them (scenario 18)."""
    by_table = _by_table(steps)
    where = [(table, _any_of(those)) for table, those in by_table.items()]
    many = counted(rows, connection, where, ("matched", *(step.number for step in steps)))
    return tuple(TableCount(table, number) for table, number in zip(by_table, many, strict=True))


def _by_table(steps: Sequence[Touch]) -> dict[str, list[Touch]]:
    by_table: dict[str, list[Touch]] = {}
    for step in steps:
        by_table.setdefault(step.selection.table, []).append(step)
    return by_table


def count_all(
    writer: Writer, steps: Sequence[Touch], collected: Sequence[Collect] = ()
) -> tuple[list[Count], tuple[TableCount, ...]]:
    """What each step would select now, and as `matched`, asked together; then what is only read. A table with
    one step is asked once."""
    by_table = _by_table(steps)
    where = [(step.selection.table, writer.conditioned(step)) for step in steps]
    where += [(table, _any_of(those)) for table, those in by_table.items() if len(those) > 1]
    where += [(each.selection.table, _selected(each)) for each in collected]
    site = ("all", *(step.number for step in (*steps, *collected)))
    answers = iter(counted(writer.rows, writer.connection, where, site))
    counts = [
        Count(step.number, step.selection.table, next(answers), writer.others_of(step)) for step in steps
    ]
    alone = {each.table: each.rows for each in counts}
    tables = tuple(
        TableCount(table, next(answers) if len(those) > 1 else alone[table])
        for table, those in by_table.items()
    )
    read = [Count(each.number, each.selection.table, next(answers)) for each in collected]
    return [*counts, *read], tables


def _any_of(steps: Sequence[Touch]) -> "Condition":
    """Rows that any of the steps selects. That some source leads to each is said by itself: within so many
    conditions SQLite finds no index, and reads the whole table."""
    table, chosen = steps[0].selection.table, [step.selection for step in steps]
    sources = tuple(dict.fromkeys(source for each in chosen for source in each.sources))
    led = all(
        each.sources and not each.people and each.scope in (Scope.ALL, Scope.ORPHANS) for each in chosen
    )

    def condition(rows: Rows) -> Predicate:
        any_of = sa.or_(*(rows.where(each) for each in chosen))
        return sa.and_(sa.or_(*(rows.hers(table, each) for each in sources)), any_of) if led else any_of

    return condition


def _selected(step: Collect) -> "Condition":
    return lambda rows: rows.where(step.selection)


Condition = Callable[[Rows], Predicate]
Look = Callable[[sa.Connection], Tables]
"""Reads the live schema in a transaction, or finds that it is the known one; raises for what stops a
write."""
_ORDER = "order"


def _without_number(step: Locate) -> tuple[object, ...]:
    return (step.system, step.table, step.key, step.selection)


def refresh(engine: sa.Engine, tables: Tables, views: Sequence[str]) -> None:
    """Compute materialised views anew, after the commit of what they show."""
    if not views or engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        preparer = connection.dialect.identifier_preparer
        for view in views:
            live = tables.known_table(view)
            name = f"{preparer.quote_identifier(live.schema)}.{preparer.quote_identifier(live.title)}"
            connection.exec_driver_sql(f"REFRESH MATERIALIZED VIEW {name}")
        connection.commit()
