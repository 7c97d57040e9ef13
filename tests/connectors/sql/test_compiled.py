"""Statements are compiled once and run with each person's values; never with another's."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.compiled import Compiled, Program, Slot, Unfixed, answered
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
        first, again = (compiled.run(connection, lambda _: None).rows for _ in range(2))

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
