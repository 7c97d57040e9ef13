"""Do the writing steps, one statement a step, inside a transaction that somebody else commits."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.change import (
    Draw,
    change,
    ghost_key,
    ghost_table,
    same_for_all,
    without,
    worked_out,
)
from upheld.connectors.sql.compiled import Answer, Queue
from upheld.connectors.sql.inside import KeySet, Predicate, is_in
from upheld.connectors.sql.locate import keys_of
from upheld.connectors.sql.order import Break, Touch
from upheld.connectors.sql.schema import Family
from upheld.connectors.sql.where import FIRST_SECOND, Build, Given, Rows, negated
from upheld.datamap.model import Assignment, Link, Period
from upheld.datamap.period import added
from upheld.rights.outcome import Count, Due, Misconfigured
from upheld.rights.plan import (
    Anonymise,
    Detach,
    Erase,
    Keep,
    Recount,
    Retain,
    Scope,
    Source,
    Undecided,
)
from upheld.rights.subject import Key


@dataclass
class Writer:
    """Writes steps for one subject. `only` limits a table to some keys (a chunk). `sliced` are rows that
    earlier chunks changed, by step: they are not changed again. `fixed` are rows whose links were cut to
    break a cycle, remembered by key."""

    rows: Rows
    connection: sa.Connection
    draw: Draw
    every: Sequence[Touch]
    only: KeySet | None = None
    sliced: Mapping[int, Sequence[KeySet]] = field(default_factory=dict)
    fixed: dict[int, KeySet] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)

    def condition(self, step: Touch) -> Predicate:
        """Rows of the step that no earlier deletion of the plan takes: the same when counting as when
        writing."""
        table = step.selection.table
        if step.number in self.fixed:
            keys = self.fixed[step.number]
            return is_in(self.rows.tables, table, keys.columns, keys.keys)
        parts = [self.rows.where(step.selection), *self.rows.as_located(step.selection)]
        for other in self.every:
            earlier = (
                other.number < step.number and isinstance(other, Erase) and other.selection.table == table
            )
            if earlier and (other.selection.scope is not Scope.ALL or not _apart(other, step)):
                parts.append(negated(self.rows.where(other.selection)))
        if isinstance(step, Anonymise):
            done = self.sliced.get(step.number, ())
            parts.extend(negated(is_in(self.rows.tables, table, each.columns, each.keys)) for each in done)
        if self.only and self.only.table == table:
            parts.append(is_in(self.rows.tables, table, self.only.columns, self.only.keys))
        return sa.and_(*parts)

    def ask(self, what: str | None, step: Touch, build: "Statement") -> Answer:
        """Run the statement that `build` makes of a writer, kept for the next person unless some of this
        one's rows are written apart."""
        site = None if self._apart or what is None else (what, step.number)
        return self.rows.ask(self.connection, site, self._made(build))

    @property
    def _apart(self) -> bool:
        return bool(self.only or self.sliced or self.fixed)

    def _made(self, build: "Statement") -> Build:
        return lambda rows, _: build(replace(self, rows=rows))

    def _counting(self, step: Touch) -> "Statement":
        table = self.rows.tables[step.selection.table]
        counting = sa.select(sa.func.count()).select_from(table)
        return lambda writer: counting.where(writer.condition(step))

    def count(self, step: Touch) -> Count:
        """How many rows the step would select now."""
        answer = self.ask("count", step, self._counting(step))
        return Count(step.number, step.selection.table, answer.rows[0][0], self._others(step))

    def others_of(self, step: Touch) -> int:
        """Rows of others that go with the step's."""
        return self._others(step)

    def _others(self, step: Touch) -> int:
        if step.selection.scope is not Scope.SUBTREE:
            return 0
        tree = self.rows.trees[step.selection]
        plain = replace(step.selection, scope=Scope.ALL, replies=None)
        hers = keys_of(
            self.rows,
            self.connection,
            step.selection.table,
            tree.columns,
            lambda rows: rows.where(plain),
            ("own", step.selection),
        )
        return len(set(tree.keys) - set(hers))

    def conditioned(self, step: Touch) -> Callable[[Rows], Predicate]:
        """The step's condition for whichever rows."""
        return lambda rows: replace(self, rows=rows).condition(step)

    def cut(self, broken: Break) -> None:
        """Set the columns of a cycle's weakest link to NULL in the rows that will be deleted."""
        name = broken.table
        key = self.rows.tables.key(name)
        steps = [step for step in self.every if isinstance(step, Erase) and step.selection.table == name]
        if not key:
            raise Misconfigured(
                f"{name} is part of a circle of references and has no key.", "Declare `key:` in the map."
            )
        for step in steps:
            keys = keys_of(self.rows, self.connection, name, key, self.conditioned(step))
            self.fixed[step.number] = KeySet(name, key, keys)
        for step in steps:
            table = self.rows.tables[name]
            nothing: dict[str, Any] = {
                self.rows.tables.known(name, each).name: sa.null() for each in broken.columns
            }
            self.connection.execute(sa.update(table).where(self.condition(step)).values(nothing))

    def write(self, step: Touch) -> Count:
        """Do one step. The count is what the database says it changed."""
        match step:
            case Erase():
                return self._erased(step)
            case Anonymise(assignments=assignments):
                return self._counted(step, self._assigned(step, assignments))
            case Retain():
                return self._retained(step)
            case Detach():
                return self._detached(step)
            case Keep() | Undecided():
                return self.count(step)

    def _counted(self, step: Touch, rows: int) -> Count:
        return Count(step.number, step.selection.table, rows)

    def write_all(self, steps: Sequence[Touch]) -> list[Count]:
        """Do the steps in their order. Plain statements are sent together."""
        queue = Queue(self.connection)
        done: list[Callable[[], Count]] = []
        for step in steps:
            waiting = self._queued(queue, step)
            if waiting is None:
                queue.send()
                waiting = partial(_same, self.write(step))
            done.append(waiting)
        queue.send()
        return [each() for each in done]

    def _queued(self, queue: Queue, step: Touch) -> Callable[[], Count] | None:
        """The step's count once the queue was sent; None where it takes more than plain statements."""
        plain = None if self._apart else self._plain(step)
        if plain is None:
            return None
        answers = [
            self.rows.queue(queue, (what, step.number), self._made(build)) for what, build in plain.items()
        ]
        if None in answers:
            return None
        known = [each for each in answers if each is not None]

        def done() -> Count:
            if "due" in plain and isinstance(step, Retain) and step.period:
                self._keep_due(step, step.period, self._key(step.selection.table), known[0]().rows)
            last = known[-1]()
            return self._counted(step, last.rows[0][0] if list(plain)[-1] == "count" else last.changed)

        return done

    def _plain(self, step: Touch) -> dict[str, "Statement"] | None:
        """The statements of a step that everybody's is, by what they do, the last of which counts."""
        match step:
            case Erase() if step.selection.scope is not Scope.SUBTREE:
                return {"erase": self._erasing(step)}
            case Anonymise(assignments=assignments) if same_for_all(assignments):
                assigning = self._assigning(step, assignments)
                return None if assigning is None else {"assign": assigning}
            case Detach() if not step.to_ghost and not any(
                each.link.array for each in step.selection.sources
            ):
                return {"detach": self._detaching(step)}
            case Keep() | Undecided() if step.selection.scope is not Scope.SUBTREE:
                return {"count": self._counting(step)}
            case Retain() if same_for_all(step.assignments) and step.selection.scope is not Scope.SUBTREE:
                return self._retaining(step)
        return None

    def _retaining(self, step: Retain) -> dict[str, "Statement"] | None:
        name = step.selection.table
        dated = step.period and step.after and self.rows.tables.key(name, self.declared_key(name))
        due = {"due": self._dating(step, step.after)} if dated and step.after else {}
        if not step.assignments:
            return {**due, "count": self._counting(step)}
        assigning = self._assigning(step, step.assignments)
        return None if assigning is None else {**due, "assign": assigning}

    def _erased(self, step: Erase) -> Count:
        others = self._others(step)
        done = self.ask("erase", step, self._erasing(step))
        return Count(step.number, step.selection.table, done.changed, others)

    def _erasing(self, step: Erase) -> "Statement":
        table = self.rows.tables[step.selection.table]
        return lambda writer: sa.delete(table).where(writer.condition(step))

    def _assigned(self, step: Touch, assignments: Sequence[Assignment]) -> int:
        name = step.selection.table
        done = change(self.rows, self.connection, name, assignments, self.draw)
        if done.each:
            return self._row_by_row(step, done.each, dict(done.whole), done.documents)
        changing = sa.update(self.rows.tables[name]).values(dict(done.whole))
        what = "assign" if same_for_all(assignments) else None
        return self.ask(what, step, lambda writer: changing.where(writer.condition(step))).changed

    def _assigning(self, step: Touch, assignments: Sequence[Assignment]) -> "Statement | None":
        """For assignments that are the same for all; None where rows have to be changed one by one."""
        site = ("plain", step.number)
        kept = self.rows.program.kept if self.rows.program else {}
        if site not in kept:
            name = step.selection.table
            done = change(self.rows, self.connection, name, assignments, self.draw)
            kept[site] = None if done.each else sa.update(self.rows.tables[name]).values(dict(done.whole))
        changing = kept[site]
        return None if changing is None else lambda writer: changing.where(writer.condition(step))

    def _row_by_row(
        self, step: Touch, each: Sequence[Assignment], whole: dict[str, Any], documents: Sequence[str]
    ) -> int:
        name = step.selection.table
        table, key = self.rows.tables[name], self._key(name)
        names = [*key, *documents]
        columns = [self.rows.tables.column(name, column) for column in names]
        read = self.connection.execute(sa.select(*columns).where(self.condition(step))).all()
        for row in read:
            old = dict(zip(names, row, strict=True))
            values = dict(whole)
            for assignment in each:
                values[self.rows.tables.known(name, assignment.column).name] = worked_out(
                    assignment, old.get(assignment.column), self.draw
                )
            this = is_in(self.rows.tables, name, key, [tuple(row[: len(key)])])
            self.connection.execute(sa.update(table).where(this).values(values))
        return len(read)

    def _key(self, name: str) -> tuple[str, ...]:
        key = self.rows.tables.key(name, self.declared_key(name))
        if not key:
            raise Misconfigured(
                f"{self.rows.system.name}: {name} has no key, so its rows cannot be told apart.",
                "Declare `key:` in the map.",
            )
        return key

    def declared_key(self, name: str) -> tuple[str, ...]:
        """The key that the map declares for a table, for schemas without one."""
        mapped = next((each for each in self.rows.system.tables if each.name == name), None)
        return (mapped.key or mapped.person) if mapped else ()

    def _retained(self, step: Retain) -> Count:
        if step.period and step.after:
            self._note_due(step, step.period, step.after)
        if step.assignments:
            return self._counted(step, self._assigned(step, step.assignments))
        return self.count(step)

    def _note_due(self, step: Retain, period: Period, after: str) -> None:
        """Which rows are due on which day, by key: what the purge works from."""
        name = step.selection.table
        key = self.rows.tables.key(name, self.declared_key(name))
        if key:
            self._keep_due(step, period, key, self.ask("due", step, self._dating(step, after)).rows)

    def _dating(self, step: Retain, after: str) -> "Statement":
        """For a table with a key."""
        name = step.selection.table

        def dated(writer: Writer) -> sa.Select[Any]:
            columns = [writer.rows.tables.column(name, each) for each in self._key(name)]
            return sa.select(*columns, writer._dated(step, after)).where(writer.condition(step))

        return dated

    def _keep_due(self, step: Retain, period: Period, key: Sequence[str], read: Sequence[Any]) -> None:
        days: dict[str, list[Key]] = {}
        for row in read:
            day = as_date(row[-1], self.rows.now.tzinfo or UTC)
            if day is not None:
                days.setdefault(added(day, period).isoformat(), []).append(tuple(row[:-1]))
        table = step.selection.table
        self.due.extend(
            Due(step.number, table, day, tuple(key), tuple(keys)) for day, keys in sorted(days.items())
        )

    def _dated(self, step: Retain, after: str) -> sa.ColumnElement[Any]:
        """The moment from which the period runs, in the row itself or in the one that it hangs on."""
        name = step.selection.table
        if not step.through:
            return self._moment(name, after)
        tables = [name, *(str(link.to) for link in step.through)]
        joined = [self.rows.leads(table, link) for table, link in zip(tables, step.through, strict=False)]
        moment = sa.select(self._moment(tables[-1], after)).where(*joined)
        return moment.correlate(self.rows.tables[name]).limit(1).scalar_subquery()

    def _moment(self, name: str, after: str) -> sa.ColumnElement[Any]:
        """PostgreSQL's moments as text: Python has no infinity (scenario 70). By the organisation's own
        clock, as the period is counted."""
        column: sa.ColumnElement[Any] = self.rows.tables.column(name, after)
        zone = getattr(self.rows.now.tzinfo, "key", "UTC")
        moment = self.rows.tables.known(name, after).family is Family.MOMENT
        postgresql = self.connection.dialect.name == "postgresql"
        if not (moment and postgresql):
            return column
        zoned = getattr(column.type, "timezone", False) and isinstance(column.type, sa.types.DateTime)
        return sa.cast(sa.func.timezone(zone, column) if zoned else column, sa.Text())

    # --- detaching ---

    def _detached(self, step: Detach) -> Count:
        lists = [source for source in step.selection.sources if source.link.array]
        if lists:
            return self._counted(step, sum(self._off_list(step, source) for source in lists))
        done = self.ask(None if step.to_ghost else "detach", step, self._detaching(step))
        return self._counted(step, done.changed)

    def _detaching(self, step: Detach) -> "Statement":
        """Misconfigured where a link cannot be cut."""
        table = self.rows.tables[step.selection.table]
        cut = {source: self._cut_values(step, source.link) for source in step.selection.sources}
        return lambda writer: sa.update(table).where(writer.condition(step)).values(writer.loose(step, cut))

    def loose(self, step: Detach, cut: Mapping[Source, Mapping[str, Any]]) -> dict[str, Any]:
        """What the columns of the links become: of a row that several links lead to, those that are hers."""
        name = step.selection.table
        tables = self.rows.tables
        if len(cut) == 1:
            [only] = cut.values()
            return {tables.known(name, column).name: value for column, value in only.items()}
        values: dict[str, Any] = {}
        for source, becomes in cut.items():
            hers = self.rows.hers(name, source)
            for column, value in becomes.items():
                target = tables.column(name, column)
                values[target.name] = sa.case((hers, value), else_=values.get(target.name, target))
        return values

    def _cut_values(self, step: Detach, link: Link) -> dict[str, Any]:
        name = step.selection.table
        if step.to_ghost:
            person = ghost_table(self.rows, name).name
            if link.to != person:
                raise Misconfigured(
                    f"{self.rows.system.name}: {name}.{link.name} cannot be turned to a placeholder: "
                    f"{link.to or 'an identity'} has none.",
                    "Use `delete` or `anonymise` there.",
                )
            return dict(zip(link.columns, ghost_key(self.rows, self.connection, name, link.key), strict=True))
        tenant = self.rows.system.tenant
        loose = [
            column
            for column in link.columns
            if self.rows.tables.known(name, column).nullable and not (tenant and column == tenant.column)
        ]
        if not loose:
            raise Misconfigured(
                f"{self.rows.system.name}: {name}.{link.name} may not be NULL, so the link cannot be cut.",
                "Use `{detach: {to: ghost}}`, `delete`, or `anonymise` with a value.",
            )
        return dict.fromkeys(loose, sa.null())

    def _off_list(self, step: Detach, source: Source) -> int:
        name, column = step.selection.table, source.link.columns[0]
        table, target = self.rows.tables[name], self.rows.tables.column(name, column)
        values = (
            self.rows.subject.values(source.link.identity or "")
            if source.keys is None
            else tuple(key[0] for key in self.rows.sets[source.keys].keys)
        )
        if self.rows.tables.known(name, column).array:
            shorter: Any = target
            for value in values:
                shorter = sa.func.array_remove(shorter, value, type_=target.type)
            return self.connection.execute(
                sa.update(table).where(self.condition(step)).values({target.name: shorter})
            ).rowcount
        key = self._key(name)
        columns = [self.rows.tables.column(name, each) for each in key]
        read = self.connection.execute(sa.select(*columns, target).where(self.condition(step))).all()
        for row in read:
            this = is_in(self.rows.tables, name, key, [tuple(row[:-1])])
            self.connection.execute(
                sa.update(table).where(this).values({target.name: without(row[-1], values)})
            )
        return len(read)

    # --- afterwards ---

    def recount(self, step: Recount) -> Count:
        """Set the counter of the touched rows to what a count finds now."""
        done = self.rows.ask(
            self.connection, ("recount", step.number), lambda rows, _: _recounting(rows, step)
        )
        return Count(step.number, step.table, done.changed)


def _same(count: Count) -> Count:
    return count


Statement = Callable[[Writer], Any]
"""Makes a statement of a writer, whose rows may be slots."""


def _recounting(rows: Rows, step: Recount) -> sa.Update:
    tables = rows.tables
    number = (
        sa.select(sa.func.count())
        .select_from(tables[step.of])
        .where(tables.column(step.of, step.by) == tables.column(step.table, step.key))
        .correlate(tables[step.table])
        .scalar_subquery()
    )
    these = is_in(tables, step.table, (step.key,), rows.sets[step.keys].keys)
    return (
        sa.update(tables[step.table])
        .where(these)
        .values({tables.known(step.table, step.column).name: number})
    )


_TOGETHER = 20
"""Counts a statement: what costs is mostly to send one."""


def counted(
    rows: Rows,
    connection: sa.Connection,
    where: Sequence[tuple[str, Callable[[Rows], Predicate]]],
    site: Hashable = None,
) -> list[int]:
    """How many rows of each table meet its condition."""
    queue = Queue(connection)
    waiting: list[Callable[[], Answer]] = []
    for start in range(0, len(where), _TOGETHER):
        some = where[start : start + _TOGETHER]

        def many(rows: Rows, _: Given, some: Sequence[tuple[str, Any]] = some) -> sa.Select[Any]:
            return sa.select(
                *(
                    sa.select(sa.func.count())
                    .select_from(rows.tables[table])
                    .where(condition(rows))
                    .scalar_subquery()
                    for table, condition in some
                )
            )

        own = None if site is None else ("counted", site, start)
        answer = None if own is None else rows.queue(queue, own, many)
        waiting.append(answer or partial(_known, rows.ask(connection, None, many)))
    queue.send()
    return [each for answer in waiting for each in answer().rows[0]]


def _known(answer: Answer) -> Answer:
    return answer


def _apart(erase: Touch, step: Touch) -> bool:
    """Whether two steps cannot select the same row, being rules of one table that exclude each other."""
    return erase.selection.when in step.selection.unless or erase.selection.age != step.selection.age


def as_date(value: object, zone: tzinfo = UTC) -> date | None:
    """The calendar day of a stored moment by the clock in `zone`: a date, a datetime, ISO text, seconds since
    1970; else None."""
    if isinstance(value, datetime):
        return value.astimezone(zone).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and not value.endswith("BC"):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    if isinstance(value, int | float | Decimal) and FIRST_SECOND <= value < _LAST_SECOND:
        return datetime.fromtimestamp(float(value), zone).date()
    return None


_LAST_SECOND = 250_000_000_000
