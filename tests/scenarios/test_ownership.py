"""Scenarios 1 to 7: whose row it is, near and far."""

from pathlib import Path

import pytest

from tests.scenarios.world import World, counted, make_world
from tests.servers.database import Database

PEOPLE = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org'), (10, 'cy@chess.example.org');
"""
USERS = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
"""
ADA, BEN, CY = (f"email={name}@chess.example.org" for name in ("ada", "ben", "cy"))


@pytest.fixture
def make(each_database: Database, tmp_path: Path):  # noqa: ANN201 - a factory
    def made(ddl: str, tables: str, **more: str) -> World:
        return make_world(each_database, tmp_path / "privacy", ddl, tables, **more)

    return made


def test_scenario_1_a_person_with_nothing_else_is_erased_and_others_stay(make) -> None:
    world = make(PEOPLE, USERS)

    erasure = world.erase(ADA)

    assert world.rows("users", "id") == [(10,), (5,)]
    assert erasure.matched == {"users": 1}
    assert counted(world, erasure) == {"Erase users": 1}
    assert erasure.verified.remnants == ()


def test_scenario_2_rows_that_point_at_her_go_with_her(make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE addr (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
        CREATE INDEX addr_user ON addr(user_id);
        INSERT INTO addr VALUES (0, 0), (1, 0), (2, 5);
        """,
        USERS + "addr: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
    )

    erasure = world.erase(ADA)

    assert world.rows("addr") == [(2, 5)]
    assert counted(world, erasure) == {"Erase addr": 2, "Erase users": 1}


def test_scenario_6_and_7_a_message_loses_one_side_and_goes_with_the_last(make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE msg (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id),
                          recipient_id INTEGER REFERENCES users(id));
        CREATE INDEX msg_sender ON msg(sender_id);
        CREATE INDEX msg_recipient ON msg(recipient_id);
        INSERT INTO msg VALUES (1, 0, 10), (2, 0, 0), (3, 5, 10), (4, 5, 0);
        """,
        USERS
        + """
msg:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
""",
    )

    world.erase(ADA)

    assert world.rows("msg") == [(1, None, 10), (3, 5, 10), (4, 5, None)]

    world.erase(CY)

    assert world.rows("msg") == [(3, 5, None), (4, 5, None)]
