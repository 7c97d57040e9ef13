"""A plan's selections as conditions of SQL. One place, used alike for counting, writing, collecting."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.compiled import Answer, Later, Program, Queue, Slot, Unfixed, answered
from upheld.connectors.sql.inside import KeySet, Predicate, is_in, values_in
from upheld.datamap.model import Condition, Link, Period, Scalar, System, Test
from upheld.datamap.period import added
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Age, Held, Scope, Selection, Side, Source
from upheld.rights.subject import Subject

Given = Mapping[str, Sequence[Any]]
"""Values that a statement has beside those of the rows, by name."""

NOTHING_GIVEN: Given = MappingProxyType({})


@dataclass
class Rows:
    """Which rows are meant, for one subject, in one open transaction.

    `sets` fills up as the plan's Locate steps run. `raw` are the spellings under which her identities stand
    in each column, read once. `resolved` are values of lookups. `trees` are the keys of scopes that need a
    walk.
    `located` says of a set which rows it was made from. `heard`: answers of this snapshot to questions that
    depend on nothing but what they are given, for they are asked again. `program` keeps the
    statements for the next person; without one each is built when it is needed.
    """

    system: System
    tables: Tables
    subject: Subject
    now: datetime
    sets: dict[str, KeySet] = field(default_factory=dict)
    raw: dict[tuple[str, str, str], tuple[Scalar, ...]] = field(default_factory=dict)
    resolved: dict[Test, Scalar] = field(default_factory=dict)
    trees: dict[Selection, KeySet] = field(default_factory=dict)
    located: dict[str, Selection] = field(default_factory=dict)
    program: Program | None = None
    made: dict[tuple[int, Hashable], tuple[Sequence[Any], object]] = field(default_factory=dict)
    heard: dict[Hashable, Answer] | None = None

    # --- statements ---

    def ask(
        self,
        connection: sa.Connection,
        site: Hashable,
        build: "Build",
        given: Given = NOTHING_GIVEN,
    ) -> Answer:
        """Run the statement that `build` makes of these rows and of what is `given`. `site` tells it from all
        others of the program, and says what its form depends on; None: it is like no other."""
        if self.program is None or site is None:
            return answered(connection, build(self, given))

        if self.resolved:
            site = (site, tuple(self.resolved.values()))
        if self.heard is not None:
            return self._once(self.heard, connection, site, build, given)
        return self._asked(self.program, connection, site, build, given)

    def _once(
        self,
        heard: dict[Hashable, Answer],
        connection: sa.Connection,
        site: Hashable,
        build: "Build",
        given: Given,
    ) -> Answer:
        key = (site, tuple([(name, tuple(values)) for name, values in given.items()]))
        if self.program is not None and key not in heard:
            heard[key] = self._asked(self.program, connection, site, build, given)
        return heard[key]

    def _asked(
        self, program: Program, connection: sa.Connection, site: Hashable, build: "Build", given: Given
    ) -> Answer:
        return program.ask(
            connection,
            site,
            lambda several: build(self.awaited(several), _slots(given, several)),
            lambda: build(self, given),
            lambda parameter: self.filled(parameter, given),
            lambda: self.several(given),
        )

    def queue(self, queue: Queue, site: Hashable, build: "Build") -> Callable[[], Answer] | None:
        """As `ask`, but the answer is there only after the queue was sent; None where the statement has to be
        built for each person."""
        if self.program is None:
            return None
        if self.resolved:
            site = (site, tuple(self.resolved.values()))
        sent = self.program.sent(
            queue.connection,
            site,
            lambda several: build(self.awaited(several), NOTHING_GIVEN),
            lambda parameter: self.filled(parameter, NOTHING_GIVEN),
            lambda: self.several(NOTHING_GIVEN),
        )
        return None if sent is None else queue.add(sent)

    def filled(self, parameter: Later, given: Given) -> object:
        """A parameter of a statement that was built with slots. What is made of a set of keys is mostly made
        of it for several statements."""
        key: Any = parameter.key
        kind, name = key
        if kind == "given":
            return parameter.form(given[name])
        if kind == "set":
            values: Sequence[Any] = self.sets[name].keys
        else:
            values = self.raw[name] if kind == "raw" else self.trees[name].keys
        if parameter.like is None:
            return parameter.form(values)
        same = (id(values), parameter.like)
        if same not in self.made:
            self.made[same] = (values, parameter.form(values))
        return self.made[same][1]

    def several(self, given: Given) -> frozenset[Hashable]:
        """The slots of which this person has several values."""
        slots: dict[Hashable, Sequence[Any]] = {("set", name): each.keys for name, each in self.sets.items()}
        slots |= {("raw", place): values for place, values in self.raw.items()}
        slots |= {("tree", each): tree.keys for each, tree in self.trees.items()}
        slots |= {("given", name): values for name, values in given.items()}
        return frozenset(key for key, values in slots.items() if len(values) > 1)

    @property
    def anybody(self) -> bool:
        """Whether these rows are nobody's yet: slots stand for all that is one person's."""
        return isinstance(self.subject, _Unknown)

    def awaited(self, several: frozenset[Hashable]) -> "Rows":
        """The same with slots for all that is one person's, of which there may be several of some."""
        return Rows(
            self.system,
            self.tables,
            cast("Subject", _Unknown()),
            self.now,
            {name: _awaited(("set", name), keys, several) for name, keys in self.sets.items()},
            {place: slot(("raw", place), several) for place in self.raw},
            self.resolved,
            {each: _awaited(("tree", each), keys, several) for each, keys in self.trees.items()},
            self.located,
        )

    # --- conditions ---

    def where(self, selection: Selection) -> Predicate:
        """The condition of a selection. Scopes that follow replies must have been walked before."""
        table = selection.table
        ways = [self.hers(table, source) for source in selection.sources]
        if selection.people:
            keys = self.sets[selection.people]
            ways.append(is_in(self.tables, table, keys.columns, keys.keys))
        parts: list[Predicate] = [sa.or_(sa.false(), *ways)]
        if selection.when:
            parts.append(self.condition(table, selection.when))
        parts.extend(negated(self.condition(table, each)) for each in selection.unless)
        if selection.age:
            parts.append(self.where_age(table, selection.age))
        if selection.scope is Scope.ORPHANS:
            links = dict.fromkeys(party.link for party in selection.parties)
            parts.extend(self._party(table, link, selection.parties) for link in links)
            parts.extend(negated(self._other_holder(table, each)) for each in selection.holders)
        if selection.scope in (Scope.LEAVES, Scope.SUBTREE):
            tree = self.trees[selection]
            parts = [is_in(self.tables, table, tree.columns, tree.keys)]
            marks = [each for each in selection.unless if any(test.marked for test in each)]
            parts.extend(negated(self.condition(table, each)) for each in marks)
        parts.append(self.tenant(table))
        return sa.and_(*parts)

    def as_located(self, selection: Selection) -> list[Predicate]:
        """Only rows that were there when the rows behind them were located.

        A row that came in since is left for the next round: to take it now would leave what hangs on it
        behind, with nothing to find it by (scenario 50). A row with NULL in the located key has nothing
        behind it.
        """
        parts: list[Predicate] = []
        for name, source in self.located.items():
            if selection.table != source.table or not (_wider(source, selection) or source == selection):
                continue
            if selection.scope in (Scope.ALL, Scope.ORPHANS):
                keys = self.sets[name]
                empty = [self.tables.column(keys.table, column).is_(None) for column in keys.columns]
                parts.append(sa.or_(is_in(self.tables, keys.table, keys.columns, keys.keys), *empty))
        return parts

    def tenant(self, table: str) -> Predicate:
        """Only this tenant's rows, where the system has several (scenario 35)."""
        tenant = self.system.tenant
        if tenant is None:
            return sa.true()
        mapped = next((each for each in self.system.tables if each.name == table), None)
        column = tenant.column if mapped is None or mapped.tenant is None else mapped.tenant
        if not column or (mapped and mapped.tenant is None and not self.tables.has(table, column)):
            return sa.true()
        return values_in(self.tables, table, column, [tenant.value])

    def hers(self, table: str, source: Source) -> Predicate:
        """Rows that this source makes hers."""
        link = source.link
        if source.keys is None:
            found: Predicate = self._identity(table, link)
        else:
            keys = self.sets[source.keys]
            found = self._linked(table, link, keys)
        return sa.and_(found, self.condition(table, link.when)) if link.when else found

    def _identity(self, table: str, link: Link) -> Predicate:
        column = link.columns[0]
        if link.json or link.array:
            values = [(value,) for value in self.subject.values(link.identity or "")]
            return self._linked(table, link, KeySet(table, (column,), tuple(values)))
        return values_in(self.tables, table, column, self.raw.get((table, column, link.identity or ""), ()))

    def _linked(self, table: str, link: Link, keys: KeySet) -> Predicate:
        if link.array:
            return array_has(self.tables, table, link.columns[0], [key[0] for key in keys.keys])
        if link.json:
            return json_is(self.tables, table, link.columns[0], link.json, [key[0] for key in keys.keys])
        return is_in(self.tables, table, link.columns, keys.keys)

    def condition(self, table: str, condition: Condition) -> Predicate:
        """All tests of a condition; NULL in a tested column is no match unless None is among the values."""
        return sa.and_(sa.true(), *(self._test(table, test) for test in condition))

    def _test(self, table: str, test: Test) -> Predicate:
        column = self.tables.column(table, test.column)
        if test.like is not None:
            escaped = (
                test.like.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
            )
            return column.like(escaped, escape="\\")
        if test.lookup is not None:
            value = self.resolved.get(test)
            return sa.false() if value is None else values_in(self.tables, table, test.column, [value])
        if test.marked:
            return marked(column)
        given = [value for value in test.values if value is not None]
        ways = [values_in(self.tables, table, test.column, given)] if given else []
        if None in test.values:
            ways.append(column.is_(None))
        return sa.or_(sa.false(), *ways)

    def _party(self, table: str, link: Link, parties: Sequence[Source]) -> Predicate:
        """This side of the row is hers, or nobody's; not to be looked up by. By outdated statistics no row is
        without an owner yet; a database that may look for those reads all that lost one (scenario 59)."""
        columns = [self.tables.column(table, column) for column in link.columns]
        hers = (self.hers(table, party) for party in parties if party.link == link)
        return sa.case((sa.or_(*(column.is_(None) for column in columns), *hers), 1), else_=0) == 1

    def _other_holder(self, table: str, held: Held) -> Predicate:
        same = [
            self.tables.column(held.holding.table, theirs) == self.tables.column(table, ours)
            for theirs, ours in zip(held.holding.columns, held.holding.key, strict=True)
        ]
        hers = sa.or_(sa.false(), *(self.hers(held.holding.table, source) for source in held.sources))
        people = [
            self.tables.column(held.holding.table, column).is_not(None)
            for source in held.sources
            for column in source.link.columns
            if source.link.columns != held.holding.columns
        ]
        somebody = sa.or_(*people) if people else sa.true()
        return sa.exists().where(*same, negated(hers), somebody, self.tenant(held.holding.table))

    def leads(self, table: str, link: Link) -> Predicate:
        """The link of a row of `table` leads to this row of its other end, compared column by column."""
        same = [
            self.tables.column(link.to or "", there) == self.tables.column(table, here)
            for here, there in zip(link.columns, link.key, strict=True)
        ]
        return sa.and_(*same, self.tenant(link.to or ""))

    def where_age(self, table: str, age: Age) -> Predicate:
        """Rows on one side of a period; a row without a date, or with one that is none, counts as running."""
        column = self.tables.column(table, age.after)
        first = first_running_day(age.period, self.now.date())
        over = sa.and_(column < _bound(column.type, first, self.now.tzinfo), *_dated(column))
        return over if age.side is Side.OVER else negated(over)


def rows_of(
    system: System, tables: Tables, subject: Subject, now: datetime, belonging: Sequence[object]
) -> Rows:
    """With a program that lasts as long as the live schema, the day, and what its statements belong to: the
    steps of a plan."""
    program = tables.programs.of((system, now.tzinfo, day_of(now), *belonging))
    return Rows(system, tables, subject, now, program=program)


def day_of(now: datetime) -> date:
    """Its day; of one day always the same object."""
    return _day(now.toordinal())


@lru_cache(maxsize=8)
def _day(number: int) -> date:
    return date.fromordinal(number)


Build = Callable[[Rows, Given], Any]
"""Makes a statement. With slots instead of values it raises Unfixed where its form depends on them."""


class _Unknown:
    """Whoever it is: nobody can ask anything."""

    def __getattr__(self, _name: str) -> NoReturn:
        raise Unfixed


def slot(key: Hashable, several: frozenset[Hashable]) -> Slot:
    """With room for several values where there are of that key."""
    return Slot(key, several=key in several)


def _slots(given: Given, several: frozenset[Hashable]) -> Given:
    return {name: slot(("given", name), several) for name in given}


def _awaited(key: Hashable, keys: KeySet, several: frozenset[Hashable]) -> KeySet:
    return KeySet(keys.table, keys.columns, slot(key, several))


def _wider(source: Selection, selection: Selection) -> bool:
    """Whether the first takes in every row of the second."""
    return (
        source.scope is Scope.ALL
        and set(selection.sources) <= set(source.sources)
        and source.when in ((), selection.when)
        and set(source.unless) <= set(selection.unless)
        and source.age in (None, selection.age)
    )


_UNSET = [
    "0",
    "0.0",
    "0.00",
    "false",
    "f",
    "",
    "False",
    *(f"0000-00-00{time}" for time in ("", " 00:00:00", " 00:00:00.000000")),
]


def marked(column: sa.ColumnElement[Any]) -> Predicate:
    """The column is set, and not false, zero or empty."""
    if isinstance(column.type, mysql.BIT):
        return sa.type_coerce(column, types.Integer()) > 0
    return sa.and_(column.is_not(None), sa.cast(column, sa.Text()).not_in(_UNSET))


def negated(predicate: Predicate) -> Predicate:
    """NOT, with NULL counted as no match: a row that cannot be compared stays among the others."""
    return sa.not_(sa.func.coalesce(predicate, sa.false()))


def first_running_day(period: Period, today: date) -> date:
    """The first day whose period still runs today: it ends with the last hour of its last day (T-02)."""
    day = added(today, Period(-period.years, -period.months, -period.days)) - timedelta(days=4)
    while added(day, period) < today:
        day += timedelta(days=1)
    return day


FIRST_SECOND = 100_000_000
"""Numbers below are no moments since 1970 (this one is in 1973): a period is never over because of them."""


def _dated(column: sa.ColumnElement[Any]) -> list[Predicate]:
    """The column holds a day of the calendar: no zero date, no infinity before all time, no text but an ISO
    date, no number that is none of seconds (0 for never, 20190101)."""
    kind = column.type
    if isinstance(kind, types.Numeric | types.Integer):
        return [column >= FIRST_SECOND]
    known: list[Predicate] = [column >= _bound(kind, date.min, None)]
    return [*known, column.like("____-__-__%")] if isinstance(kind, types.String) else known


def _bound(kind: types.TypeEngine[Any], day: date, zone: tzinfo | None) -> Any:
    """Where that day begins, by the clock in `zone`; a column without a zone is read as that clock's."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone or UTC)
    if isinstance(kind, types.Date):
        return day
    if isinstance(kind, types.DateTime):
        return midnight if kind.timezone else midnight.replace(tzinfo=None)
    if isinstance(kind, types.String):
        return day.isoformat()
    if isinstance(kind, types.Numeric | types.Integer):
        return int(midnight.timestamp())
    raise Misconfigured("`after` names a column that holds no date.", "Name a date or time column.")


def array_has(tables: Tables, table: str, column: str, values: Sequence[Scalar]) -> Predicate:
    """Rows whose list in `column`, an SQL array or a JSON array, has one of `values` in it."""
    if not values:
        return sa.false()
    known, target = tables.known(table, column), tables.column(table, column)
    if known.array:
        item = getattr(known.type, "item_type", types.Text())
        return target.op("&&")(sa.cast(list(values), sa.ARRAY(item))) if values else sa.false()
    texts = [_json_text(value) for value in values]
    if tables.live.dialect == "postgresql":
        document = _document(tables, table, column)
        is_list = sa.func.jsonb_typeof(document) == "array"  # another document would be an error, not empty
        only = sa.case((is_list, document), else_=sa.func.jsonb_build_array())
        each = sa.func.jsonb_array_elements_text(only).table_valued("value")
        return sa.exists(sa.select(each.c.value).where(each.c.value.in_([str(value) for value in values])))
    if tables.live.dialect == "sqlite":
        listed = sa.func.json_each(_document(tables, table, column)).table_valued("value")
        return sa.exists(sa.select(listed.c.value).where(listed.c.value.in_(list(values))))
    return sa.or_(*(sa.func.json_contains(target, text) == 1 for text in texts))


def json_is(tables: Tables, table: str, column: str, path: str, values: Sequence[Scalar]) -> Predicate:
    """Rows whose JSON in `column` has one of `values` at `path`."""
    if not values:
        return sa.false()
    texts = [str(value) for value in values]
    return sa.cast(json_at(tables, table, column, path), types.Text()).in_(texts)


def json_at(tables: Tables, table: str, column: str, path: str) -> sa.ColumnElement[Any]:
    """The value at a path as text, NULL where the document has none or is no JSON."""
    document = _document(tables, table, column)
    if tables.live.dialect == "postgresql":
        return sa.func.jsonb_path_query_first(document, sa.cast(path, _JsonPath())).op("#>>")(sa.text("'{}'"))
    if tables.live.dialect == "sqlite":
        return sa.func.json_extract(document, path)
    return sa.func.json_value(document, path)


class _JsonPath(types.UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "jsonpath"


def _document(tables: Tables, table: str, column: str) -> Any:
    """The column as JSON that can be asked; on SQLite text that is no JSON counts as none."""
    target = tables.column(table, column)
    if tables.live.dialect == "postgresql":
        return sa.cast(target, sa.dialects.postgresql.JSONB)
    if tables.live.dialect == "sqlite":
        return sa.case((sa.func.json_valid(target) == 1, target), else_=sa.null())
    return target


def _json_text(value: Scalar) -> str:
    return json.dumps(value if isinstance(value, int) else str(value))
