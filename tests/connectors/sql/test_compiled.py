"""Statements are compiled once and run with each person's values; never with another's."""

from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.compiled import (
    Compiled,
    Later,
    Program,
    Several,
    Slot,
    Unfixed,
    alone,
    answered,
    later,
)
from upheld.connectors.sql.connector import SqlConnector
from upheld.rights.connector import Row

POSTS = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));
CREATE INDEX posts_user ON posts(user_id);
INSERT INTO posts VALUES (1, 0, 'a'), (2, 5, 'b'), (3, 5, 'c'), (4, 10, 'd'), (5, NULL, 'e');
CREATE TABLE lists (id INTEGER PRIMARY KEY, about VARCHAR(200));
INSERT INTO lists VALUES (1, '{"who": "ada@chess.example.org"}'), (2, '{"who": "ben@chess.example.org"}');
"""
)
MAPPED = (
    USERS
    + """
posts: {belongs_to: {user_id: users.id}, on_erase: delete}
lists: {belongs_to: {about: {identity: email, json: $.who}}, on_erase: delete}
"""
)


def going_on(database: Database, folder: Path) -> World:
    world = make_world(database, folder / "privacy", POSTS, MAPPED)
    return replace(world, kept=world.connector)


def programs(world: World) -> list[Program]:
    assert isinstance(world.kept, SqlConnector)
    assert world.kept.known is not None
    return [each for _, each in world.kept.known.tables.programs.made]


@pytest.mark.parametrize("look", [len, bool, iter, list, lambda slot: slot[0], lambda slot: 1 in slot])
def test_nobody_can_look_into_a_slot(look: object) -> None:
    with pytest.raises(Unfixed):
        look(Slot("hers"))  # type: ignore[operator]


def test_each_of_several_people_loses_her_own_rows_and_no_others(
    tmp_path: Path, each_database: Database
) -> None:
    world = going_on(each_database, tmp_path)

    world.erase(BEN)

    assert each_database.rows("SELECT id FROM posts ORDER BY id") == [(1,), (4,), (5,)]
    assert each_database.rows("SELECT id FROM lists ORDER BY id") == [(1,)]

    world.erase(CY)

    assert each_database.rows("SELECT id FROM posts ORDER BY id") == [(1,), (5,)]
    assert each_database.rows("SELECT id FROM users ORDER BY id") == [(0,)]


def test_the_second_person_needs_no_new_statement(tmp_path: Path, each_database: Database) -> None:
    world = going_on(each_database, tmp_path)
    world.erase(BEN)
    before = [list(each.statements) for each in programs(world)]

    world.erase(CY)

    assert [list(each.statements) for each in programs(world)] == before


def test_whoever_comes_first_and_has_several_of_something_needs_no_second_statement(
    tmp_path: Path, each_database: Database
) -> None:
    world = make_world(each_database, tmp_path / "privacy", ORDERS, ORDERED)
    world = replace(world, kept=world.connector)

    world.erase(CY)

    for program in programs(world):
        sites = [site for site, _ in program.statements]
        assert len(sites) == len(set(sites))


def test_a_statement_whose_form_depends_on_the_person_is_built_for_each(
    tmp_path: Path, each_database: Database
) -> None:
    """A link inside JSON compares with her identities one by one."""
    world = going_on(each_database, tmp_path)

    world.erase(ADA)

    built = [site for each in programs(world) for site, made in each.statements.items() if made is None]
    assert built
    assert each_database.rows("SELECT id FROM lists ORDER BY id") == [(2,)]


def test_no_value_of_a_person_stays_in_a_statement(tmp_path: Path, each_database: Database) -> None:
    world = going_on(each_database, tmp_path)

    world.erase(BEN)

    for each in programs(world):
        for made in filter(None, each.statements.values()):
            assert "ben@" not in repr((made.text, made.fixed)).lower()


ORDERS = (
    PEOPLE
    + """
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, code VARCHAR(20) NOT NULL UNIQUE);
CREATE TABLE items (id INTEGER PRIMARY KEY, code VARCHAR(20), note VARCHAR(20));
INSERT INTO orders VALUES (1, 5, '007'), (2, 10, '7'), (3, 10, 'x'), (4, NULL, 'nobody');
INSERT INTO items VALUES (1, '007', 'a'), (2, '7', 'b'), (3, 'x', 'c'), (4, 'nobody', 'd'), (5, NULL, 'e'),
                         (6, '007', 'f');
"""
)
ORDERED = (
    USERS
    + """
orders: {key: code, belongs_to: {user_id: users.id}, on_erase: delete}
items: {belongs_to: {code: orders.code}, fields: {note: {category: free-text}}, on_erase: {anonymise: {note: null}}}
"""
)


@pytest.mark.parametrize("people", [(ADA, BEN, CY), (CY, BEN, ADA), (BEN, ADA, CY)])
def test_who_has_no_key_and_who_has_one_and_who_has_several_each_lose_their_own_rows(
    tmp_path: Path, each_database: Database, people: tuple[str, ...]
) -> None:
    notes = {1: "a", 2: "b", 3: "c", 4: "d", 5: "e", 6: "f"}
    hers = {ADA: (), BEN: (1, 6), CY: (2, 3)}
    world = make_world(each_database, tmp_path / "privacy", ORDERS, ORDERED)
    world = replace(world, kept=world.connector)

    for each in people:
        world.erase(each)
        notes |= dict.fromkeys(hers[each])

        assert each_database.rows("SELECT id, note FROM items ORDER BY id") == list(notes.items())

    assert each_database.rows("SELECT id FROM orders ORDER BY id") == [(4,)]


def test_a_statement_with_room_for_one_takes_no_second() -> None:
    """Rather than do without it: rows would be left."""
    slots = [Slot(name, several=False) for name in ("hers", "his", "its")]
    statement = sa.select(*(alone(slot, list, sa.Integer(), "number") for slot in slots))
    compiled = Compiled(statement, sa.create_engine("sqlite://").dialect)
    known = {"hers": (1, 2), "his": (3,), "its": (4, 5)}

    with pytest.raises(Several) as found:
        compiled.sending(lambda parameter: parameter.form(known[str(parameter.key)]))

    assert found.value.keys == {"hers", "its"}


def test_people_who_differ_in_many_ways_share_a_statement_with_room_for_several(
    each_database: Database,
) -> None:
    engine = sa.create_engine(each_database.url)
    names = [f"part{number}" for number in range(12)]
    program = Program()

    def build(several: frozenset[Hashable]) -> sa.Select[Any]:
        slots = [Slot(name, several=name in several) for name in names]
        rooms = (
            later(slot, len, sa.Integer(), "many") if slot.several else alone(slot, list, sa.Integer(), "one")
            for slot in slots
        )
        return sa.select(*rooms)

    def asked(several: int) -> list[int]:
        known = {name: (7, 8) if place < several else (7,) for place, name in enumerate(names)}
        with engine.connect() as connection:
            sent = program.sent(
                connection,
                "site",
                build,
                lambda parameter: parameter.form(known[str(parameter.key)]),
                frozenset,
            )
        assert sent is not None
        _, (_, parameters) = sent
        return sorted(parameters.values() if isinstance(parameters, dict) else parameters)

    for several in range(12):
        assert asked(several) in (
            [2] * several + [7] * (12 - several),  # room for one of each of which there is one
            [1] * (12 - several) + [2] * several,  # room for several of everything
        )
    engine.dispose()
    assert len(program.statements) == 8


def test_what_a_statement_names_twice_is_sent_once_to_postgresql() -> None:
    slot = Slot("hers", several=False)
    twice = sa.select(*(alone(slot, list, sa.Integer(), "number") + index for index in (1, 2)))
    compiled = Compiled(twice, sa.create_engine("postgresql+psycopg://").dialect)

    text, parameters = compiled.sending(lambda _: [7])

    assert text.count("$1") == 2
    assert parameters == (7, 1, 2)


def _none(_: Later) -> None:
    """Nothing is left open."""


KINDS = """
CREATE TABLE kinds (id INTEGER PRIMARY KEY, user_id INTEGER, price NUMERIC(10, 2), rate DOUBLE PRECISION,
                    born DATE, seen TIMESTAMP NULL, agreed BOOLEAN, words TEXT, small SMALLINT, large BIGINT);
INSERT INTO kinds VALUES (1, 0, 12.50, 0.1, '2001-02-03', '2020-02-03 04:05:06', TRUE, 'a', 3, 9000000000),
                         (2, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""


def test_what_a_kept_statement_reads_is_what_sqlalchemy_reads(
    tmp_path: Path, each_database: Database
) -> None:
    world = make_world(each_database, tmp_path / "privacy", PEOPLE + KINDS, USERS)
    kept = world.connector
    assert isinstance(kept, SqlConnector)
    kept.check()
    assert kept.known is not None
    tables = kept.known.tables
    columns = [tables.column("kinds", name) for name in tables.known_table("kinds").columns]
    statement = sa.select(*columns).order_by(columns[0])

    with kept.engine.connect() as connection:
        directly = answered(connection, statement).rows
        compiled = Compiled(statement, connection.dialect)
        first, again = (compiled.run(connection, compiled.sending(_none)).rows for _ in range(2))

    assert first == again == directly
    assert [list(map(type, row)) for row in first] == [list(map(type, row)) for row in directly]


def test_a_copy_holds_amounts(tmp_path: Path, each_database: Database) -> None:
    mapped = (
        USERS
        + "kinds: {belongs_to: {user_id: users.id}, fields: {price: {category: purchase}}, on_erase: delete}\n"
    )
    world = make_world(each_database, tmp_path / "privacy", PEOPLE + KINDS, mapped)

    rows = [each for each in world.collect(ADA) if isinstance(each, Row) and each.table == "kinds"]

    assert [each.values["price"] for each in rows] == [Decimal("12.50")]
