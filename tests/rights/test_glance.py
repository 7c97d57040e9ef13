"""What is asked for one answer is answered from one moment of each system."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.connector import SqlConnector
from upheld.rights.glance import Glancing, at_a_glance
from upheld.rights.testing.connector import InMemoryConnector

POSTS = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));
CREATE INDEX posts_user ON posts(user_id);
INSERT INTO posts VALUES (1, 0, 'a');
"""
)
MAPPED = USERS + "\nposts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


@pytest.fixture
def world(tmp_path: Path, each_database: Database) -> World:
    made = make_world(each_database, tmp_path / "privacy", POSTS, MAPPED)
    return replace(made, kept=made.connector)


def counted(world: World) -> int:
    connector = world.connector
    subject = world.subject(ADA)
    steps = world.plan().of(world.plan().systems[0])
    counts = connector.count(steps, subject, now=NOW)
    return sum(each.matched for each in counts.tables if each.table == "posts")


def test_what_comes_in_meanwhile_is_of_another_moment(world: World) -> None:
    if world.database.dialect == "sqlite":
        pytest.skip("SQLite lets nobody write while its file is read in this mode")
    with at_a_glance([world.connector]):
        before = counted(world)
        world.run("INSERT INTO posts VALUES (2, 0, 'b')")
        meanwhile = counted(world)

    assert (before, meanwhile, counted(world)) == (1, 1, 2)


def test_the_schema_is_looked_at_once_and_a_question_is_asked_once(world: World) -> None:
    connector = world.connector
    assert isinstance(connector, SqlConnector)
    counted(world)
    told: list[str] = []
    sa.event.listen(connector.engine, "before_cursor_execute", lambda *given: told.append(given[2]))

    with at_a_glance([connector]):
        world.subject(ADA)
        first, told[:] = list(told), []
        world.subject(ADA)
        again = list(told)

    assert len(first) > len(again)
    assert not [each for each in again if "SELECT" in each and "email" in each]


def test_a_failure_inside_does_not_stay(world: World) -> None:
    """What comes after it is asked of a new snapshot."""
    connector = world.connector
    assert isinstance(connector, SqlConnector)

    with at_a_glance([connector]):
        assert counted(world) == 1
        with pytest.raises(sa.exc.DBAPIError), connector._reading() as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
        assert counted(world) == 1


def test_a_connector_that_cannot_is_asked_as_ever() -> None:
    assert not issubclass(InMemoryConnector, Glancing)
