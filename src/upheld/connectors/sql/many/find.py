"""Who the identities of many people name in this system, each question answered apart, asked at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.find import vouches
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import distinct, refuse_misfits, spell
from upheld.connectors.sql.where import Rows, negated
from upheld.datamap.model import IdentityColumn, Link, Table
from upheld.datamap.normalise import normalise
from upheld.rights.connector import Found
from upheld.rights.many import Questioned
from upheld.rights.subject import Identity, Key, Person, Subject

Given = tuple[int, Identity]
"""Whose question, and one identity of it."""


@dataclass
class Finder:
    """One look for all questions. `found`: by question, in the order in which rows were found."""

    rows: Rows
    connection: sa.Connection
    questions: Sequence[Questioned]
    found: dict[int, list[Person]] = field(default_factory=dict)

    def look(self) -> tuple[Found, ...]:
        """As `find` for each question."""
        for table in self.rows.system.tables:
            for identity in table.identities:
                for who, person in self._named(table, identity):
                    self.found.setdefault(who, []).append(person)
            if table.person:
                for who, person in self._same(table):
                    self.found.setdefault(who, []).append(person)
        fresh: list[tuple[Person, ...]] = []
        everybody: list[list[Person]] = []
        for who, (_, people) in enumerate(self.questions):
            known = {(each.table, each.key): each for each in people}
            own = [
                each
                for each in self.found.get(who, ())
                if _tells_more(each, known.get((each.table, each.key)))
            ]
            for each in own:
                if _tells_more(each, known.get((each.table, each.key))):
                    known[each.table, each.key] = each
            fresh.append(tuple(dict.fromkeys(own)))
            everybody.append(list(known.values()))
        vouched = self._vouched(everybody)
        return tuple(
            Found(own, tuple(dict.fromkeys(identities)))
            for own, identities in zip(fresh, vouched, strict=True)
        )

    # --- people that identities name --------------------------------------------------------------------

    def _named(self, table: Table, identity: IdentityColumn) -> Iterator[tuple[int, Person]]:
        given = [
            (who, each)
            for who, (identities, _) in enumerate(self.questions)
            for each in identities
            if each.kind == identity.kind and each.verified
        ]
        if not given:
            return
        by_value: dict[str, list[Given]] = {}
        for who, each in given:
            by_value.setdefault(normalise(identity.normalise, each.value), []).append((who, each))
        asked = tuple(dict.fromkeys(each for _, each in given))
        spelled = Rows(self.rows.system, self.rows.tables, Subject(asked), self.rows.now)
        link = Link((identity.column,), identity=identity.kind, normalise=identity.normalise)
        spell(spelled, self.connection, table.name, link)
        values = spelled.raw[table.name, identity.column, identity.kind]
        if not values:
            return
        here = sa.and_(
            is_in(self.rows.tables, table.name, (identity.column,), [(value,) for value in values]),
            self.rows.tenant(table.name),
        )

        for to, key, value, sure in self._holding(table, identity, here):
            for who, each in by_value.get(normalise(identity.normalise, str(value)), ()):
                yield who, self._person(to, key, each if sure else replace(each, verified=False))

    def _holding(
        self, table: Table, identity: IdentityColumn, here: Any
    ) -> Iterator[tuple[str, Key, object, object]]:
        """People whose row, or whose row of identities, holds one of the values: where they live, who, by
        which, and whether their own row vouches for it."""
        if table.person:
            if table.ghost:
                here = sa.and_(here, negated(self.rows.condition(table.name, table.ghost)))
            for key, (value, sure) in self._read(table, table.person, here, identity, flagged=True):
                yield table.name, key, value, sure
            return
        if identity.verified_by:
            here = sa.and_(here, vouches(self.rows, table.name, identity.verified_by))
        for link in table.links:
            if link.to and self.rows.system.table(link.to).person == link.key:
                for key, (value, _) in self._read(table, link.columns, here, identity):
                    yield link.to, key, value, True

    def _person(self, table: str, key: Key, via: Identity | None) -> Person:
        return Person(self.rows.system.name, table, key, via)

    def _read(
        self,
        table: Table,
        key: Sequence[str],
        here: Any,
        identity: IdentityColumn,
        *,
        flagged: bool = False,
    ) -> list[tuple[Key, tuple[Any, ...]]]:
        columns = [self.rows.tables.column(table.name, column) for column in key]
        sure: Any = sa.literal_column("1")
        if flagged and identity.verified_by:
            sure = sa.case((vouches(self.rows, table.name, identity.verified_by), 1), else_=0)
        value = self.rows.tables.column(table.name, identity.column)
        return self._rows(
            table.name, key, sa.select(*columns, value.label("named"), sure.label("sure")).where(here)
        )

    def _rows(
        self, table: str, key: Sequence[str], statement: sa.Select[Any]
    ) -> list[tuple[Key, tuple[Any, ...]]]:
        read = self.connection.execute(distinct(statement, self.connection))
        found = dict.fromkeys(
            (tuple(row[: len(key)]), tuple(row[len(key) :])) for row in read if None not in row[: len(key)]
        )
        refuse_misfits(
            self.rows.tables, self.rows.system.name, table, key, dict.fromkeys(each for each, _ in found)
        )
        return list(found)

    # --- people that people's rows lead to --------------------------------------------------------------

    def _same(self, table: Table) -> Iterator[tuple[int, Person]]:
        related = {name for name, _ in table.treatment.by}
        for link in table.links:
            if link.name in related or not link.to:
                continue
            if link.key != self.rows.system.table(link.to).person:
                continue
            via: dict[tuple[str, ...], list[tuple[int, Identity | None]]] = {}
            for who, (_, people) in enumerate(self.questions):
                for each in people:
                    if each.table == link.to:
                        via.setdefault(_text(each.key), []).append((who, None if each.surely else each.via))
            if not via:
                continue
            here = sa.and_(
                is_in(self.rows.tables, table.name, link.columns, list(via)), self.rows.tenant(table.name)
            )
            columns = [self.rows.tables.column(table.name, each) for each in (*table.person, *link.columns)]
            labelled = [column.label(f"c{index}") for index, column in enumerate(columns)]
            for key, to in self._rows(table.name, table.person, sa.select(*labelled).where(here)):
                for who, through in via.get(_text(to), ()):
                    yield who, self._person(table.name, key, through)

    # --- what their rows vouch for ----------------------------------------------------------------------

    def _vouched(self, everybody: Sequence[Sequence[Person]]) -> list[list[Identity]]:
        found: list[list[Identity]] = [[] for _ in everybody]
        doubtful: list[list[Identity]] = [[] for _ in everybody]
        for table in self.rows.system.tables:
            for link_columns, owners in self._leading(table, everybody) if table.identities else ():
                for identity in table.identities:
                    for who, surely, named in self._identities(table, identity, link_columns, owners):
                        if surely:
                            found[who].append(named)
                        else:
                            doubtful[who].append(replace(named, verified=False))
        return [[*sure, *unsure] for sure, unsure in zip(found, doubtful, strict=True)]

    def _leading(
        self, table: Table, everybody: Sequence[Sequence[Person]]
    ) -> Iterator[tuple[tuple[str, ...], dict[tuple[str, ...], list[tuple[int, bool]]]]]:
        """By which columns the table's rows are whose, and whether surely."""
        to: list[tuple[tuple[str, ...], str]] = []
        if table.person:
            to.append((table.person, table.name))
        else:
            to += [
                (link.columns, link.to)
                for link in table.links
                if link.to and self.rows.system.table(link.to).person == link.key
            ]
        for columns, name in to:
            owners: dict[tuple[str, ...], list[tuple[int, bool]]] = {}
            for who, people in enumerate(everybody):
                for each in people:
                    if each.table == name:
                        owners.setdefault(_text(each.key), []).append((who, each.surely))
            if owners:
                yield columns, owners

    def _identities(
        self,
        table: Table,
        identity: IdentityColumn,
        columns: Sequence[str],
        owners: dict[tuple[str, ...], list[tuple[int, bool]]],
    ) -> Iterator[tuple[int, bool, Identity]]:
        value = self.rows.tables.column(table.name, identity.column)
        here = sa.and_(
            is_in(self.rows.tables, table.name, columns, list(owners)),
            value.is_not(None),
            self.rows.tenant(table.name),
        )
        source = f"{self.rows.system.name}.{table.name}"
        for key, (named, verified) in self._read(table, columns, here, identity, flagged=True):
            for who, surely in owners.get(_text(key), ()):
                if str(named):
                    yield who, surely, Identity(identity.kind, str(named), bool(verified), source)


def _text(key: Sequence[Any]) -> tuple[str, ...]:
    """A key as it is compared here: a link may hold it in another type than the row it points at."""
    return tuple(str(part) for part in key)


def _tells_more(person: Person, before: Person | None) -> bool:
    return before is None or (person.surely and not before.surely)
