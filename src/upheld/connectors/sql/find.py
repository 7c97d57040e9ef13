"""Who the identities name in this system, and which identities her own rows vouch for. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import distinct, refuse_misfits, spell
from upheld.connectors.sql.where import Rows, marked, negated
from upheld.datamap.model import IdentityColumn, Link, Table
from upheld.rights.connector import Found
from upheld.rights.subject import Identity, Key, Person


def find(
    rows: Rows, connection: sa.Connection, identities: Sequence[Identity], people: Sequence[Person]
) -> Found:
    """One look: rows that the identities name, people that other people's rows lead to, and what they vouch
    for."""
    system = rows.system
    found: list[Person] = []
    for table in system.tables:
        for identity in table.identities:
            given = [each for each in identities if each.kind == identity.kind]
            for each in given:
                found.extend(_named(rows, connection, table, identity, each))
        if table.person:
            found.extend(_same(rows, connection, table, people))
    known = {(each.table, each.key): each for each in people}
    fresh = [each for each in found if _tells_more(each, known.get((each.table, each.key)))]
    everybody = dict(known)
    for person in fresh:
        if _tells_more(person, everybody.get((person.table, person.key))):
            everybody[person.table, person.key] = person
    vouched = _vouched(rows, connection, list(everybody.values()))
    return Found(tuple(dict.fromkeys(fresh)), tuple(dict.fromkeys(vouched)))


def _tells_more(person: Person, before: Person | None) -> bool:
    return before is None or (person.surely and not before.surely)


def _named(
    rows: Rows, connection: sa.Connection, table: Table, identity: IdentityColumn, given: Identity
) -> Iterator[Person]:
    """People whose row, or whose row of identities, holds the value."""
    link = Link((identity.column,), identity=identity.kind, normalise=identity.normalise)
    spelled = Rows(rows.system, rows.tables, type(rows.subject)((given,)), rows.now)
    spell(spelled, connection, table.name, link)
    values = spelled.raw[table.name, identity.column, identity.kind]
    if not values:
        return
    here = sa.and_(
        is_in(rows.tables, table.name, (identity.column,), [(value,) for value in values]),
        rows.tenant(table.name),
    )
    if table.person:
        if table.ghost:
            here = sa.and_(here, negated(rows.condition(table.name, table.ghost)))
        keys = _keys(rows, connection, table.name, table.person, here)
        vouching = set(keys)
        if identity.verified_by and keys:
            sure = sa.and_(here, vouches(rows, table.name, identity.verified_by))
            vouching = set(_keys(rows, connection, table.name, table.person, sure))
        for key in keys:
            named = given if key in vouching else replace(given, verified=False)
            yield Person(rows.system.name, table.name, key, named)
        return
    if identity.verified_by:
        here = sa.and_(here, vouches(rows, table.name, identity.verified_by))
    for link in table.links:
        if link.to and rows.system.table(link.to).person == link.key:
            for key in _keys(rows, connection, table.name, link.columns, here):
                yield Person(rows.system.name, link.to, key, given)


def vouches(rows: Rows, table: str, column: str) -> sa.ColumnElement[bool]:
    """Rows whose own column says that the identity was proved."""
    return marked(rows.tables.column(table, column))


def _keys(rows: Rows, connection: sa.Connection, table: str, key: Sequence[str], here: Any) -> list[Key]:
    columns = [rows.tables.column(table, column) for column in key]
    read = connection.execute(distinct(sa.select(*columns).where(here), connection))
    keys = list(dict.fromkeys(tuple(row) for row in read if None not in row))
    refuse_misfits(rows.tables, rows.system.name, table, key, keys)
    return keys


def _same(rows: Rows, connection: sa.Connection, table: Table, people: Sequence[Person]) -> Iterator[Person]:
    """Rows of a person table that a person's row elsewhere in the system is: a customer of a user."""
    related = {name for name, _ in table.treatment.by}
    for link in table.links:
        if link.name in related or not link.to:
            continue
        if link.key != rows.system.table(link.to).person:
            continue
        for via, keys in _by_doubt(people, link.to):
            here = sa.and_(is_in(rows.tables, table.name, link.columns, keys), rows.tenant(table.name))
            for key in _keys(rows, connection, table.name, table.person, here):
                yield Person(rows.system.name, table.name, key, via)


def _by_doubt(people: Sequence[Person], table: str) -> Iterator[tuple[Identity | None, list[Key]]]:
    """Keys of people in a table: those that are surely hers, then the others with what led to them."""
    sure = [each.key for each in people if each.table == table and each.surely]
    if sure:
        yield None, sure
    for each in people:
        if each.table == table and not each.surely:
            yield each.via, [each.key]


def _vouched(rows: Rows, connection: sa.Connection, people: Sequence[Person]) -> Iterator[Identity]:
    """What the people's rows vouch for. A row that only an unverified identity led to may be anybody's who
    gave her address: it vouches for nothing."""
    yield from _read(rows, connection, [each for each in people if each.surely])
    for identity in _read(rows, connection, [each for each in people if not each.surely]):
        yield replace(identity, verified=False)


def _read(rows: Rows, connection: sa.Connection, people: Sequence[Person]) -> Iterator[Identity]:
    for table in rows.system.tables if people else ():
        if not table.identities:
            continue
        here = _hers(rows, table, people)
        if here is None:
            continue
        for identity in table.identities:
            column = rows.tables.column(table.name, identity.column)
            statement = sa.select(column, sa.literal(True)).where(
                here, column.is_not(None), rows.tenant(table.name)
            )
            if identity.verified_by:
                vouching = sa.case((vouches(rows, table.name, identity.verified_by), 1), else_=0)
                statement = sa.select(column, vouching).where(
                    here, column.is_not(None), rows.tenant(table.name)
                )
            for value, verified in connection.execute(distinct(statement, connection)):
                if str(value):
                    yield Identity(
                        identity.kind, str(value), bool(verified), f"{rows.system.name}.{table.name}"
                    )


def _hers(rows: Rows, table: Table, people: Sequence[Person]) -> sa.ColumnElement[bool] | None:
    if table.person:
        keys = [each.key for each in people if each.table == table.name]
        return is_in(rows.tables, table.name, table.person, keys) if keys else None
    ways = []
    for link in table.links:
        if link.to and rows.system.table(link.to).person == link.key:
            keys = [each.key for each in people if each.table == link.to]
            if keys:
                ways.append(is_in(rows.tables, table.name, link.columns, keys))
    return sa.or_(*ways) if ways else None
