"""Who the identities name in this system, and which identities her own rows vouch for. Reads only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import distinct, refuse_misfits, standing
from upheld.connectors.sql.where import Given, Rows, marked, negated
from upheld.datamap.model import IdentityColumn, Link, Table
from upheld.rights.connector import Found
from upheld.rights.subject import Identity, Key, Person, Subject


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
    named = Link((identity.column,), identity=identity.kind, normalise=identity.normalise)
    values = Subject((given,)).values(identity.kind)
    if table.person:

        def own(rows: Rows) -> tuple[Sequence[Any], Sequence[Any]]:
            columns = [rows.tables.column(table.name, column) for column in table.person]
            ghost = [negated(rows.condition(table.name, table.ghost))] if table.ghost else []
            return [*columns, _sure(rows, table.name, identity)], ghost

        read = list(standing(rows, connection, table.name, named, values, own, "own"))
        vouching = {row[1:-1] for row in read if row[-1]}
        for key in _whole(rows, table.name, table.person, (row[1:-1] for row in read)):
            named_by = given if key in vouching else replace(given, verified=False)
            yield Person(rows.system.name, table.name, key, named_by)
        return
    for link in table.links:
        if link.to and rows.system.table(link.to).person == link.key:

            def linked(rows: Rows, link: Link = link) -> tuple[Sequence[Any], Sequence[Any]]:
                columns = [rows.tables.column(table.name, column) for column in link.columns]
                sure = [vouches(rows, table.name, identity.verified_by)] if identity.verified_by else []
                return columns, sure

            read = list(standing(rows, connection, table.name, named, values, linked, ("linked", link.name)))
            for key in _whole(rows, table.name, link.columns, (row[1:] for row in read)):
                yield Person(rows.system.name, link.to, key, given)


def _sure(rows: Rows, table: str, identity: IdentityColumn) -> sa.ColumnElement[int]:
    """Whether the row itself says that the identity was proved; 1 where it need not say so."""
    if not identity.verified_by:
        return sa.literal_column("1")
    return sa.case((vouches(rows, table, identity.verified_by), 1), else_=0)


def vouches(rows: Rows, table: str, column: str) -> sa.ColumnElement[bool]:
    """Rows whose own column says that the identity was proved."""
    return marked(rows.tables.column(table, column))


def _whole(rows: Rows, table: str, key: Sequence[str], read: Iterable[Key]) -> list[Key]:
    """The keys among those read that have no NULL in them, each once, in an order of their own: a server
    gives them in any."""
    keys = sorted(
        {row for row in read if None not in row}, key=lambda key: [(len(str(x)), str(x)) for x in key]
    )
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

            def theirs(rows: Rows, here: Given, link: Link = link) -> sa.Select[Any]:
                columns = [rows.tables.column(table.name, column) for column in table.person]
                where = is_in(rows.tables, table.name, link.columns, here["keys"])
                return distinct(sa.select(*columns).where(where, rows.tenant(table.name)), connection)

            read = rows.ask(connection, ("same", table.name, link.name), theirs, {"keys": keys}).rows
            for key in _whole(rows, table.name, table.person, read):
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
        hers = _hers(rows, table, people)
        if not hers:
            continue
        columns = {name: own for name, (own, _) in hers.items()}

        def told(
            rows: Rows, here: Given, table: Table = table, columns: Mapping[str, tuple[str, ...]] = columns
        ) -> sa.Select[Any]:
            ways = [is_in(rows.tables, table.name, own, here[name]) for name, own in columns.items()]
            where = sa.and_(sa.or_(*ways), rows.tenant(table.name))
            return distinct(sa.select(*_telling(rows, table)).where(where), connection)

        given = {name: keys for name, (_, keys) in hers.items()}
        read = rows.ask(connection, ("vouched", table.name, tuple(columns)), told, given).rows
        for index, identity in enumerate(table.identities):
            for value, verified in dict.fromkeys(row[2 * index : 2 * index + 2] for row in read):
                if value is not None and str(value):
                    source = f"{rows.system.name}.{table.name}"
                    yield Identity(identity.kind, str(value), bool(verified), source)


def _telling(rows: Rows, table: Table) -> list[Any]:
    """Each identity of a row, and whether the row vouches for it."""
    columns: list[Any] = []
    for identity in table.identities:
        columns += [rows.tables.column(table.name, identity.column), _sure(rows, table.name, identity)]
    return [column.label(f"c{index}") for index, column in enumerate(columns)]


def _hers(rows: Rows, table: Table, people: Sequence[Person]) -> dict[str, tuple[tuple[str, ...], list[Key]]]:
    """By which columns a row of identities is theirs, and their keys for these."""
    if table.person:
        keys = [each.key for each in people if each.table == table.name]
        return {"person": (table.person, keys)} if keys else {}
    found = {}
    for link in table.links:
        if link.to and rows.system.table(link.to).person == link.key:
            keys = [each.key for each in people if each.table == link.to]
            if keys:
                found[link.name] = (link.columns, keys)
    return found
