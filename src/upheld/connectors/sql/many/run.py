"""The erasure of a set of people in one database: as few transactions as equal one after the other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from upheld.connectors.sql.change import Draw
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.engine import writing
from upheld.connectors.sql.execution import defer, refresh
from upheld.connectors.sql.filing import named_in, remove
from upheld.connectors.sql.many.capture import ManyCapture
from upheld.connectors.sql.many.count import Shared, matched_many, refuse, shares
from upheld.connectors.sql.many.locate import prepare_many
from upheld.connectors.sql.many.share import transactions
from upheld.connectors.sql.many.statistics import LARGE, refresh_statistics
from upheld.connectors.sql.many.traces import Paths, named_files, remember_many
from upheld.connectors.sql.many.union import Members, Union, together
from upheld.connectors.sql.many.write import ManyWriter
from upheld.connectors.sql.order import Order, files, ordered, touches
from upheld.connectors.sql.settle import token
from upheld.connectors.sql.undo.capture import changes
from upheld.connectors.sql.undo.files import Leaving
from upheld.datamap.model import System
from upheld.rights.connector import Entropy
from upheld.rights.many import CommittedMany, ManyExecution, PreparedMany
from upheld.rights.outcome import (
    Committed,
    Counts,
    Established,
    FileImage,
    Permanent,
    Prepared,
    TableCount,
)
from upheld.rights.plan import Locate, Recount, Refresh, Step
from upheld.rights.subject import Subject

PART = "together"
"""The name of the one part that each of them has."""

WIDEST = 10
"""A set's transaction is at most so many times `max_rows`: beyond, its people are too many at once."""


class TooMany(Permanent):
    """More rows than one transaction should hold: fewer people at once, or one in slices of her own."""


@dataclass
class ManyRun:
    """The writing of one system for a set of people. `whole` are the map's own steps, for the traces."""

    system: System
    engine: sa.Engine
    tables: Tables
    secrets: Mapping[str, str]
    members: Sequence[Subject]
    steps: Sequence[Step]
    whole: Sequence[Step]
    now: datetime
    entropy: Entropy
    allow: frozenset[str]
    before: bool = False

    def parts(self) -> ManyExecution:
        """The transactions, each prepared and committed in turn."""
        order = ordered(self.tables, self.system, self.steps)
        left: list[Members] = [tuple(range(len(self.members)))]
        while left:
            now, left = left[0], left[1:]
            with writing(self.engine) as connection:
                some = [self.members[each] for each in now]
                union = together(self.system, self.tables, some, self.now, self.steps)
                prepare_many(union, connection, self.steps, lock=True)
                groups = transactions(union, connection, self.steps, strictly=self.before)
                if len(groups) > 1:
                    connection.rollback()
                    left = [*(tuple(now[each] for each in group) for group in groups), *left]
                    continue
                removing = named_files(union, connection, files(self.steps), self.secrets)
                leaving = self._leaving(union, connection, removing)
                prepared, committed = self._written(union, connection, order, removing, leaving)
                large = self._large(committed)
                yield PreparedMany(now, prepared)
                leaving.unchanged(self.system.name)
                remove(path for paths in removing.values() for path in paths)
                connection.commit()
            refresh(self.engine, self.tables, [each.view for each in self.steps if isinstance(each, Refresh)])
            yield CommittedMany(now, committed)
            refresh_statistics(self.engine, self.tables, large)

    def _written(
        self,
        union: Union,
        connection: sa.Connection,
        order: Order,
        removing: Mapping[int, Paths],
        leaving: Leaving,
    ) -> tuple[tuple[Prepared, ...], tuple[Committed, ...]]:
        writer = ManyWriter(
            union.rows, connection, Draw(self.entropy), order.steps, union=union, entropy=self.entropy
        )
        refuse(writer, order.steps, self.allow)
        tables = matched_many(union, connection, order.steps, writer)
        self._refuse_width(tables)
        traces = remember_many(self._remembering(union), connection, self.whole, self.secrets)
        if order.defer:
            defer(connection)
        capture = ManyCapture(writer, self.steps) if self.before else None
        self._write(writer, order)
        images = capture.dumped() if capture else {}
        mark = token(connection, self.system, self.tables, PART, self.entropy())
        shared = tuple(self._shared(writer, order, removing))
        counts = list(map(Counts, shares(len(union.members), shared), tables))
        dues = [tuple(writer.dues.get(member, ())) for member in range(len(union.members))]
        name = self.system.name
        return (
            tuple(
                Prepared(
                    name,
                    PART,
                    mark,
                    count,
                    trace.dumped(),
                    images.get(member),
                    due,
                    files=_hers(removing, leaving, member),
                )
                for member, (count, trace, due) in enumerate(zip(counts, traces, dues, strict=True))
            ),
            tuple(
                Committed(name, PART, Established.WITNESSED, count, due)
                for count, due in zip(counts, dues, strict=True)
            ),
        )

    def _large(self, committed: Sequence[Committed]) -> list[str]:
        """Tables of which so much was changed that the server's statistics are outdated."""
        changing = {step.number for step in touches(self.steps) if changes(step)}
        rows: dict[str, int] = {}
        for each in committed:
            for count in each.counts:
                if count.step in changing:
                    rows[count.table] = rows.get(count.table, 0) + count.rows
        return [table for table, many in rows.items() if many >= LARGE]

    def _refuse_width(self, tables: Sequence[Sequence[TableCount]]) -> None:
        most = self.system.max_rows
        each = [sum(table.matched for table in own) for own in tables]
        if max(each) > most or sum(each) > WIDEST * most:
            raise TooMany(f"{self.system.name}: these people have too many rows for one transaction.")

    def _remembering(self, union: Union) -> Union:
        """Traces come from the map. Where the plan's sets are the map's own they need not be read twice."""
        own = {step.name: _without_number(step) for step in self.whole if isinstance(step, Locate)}
        planned = {step.name: _without_number(step) for step in self.steps if isinstance(step, Locate)}
        if all(own.get(name) == step for name, step in planned.items()):
            return union
        return together(self.system, self.tables, union.members, self.now, self.whole)

    def _leaving(self, union: Union, connection: sa.Connection, removing: Mapping[int, Paths]) -> Leaving:
        leaving = Leaving()
        for step in files(self.steps) if self.before else ():
            names = named_in(union.rows, connection, step, removing[step.number], self.secrets)
            leaving.add(self.system.name, step, names)
        return leaving

    def _write(self, writer: ManyWriter, order: Order) -> None:
        for each in order.breaks:
            writer.cut(each)
        for step in order.steps:
            writer.forget(step)
            writer.write(step)
        for recount in recounts(self.steps):
            writer.recount(recount)

    def _shared(self, writer: ManyWriter, order: Order, removing: Mapping[int, Paths]) -> Iterator[Shared]:
        for step in order.steps:
            yield (step.number, step.selection.table, *writer.shared(step.number))
        for recount in recounts(self.steps):
            yield (recount.number, recount.table, *writer.shared(recount.number))
        for each in files(self.steps):
            named = Counter(member for who in removing[each.number].values() for member in who)
            yield each.number, each.selection.table, named, {}


def _hers(removing: Mapping[int, Paths], leaving: Leaving, member: int) -> tuple[FileImage, ...]:
    """The files that one member's rows name, as they are; a file that several name is kept for each."""
    own = {path for paths in removing.values() for path, who in paths.items() if member in who}
    return tuple(image for path, image in leaving.of.items() if path in own)


def recounts(steps: Sequence[Step]) -> list[Recount]:
    """The steps that count anew, in the plan's order."""
    return [step for step in steps if isinstance(step, Recount)]


def _without_number(step: Locate) -> tuple[object, ...]:
    return (step.system, step.table, step.key, step.selection)
