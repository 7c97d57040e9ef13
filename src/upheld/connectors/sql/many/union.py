"""Whose a row is, when the rows of many people are selected together.

A selection over everybody's keys says which rows are meant. What it was selected by (the values of its
links, the keys of its own row) says whose each of them is: that is read beside the row, or grouped and
counted by the server, and looked up in the owners of the key set that the link points at. A row may be
several people's.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from upheld.connectors.sql.columns import NotFitting, Tables, fit, fits
from upheld.connectors.sql.inside import KeySet, Predicate
from upheld.connectors.sql.live import Family
from upheld.connectors.sql.where import Rows, json_at, rows_of
from upheld.datamap.model import Link, System
from upheld.datamap.normalise import normalise
from upheld.rights.outcome import Permanent
from upheld.rights.plan import SELF, Scope, Selection, Source
from upheld.rights.subject import Key, Subject

Members = tuple[int, ...]
"""Positions of people in the set, ascending."""

Owners = dict[Key, Members]

NOBODY: Members = ()

_LABEL = "upheld_whose_"

_READ = 1000
"""Rows that are taken from the driver at a time."""


class Unattributed(Permanent):
    """Rows were selected of which nobody can say whose they are: these people are taken one by one."""

    def __init__(self, system: str, table: str) -> None:
        super().__init__(
            f"{system}: a row of {table} cannot be attributed to one of several people.",
            "They are taken one by one.",
        )


@dataclass(frozen=True)
class Way:
    """What rows of a selection are selected by. `who` gives the people from the values of `columns`;
    `known` the same of the one value as it is read, where it need not be made comparable first."""

    columns: tuple[sa.ColumnElement[Any], ...]
    who: Callable[[Sequence[Any]], Iterable[int]]
    groupable: bool = True
    known: Mapping[Any, Members] | None = None


@dataclass
class Union:
    """Several subjects as one. `rows` are everybody's; `owners` says of each key set whose each key is."""

    rows: Rows
    members: Sequence[Subject]
    owners: dict[str, Owners] = field(default_factory=dict)
    trees: dict[Selection, Owners] = field(default_factory=dict)
    looked_up: dict[tuple[str, tuple[str, ...], str], dict[Any, Members]] = field(default_factory=dict)
    named: dict[tuple[str, str | None], dict[str, Members]] = field(default_factory=dict)

    @property
    def tables(self) -> Tables:
        """The live tables."""
        return self.rows.tables

    # --- ways ---

    def named_ways(self, selection: Selection) -> list[tuple[str, Way]]:
        """The ways of a selection without a scope, each with its link's name; SELF where a row is a person
        herself."""
        found = [(source.link.name, self._way(selection.table, source)) for source in selection.sources]
        if selection.people:
            keys, owners = self.rows.sets[selection.people], self.owners[selection.people]
            found.append((SELF, self._by_owners(selection.table, keys.columns, owners)))
        return found

    def ways(self, selections: Iterable[Selection]) -> tuple[Way, ...]:
        """Every way by which rows of these selections, all of one table, are somebody's."""
        found: dict[object, Way] = {}
        for selection in selections:
            if selection.scope in (Scope.LEAVES, Scope.SUBTREE):
                tree = self.rows.trees[selection]
                found[selection] = self._by_owners(selection.table, tree.columns, self.trees[selection])
                continue
            if selection.people:
                keys = self.rows.sets[selection.people]
                owners = self.owners[selection.people]
                found[selection.people] = self._by_owners(selection.table, keys.columns, owners)
            for source in selection.sources:
                found[source] = self._way(selection.table, source)
        return tuple(found.values())

    def _by_owners(self, table: str, columns: Sequence[str], owners: Owners) -> Way:
        return self._keyed(table, columns, {_plain(key): who for key, who in owners.items()})

    def _keyed(self, table: str, columns: Sequence[str], known: Mapping[Any, Members]) -> Way:
        """A way by the values of columns, each as `_plain` gives it."""
        families = [self.tables.known(table, each).family for each in columns]
        return Way(
            tuple(exact(self.tables, table, each) for each in columns),
            lambda values: known.get(_plain(values), NOBODY),
            known=known if families in ([Family.INTEGER], [Family.TEXT]) else None,
        )

    def _way(self, table: str, source: Source) -> Way:
        link = source.link
        if link.array:
            return self._listed(table, source)
        if link.json:
            texts = {str(value): who for value, who in self._values(source).items()}
            at = sa.cast(json_at(self.tables, table, link.columns[0], link.json), sa.Text())
            return self._when(table, link, Way((at,), lambda values: texts.get(str(values[0]), NOBODY)))
        columns = tuple(exact(self.tables, table, each) for each in link.columns)
        if source.keys is None:
            named, rule = self.by_name(link.identity or "", link.normalise), link.normalise

            def called(values: Sequence[Any]) -> Members:
                return NOBODY if values[0] is None else named.get(normalise(rule, str(values[0])), NOBODY)

            return self._when(table, link, Way(columns, called))
        known = self._linked(table, link, source.keys)
        return self._when(table, link, self._keyed(table, link.columns, known))

    def _when(self, table: str, link: Link, way: Way) -> Way:
        """A link that holds only under a condition: the condition is read too."""
        if not link.when:
            return way
        flag = sa.case((self.rows.condition(table, link.when), 1), else_=0)

        def who(values: Sequence[Any]) -> Iterable[int]:
            return way.who(values[:-1]) if values[-1] else NOBODY

        return Way((*way.columns, flag), who, way.groupable)

    def _listed(self, table: str, source: Source) -> Way:
        """A list in one column: everybody who is in it."""
        every = self._values(source)
        texts = {str(value): who for value, who in every.items()}
        target = self.tables.column(table, source.link.columns[0])

        def who(values: Sequence[Any]) -> Iterable[int]:
            found: set[int] = set()
            for item in as_list(values[0]):
                found.update(every.get(item, texts.get(str(item), NOBODY)))
            return found

        return self._when(table, source.link, Way((target,), who, groupable=False))

    def _values(self, source: Source) -> dict[Any, Members]:
        if source.keys is None:
            kind = source.link.identity or ""
            return _gathered(
                (value, index) for index, member in enumerate(self.members) for value in member.values(kind)
            )
        return {key[0]: who for key, who in self.owners[source.keys].items()}

    def _linked(self, table: str, link: Link, name: str) -> dict[Any, Members]:
        """The owners of a key set, each key in the types of the columns that hold it."""
        place = (table, link.columns, name)
        if place not in self.looked_up:
            known = [self.tables.known(table, column) for column in link.columns]
            found: dict[Any, Members] = {}
            owners = self.owners[name]
            if all(
                fits(values, column) for values, column in zip(zip(*owners, strict=True), known, strict=False)
            ):
                found, owners = {_plain(key): who for key, who in owners.items()}, {}
            for key, who in owners.items():
                try:
                    fitted = tuple(fit(part, column) for part, column in zip(key, known, strict=True))
                except NotFitting:
                    continue
                found[_plain(fitted)] = who
            self.looked_up[place] = found
        return self.looked_up[place]

    def by_name(self, kind: str, rule: str | None) -> dict[str, Members]:
        """Who has which identity of a kind, in the form in which a column compares it."""
        if (kind, rule) not in self.named:
            self.named[kind, rule] = _gathered(
                (normalise(rule, value), index)
                for index, member in enumerate(self.members)
                for value in member.values(kind)
            )
        return self.named[kind, rule]

    # --- reading ---

    def tallied(
        self, connection: sa.Connection, table: str, selections: Sequence[Selection], condition: Predicate
    ) -> "Tally":
        """How many rows meet the condition, and how many of them are whose. Unattributed where one is
        nobody's."""
        ways = self.ways(selections)
        evidence = [column for way in ways for column in way.columns]
        counted: sa.ColumnElement[int] = sa.literal_column("1")
        statement = sa.select(*_labelled(evidence)).select_from(self.tables[table]).where(condition)
        if all(way.groupable for way in ways):
            counted = sa.func.count()
            # By name: to PostgreSQL the same expression with parameters of its own is another.
            names = [sa.literal_column(f"{_LABEL}{index}", sa.Text()) for index in range(len(evidence))]
            statement = statement.group_by(*names)
        tally = Tally()
        for some in connection.execute(statement.add_columns(counted.label("many"))).partitions(_READ):
            for row in some:
                tally.add(self.whose(table, ways, row), row[-1])
        return tally

    def whose(self, table: str, ways: Sequence[Way], values: Sequence[Any]) -> Members:
        """The people of one row, from what all ways read of it."""
        whole: Members = NOBODY
        start = 0
        for way in ways:
            if way.known is not None:
                found = way.known.get(values[start], NOBODY)
                start += 1
            else:
                stop = start + len(way.columns)
                found = tuple(sorted(way.who(values[start:stop])))
                start = stop
            if found and found != whole:
                whole = tuple(sorted({*whole, *found})) if whole else found
        if not whole:
            raise Unattributed(self.rows.system.name, table)
        return whole

    def keyed(
        self,
        connection: sa.Connection,
        table: str,
        key: Sequence[str],
        selection: Selection,
        condition: Predicate,
        *,
        lock: bool = False,
    ) -> Owners:
        """Distinct keys of the rows that meet the condition, and whose they are; a key with NULL is none.
        With `lock` nobody else changes them until the transaction ends."""
        ways = self.ways([selection])
        columns = [self.tables.column(table, each) for each in key]
        read = sa.select(*_labelled([*columns, *(each for way in ways for each in way.columns)]))
        read = read.select_from(self.tables[table]).where(condition)
        if lock and connection.dialect.name != "sqlite":
            read = read.with_for_update()
        owners: Owners = {}
        many = len(key)
        for some in connection.execute(read).partitions(_READ):
            for row in some:
                this = tuple(row[:many])
                if None not in this:
                    who, before = self.whose(table, ways, row[many:]), owners.get(this, NOBODY)
                    if who != before:
                        owners[this] = tuple(sorted({*before, *who}))
        return owners


@dataclass
class Tally:
    """`rows`: how many there are; `each`: how many of them are whose; `shared`: who shares a row with
    whom."""

    rows: int = 0
    each: dict[int, int] = field(default_factory=dict)
    shared: set[Members] = field(default_factory=set)

    def add(self, who: Members, many: int) -> None:
        """So many rows of these people."""
        self.rows += many
        for member in who:
            self.each[member] = self.each.get(member, 0) + many
        if len(who) > 1:
            self.shared.add(who)


def together(
    system: System, tables: Tables, members: Sequence[Subject], now: Any, belonging: Sequence[object]
) -> Union:
    """The union of these people, nothing located yet. `belonging`: the steps that will be asked of it."""
    identities = dict.fromkeys(each for member in members for each in member.identities)
    people = dict.fromkeys(each for member in members for each in member.people)
    whole = Subject(tuple(identities), tuple(people))
    return Union(rows_of(system, tables, whole, now, ("many", *belonging)), members)


def key_set(table: str, columns: Sequence[str], owners: Mapping[Key, Members]) -> KeySet:
    """The keys without their owners."""
    return KeySet(table, tuple(columns), tuple(owners))


def exact(tables: Tables, table: str, column: str) -> sa.ColumnElement[Any]:
    """The column so that grouping by it keeps apart what only its collation calls equal (scenario 63)."""
    known, target = tables.known(table, column), tables.column(table, column)
    dialect = tables.live.dialect
    if known.family is not Family.TEXT or (dialect == "sqlite" and known.collation is None):
        return target
    if dialect == "sqlite":
        return sa.collate(target, "BINARY")
    if dialect == "postgresql":
        return sa.cast(target, sa.Text()) if "citext" in known.type_text else target
    return sa.collate(sa.cast(target, mysql.CHAR(charset="utf8mb4")), "utf8mb4_nopad_bin")


def as_list(value: object) -> Sequence[Any]:
    """The items of an array, or of a JSON list in text."""
    if isinstance(value, str | bytes):
        try:
            value = json.loads(value)
        except ValueError:
            return ()
    return [each for each in value if isinstance(each, str | int)] if isinstance(value, list) else ()


def _gathered(pairs: Iterable[tuple[Any, int]]) -> dict[Any, Members]:
    found: dict[Any, list[int]] = {}
    for value, index in pairs:
        if not found.setdefault(value, []) or found[value][-1] != index:
            found[value].append(index)
    return {value: tuple(who) for value, who in found.items()}


def _labelled(columns: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
    return [column.label(f"{_LABEL}{index}") for index, column in enumerate(columns)]


def _plain(values: Sequence[Any]) -> Any:
    """Values as they are compared here: drivers give the same UUID as an object or as text."""
    if len(values) == 1:
        return _alike(values[0])
    return tuple(map(_alike, values))


def _alike(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return bytes(value) if isinstance(value, memoryview) else value
