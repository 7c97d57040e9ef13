"""Look again, after the commit, from keys, identities and values, and by the map (design: verify).

The predicates that erased are not used: each table is asked whether a row that is still the subject's stands
otherwise than the map wants it, and each mapped column whether it still holds one of her identities.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from upheld.connectors.sql.change import ghost_value
from upheld.connectors.sql.columns import NotFitting, fit, storable
from upheld.connectors.sql.compiled import Compiled, Later, Queue, Unfixed
from upheld.connectors.sql.driver import Sending
from upheld.connectors.sql.inside import KeySet, Predicate, is_in
from upheld.connectors.sql.locate import prepare
from upheld.connectors.sql.schema import Family, LiveColumn
from upheld.connectors.sql.spelling import Spellings, exactly, is_spelled
from upheld.connectors.sql.traces import Traces
from upheld.connectors.sql.where import Rows, json_at, negated, slot
from upheld.datamap import model
from upheld.datamap.model import Action, Assignment, Table
from upheld.datamap.normalise import normalise
from upheld.rights.outcome import Remnant, Verified
from upheld.rights.plan import Age, Collect, Recount, Selection, Side, Source, Step
from upheld.rights.subject import Subject

_SCAN = 100_000
"""Up to so many rows a column without index is searched for values; beyond, it is named as not searched."""


_TOGETHER = 20
"""Questions a statement."""
_BESIDE = 4
"""Statements that are joined to one. PostgreSQL's driver reads a text beyond 4,096 letters anew each time."""
_WALK = 8
"""Columns a walk: with the values of many people each is thousands of parameters."""


@dataclass(frozen=True, slots=True)
class Question:
    """How many rows of a table stand otherwise than they should; `column` says where, `how` by what they were
    found."""

    table: str
    column: str
    wrong: Predicate
    how: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Several questions that one statement answers: what costs is mostly to send one."""

    questions: tuple[Question, ...]
    statement: sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """All that is asked, and where values are searched for and where not. The same for whoever is looked
    for."""

    batches: tuple[tuple[tuple[Question, ...], Compiled], ...]
    searched: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found, and where values were searched for and where not."""

    remnants: Sequence[Remnant]
    searched: Sequence[str]
    skipped: Sequence[str]


Values = Mapping[tuple[str, str], Spellings]
"""Which of her values each mapped text column is searched for."""


@dataclass
class Verifier:
    """One look at one system. `reach` are the steps by which everything of hers is reached."""

    rows: Rows
    connection: sa.Connection
    traces: Traces
    reach: tuple[Step, ...]
    erasure: tuple[Step, ...]
    on_hold: frozenset[str] = frozenset()
    searched: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def look(self) -> Verified:
        """Everything, in one go."""
        self.rows.sets.update(self.traces.sets)
        self.rows.raw.update(self.traces.raw)
        prepare(self.rows, self.connection, self.reach)
        values = self.values()
        asked = self._asked(values)
        if asked is None:
            asked = Asked([*self._remnants(values)], self.searched, self.skipped)
        return Verified(
            self.rows.system.name,
            tuple(dict.fromkeys([*asked.remnants, *self._files()])),
            tuple(sorted(set(asked.searched))),
            tuple(sorted(set(asked.skipped))),
        )

    # --- asking ---

    def _asked(self, values: Values) -> "Asked | None":
        """What the statements answer that are the same for everybody; None where they have to be made for
        each person."""
        program = self.rows.program
        if program is None:
            return None
        distinct = list({id(each): each for each in values.values()}.values())
        places = {id(each): number for number, each in enumerate(distinct)}
        shape = (
            self.on_hold,
            tuple((each.table, each.columns) for each in (*self.traces.gone, *self.traces.kept)),
            len(self.traces.gone),
            tuple(self.rows.sets),
            tuple(self.rows.raw),
            tuple(self.rows.resolved.values()),
            tuple((place, places[id(each)], each.shape) for place, each in values.items()),
        )
        given: dict[Hashable, Sequence[Any]] = {
            ("value", number): each.values for number, each in enumerate(distinct)
        }
        for name, some in (("gone", self.traces.gone), ("kept", self.traces.kept)):
            given |= {(name, index): each.keys for index, each in enumerate(some)}
        filled = partial(self._filled, given, {})
        sent = program.chosen(
            program.kept,
            shape,
            partial(self._compiled, values, places),
            lambda look: (look, [each.sending(filled) for _, each in look.batches]),
            lambda: self.rows.several({}),
        )
        return None if sent is None else self._answered(*sent)

    def _compiled(
        self, values: Values, places: Mapping[int, int], several: frozenset[Hashable]
    ) -> Look | None:
        """The statements with slots for what is hers."""
        gone, kept = (
            [replace(each, keys=slot((name, index), several)) for index, each in enumerate(some)]
            for name, some in (("gone", self.traces.gone), ("kept", self.traces.kept))
        )
        blank = replace(
            self,
            rows=self.rows.awaited(several),
            traces=Traces(gone=gone, kept=kept),
            searched=[],
            skipped=[],
        )
        slots = {number: slot(("value", number), several) for number in places.values()}
        named = {place: replace(each, values=slots[places[id(each)]]) for place, each in values.items()}
        try:
            batches = [
                (each.questions, Compiled(each.statement, self.connection.dialect))
                for each in _joined([*blank.batches(named)])
            ]
        except Unfixed:
            return None
        return Look(tuple(batches), tuple(blank.searched), tuple(blank.skipped))

    def _filled(
        self, given: Mapping[Hashable, Sequence[Any]], made: dict[Hashable, object], parameter: Later
    ) -> object:
        """A parameter for her; each that is alike is made once."""
        values = given.get(parameter.key)
        if values is None:
            return self.rows.filled(parameter, {})
        if parameter.like is None:
            return parameter.form(values)
        alike = (parameter.key, parameter.like)
        if alike not in made:
            made[alike] = parameter.form(values)
        return made[alike]

    def _answered(self, look: Look, sendings: Sequence[Sending]) -> "Asked":
        queue = Queue(self.connection)
        answers = [
            queue.add((compiled, sending))
            for (_, compiled), sending in zip(look.batches, sendings, strict=True)
        ]
        queue.send()
        remnants: list[Remnant] = []
        for (questions, _), answer in zip(look.batches, answers, strict=True):
            [many] = answer().rows
            remnants.extend(_left(questions, many))
        return Asked(remnants, look.searched, look.skipped)

    def _remnants(self, values: Values) -> Iterator[Remnant]:
        for each in self.batches(values):
            yield from _left(each.questions, self.connection.execute(each.statement).one())

    def batches(self, values: Values) -> Iterator[Batch]:
        """Statements that answer every question. Columns of a table without an index of their own are
        searched in one walk."""
        walks: dict[str, list[Question]] = {}
        counts: list[Question] = []
        for each in (*self._by_links(), *self._gone(), *self._counters(), *self._by_values(values)):
            if each.how == "value" and not self.rows.tables.known_table(each.table).indexed((each.column,)):
                walks.setdefault(each.table, []).append(each)
            else:
                counts.append(each)
        for start in range(0, len(counts), _TOGETHER):
            some = tuple(counts[start : start + _TOGETHER])
            tables = self.rows.tables
            asked = (
                sa.select(sa.func.count()).select_from(tables[each.table]).where(each.wrong).scalar_subquery()
                for each in some
            )
            yield Batch(some, sa.select(*asked))
        for table, every in walks.items():
            for start in range(0, len(every), _WALK):
                those = tuple(every[start : start + _WALK])
                walk = sa.select(*(sa.func.count(sa.case((each.wrong, 1))) for each in those))
                any_of = sa.or_(*(each.wrong for each in those))
                yield Batch(those, walk.select_from(self.rows.tables[table]).where(any_of))

    # --- by keys and links ---

    def _by_links(self) -> Iterator["Question"]:
        for step in self.reach:
            if not isinstance(step, Collect):
                continue
            table = self.rows.system.table(step.selection.table)
            if table.name in self.on_hold:
                continue
            if step.selection.people:
                yield from self._person(table, step.selection)
            for source in step.selection.sources:
                yield from self._source(table, source)

    def _person(self, table: Table, selection: Selection) -> Iterator["Question"]:
        own = self.rows.where(Selection(table.name, people=selection.people, key=selection.key))
        yield from self._unsettled(table, own, ",".join(table.person), None)

    def _source(self, table: Table, source: Source) -> Iterator["Question"]:
        hers = self.rows.hers(table.name, source)
        action = dict(table.treatment.by).get(source.link.name)
        if action is None and table.treatment.by and not _backwards(table, source):
            action = model.Detach() if source.link.tie is model.Tie.SEES else None
        if action is None and source.link.tie is model.Tie.SEES:
            action = model.Detach()
        if action is not None:
            wrong = sa.and_(hers, negated(self._settled(table, action, source)))
            yield from self._found(table.name, source.link.name, wrong, "link")
        elif not table.treatment.by and not _backwards(table, source):
            yield from self._unsettled(table, hers, source.link.name, source)

    def _unsettled(
        self, table: Table, hers: Predicate, column: str, source: Source | None
    ) -> Iterator["Question"]:
        earlier: list[Predicate] = []
        for rule in table.treatment.rules:
            mine = self.rows.condition(table.name, rule.when)
            wrong = sa.and_(hers, mine, *earlier, negated(self._settled(table, rule.action, source)))
            yield from self._found(table.name, column, wrong, "link")
            earlier.append(negated(mine))

    def _found(self, table: str, column: str, wrong: Predicate, how: str) -> Iterator["Question"]:
        restricted = (negated(self.rows.condition(table, each)) for each in self._restricted(table))
        yield Question(table, column, sa.and_(wrong, self.rows.tenant(table), *restricted), how)

    def _settled(self, table: Table, action: Action, source: Source | None) -> Predicate:
        """Whether a row that is still reached stands as the action leaves it."""
        match action:
            case model.Delete() | model.Detach():
                return sa.false()
            case model.Keep() | model.Ask():
                return sa.true()
            case model.Anonymise(assignments):
                return self._assigned(table, assignments, source)
            case model.Follow():
                return sa.and_(
                    self._stays(table, action.link), self._assigned(table, action.assignments, None)
                )
            case model.Retain():
                kept = self._assigned(table, action.assignments, None)
                if not (action.period and action.after):
                    return kept
                over = self.rows.where_age(table.name, Age(action.after, action.period, Side.OVER))
                after = self._settled(table, action.then, source)
                return sa.or_(sa.and_(negated(over), kept), sa.and_(over, after))

    def _stays(self, table: Table, name: str) -> Predicate:
        """The row that the link leads to is there, and stands as its own treatment leaves it."""
        link = next(each for each in table.links if each.name == name)
        above = self.rows.system.table(str(link.to))
        ways: list[Predicate] = [
            self.rows.condition(above.name, each) for each in self._restricted(above.name)
        ]
        earlier: list[Predicate] = []
        for rule in above.treatment.rules:
            mine = self.rows.condition(above.name, rule.when)
            ways.append(sa.and_(mine, *earlier, self._settled(above, rule.action, None)))
            earlier.append(negated(mine))
        held = sa.true() if above.name in self.on_hold else sa.or_(sa.false(), *ways)
        return sa.exists().where(self.rows.leads(table.name, link), held)

    def _assigned(
        self, table: Table, assignments: tuple[Assignment, ...], source: Source | None
    ) -> Predicate:
        linked = set(source.link.columns) if source else set()
        if any(each.column in linked and not _own_value(each) for each in assignments):
            return sa.false()
        return sa.and_(sa.true(), *(self._holds(table.name, each) for each in assignments))

    def _holds(self, table: str, assignment: Assignment) -> Predicate:
        column = self.rows.tables.column(table, assignment.column)
        match assignment.value:
            case model.Constant(None):
                return column.is_(None)
            case model.Constant(value):
                known = self.rows.tables.known(table, assignment.column)
                if known.family is Family.JSON and self.rows.tables.live.dialect == "postgresql":
                    return sa.cast(column, JSONB) == sa.cast(sa.literal(str(value)), JSONB)
                try:
                    return column == fit(value, known)
                except NotFitting:
                    return sa.false()
            case model.Unique(template) | model.Pseudonym(template):
                start, _, end = template.partition("{random}")
                text = sa.cast(column, sa.Text())
                return sa.and_(text.startswith(start, autoescape=True), text.endswith(end, autoescape=True))
            case model.Ghost(of):
                ghost = ghost_value(self.rows, self.connection, table, of)
                return column.is_(None) if ghost is None else column == ghost
            case model.JsonEdit(edits):
                return sa.and_(
                    *(self._edited(table, assignment.column, path, value) for path, value in edits)
                )

    def _edited(self, table: str, column: str, path: str, value: model.Scalar) -> Predicate:
        there = sa.cast(json_at(self.rows.tables, table, column, path), sa.Text())
        return there.is_(None) if value is None else sa.or_(there.is_(None), there == str(value))

    def _restricted(self, name: str) -> list[model.Condition]:
        """The mark under which rows of the table stay until a restriction is lifted (G-18.2)."""
        tables = self.rows.system.tables
        return [each.restriction for each in tables if each.name == name and each.restriction]

    # --- rows, files and counters that had to change ---

    def _gone(self) -> Iterator["Question"]:
        for keys in self.traces.gone:
            these = is_in(self.rows.tables, keys.table, keys.columns, keys.keys)
            yield from self._found(keys.table, ",".join(keys.columns), these, "shared by nobody")

    def _files(self) -> Iterator[Remnant]:
        left = sum(1 for path in self.traces.paths if Path(path).exists())
        if left:
            yield Remnant("files", "path", left, "file")

    def _counters(self) -> Iterator["Question"]:
        for step in self.erasure:
            if isinstance(step, Recount) and step.keys in self.rows.sets:
                tables = self.rows.tables
                number = (
                    sa.select(sa.func.count())
                    .select_from(tables[step.of])
                    .where(tables.column(step.of, step.by) == tables.column(step.table, step.key))
                    .correlate(tables[step.table])
                    .scalar_subquery()
                )
                these = is_in(tables, step.table, (step.key,), self.rows.sets[step.keys].keys)
                wrong = sa.and_(these, tables.column(step.table, step.column) != number)
                yield from self._found(step.table, step.column, wrong, "counter")

    # --- by values ---

    def values(self) -> dict[tuple[str, str], Spellings]:
        """The mapped text columns and the columns of views, with what each is searched for; reads nothing."""
        made: dict[frozenset[str], Spellings] = {}
        found: dict[tuple[str, str], Spellings] = {}
        for place, values in self._sought().items():
            same = frozenset(values)
            if same not in made:
                made[same] = exactly(same)
            found[place] = made[same]
        return found

    def value_columns(self) -> frozenset[str]:
        """The columns that one of her values is searched for in, as `table.column`; reads nothing."""
        return frozenset(f"{table}.{column}" for table, column in self._sought())

    def _sought(self) -> dict[tuple[str, str], set[str]]:
        speaking = self._speaking()
        system = self.rows.system
        found = {
            (table.name, column): values
            for table in system.tables
            if table.name not in self.on_hold
            for column, values in self._columns(table, speaking).items()
        }
        if speaking:
            found |= {(view, each.name): speaking for view in system.refresh for each in self._shown(view)}
        return found

    def _by_values(self, values: Values) -> Iterator["Question"]:
        mapped = {table.name: table for table in self.rows.system.tables}
        for (name, column), wanted in values.items():
            table = mapped.get(name)
            if table is not None and not self._searchable(name, column):
                self.skipped.append(f"{name}.{column}")
                continue
            self.searched.append(f"{name}.{column}")
            here = is_spelled(self.rows.tables.live.dialect, self.rows.tables.column(name, column), wanted)
            wrong = here if table is None else sa.and_(here, *self._else(table, column))
            yield from self._found(name, column, wrong, "value")

    def _shown(self, view: str) -> list[LiveColumn]:
        columns = self.rows.tables.known_table(view).columns.values()
        return [each for each in columns if each.family is Family.TEXT]

    def _speaking(self) -> set[str]:
        return speaking(self.rows.subject)

    def _columns(self, table: Table, speaking: set[str]) -> dict[str, set[str]]:
        """The mapped text columns of a table, and which of her values each is searched for."""
        columns: dict[str, set[str]] = {}
        for name in {each.column for each in table.every_field if not each.json}:
            columns.setdefault(name, set()).update(speaking)
        for identity in table.identities:
            own = set(self.rows.subject.values(identity.kind))
            columns.setdefault(identity.column, set()).update(speaking | own)
        for each in table.every_field:
            if each.copy_of and not each.json:
                columns[each.column].update(self._copied(*each.copy_of))
        return {
            name: {value for value in values if value and storable(value)}
            for name, values in columns.items()
            if values and self.rows.tables.known(table.name, name).family is Family.TEXT
        }

    def _copied(self, table: str, column: str) -> set[str]:
        kinds = {
            each.kind
            for mapped in self.rows.system.tables
            if mapped.name == table
            for each in mapped.identities
            if each.column == column
        }
        return {value for kind in kinds for value in self.rows.subject.values(kind)}

    def _searchable(self, table: str, column: str) -> bool:
        live = self.rows.tables.known_table(table)
        return live.indexed((column,)) or (live.rows_estimate or 0) <= _SCAN

    def _else(self, table: Table, column: str) -> Iterator[Predicate]:
        """What else makes a row that holds one of her values a remnant."""
        if column in {identity.column for identity in table.identities} and table.person:
            # Another person may have the same address (scenario 36): her row is hers to name.
            keys = next((each for each in self.rows.sets.values() if _is_own(each, table)), None)
            yield is_in(self.rows.tables, table.name, table.person, keys.keys if keys else ())
        for kept in self.traces.kept:
            if kept.table == table.name:
                yield negated(is_in(self.rows.tables, table.name, kept.columns, kept.keys))


def _joined(batches: Sequence[Batch]) -> Iterator[Batch]:
    """The same questions in fewer statements: what each asks is one row, and so are some of them side by
    side."""
    for start in range(0, len(batches), _BESIDE):
        some = batches[start : start + _BESIDE]
        rows = [each.statement.subquery(f"rows{number}") for number, each in enumerate(some)]
        questions = tuple(question for each in some for question in each.questions)
        yield Batch(questions, sa.select(*(column for row in rows for column in row.c)))


def _left(questions: Sequence[Question], found: Sequence[int]) -> Iterator[Remnant]:
    for each, many in zip(questions, found, strict=True):
        if many:
            yield Remnant(each.table, each.column, many, each.how)


def speaking(subject: Subject) -> set[str]:
    """Identities that mean her wherever they stand: addresses, not names that are words elsewhere."""
    values = {each.value for each in subject.identities if each.verified and "@" in each.value}
    values |= {normalise("email", value) for value in values}
    return {value for value in values if "@" in value and len(value) >= 6 and storable(value)}


def _is_own(keys: KeySet, table: Table) -> bool:
    return keys.table == table.name and keys.columns == table.person


def _own_value(assignment: Assignment) -> bool:
    """Whether the assigned column may still hold a value that links: a document, edited but kept."""
    return isinstance(assignment.value, model.JsonEdit)


def _backwards(table: Table, source: Source) -> bool:
    """Whether a source is a group's membership read backwards, or what a history is of."""
    return all(source.link.columns != link.columns for link in table.links) and not table.history_of
