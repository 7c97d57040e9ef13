"""Scenarios 58, 59, 60, 63, 64, 68 and 70: what the live server makes of the map, found before the first write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import NOW, World, counted, make_world
from tests.servers.database import Database
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.connector import Finding, Severity
from upheld.rights.fulfil import execute
from upheld.rights.outcome import Committed, Failure, Misconfigured, Permanent


def _stops(world: World) -> set[tuple[str, str, str]]:
    return {(each.code, each.table, each.column) for each in world.check() if each.severity is Severity.STOP}


def _unindexed(world: World) -> list[Finding]:
    return [each for each in world.check() if each.code == "reference.index"]


@pytest.mark.parametrize(
    ("mapped", "declared"),
    [
        ("visits: {belongs_to: {user_id: users.id}, on_erase: delete}\n", ""),
        ("", "no_personal_data: [{tables: [visits], reason: counted only}]"),
    ],
    ids=["in the map", "outside the map"],
)
def test_scenario_58_a_missing_index_under_a_reference_is_a_finding_that_its_statement_ends(
    make: Make, each_database: Database, mapped: str, declared: str
) -> None:
    world = make(
        PEOPLE + "CREATE TABLE visits (id INTEGER PRIMARY KEY, user_id INTEGER,"
        " FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL);",
        USERS + mapped,
        system=declared,
    )

    found = _unindexed(world)

    if each_database.dialect == "mariadb":
        assert found == [], "InnoDB makes the index with the key, and lets nobody drop it"
        return
    assert [(each.table, each.column) for each in found] == [("visits", "user_id")]
    world.run(found[0].cure.replace("CONCURRENTLY ", ""))
    assert _unindexed(world) == []


@contextmanager
def _listened(connector: Any) -> Iterator[list[tuple[str, Any]]]:
    """The statements that a connector sends, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    sa.event.listen(connector.engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(connector.engine, "before_cursor_execute", hear)


MESSAGES = (
    PEOPLE
    + """
CREATE TABLE msg (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER);
INSERT INTO msg VALUES (1, 0, 10), (2, 0, 0), (3, 5, 10), (4, 5, 0), (5, NULL, 0), (6, NULL, NULL);
"""
)
TWO_PARTIES = (
    USERS
    + """
msg:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
"""
)


def test_scenario_59_detached_rows_are_never_asked_for_by_a_bare_null(make: Make) -> None:
    world = make(MESSAGES, TWO_PARTIES)
    connector: Any = world.connector
    subject = world.subject(ADA)

    with _listened(connector) as sent:
        list(execute(world.plan(), {"club": connector}, subject, now=NOW, entropy=lambda: "r1"))

    deletions = [each for each, _ in sent if each.startswith("DELETE") and "msg" in each.split("WHERE")[0]]
    assert deletions
    for statement in deletions:
        text = " ".join(statement.replace('"', "").replace("`", "").split())
        for column in ("sender_id", "recipient_id"):
            assert text.count(f"{column} IS NULL") == text.count(f"{column} IS NULL OR "), text
    assert world.rows("msg") == [(1, None, 10), (3, 5, 10), (4, 5, None), (6, None, None)]


ENUM = {
    "sqlite": "VARCHAR(20) CHECK (code IN ('c1', 'c2'))",
    "postgresql": "level",
    "mariadb": "ENUM('c1', 'c2')",
}
MASKS = {
    "too long": ("CHAR(2)", "gone"),
    "not unique": ("VARCHAR(20) UNIQUE", "gone"),
    "empty": ("VARCHAR(20) NOT NULL", "null"),
    "against a check": ("VARCHAR(20) CHECK (code LIKE 'c%')", "gone"),
    "not in the list": ("", "gone"),
    "not a number": ("INTEGER", "gone"),
    "not a date": ("DATE", "gone"),
}


@pytest.mark.parametrize("mask", MASKS)
def test_scenario_60_a_value_that_a_column_refuses_is_found_before_anything_is_written(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path, mask: str
) -> None:
    kind, value = MASKS[mask]
    held = {"INTEGER": ("1", "2"), "DATE": ("'2026-01-01'", "'2026-01-02'")}.get(kind, ("'c1'", "'c2'"))
    if each_database.dialect == "postgresql":
        each_database.run("CREATE TYPE level AS ENUM ('c1', 'c2')")
    kind = kind or ENUM[each_database.dialect]
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE games (id INTEGER PRIMARY KEY, user_id INTEGER);
        CREATE TABLE cards (id INTEGER PRIMARY KEY, user_id INTEGER, code {kind});
        INSERT INTO games VALUES (1, 0), (2, 5);
        INSERT INTO cards VALUES (1, 0, {held[0]}), (2, 5, {held[1]});
        """.replace("LIKE 'c%'", "LIKE 'c%%'"),
        USERS
        + f"""
games: {{belongs_to: {{user_id: users.id}}, on_erase: delete}}
cards: {{belongs_to: {{user_id: users.id}}, on_erase: {{anonymise: {{user_id: null, code: {value}}}}}}}
""",
    )
    office = open_office(world, tmp_path)
    before = [world.rows(each) for each in ("users", "games", "cards")]

    seen = preview(means=office.means(), right=Right.ERASURE, asked=office.asked(ADA))
    with pytest.raises(Misconfigured) as raised:
        world.erase(ADA)

    assert seen.waiting == ("club",)
    assert "cards.code" in str(raised.value)
    assert {(table, column) for _, table, column in _stops(world)} == {("cards", "code")}
    assert [world.rows(each) for each in ("users", "games", "cards")] == before


def test_scenario_63_only_bytes_that_are_equal_are_equal(make: Make) -> None:
    world = make(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, login VARCHAR(40));
        CREATE TABLE marks (id INTEGER PRIMARY KEY, owner VARCHAR(40));
        CREATE TABLE names (id INTEGER PRIMARY KEY, login VARCHAR(40));
        INSERT INTO users VALUES (7, 'jose@chess.example.org', 'jose'), (8, 'josé@chess.example.org', 'josé'),
          (9, 'other@chess.example.org', 'JOSE');
        INSERT INTO marks VALUES (1, '7'), (2, '7abc'), (3, 'abc'), (4, '07'), (5, '7.0'), (6, '7 '), (7, '');
        INSERT INTO names VALUES (1, 'jose'), (2, 'josé'), (3, 'JOSE'), (4, 'jose '), (5, 'jose\u200b');
        """,
        """
        users: {person: id, identities: {email: email, login: {column: login, normalise: none}}, on_erase: delete}
        marks: {belongs_to: {owner: {to: users.id, cast: text}}, on_erase: delete}
        names: {belongs_to: {login: {identity: login, normalise: none}}, on_erase: delete}
        """,
    )

    copied = world.copy("email=jose@chess.example.org")
    world.erase("email=jose@chess.example.org")

    assert copied == {
        "users": [(7, "jose@chess.example.org", "jose")],
        "marks": [(1, "7")],
        "names": [(1, "jose")],
    }
    assert [row[0] for row in world.rows("users")] == [8, 9]
    assert [row[0] for row in world.rows("marks")] == [2, 3, 4, 5, 6, 7]
    assert [row[0] for row in world.rows("names")] == [2, 3, 4, 5]


def test_scenario_63_a_row_whose_value_does_not_change_is_counted_all_the_same(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, body VARCHAR(40));
        INSERT INTO notes VALUES (1, 0, '[removed]'), (2, 0, 'x'), (3, 5, 'y');
        """,
        USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: {unique: '{random}@x.invalid'}}}")
        + "notes: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {body: '[removed]'}}}\n",
    )

    erasure = world.erase(ADA)

    assert counted(world, erasure) == {"Anonymise notes": 2, "Anonymise users": 1}


def test_scenario_63_nothing_inside_a_transaction_ends_it(make: Make) -> None:
    world = make(MESSAGES, TWO_PARTIES)
    connector: Any = world.connector
    subject = world.subject(ADA)

    with _listened(connector) as sent:
        events = execute(world.plan(), {"club": connector}, subject, now=NOW, entropy=lambda: "r1")
        committed = [event for event in events if isinstance(event, Committed)]

    words = {statement.split()[0].upper() for statement, _ in sent}
    assert len(committed) == 1
    assert words.isdisjoint({"ANALYZE", "CREATE", "ALTER", "DROP", "TRUNCATE", "OPTIMIZE", "LOCK", "RENAME"})


def test_scenario_63_a_table_that_cannot_roll_back_is_refused_by_name(
    mariadb: Database, tmp_path: Path
) -> None:
    world = make_world(
        mariadb,
        tmp_path,
        PEOPLE
        + """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER) ENGINE=MyISAM;
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, user_id INTEGER) ENGINE=Aria;
        INSERT INTO notes VALUES (1, 0);
        """,
        USERS
        + "".join(
            f"{each}: {{belongs_to: {{user_id: users.id}}, on_erase: delete}}\n"
            for each in ("notes", "drafts")
        ),
    )

    with pytest.raises(Misconfigured):
        world.erase(ADA)

    assert _stops(world) == {("engine.transactions", "drafts", ""), ("engine.transactions", "notes", "")}
    assert (len(world.rows("notes")), len(world.rows("users"))) == (1, 3)


SECRET_ROWS = (
    PEOPLE
    + """
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER);
INSERT INTO notes VALUES (1, 0), (2, 0), (3, 5);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (user_id = 5);
"""
)
NOTES = USERS + "notes: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


@pytest.mark.parametrize("doing", ["erase", "copy", "preview"])
def test_scenario_64_a_hidden_row_is_an_error_in_whatever_we_do(
    postgresql: Database, tmp_path: Path, doing: str
) -> None:
    world = make_world(postgresql, tmp_path, SECRET_ROWS, NOTES)
    subject = world.subject(ADA)
    postgresql.run(
        "CREATE ROLE upheld_limited LOGIN PASSWORD 'x'",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO upheld_limited",
    )
    url = sa.make_url(postgresql.url).set(username="upheld_limited", password="x")
    world.secrets["CLUB_DATABASE_URL"] = url.render_as_string(hide_password=False)
    try:
        with pytest.raises(Failure):
            if doing == "erase":
                world.erase_subject(subject)
            elif doing == "copy":
                world.copy(people=["users=0"])
            else:
                world.preview(subject)
        assert len(world.rows("notes")) == 3
    finally:
        postgresql.run("DROP OWNED BY upheld_limited", "DROP ROLE upheld_limited")


LARGE = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER);
INSERT INTO posts VALUES {rows};
"""
)


def _large(make: Make, hers: int, limits: str) -> World:
    rows = ", ".join(f"({number}, {0 if number <= hers else 5})" for number in range(1, 101))
    return make(
        LARGE.replace("{rows}", rows),
        USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        system=limits,
    )


@pytest.mark.parametrize(
    ("limit", "limits"),
    [
        ("share_of_table", "limits: {share_of_table: 39%}"),
        ("rows_per_person", "limits: {rows_per_person: 40}"),
    ],
)
def test_scenario_68_beyond_a_limit_nothing_is_written_until_somebody_allows_it_by_name(
    make: Make, limit: str, limits: str
) -> None:
    world = _large(make, 40, limits)

    with pytest.raises(Permanent) as raised:
        world.erase(ADA)
    assert f"--allow {limit}" in str(raised.value)
    with pytest.raises(Permanent):
        world.erase(ADA, allow=["people_per_day"])
    assert (len(world.rows("posts")), len(world.rows("users"))) == (100, 3)

    world.erase(ADA, allow=[limit])

    assert (len(world.rows("posts")), len(world.rows("users"))) == (60, 2)


def test_scenario_68_below_the_limit_nobody_is_asked(make: Make) -> None:
    world = _large(make, 39, "limits: {share_of_table: 39%, rows_per_person: 40}")

    world.erase(ADA)

    assert len(world.rows("posts")) == 61


@pytest.mark.parametrize(
    ("limit", "limits", "found"),
    [
        (
            "share_of_table",
            "limits: {share_of_table: 39%}",
            "share_of_table is 39%, this would be 40% of posts",
        ),
        ("rows_per_person", "limits: {rows_per_person: 40}", "rows_per_person is 40, this would be 41"),
    ],
)
def test_scenario_68_an_approval_without_the_name_is_refused_and_with_it_goes_through(
    limit: str, limits: str, found: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = _large(make, 40, limits)
    office = open_office(world, tmp_path)

    with pytest.raises(Permanent, match=found):
        office.begin(ADA)
    assert len(world.rows("posts")) == 100

    assert office.erase(ADA, allow=[limit]).complete


def test_scenario_68_the_share_is_of_the_one_tenants_rows(make: Make) -> None:
    """Scenario 35: of 160 posts of all tenants hers are a quarter, of her tenant's 40 %."""
    rows = ", ".join(
        f"({number}, {0 if number <= 40 else 5}, '{'red' if number <= 100 else 'blue'}')"
        for number in range(1, 161)
    )
    world = make(
        PEOPLE
        + "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, club VARCHAR(9));\n"
        + f"INSERT INTO posts VALUES {rows};\n",
        USERS + "  tenant: none\nposts: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
        system="tenant: {column: club, value: red}\nlimits: {share_of_table: 39%}",
    )

    with pytest.raises(Permanent, match="40% of posts"):
        world.erase(ADA)

    assert len(world.rows("posts")) == 160


ODD = {
    "postgresql": """
        CREATE TABLE odd (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id INTEGER, on_day DATE,
                          at TIMESTAMP WITH TIME ZONE, span INTERVAL, twice INTEGER GENERATED ALWAYS AS (user_id * 2) STORED);
        INSERT INTO odd (user_id, on_day, at, span) VALUES (0, 'infinity', '-infinity', '1 year 2 mons'),
          (0, '0044-03-15 BC', '2026-01-01 00:00:00+00', '25:00:00'), (5, 'infinity', 'infinity', NULL);
        """,
    "mariadb": """
        CREATE TABLE odd (id INTEGER AUTO_INCREMENT PRIMARY KEY, user_id INTEGER, on_day DATE, at DATETIME(6),
                          span TIME, twice INTEGER AS (user_id * 2) STORED);
        SET SESSION sql_mode = 'ALLOW_INVALID_DATES';
        INSERT INTO odd (user_id, on_day, at, span) VALUES (0, '0000-00-00', '0000-00-00 00:00:00', '25:00:00'),
          (0, '2026-00-00', '2026-01-01 00:00:00.000001', '-838:59:59'), (5, '0000-00-00', '2026-01-01', NULL);
        """,
    "sqlite": """
        CREATE TABLE odd (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, on_day DATE, at DATETIME, span TEXT,
                          twice INTEGER GENERATED ALWAYS AS (user_id * 2) STORED);
        INSERT INTO odd (user_id, on_day, at, span) VALUES (0, 'soon', 0, x'00ff'), (0, '2026-02-30', 1.5e300, ''),
          (5, '', '', NULL);
        """,
}
SHOWN = {
    "postgresql": [
        (1, 0, "infinity", "-infinity", "1 year 2 mons", 0),
        (2, 0, "0044-03-15 BC", "2026-01-01 00:00:00+00", "25:00:00", 0),
    ],
    "mariadb": [
        (1, 0, "0000-00-00", "0000-00-00 00:00:00.000000", "25:00:00", 0),
        (2, 0, "2026-00-00", "2026-01-01 00:00:00.000001", "-838:59:59", 0),
    ],
    "sqlite": [(1, 0, "soon", 0, b"\x00\xff", 0), (2, 0, "2026-02-30", 1.5e300, "", 0)],
}


def test_scenario_70_a_copy_shows_odd_moments_in_the_servers_own_words(
    make: Make, each_database: Database
) -> None:
    world = make(
        PEOPLE + ODD[each_database.dialect],
        USERS + "odd: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
    )

    assert world.copy(ADA)["odd"] == SHOWN[each_database.dialect]
    world.erase(ADA)
    assert [row[0] for row in world.database.rows("SELECT id FROM odd")] == [3]
    assert world.copy(BEN)["odd"][0][:2] == (3, 5)


def test_scenario_70_rows_with_odd_moments_are_detached_and_their_moments_kept(
    make: Make, each_database: Database
) -> None:
    world = make(
        PEOPLE + ODD[each_database.dialect],
        USERS + "odd: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null}}}\n",
    )
    cast = {"sqlite": "on_day", "postgresql": "on_day::text", "mariadb": "CAST(on_day AS CHAR)"}
    before = world.database.rows(f"SELECT {cast[each_database.dialect]} FROM odd ORDER BY id")

    world.erase(ADA)

    assert world.database.rows(f"SELECT {cast[each_database.dialect]} FROM odd ORDER BY id") == before
    assert world.database.rows("SELECT user_id, twice FROM odd ORDER BY id") == [
        (None, None),
        (None, None),
        (5, 10),
    ]


def test_scenario_70_what_has_no_real_date_is_kept_and_not_taken_for_old(
    make: Make, each_database: Database
) -> None:
    """A date that is none says nothing about a period: such a row stays, for its ground."""
    none = {"sqlite": "''", "postgresql": "'-infinity'", "mariadb": "'0000-00-00'"}[each_database.dialect]
    loose = "SET SESSION sql_mode = '';" if each_database.dialect == "mariadb" else ""
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, paid_on DATE NOT NULL);
        {loose}
        INSERT INTO gifts VALUES (1, 0, {none}), (2, 0, '2010-01-01'), (3, 0, '2026-01-01');
        """,
        USERS
        + """
gifts:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on, strip: [user_id]}}
""",
    )

    erasure = world.erase(ADA)

    due = [each for event in erasure.events if isinstance(event, Committed) for each in event.due]
    assert world.rows("gifts", "id, user_id") == [(1, None), (3, None)]
    assert [(each.on, each.rows) for each in due] == [(str(date(2033, 1, 1)), ((3,),))]


@pytest.mark.parametrize("column", ["id", "twice"])
def test_scenario_70_a_value_for_a_column_that_the_server_fills_is_refused_before(
    make: Make, each_database: Database, column: str
) -> None:
    world = make(
        PEOPLE + ODD[each_database.dialect],
        USERS
        + f"odd: {{belongs_to: {{user_id: users.id}}, on_erase: {{anonymise: {{user_id: null, {column}: 9}}}}}}\n",
    )

    with pytest.raises(Misconfigured):
        world.erase(ADA)

    assert {(table, of) for _, table, of in _stops(world)} == {("odd", column)}
    assert world.database.rows("SELECT user_id FROM odd ORDER BY id") == [(0,), (0,), (5,)]
