"""Rows that a careless engine would miss, or take for somebody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.rights.outcome import Misconfigured, Permanent
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


def test_a_column_that_folds_case_gives_nobody_elses_rows(sqlite: Database, tmp_path: Path) -> None:
    """Scenarios 22, 27: `ada` and `Ada` are two people; the posts' author column calls them one."""
    world = make_world(
        sqlite,
        tmp_path / "privacy",
        """
        CREATE TABLE users (name TEXT PRIMARY KEY NOT NULL, email TEXT);
        CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT COLLATE NOCASE);
        INSERT INTO users VALUES ('ada', 'ada@x.example.org'), ('Ada', 'other@x.example.org');
        INSERT INTO posts VALUES (1, 'ada'), (2, 'Ada'), (3, NULL);
        """,
        """
        users: {person: name, identities: {email: email}, on_erase: delete}
        posts: {belongs_to: {author: users.name}, on_erase: delete}
        """,
    )

    world.erase("email=ada@x.example.org")

    assert world.rows("users", "name") == [("Ada",)]
    assert world.rows("posts", "id") == [(2,), (3,)]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("VARCHAR(30)", {"'01.02.2026'", "'2026/02/01'", "'soon'", "''", "'2026-02-01'"}),
        ("BIGINT", {"0", "20190101", "1769900000000", "1769900000"}),
    ],
)
def test_what_is_no_date_never_ends_a_period(make: Make, kind: str, kept: set[str]) -> None:
    """Scenario 41: a day written otherwise, a zero for never, a number that reads as a day stay; nothing is due."""
    old = "'2010-02-01'" if kind != "BIGINT" else "1265000000"
    values = ", ".join(f"({index}, 0, {each})" for index, each in enumerate([old, *sorted(kept)]))
    world = make(
        f"""
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, paid {kind});
        INSERT INTO users VALUES (0, 'ada@x.example.org');
        INSERT INTO gifts VALUES {values}
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        gifts: {belongs_to: {user_id: users.id}, on_erase: {retain: {ground: legal-obligation, law: tax, for: 7y, after: paid}}}
        """,
    )

    erased = world.erase("email=ada@x.example.org")

    assert world.rows("gifts", "id") == [(index,) for index in range(1, len(kept) + 1)]
    assert {each.on for each in erased.due} <= {"2033-02-01", "2033-01-31"}


def test_a_bit_that_is_zero_and_a_day_that_is_none_verify_nothing(mariadb: Database, tmp_path: Path) -> None:
    """ID-01: a confirmation column of zeros confirms no address."""
    world = make_world(
        mariadb,
        tmp_path / "privacy",
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80), confirmed BIT(1), second VARCHAR(80), seen DATETIME);
        SET SESSION sql_mode = '';
        INSERT INTO users VALUES (0, 'ada@x.example.org', b'0', 'ada@y.example.org', '0000-00-00 00:00:00'),
                                 (1, 'ben@x.example.org', b'1', 'ben@y.example.org', '2026-01-01 00:00:00');
        """,
        """
        users:
          person: id
          identities: {email: {column: email, verified_by: confirmed}, mail: {column: second, normalise: email, verified_by: seen}}
          on_erase: delete
        """,
    )

    def verified(given: str) -> list[str]:
        return [
            each.kind for each in world.subject(given).identities if each.verified and each.source != "given"
        ]

    assert verified("email=ada@x.example.org") == []
    assert verified("email=ben@x.example.org") == ["mail"]


def test_the_share_of_a_table_counts_its_rules_together(sqlite: Database, tmp_path: Path) -> None:
    """Scenario 68: two rules of thirty per cent each are sixty per cent of the table."""
    rows = ", ".join(f"({index}, {0 if index < 60 else 1}, {index % 2})" for index in range(100))
    world = make_world(
        sqlite,
        tmp_path / "privacy",
        f"""
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, odd INTEGER);
        INSERT INTO users VALUES (0, 'ada@x.example.org'), (1, 'ben@x.example.org');
        INSERT INTO notes VALUES {rows}
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        notes:
          belongs_to: {user_id: users.id}
          rows: [{when: {odd: 1}, on_erase: delete}, {otherwise: {anonymise: {user_id: null}}}]
        """,
        system="limits: {share_of_table: 40%}",
    )

    with pytest.raises(Permanent, match="60% of notes"):
        world.erase("email=ada@x.example.org")

    assert len(world.rows("notes")) == 100


def test_more_composite_keys_than_a_statement_takes_parameters(make: Make) -> None:
    """One person with 40,000 seats: the ways in which a statement grows are bounded."""
    world = make(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE seats (event_no INTEGER, seat VARCHAR(20), user_id INTEGER, PRIMARY KEY (event_no, seat));
        CREATE TABLE meals (event_no INTEGER, seat VARCHAR(20), dish VARCHAR(20));
        CREATE INDEX meals_seat ON meals (event_no, seat);
        INSERT INTO users VALUES (0, 'ada@x.example.org'), (1, 'ben@x.example.org');
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        seats: {belongs_to: {user_id: users.id}, on_erase: delete}
        meals: {belongs_to: [{columns: [event_no, seat], to: seats, key: [event_no, seat]}], on_erase: delete}
        """,
    )
    for start in range(0, 40_000, 4_000):
        many = range(start, start + 4_000)
        world.run(
            "INSERT INTO seats VALUES " + ", ".join(f"({n}, 'é{n}', 0)" for n in many),
            "INSERT INTO meals VALUES " + ", ".join(f"({n}, 'é{n}', 'x')" for n in many),
        )
    world.run(
        "INSERT INTO seats VALUES (7, 'ben', 1)", "INSERT INTO meals VALUES (7, 'ben', 'y'), (7, NULL, 'z')"
    )

    world.erase("email=ada@x.example.org")

    assert world.rows("seats") == [(7, "ben", 1)]
    assert world.rows("meals", "dish") == [("y",), ("z",)]


MEDIA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80));
CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER, path VARCHAR(80));
INSERT INTO users VALUES (0, 'ada@x.example.org'), (1, 'ben@x.example.org');
INSERT INTO uploads VALUES (1, 0, '{}'), (2, 1, 'ben.png');
"""
UPLOADED = """
users: {person: id, identities: {email: email}, on_erase: delete}
uploads: {belongs_to: {user_id: users.id}, files: {path: {root: "${MEDIA}"}}, on_erase: delete}
"""


@pytest.mark.parametrize(
    ("path", "stopped"),
    [
        ("sub/../ben.png", False),
        ("./ben.png", False),
        ("link.png", True),
        ("away/ben.png", True),
        ("sub", True),
    ],
)
def test_a_file_of_another_person_is_not_removed_by_another_name(
    sqlite: Database, tmp_path: Path, path: str, stopped: bool
) -> None:
    """Scenario 38: Ada's row names Ben's picture by a detour or a link."""
    media = tmp_path / "media"
    (media / "sub").mkdir(parents=True)
    (media / "ben.png").write_text("ben")
    (media / "link.png").symlink_to("ben.png")
    (media / "away").symlink_to(".")
    world = make_world(
        sqlite, tmp_path / "privacy", MEDIA.format(path), UPLOADED, secrets={"MEDIA": str(media)}
    )

    if stopped:
        with pytest.raises(Permanent):
            world.erase("email=ada@x.example.org")
    else:
        world.erase("email=ada@x.example.org")

    assert (media / "ben.png").read_text() == "ben"
    assert len(world.rows("uploads")) == (2 if stopped else 1)
