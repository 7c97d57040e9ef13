"""Statements that go to the driver itself: in their order, heard by who listens, failing as SQLAlchemy's do."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.servers.database import Database
from upheld.connectors.sql import driver
from upheld.connectors.sql.engine import make_engine, reading, writing
from upheld.datamap.model import System

ROWS = (
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, said VARCHAR(20))",
    "INSERT INTO notes VALUES (1, 'a'), (2, 'b')",
)


@pytest.fixture
def engine(each_database: Database) -> Iterator[sa.Engine]:
    each_database.run(*ROWS)
    made = make_engine(System("club", connect=each_database.url), {})
    yield made
    made.dispose()


def test_each_answer_is_of_its_own_moment_though_the_next_changes_the_rows(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        asked = ["SELECT id FROM notes ORDER BY id", "DELETE FROM notes WHERE id = 1", "SELECT id FROM notes"]
        read = [
            [tuple(row) for row in cursor.fetchall()] if cursor.description else cursor.rowcount
            for cursor in driver.run_each(connection, [(each, ()) for each in asked])
        ]

        assert read == [[(1,), (2,)], 1, [(2,)]]


def test_whoever_listens_to_sqlalchemy_hears_them(engine: sa.Engine) -> None:
    heard: list[tuple[str, str]] = []
    for when in ("before", "after"):
        sa.event.listen(
            engine, f"{when}_cursor_execute", lambda *given, when=when: heard.append((when, given[2]))
        )

    with reading(engine) as connection:
        heard.clear()
        list(driver.run_each(connection, [("SELECT 1", ()), ("SELECT 2", ())]))

    told = [each for each in heard if each[1] in ("SELECT 1", "SELECT 2")]
    assert sorted(told) == [
        ("after", "SELECT 1"),
        ("after", "SELECT 2"),
        ("before", "SELECT 1"),
        ("before", "SELECT 2"),
    ]
    assert [said for when, said in told if when == "before"] == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_first_that_fails_ends_them_all_without_its_values(engine: sa.Engine, place: int) -> None:
    mark = {"sqlite": "?", "postgresql": "$1"}.get(engine.dialect.name, "%s")
    asked: list[driver.Sending] = [
        (f"UPDATE notes SET said = {mark} WHERE id = 1", ("ada@example.org",)),
        (f"UPDATE notes SET said = {mark} WHERE id = 2", ("ada@example.org",)),
    ]
    asked.insert(place, (f"UPDATE nothing SET said = {mark}", ("ada@example.org",)))

    with pytest.raises(sa.exc.DBAPIError) as failed, writing(engine) as connection:
        list(driver.run_each(connection, asked))

    assert "ada" not in str(failed.value)
    assert not failed.value.connection_invalidated
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT said FROM notes ORDER BY id").scalars().all() == ["a", "b"]


def test_a_connection_that_is_gone_is_given_up(postgresql: Database) -> None:
    engine = make_engine(System("club", connect=postgresql.url), {})
    with pytest.raises(sa.exc.DBAPIError) as failed, writing(engine) as connection:
        driver.run(connection, "SELECT 1", None).close()
        postgresql.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'upheld' AND datname = current_database()"
        )
        list(driver.run_each(connection, [("SELECT 1", None), ("SELECT 2", None)]))

    assert failed.value.connection_invalidated
    with reading(engine) as connection:
        assert driver.run(connection, "SELECT 3", None).fetchall() == [(3,)]
    engine.dispose()
