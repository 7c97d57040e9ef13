"""`upheld map grants`: two roles that can do what the map needs, and no more."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.scenarios.people import PEOPLE, USERS
from tests.scenarios.undoing import dump, erased, undone
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.grants import grants
from upheld.connectors.sql.live import read_live

SCHEMA = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body VARCHAR(40), score INTEGER);
CREATE TABLE diary (id INTEGER PRIMARY KEY, secret VARCHAR(40));
CREATE TABLE receipts (token VARCHAR(100) NOT NULL PRIMARY KEY);
INSERT INTO posts VALUES (1, 0, 'hello', 3);
"""
)
MAP = (
    USERS
    + """
posts: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, body: "[removed]"}}}
"""
)
SYSTEM = "receipt: receipts\nno_personal_data: [{tables: [diary], reason: invented}]\n"


def printed(world: World, find: str, change: str) -> str:
    with world.database.engine().connect() as connection:
        return grants(world.datamap.system("club"), read_live(connection), find=find, change=change)


def test_on_sqlite_the_rights_of_the_file_rule(sqlite: Database, tmp_path: Path) -> None:
    world = make_world(sqlite, tmp_path / "privacy", SCHEMA, MAP, system=SYSTEM)
    assert all(line.startswith("--") for line in printed(world, "a", "b").splitlines())


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_each_role_can_do_its_part_and_no_more(
    kind: str, new_database: Callable[[str], Database], tmp_path: Path
) -> None:
    database = new_database(kind)
    world = make_world(database, tmp_path / "privacy", SCHEMA, MAP, system=SYSTEM)
    suffix = (sa.make_url(database.url).database or "")[-16:]
    find, change = f"f_{suffix}", f"c_{suffix}"
    statements = [line.removesuffix(";") for line in printed(world, find, change).splitlines()]
    may_find = ["SELECT id, email FROM users", "SELECT id, user_id, body, score FROM posts"]
    may_change = [
        *may_find,
        "UPDATE posts SET user_id = NULL, body = 'x' WHERE user_id = 0",
        "DELETE FROM users WHERE id = 10",
        "INSERT INTO receipts VALUES ('t')",
        "SELECT token FROM receipts",
    ]
    nobody = [
        "SELECT secret FROM diary",
        "UPDATE posts SET score = 0 WHERE id = 1",
        "DELETE FROM posts WHERE id = 1",
        "UPDATE users SET email = 'x' WHERE id = 5",
        "INSERT INTO users VALUES (9, 'x')",
        "DELETE FROM receipts WHERE token = 't'",
    ]

    database.run(*statements)
    try:
        assert refused(database, find, [*may_find, *may_change[2:], *nobody]) == [*may_change[2:], *nobody]
        assert refused(database, change, [*may_change, *nobody]) == nobody
    finally:
        if kind == "postgresql":
            database.run(f"DROP OWNED BY {find}, {change}", f"DROP ROLE {find}, {change}")
        else:
            database.run(f"DROP ROLE {find}", f"DROP ROLE {change}")


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_within_a_window_the_changing_role_can_erase_and_put_back(
    kind: str, new_database: Callable[[str], Database], tmp_path: Path
) -> None:
    """Also rows that the database takes along by itself."""
    database = new_database(kind)
    logins = (
        "CREATE TABLE logins (id INTEGER PRIMARY KEY, user_id INTEGER, "
        "FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);\n"
        "INSERT INTO logins VALUES (1, 0), (2, 5);\n"
    )
    declared = "no_personal_data: [{tables: [diary, logins, receipts], reason: invented}]\nundo: 7d\n"
    world = make_world(database, tmp_path / "privacy", SCHEMA + logins, MAP, system=declared)
    suffix = (sa.make_url(database.url).database or "")[-16:]
    find, change, password = f"f_{suffix}", f"c_{suffix}", "only-for-this-test"
    database.run(*(line.removesuffix(";") for line in printed(world, find, change).splitlines()))
    host = "@'127.0.0.1'" if kind == "mariadb" else ""
    user = f"u_{suffix}"
    quoted = f"'{user}'{host}" if host else user
    if kind == "mariadb":
        database.run(
            f"CREATE USER {quoted} IDENTIFIED BY '{password}'",
            f"GRANT {change} TO {quoted}",
            f"SET DEFAULT ROLE {change} FOR {quoted}",
        )
    else:
        database.run(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'", f"GRANT {change} TO {user}")
    tables = ["users", "posts", "logins"]
    before = dump(database, tables)
    url = sa.make_url(database.url).set(username=user, password=password)
    world.secrets["CLUB_DATABASE_URL"] = url.render_as_string(hide_password=False)
    try:
        images = erased(world, world.subject("email=ada@chess.example.org"))
        assert dump(database, tables) != before
        undone(world, images)
        assert dump(database, tables) == before
    finally:
        if kind == "postgresql":
            database.run(f"DROP OWNED BY {find}, {change}", f"DROP ROLE {find}, {change}, {user}")
        else:
            database.run(f"DROP USER {quoted}", f"DROP ROLE {find}", f"DROP ROLE {change}")


def refused(database: Database, role: str, statements: list[str]) -> list[str]:
    """Those of the statements that the server does not let this role run; nothing is kept."""
    found = []
    engine = database.engine()
    password = "only-for-this-test"
    if database.dialect == "postgresql":
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
                if not _runs(connection, statement):
                    found.append(statement)
        return found
    user = f"u_{role}"[:60]
    database.run(
        f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{password}'",
        f"GRANT {role} TO '{user}'@'127.0.0.1'",
        f"SET DEFAULT ROLE {role} FOR '{user}'@'127.0.0.1'",
    )
    try:
        asked = sa.create_engine(sa.make_url(database.url).set(username=user, password=password))
        with asked.connect() as connection:
            found = [statement for statement in statements if not _runs(connection, statement)]
        asked.dispose()
    finally:
        database.run(f"DROP USER '{user}'@'127.0.0.1'")
    return found


def _runs(connection: sa.Connection, statement: str) -> bool:
    try:
        connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        said = str(error.orig).lower()
        assert "denied" in said, said
        return False
    finally:
        connection.rollback()
    return True
