"""Scenario 28 in a table of settings: lists beside other documents, and rows that she only may see."""

import json

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.servers.database import Database

JSON = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}


def test_scenario_28_she_leaves_a_list_in_a_table_whose_other_documents_are_no_lists(
    make: Make, each_database: Database
) -> None:
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE settings (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, value {JSON[each_database.dialect]});
        INSERT INTO settings VALUES (1, 'emails', '["ben@chess.example.org", "ada@chess.example.org"]');
        INSERT INTO settings VALUES (2, 'seats', '64'), (3, 'open', 'true'), (4, 'colours', '{{"board": 8}}');
        """,
        USERS
        + """
settings:
  visible_to: [{columns: value, identity: email, array: true, when: {name: emails}}]
  on_erase: {by: {value: detach}}
""",
    )

    copied = world.copy(ADA)
    world.erase(ADA)

    left = [json.loads(value) if isinstance(value, str) else value for _, _, value in world.rows("settings")]
    assert left == [["ben@chess.example.org"], 64, True, {"board": 8}]
    assert [row[0] for row in copied["settings"]] == [1]


def test_a_number_without_a_country_is_one_of_the_organisations_own(make: Make) -> None:
    world = make(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80), phone VARCHAR(40));
        CREATE TABLE calls (id INTEGER PRIMARY KEY, number VARCHAR(40));
        INSERT INTO users VALUES (0, 'ada@chess.example.org', '+49 30 901820');
        INSERT INTO users VALUES (5, 'ben@chess.example.org', '+33 30 901820');
        INSERT INTO calls VALUES (1, '030 / 90 18 20'), (2, '+33 30 901820'), (3, '030 901821');
        """,
        """
        users: {person: id, identities: {email: email, phone: phone}, on_erase: delete}
        calls: {belongs_to: {number: {identity: phone}}, on_erase: delete}
        """,
    )

    world.erase("email=ada@chess.example.org")

    assert world.rows("calls", "id") == [(2,), (3,)]
