"""What a MariaDB server counts tells when a schema can have changed (ADR 60)."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.servers.database import Database
from upheld.connectors.sql.catalogue.quiet import LASTS, Counted, counted

PROCEDURE = "CREATE PROCEDURE widen() ALTER TABLE posts ADD COLUMN wide INTEGER"
CHANGES = [
    "CREATE TABLE other (id INTEGER)",
    "ALTER TABLE posts ADD COLUMN note INTEGER",
    "CREATE OR REPLACE VIEW shown AS SELECT id FROM posts",
    "CREATE TRIGGER quiet BEFORE DELETE ON posts FOR EACH ROW SET @gone = 1",
    "TRUNCATE posts",
    "RENAME TABLE other TO another",
    "EXECUTE IMMEDIATE 'ALTER TABLE posts ADD COLUMN late INTEGER'",
    "CALL widen()",
    "ANALYZE TABLE posts",
    "FLUSH STATUS",
]
ROWS = "INSERT INTO posts VALUES (1)", "UPDATE posts SET id = 2", "SELECT id FROM posts", "DELETE FROM posts"


@pytest.fixture
def connection(mariadb: Database) -> Iterator[sa.Connection]:
    mariadb.run("CREATE TABLE posts (id INTEGER PRIMARY KEY)", PROCEDURE)
    with mariadb.engine().connect() as connection:
        yield connection


def patiently(connection: sa.Connection) -> Counted:
    """Once nobody else works on the server: other tests use it too."""
    for _ in range(2_000):
        if (found := counted(connection)) is not None:
            return found
        time.sleep(0.03)
    raise AssertionError("Somebody works on this server all the time.")


def test_each_way_of_changing_a_schema_is_something_new(mariadb: Database, connection: sa.Connection) -> None:
    for change in CHANGES:
        before = patiently(connection)
        mariadb.run(change)
        assert not before.shows_nothing_new(patiently(connection)), change


def test_rows_that_come_and_go_are_nothing_new(mariadb: Database, connection: sa.Connection) -> None:
    tries = 0
    while tries < 500:  # another test may change a schema of its own meanwhile
        before = patiently(connection)
        mariadb.run(*ROWS)
        if before.shows_nothing_new(patiently(connection)):
            return
        tries += 1
    raise AssertionError("Rows that come and go were taken for a change.")


def test_nothing_is_believed_while_another_works(mariadb: Database, connection: sa.Connection) -> None:
    """Its statement was counted already, and may still change something."""
    with mariadb.engine().connect() as other:
        number = other.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one()

        def wait() -> None:
            with suppress(sa.exc.DBAPIError):  # it is killed
                other.exec_driver_sql("SELECT SLEEP(600)")

        waiting = threading.Thread(target=wait)
        waiting.start()
        try:
            state = f"SELECT INFO FROM information_schema.PROCESSLIST WHERE ID = {number}"
            while connection.exec_driver_sql(state).scalar_one() is None:
                time.sleep(0.01)
            assert counted(connection) is None
        finally:
            connection.exec_driver_sql(f"KILL QUERY {number}")
            waiting.join()


def test_what_another_connection_counted_is_not_believed(
    mariadb: Database, connection: sa.Connection
) -> None:
    """Between two connections a server may have been started anew, and count from the beginning."""
    here = patiently(connection)
    with mariadb.engine().connect() as other:
        there = patiently(other)
    assert not here.shows_nothing_new(replace(here, raw=there.raw))
    assert here.shows_nothing_new(here)


@pytest.mark.parametrize(
    ("statements", "flushed", "after", "nothing"),
    [(7, 0, 1.0, True), (8, 0, 1.0, False), (6, 0, 1.0, False), (7, 3, 1.0, False), (7, 0, LASTS, False)],
    ids=["the same", "one more", "fewer", "counted anew", "too long ago"],
)
def test_a_later_look_shows_something_new(statements: int, flushed: int, after: float, nothing: bool) -> None:
    raw = object()
    before = Counted(raw, 7, 0, 100.0)
    assert before.shows_nothing_new(Counted(raw, statements, flushed, 100.0 + after)) is nothing
