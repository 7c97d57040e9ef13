"""Rows that a careless engine would miss, or take for somebody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.rights.outcome import Misconfigured
from upheld.rights.subject import Identity

Make = Callable[..., World]
UMLAUTS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(80));
INSERT INTO users VALUES (0, 'ÖZLEM'), (1, 'özlan'), (2, 'Maßmann'), (3, 'Jose\u0301'), (4, 'José B.'), (5, 'Jose');
"""
NAMED = """
users: {person: id, identities: {username: {column: name, normalise: casefold}}, on_erase: delete}
"""


@pytest.fixture
def make(each_database: Database, tmp_path: Path) -> Make:
    def made(ddl: str, tables: str, **more: Any) -> World:
        return make_world(each_database, tmp_path / "privacy", ddl, tables, **more)

    return made


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("Özlem", 0),
        ("özlem", 0),
        ("ÖZLEM\t", 0),
        ("MASSMANN", 2),
        ("maßmann", 2),
        ("José", 3),
        ("jose\u0301", 3),
        ("JOSE", 5),
    ],
)
def test_letters_beyond_ascii_are_found_in_either_case_and_composition(
    make: Make, given: str, found: int
) -> None:
    """Scenario 22, ID-01: 'nothing found' is right only when no spelling of hers is there."""
    world = make(UMLAUTS, NAMED)

    assert [each.key for each in world.subject(f"username={given}").people] == [(found,)]


def test_a_copy_of_her_address_in_capitals_is_no_clean_end(make: Make) -> None:
    """P-20: verification searches values by the rule by which they are compared."""
    world = make(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, about VARCHAR(80));
        INSERT INTO users VALUES (0, 'özlem@x.example.org'), (1, 'ben@x.example.org');
        INSERT INTO notes VALUES (1, 1, 'ÖZLEM@X.EXAMPLE.ORG'), (2, 1, 'ozlem@x.example.org');
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        notes: {belongs_to: {user_id: users.id}, fields: {about: {category: email-address, purposes: [service]}}, on_erase: delete}
        """,
    )
    subject = world.subject("email=özlem@x.example.org")
    plan = world.plan().of("club")
    world.run("DELETE FROM users WHERE id = 0")

    seen = world.connector.verify(plan, subject, (), now=NOW)

    assert [(each.table, each.column, each.rows) for each in seen.remnants] == [("notes", "about", 1)]


def test_a_key_that_is_not_of_its_columns_type_stops_instead_of_staying_unseen(
    sqlite: Database, tmp_path: Path
) -> None:
    """Scenario 27: SQLite keeps a text in an INTEGER column; no comparison with integers would find it."""
    world = make_world(
        sqlite,
        tmp_path / "privacy",
        "CREATE TABLE users (id INTEGER NOT NULL UNIQUE, email TEXT);\nINSERT INTO users VALUES ('u-7', 'ada@x.example.org')",
        "users: {person: id, identities: {email: email}, on_erase: delete}",
    )

    with pytest.raises(Misconfigured, match=r"users\.id holds values that are no INTEGER"):
        world.connector.find((Identity("email", "ada@x.example.org"),), ())
