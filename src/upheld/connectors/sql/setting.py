"""Restrictions, their end, and corrections in one database: single cells are set, and it is remembered
exactly what stood in them. Slices of `max_rows`, each a transaction of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from upheld.connectors.sql.cells import Cells, mark, stands
from upheld.connectors.sql.check.wished import refuse
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.engine import writing
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import prepare
from upheld.connectors.sql.settle import token
from upheld.connectors.sql.where import Rows, marked, negated
from upheld.datamap.model import Scalar, System
from upheld.rights.cells import dumped, loaded
from upheld.rights.connector import SMALL_TABLE, Entropy, Execution, Finding, Row, Severity
from upheld.rights.outcome import (
    Committed,
    Count,
    Counts,
    Established,
    Permanent,
    Prepared,
    Remnant,
    TableCount,
    Verified,
)
from upheld.rights.plan import Correct, Keep, Reset, Restrict, Step, Unmarked
from upheld.rights.rows.setting import changed_since, lacking_marks
from upheld.rights.subject import Cell, Key, Subject


@dataclass
class Setter:
    """The steps of one system for one subject, in one open transaction."""

    rows: Rows
    connection: sa.Connection
    steps: Sequence[Step]
    lock: bool = False
    left: Counter[str] = field(default_factory=Counter)
    cells: Cells = field(init=False)

    def __post_init__(self) -> None:
        self.cells = Cells(self.rows, self.connection, self.lock)

    @property
    def subject(self) -> Subject:
        return self.rows.subject

    def of(self, step: Reset | Correct) -> list[Cell]:
        """The subject's cells for the step; what a person wrote as the column will have it."""
        own = [each for each in self.subject.cells if each.step == step.number]
        return [self.cells.fitted(each) for each in own] if isinstance(step, Correct) else own

    # --- which cells ---

    def bare(self, step: Restrict) -> sa.ColumnElement[bool]:
        """Selected rows that do not carry the mark."""
        column = self.rows.tables.column(step.selection.table, step.column)
        return sa.and_(self.rows.where(step.selection), negated(marked(column)))

    def lacking_mark(self, step: Restrict) -> int:
        """How many selected rows do not say yet what they are to say."""
        if step.value is None:
            return self.many(step.selection.table, self.bare(step))
        return len(list(self._unmarked(step, None)))

    def many(self, table: str, where: sa.ColumnElement[bool]) -> int:
        """How many rows of a table meet the condition."""
        count = sa.select(sa.func.count()).select_from(self.rows.tables[table]).where(where)
        return int(self.connection.execute(count).scalar_one())

    def wanted(self, most: int | None = None) -> list[Cell]:
        """The cells that have still to be set, at most so many, in the order of the steps.

        Permanent where a cell that is to be corrected holds something else than was seen: nothing is
        written then. A mark that was changed since is left alone, and counted in `left`."""
        self.left.clear()
        found: list[Cell] = []
        for step in self.steps:
            room = None if most is None else most - len(found)
            if room is not None and room <= 0:
                break
            if isinstance(step, Restrict):
                found.extend(self._unmarked(step, room))
            elif isinstance(step, Reset | Correct):
                found.extend(self._standing(step)[:room])
        return found

    def _unmarked(self, step: Restrict, most: int | None) -> Iterator[Cell]:
        table = step.selection.table
        key = self.cells.key(table)
        if step.value is not None:
            yield from islice(self._unsaid(step, key), most)
            return
        read = self.cells.read(table, [step.column], self.bare(step), most=most)
        for row, (before,) in read:
            value = mark(self.cells, table, step.column, self.rows.now)
            yield Cell(step.number, table, key, row, step.column, before, value)

    def _unsaid(self, step: Restrict, key: tuple[str, ...]) -> Iterator[Cell]:
        """Cells of selected rows that say something else than the map's own value."""
        table = step.selection.table
        said = self.cells.spelled(table, step.column, step.value)
        bare = Cell(step.number, table, key, (), step.column, None, said)
        after = self.cells.fitted(bare).after
        for row, (before,) in self.cells.read(table, [step.column], self.rows.where(step.selection)):
            if not _same(before, after):
                yield replace(bare, key=row, before=before, after=after)

    def marked_already(self) -> tuple[Cell, ...]:
        """Selected rows that carry the mark, whoever set it: they stay as they are, and whoever lifts another
        restriction of them has to know that this one needs them."""
        found: list[Cell] = []
        for step in self.steps:
            if isinstance(step, Restrict) and step.value is None:
                table = step.selection.table
                column = self.rows.tables.column(table, step.column)
                those = sa.and_(self.rows.where(step.selection), marked(column))
                for row, (value,) in self.cells.read(table, [step.column], those):
                    found.append(
                        Cell(step.number, table, self.cells.key(table), row, step.column, value, value)
                    )
        return tuple(found)

    def _standing(self, step: Reset | Correct) -> list[Cell]:
        """Those that hold what was seen; those that are already as they are to be are passed over."""
        given = self.of(step)
        now = self.cells.now(given)
        hers = self._still_hers(step, given) if isinstance(step, Correct) else None
        found, changed = [], 0
        for each in given:
            place = (each.table, each.column, each.key)
            there = stands(each, now[place]) if place in now else None
            if place in now and _same(there, each.after):
                continue
            if place in now and _same(there, each.before) and (hers is None or each.key in hers):
                found.append(each)
            elif place in now or isinstance(step, Correct):
                changed += 1
                self.left[each.table] += 1
        if changed and isinstance(step, Correct):
            raise changed_since(self.rows.system.name, step.selection.table, step.column, changed)
        return found

    def _still_hers(self, step: Correct, given: Sequence[Cell]) -> set[Key]:
        if not given:
            return set()
        table = step.selection.table
        these = is_in(self.rows.tables, table, given[0].columns, [each.key for each in given])
        return {key for key, _ in self.cells.read(table, [], sa.and_(these, self.rows.where(step.selection)))}

    # --- one transaction ---

    def write(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """Set them; gives them with what stands there now in the server's own words."""
        self.cells.put(cells)
        now = self.cells.now(cells)
        return tuple(
            replace(each, after=stands(each, now[each.table, each.column, each.key])) for each in cells
        )

    def echoes(self, written: Sequence[Cell]) -> tuple[Cell, ...]:
        """What the system's own triggers copied into a history meanwhile: it becomes right as well."""
        found: list[Cell] = []
        for step in self.steps:
            if not (isinstance(step, Correct) and step.echo):
                continue
            table = step.selection.table
            main = self.rows.system.table(table).history_of
            wrong = {
                str(each.before): each.after
                for each in written
                if main and (each.table, each.column, each.json) == (main.table, step.column, step.json)
            }
            if not wrong:
                continue
            key = self.cells.key(table)
            for row, (value,) in self.cells.read(table, [step.column], self.rows.where(step.selection)):
                cell = Cell(step.number, table, key, row, step.column, value, None, step.json)
                there = stands(cell, value)
                if there is not None and str(there) in wrong:
                    found.append(replace(cell, before=there, after=wrong[str(there)]))
        return self.write(found) if found else ()

    def counts(self, cells: Sequence[Cell]) -> Counts:
        """Rows by step and table; rows that stay as they are because the map says why count too."""
        by_step = Counter((each.step, each.table) for each in cells)
        steps = [Count(number, table, rows) for (number, table), rows in sorted(by_step.items())]
        for step in self.steps:
            if isinstance(step, Keep | Unmarked):
                rows = self.many(step.selection.table, self.rows.where(step.selection))
                steps.append(Count(step.number, step.selection.table, rows))
        return Counts(tuple(steps), _tables(cells), _left(self.left))

    def corrections(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those that a person's own words go into, or a value of the map's."""
        numbers = {
            step.number
            for step in self.steps
            if isinstance(step, Correct) or (isinstance(step, Restrict) and step.value is not None)
        }
        return [each for each in cells if each.step in numbers]

    def look(self) -> list[Cell]:
        """What would be set now, for a preview. Misconfigured for a value that does not fit its column."""
        wanted = self.wanted()
        refuse(self.cells, self.corrections(wanted))
        return wanted

    def lacking(self) -> tuple[str, ...]:
        """Tables with rows of hers for which the map names no mark."""
        tables = [
            step.selection.table
            for step in self.steps
            if isinstance(step, Unmarked) and self.many(step.selection.table, self.rows.where(step.selection))
        ]
        return tuple(dict.fromkeys(tables))


def _same(there: Scalar, seen: Scalar) -> bool:
    return type(there) is type(seen) and there == seen


def _tables(cells: Sequence[Cell]) -> tuple[TableCount, ...]:
    rows: dict[str, set[Key]] = {}
    for each in cells:
        rows.setdefault(each.table, set()).add(each.key)
    return tuple(TableCount(table, len(keys)) for table, keys in sorted(rows.items()))


def _left(left: Counter[str]) -> tuple[TableCount, ...]:
    return tuple(TableCount(table, rows) for table, rows in sorted(left.items()) if rows)


@dataclass
class SettingRun:
    """The writing of one system for one subject."""

    system: System
    engine: sa.Engine
    tables: Tables
    subject: Subject
    steps: Sequence[Step]
    now: datetime
    entropy: Entropy
    allow: frozenset[str]

    def setter(self, connection: sa.Connection) -> Setter:
        """All that the steps refer to, found anew, under lock."""
        rows = Rows(self.system, self.tables, self.subject, self.now)
        prepare(rows, connection, self.steps, lock=True)
        return Setter(rows, connection, self.steps, lock=True)

    def parts(self) -> Execution:
        """The transactions, each prepared and committed in turn. After the last one Incomplete says for which
        tables the map names no mark."""
        lacking = self._refuse()
        last = False
        while not last:
            with writing(self.engine) as connection:
                setter = self.setter(connection)
                wanted = setter.wanted(self.system.max_rows + 1)
                cells, last = wanted[: self.system.max_rows], len(wanted) <= self.system.max_rows
                already = setter.marked_already() if last else ()
                written = setter.write(cells)
                written = (*written, *setter.echoes(written))
                counts = setter.counts(written)
                mark_ = token(connection, self.system, self.tables, "cells", self.entropy())
                before = dumped((*already, *written))
                traces = dumped(written)
                yield Prepared(self.system.name, "cells", mark_, counts, traces, before=before, last=last)
                connection.commit()
            yield Committed(self.system.name, "cells", Established.WITNESSED, counts)
        if lacking:
            raise lacking_marks(self.system.name, lacking)

    def _refuse(self) -> tuple[str, ...]:
        """What no part of it may find: values that changed since the preview, and limits. Gives what the map
        lacks."""
        with writing(self.engine) as connection:
            setter = self.setter(connection)
            wanted = setter.wanted()
            refuse(setter.cells, setter.corrections(wanted))
            lacking = setter.lacking()
            sizes = {each.table: setter.many(each.table, sa.true()) for each in _tables(wanted)}
            connection.rollback()
        resets = {step.number for step in self.steps if isinstance(step, Reset)}
        self._limits(_tables([each for each in wanted if each.step not in resets]), sizes)
        return lacking

    def _limits(self, touched: Sequence[TableCount], sizes: Mapping[str, int]) -> None:
        """As for an erasure; what is only put back has none."""
        most, share = self.system.limits.rows_per_person, self.system.limits.share_of_table
        rows = sum(each.matched for each in touched)
        if most is not None and rows > most:
            self._beyond("rows_per_person", f"{rows:,} rows, more than {most:,} for one person")
        for each in touched if share is not None else ():
            size = sizes[each.table]
            if size >= SMALL_TABLE and each.matched > (share or 0) * size:
                self._beyond("share_of_table", f"{each.matched / size:.0%} of {each.table}")

    def _beyond(self, limit: str, what: str) -> None:
        if limit not in self.allow:
            raise Permanent(
                f"{self.system.name}: this would touch {what}. Nothing was written.",
                f"If that is right, approve it by name: --allow {limit} --reason '…'.",
            )


def marking(steps: Sequence[Step], subject: Subject) -> frozenset[str]:
    """The tables in which marks of a restriction are set, or put back as they were."""
    resets = {step.number for step in steps if isinstance(step, Reset)}
    tables = [each.table for each in subject.cells if each.step in resets]
    return frozenset(
        [step.selection.table for step in steps if isinstance(step, Restrict) and step.value is None] + tables
    )


def grave(findings: Sequence[Finding], marked_: frozenset[str]) -> list[Finding]:
    """What leaves a trace of a mark, and nobody accepted, stops the setting of marks in these tables."""
    return [
        replace(each, severity=Severity.STOP)
        if (each.code, each.severity) == ("restriction.trigger", Severity.DOUBT) and each.table in marked_
        else each
        for each in findings
    ]


def verified(setter: Setter, traces: Sequence[bytes]) -> Verified:
    """Marks that are missing, and cells that do not stand as they were left."""
    remnants: list[Remnant] = []
    searched: dict[str, None] = {}
    for step in setter.steps:
        if isinstance(step, Restrict):
            table = step.selection.table
            searched[f"{table}.{step.column}"] = None
            if rows := setter.lacking_mark(step):
                remnants.append(Remnant(table, step.column, rows, "unmarked"))
    cells = loaded(traces)
    now = setter.cells.now(cells)
    wrong: Counter[tuple[str, str]] = Counter()
    for each in cells:
        searched[f"{each.table}.{each.column}"] = None
        place = (each.table, each.column, each.key)
        wrong[each.table, each.column] += place in now and not _same(stands(each, now[place]), each.after)
    remnants += [Remnant(table, column, rows, "value") for (table, column), rows in wrong.items() if rows]
    return Verified(setter.rows.system.name, tuple(remnants), tuple(searched))


def to_correct(setter: Setter) -> Iterator[Row]:
    """For each Correct step her rows with the one value that it is about, exactly as it stands."""
    for step in setter.steps:
        if not isinstance(step, Correct):
            continue
        table, key = step.selection.table, setter.cells.key(step.selection.table)
        for row, (value,) in setter.cells.read(table, [step.column], setter.rows.where(step.selection)):
            yield Row(step.number, table, {**dict(zip(key, row, strict=True)), step.column: value}, key=key)
