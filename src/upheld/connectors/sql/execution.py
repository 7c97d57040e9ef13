"""One erasure in one database: chunks of large leaf tables first, the rest and the lookup keys in one last
transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.change import Draw
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.engine import writing
from upheld.connectors.sql.filing import counted as file_count
from upheld.connectors.sql.filing import named_in, remove, to_remove
from upheld.connectors.sql.inside import KeySet
from upheld.connectors.sql.locate import keys_of, prepare
from upheld.connectors.sql.order import Order, Touch, files, ordered
from upheld.connectors.sql.settle import token
from upheld.connectors.sql.traces import remember
from upheld.connectors.sql.undo.capture import Capture
from upheld.connectors.sql.undo.files import Leaving
from upheld.connectors.sql.where import Rows
from upheld.connectors.sql.write import Writer, counted
from upheld.datamap.model import System
from upheld.rights.connector import SMALL_TABLE, Entropy, Execution
from upheld.rights.outcome import (
    Committed,
    Count,
    Counts,
    Established,
    Misconfigured,
    Permanent,
    Prepared,
    TableCount,
)
from upheld.rights.plan import Anonymise, Erase, Locate, Recount, Refresh, Scope, Step, Undecided
from upheld.rights.subject import Subject


@dataclass
class Run:
    """The writing of one system for one subject. `whole` are the map's own steps, for the traces. `before`:
    an undo window is open, so rows are kept as they were."""

    system: System
    engine: sa.Engine
    tables: Tables
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

    def __post_init__(self) -> None:
        self.draw = Draw(self.entropy)

    def parts(self) -> Execution:
        """The transactions, each prepared and committed in turn."""
        order = ordered(self.tables, self.system, self.steps)
        with writing(self.engine) as connection:
            rows = self._rows()
            prepare(rows, connection, self.steps)
            counts = self._counted(rows, connection, order)
            self._refuse(rows, connection, order, counts)
            traces = remember(self._rows(), connection, self.whole, self.secrets).dumped()
            chunks = list(self._chunks(rows, connection, order, counts))
            connection.rollback()
        for step, keys in chunks:
            yield from self._part(order, traces, KeySetChunk(step, keys))
            self.sliced.setdefault(step.number, []).append(keys)
        yield from self._part(order, traces, None)

    def _rows(self) -> Rows:
        return Rows(self.system, self.tables, self.subject, self.now)

    # --- before the first write ---

    def _counted(self, rows: Rows, connection: sa.Connection, order: Order) -> dict[int, Count]:
        writer = Writer(rows, connection, self.draw, order.steps)
        return {count.step: count for count in writer.counts(order.steps)}

    def _refuse(
        self, rows: Rows, connection: sa.Connection, order: Order, counts: Mapping[int, Count]
    ) -> None:
        to_remove(rows, connection, files(self.steps), self.secrets)
        for step in order.steps:
            if isinstance(step, Undecided) and counts[step.number].rows:
                raise Misconfigured(
                    f"{self.system.name}: {counts[step.number].rows} rows of {step.selection.table} "
                    "meet no rule of the map.",
                    "Add a rule under `rows:` that says what happens to them.",
                )
        self._limits(rows, connection, order, counts)

    def _limits(
        self, found: Rows, connection: sa.Connection, order: Order, counts: Mapping[int, Count]
    ) -> None:
        limits = self.system.limits
        total = sum(count.rows for count in counts.values())
        if limits.rows_per_person is not None and total > limits.rows_per_person:
            self._beyond(
                "rows_per_person", f"{total:,} rows, more than {limits.rows_per_person:,} for one person"
            )
        if limits.share_of_table is None:
            return
        for table, rows in ((each.table, each.matched) for each in matched(found, connection, order.steps)):
            if rows:
                size = connection.execute(
                    sa.select(sa.func.count()).select_from(self.tables[table])
                ).scalar_one()
                if size >= SMALL_TABLE and rows / size > limits.share_of_table:
                    self._beyond("share_of_table", f"{rows / size:.0%} of {table}")

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
            keys = keys_of(rows, connection, table, key, writer.condition(step))
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

    def _part(self, order: Order, traces: bytes, chunk: "KeySetChunk | None") -> Execution:
        """Written, handed to the caller to remember, then committed. Left by an exception or closed before,
        it rolls back."""
        name = chunk.name if chunk else "rest"
        with writing(self.engine) as connection:
            rows = self._rows()
            prepare(rows, connection, self.steps, lock=chunk is None)
            only = chunk.keys if chunk else None
            writer = Writer(rows, connection, self.draw, order.steps, only=only, sliced=self.sliced)
            matched = self._matched(rows, connection, order) if chunk is None else ()
            if order.defer:
                defer(connection)
            removing = to_remove(rows, connection, files(self.steps), self.secrets) if chunk is None else {}
            capture = self._captured(writer, order, chunk) if self.before else None
            leaving = self._leaving(rows, connection, removing) if self.before else Leaving()
            counts = self._written(writer, order, chunk)
            if chunk is None:
                counts.extend(self._after(writer, removing))
            before = capture.dumped() if capture else None
            mark = token(connection, self.system, self.tables, name, self.entropy())
            done = Counts(tuple(counts), matched)
            due = tuple(writer.due)
            yield Prepared(
                self.system.name, name, mark, done, traces, before, due, chunk is None, leaving.images
            )
            leaving.unchanged(self.system.name)
            remove(path for paths in removing.values() for path in paths)
            connection.commit()
        if chunk is None:
            views = [step.view for step in self.steps if isinstance(step, Refresh)]
            refresh(self.engine, self.tables, views)
        yield Committed(self.system.name, name, Established.WITNESSED, done, tuple(writer.due))

    def _leaving(
        self, rows: Rows, connection: sa.Connection, removing: Mapping[int, tuple[Path, ...]]
    ) -> Leaving:
        leaving = Leaving()
        for step in files(self.steps):
            names = named_in(rows, connection, step, removing.get(step.number, ()), self.secrets)
            leaving.add(self.system.name, step, names)
        return leaving

    def _captured(self, writer: Writer, order: Order, chunk: "KeySetChunk | None") -> Capture:
        capture = Capture(self.tables, writer.connection, self.system.name)
        recounts = [step for step in self.steps if isinstance(step, Recount)]
        capture.steps(writer, [chunk.step] if chunk else order.steps, () if chunk else recounts)
        return capture

    def _written(self, writer: Writer, order: Order, chunk: "KeySetChunk | None") -> list[Count]:
        if chunk:
            return [writer.write(chunk.step)]
        for each in order.breaks:
            writer.cut(each)
        return [writer.write(step) for step in order.steps]

    def _after(self, writer: Writer, removing: Mapping[int, tuple[Path, ...]]) -> list[Count]:
        counts = [writer.recount(step) for step in self.steps if isinstance(step, Recount)]
        counts.extend(file_count(step, removing[step.number]) for step in files(self.steps))
        return counts

    def _matched(self, rows: Rows, connection: sa.Connection, order: Order) -> tuple[TableCount, ...]:
        return matched(rows, connection, order.steps)


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
    by_table: dict[str, list[Touch]] = {}
    for step in steps:
        by_table.setdefault(step.selection.table, []).append(step)
    where = [
        (table, sa.or_(*(rows.where(step.selection) for step in those))) for table, those in by_table.items()
    ]
    many = counted(rows, connection, where)
    return tuple(TableCount(table, number) for (table, _), number in zip(where, many, strict=True))


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
