"""Scenarios 55, 70 and 38: what comes back, what is in its way, and what the check refuses beforehand."""

from collections import Counter

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.undoing import WINDOW, dump, erased, undone
from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.rights.codec import Unreadable
from upheld.rights.fulfil import execute
from upheld.rights.outcome import Committed, Prepared
from upheld.rights.undo import Back, Conflict, Why

ODD = {
    "sqlite": (
        "a INTEGER, b REAL, c TEXT, d BLOB, e, f NUMERIC, g DATE, h INTEGER GENERATED ALWAYS AS (a * 2)",
        [
            "(9223372036854775807, 0.1, 'it''s 5 %', x'00ff', 'text in no type', 1e300, 'infinity')",
            "(-1, 9e999, '', x'', 3.5, '12', '0000-00-00')",
            "('seven', 1e-320, CAST(x'ff41' AS TEXT), 'blob?', x'0102', x'03', 20190101)",
            "(NULL, -0.0, 'a' || char(0) || 'b', NULL, 7, 3.0, NULL)",
        ],
    ),
    "postgresql": (
        (
            "a BIGINT, b DOUBLE PRECISION, c CHAR(5), d BYTEA, e TIMESTAMPTZ, f DATE, g NUMERIC, h JSON, i JSONB, "
            "j TEXT[], k REAL, l INTERVAL, m BIT(5), n TIME WITH TIME ZONE, o INT4RANGE, p INET, q UUID, r MONEY, "
            "s TIMESTAMP, t XML, u MOOD, v TSVECTOR, w POINT, x INTEGER GENERATED ALWAYS AS (length(c)) STORED"
        ),
        [
            (
                "(9223372036854775807, 'NaN', 'ab', '\\x00ff', 'infinity', '-infinity', 'NaN', '{\"a\":  1.0}', "
                "'{\"b\": null}', '{\"NULL\",NULL,\"a,b\"}', 0.1, '1 mon -2 days 03:04:05.000006', '10101', "
                "'12:00+05:30', '[1,5)', '::1', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1234.5, '4714-11-24 BC', "
                "'<a>&lt;</a>', 'so so', 'cat:1 dog', '(0.1,2)')"
            ),
            (
                "(0, 5e-324, ' x ', '', '2026-10-25 02:30:00.123456+01', '5874897-12-31', 0.10, 'null', 'null', '{}', "
                "-0.0, '-178000000 years', '00000', '24:00', 'empty', '10.0.0.0/8', NULL, -0.01, 'infinity', NULL, "
                "'fine', '', '(1e300,-0)')"
            ),
            f"({', '.join(['NULL'] * 23)})",
        ],
    ),
    "mariadb": (
        (
            "a BIGINT UNSIGNED, b DOUBLE, c CHAR(5), d VARBINARY(10), e TIMESTAMP(6) NULL, f DATE, g DECIMAL(30, 10), h JSON, "
            "i FLOAT, j BIT(10), k TIME(3), l YEAR, m ENUM('yes', 'no'), n SET('x', 'y'), o DATETIME(6), p BINARY(4), "
            "q VARCHAR(20) CHARACTER SET latin1, r VARCHAR(20) CHARACTER SET sjis, s BLOB, t UUID, u INET6, "
            "v INT ZEROFILL, w FLOAT(7, 3), x INT AS (MOD(a, 10)) PERSISTENT"
        ),
        [
            (
                "(18446744073709551615, 0.1, 'ab', x'00ff', '2026-10-25 00:30:00.123456', '0000-00-00', 1.0000000001, "
                "'{\"a\":  1.0}', 0.1, b'1000000001', '-838:59:59.000', 2155, 'no', 'x,y', '0000-00-00 00:00:00', x'01', "
                "'caf\u00e9', '\u30bd\u8868', x'00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1', 7, 1234.567)"
            ),
            (
                "(0, 5e-324, '', x'', '1970-01-01 00:00:01', '2026-02-31', -0.1, '[]', 16777217, b'0', '00:00:00', 0, "
                "'yes', '', '9999-12-31 23:59:59.999999', x'00000000', '', '', x'', NULL, '10.0.0.1', 0, 0.1)"
            ),
            f"({', '.join(['NULL'] * 4)}, NULL, {', '.join(['NULL'] * 18)})",
        ],
    ),
}
LOOSE = {"mariadb": "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; SET SESSION time_zone = '+00:00'"}


def odd_world(make: Make, database: Database, action: str) -> World:
    """Values that no other type system has, in rows of hers."""
    columns, rows = ODD[database.dialect]
    names = [part.split()[0] for part in columns.replace("(30, 10)", "").replace("(7, 3)", "").split(", ")]
    names = [name for name in names if len(name) == 1 and name.isalpha()]
    given = names[:-1]
    world = make(
        PEOPLE
        + ("CREATE TYPE mood AS ENUM ('fine', 'so so');\n" if database.dialect == "postgresql" else "")
        + f"CREATE TABLE odd (id INTEGER PRIMARY KEY, user_id INTEGER, note VARCHAR(20), {columns});\n",
        USERS + f"odd: {{belongs_to: {{user_id: users.id}}, on_erase: {action}}}\n",
        system=WINDOW,
    )
    listed = ", ".join(given)
    filled = [
        f"INSERT INTO odd (id, user_id, note, {listed}) VALUES ({number}, 0, 'hers', {row[1:]}"
        for number, row in enumerate(rows, 1)
    ]
    world.run(
        *LOOSE.get(database.dialect, "").split("; ") if database.dialect == "mariadb" else (),
        *(each.replace("%", "%%") if database.dialect != "sqlite" else each for each in filled),
    )
    return world


@pytest.mark.parametrize("action", ["delete", "{anonymise: {user_id: null, note: gone}}"])
def test_scenario_70_unusual_values_come_back_byte_for_byte(
    make: Make, each_database: Database, action: str
) -> None:
    world = odd_world(make, each_database, action)
    before = dump(each_database, ["users", "odd"])

    images = erased(world, world.subject(ADA))
    assert dump(each_database, ["users", "odd"]) != before
    restored = undone(world, images)

    assert restored.conflicts == ()
    assert dump(each_database, ["users", "odd"]) == before


CLUB = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, name VARCHAR(40));
CREATE TABLE boards (id INTEGER PRIMARY KEY, name VARCHAR(20));
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body VARCHAR(40), likes INTEGER,
  board_id INTEGER REFERENCES boards(id));
CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), code VARCHAR(20) UNIQUE,
  board_id INTEGER REFERENCES boards(id));
INSERT INTO users VALUES (0, 'ada@chess.example.org', 'Ada'), (5, 'ben@chess.example.org', 'Ben');
INSERT INTO boards VALUES (1, 'blitz'), (2, 'slow');
INSERT INTO posts VALUES (1, 0, 'mine', 3, 1), (2, 5, 'his', 0, 1), (3, 0, 'mine too', 0, 2), (4, 0, 'and mine', 1, 2);
INSERT INTO sessions VALUES (1, 0, 'abc', 1), (2, 5, 'def', 1), (3, 0, 'ghi', 2);
"""
CLUBBED = (
    USERS
    + """
posts: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, body: "[removed]"}}}
sessions: {belongs_to: {user_id: users.id}, on_erase: delete}
"""
)
NO_PERSON = WINDOW + "no_personal_data: [{tables: [boards], reason: boards of a game}]\n"
TABLES = ["users", "posts", "sessions", "boards"]


def test_scenario_55_what_was_taken_or_changed_meanwhile_is_reported_and_never_overwritten(
    make: Make, each_database: Database
) -> None:
    world = make(CLUB, CLUBBED, system=NO_PERSON)
    images = erased(world, world.subject(ADA))
    world.run(
        "UPDATE posts SET body = 'edited by a moderator' WHERE id = 1",
        "UPDATE posts SET likes = 9 WHERE id = 3",
        "DELETE FROM posts WHERE id = 4",
        "INSERT INTO sessions VALUES (7, 5, 'abc', 1)",
        "DELETE FROM posts WHERE board_id = 3",
        "UPDATE posts SET board_id = NULL WHERE board_id = 2",
        "DELETE FROM boards WHERE id = 2",
    )
    since = dump(each_database, TABLES)

    preview = world.connector.returning(images)
    assert dump(each_database, TABLES) == since
    restored = undone(world, images)

    assert restored == preview
    assert restored.tables == (Back("posts", 1), Back("users", 1))
    assert restored.conflicts == (
        Conflict("posts", Why.CHANGED, 2),
        Conflict("sessions", Why.PARENT, 1),
        Conflict("sessions", Why.TAKEN, 1),
    )
    assert world.rows("users") == [(0, "ada@chess.example.org", "Ada"), (5, "ben@chess.example.org", "Ben")]
    assert world.rows("posts") == [
        (1, None, "edited by a moderator", 3, 1),
        (2, 5, "his", 0, 1),
        (3, 0, "mine too", 9, None),
    ]
    assert world.rows("sessions") == [(2, 5, "def", 1), (7, 5, "abc", 1)]

    world.run("DELETE FROM sessions WHERE id = 7", "INSERT INTO boards VALUES (2, 'slow')")
    assert undone(world, images).tables == (Back("posts", 0, 1), Back("sessions", 2), Back("users", 0, 1))


def test_scenario_55_somebody_who_has_her_number_or_her_address_by_now_keeps_it(
    make: Make, each_database: Database
) -> None:
    world = make(CLUB, CLUBBED, system=NO_PERSON)
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (70, 'ada@chess.example.org', 'Ada again')")
    before = dump(each_database, TABLES)

    restored = undone(world, images)

    assert restored.rows == 0
    assert Counter({(each.table, each.why): each.rows for each in restored.conflicts}) == {
        ("users", Why.TAKEN): 1,
        ("posts", Why.PARENT): 3,
        ("sessions", Why.PARENT): 2,
    }
    assert dump(each_database, TABLES) == before


def test_scenario_55_a_column_that_changed_meanwhile_is_a_conflict_and_a_new_one_is_none(
    make: Make, each_database: Database
) -> None:
    world = make(CLUB, CLUBBED, system=NO_PERSON)
    images = erased(world, world.subject(ADA))
    world.run(
        "ALTER TABLE sessions RENAME COLUMN code TO secret", "ALTER TABLE posts ADD COLUMN pinned INTEGER"
    )

    restored = undone(world, images)

    assert restored.conflicts == (Conflict("sessions", Why.SCHEMA, 2),)
    assert restored.tables == (Back("posts", 3), Back("users", 1))
    assert [row[:3] for row in world.rows("posts")] == [
        (1, 0, "mine"), (2, 5, "his"), (3, 0, "mine too"), (4, 0, "and mine"),
    ]  # fmt: skip


def test_scenario_55_what_the_database_took_along_by_itself_comes_back(
    make: Make, each_database: Database
) -> None:
    """ON DELETE CASCADE and SET NULL, two levels deep, in tables that the map does not know."""
    world = make(
        PEOPLE
        + """
        CREATE TABLE logins (id INTEGER PRIMARY KEY, user_id INTEGER, FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);
        CREATE TABLE clicks (id INTEGER PRIMARY KEY, login_id INTEGER, FOREIGN KEY (login_id) REFERENCES logins(id) ON DELETE CASCADE);
        CREATE TABLE desks (id INTEGER PRIMARY KEY, login_id INTEGER, FOREIGN KEY (login_id) REFERENCES logins(id) ON DELETE SET NULL);
        INSERT INTO logins VALUES (1, 0), (2, 5), (3, 0);
        INSERT INTO clicks VALUES (1, 1), (2, 2), (3, 3), (4, 1);
        INSERT INTO desks VALUES (1, 1), (2, 2), (3, NULL);
        """,
        USERS,
        system=WINDOW + "no_personal_data: [{tables: [logins, clicks, desks], reason: numbers only}]\n",
    )
    tables = ["users", "logins", "clicks", "desks"]
    before = dump(each_database, tables)

    images = erased(world, world.subject(ADA))
    assert (world.rows("clicks"), world.rows("desks")) == ([(2, 2)], [(1, None), (2, 2), (3, None)])
    restored = undone(world, images)

    assert restored.tables == (Back("clicks", 3), Back("desks", 1), Back("logins", 2), Back("users", 1))
    assert dump(each_database, tables) == before


def test_scenario_55_slices_of_many_transactions_come_back_in_one(
    make: Make, each_database: Database
) -> None:
    world = make(CLUB, CLUBBED, system=NO_PERSON + "max_rows: 2\n")
    before = dump(each_database, TABLES)

    images = erased(world, world.subject(ADA))
    assert len(images) > 2
    undone(world, images)

    assert dump(each_database, TABLES) == before


def test_scenario_55_counters_and_circles_come_back(make: Make, each_database: Database) -> None:
    """Scenarios 16 and 39: a ring of two tables, a row that answers itself, a number that was counted anew.

    MariaDB checks row by row, and could not even delete rows that have to answer one another."""
    null = "" if each_database.dialect == "mariadb" else "NOT NULL"
    world = make(
        f"""
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, mail_id INTEGER, posts INTEGER);
        CREATE TABLE mails (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), up INTEGER {null} REFERENCES mails(id));
        INSERT INTO users VALUES (0, 'ada@chess.example.org', NULL, 7), (5, 'ben@chess.example.org', NULL, 1);
        INSERT INTO mails VALUES (9, 0, 9);
        INSERT INTO mails VALUES (3, 0, 9);
        INSERT INTO mails VALUES (4, 0, 3);
        INSERT INTO mails VALUES (8, 5, 8);
        UPDATE users SET mail_id = 4 WHERE id = 0;
        """,
        USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: gone, mail_id: null}}").replace(
            "person: id", "person: id\n  recount: {posts: {of: mails, by: user_id}}"
        )
        + "mails: {belongs_to: {user_id: users.id}, replies: {column: up, erase: leaves}, on_erase: delete}\n",
        system=WINDOW,
    )
    before = dump(each_database, ["users", "mails"])

    images = erased(world, world.subject(ADA))
    assert world.rows("users", "id, mail_id, posts")[0] == (0, None, 0)
    undone(world, images)

    assert dump(each_database, ["users", "mails"]) == before


def test_scenario_50_a_row_that_came_in_after_the_images_is_erased_with_an_image_of_its_own(
    make: Make, each_database: Database
) -> None:
    world = make(CLUB.replace("REFERENCES users(id)", ""), CLUBBED, system=NO_PERSON)
    subject, before = world.subject(ADA), frozenset({"club"})
    images: list[bytes] = []
    for event in execute(
        world.plan(), {"club": world.connector}, subject, now=NOW, entropy=lambda: "r" * 24, before=before
    ):
        if isinstance(event, Prepared):
            images.append(event.before or b"")
        if isinstance(event, Committed) and len(images) == 1:
            world.run("INSERT INTO posts VALUES (9, 0, 'late', 0, 1)")

    assert world.rows("posts")[-1] == (9, None, "[removed]", 0, 1)
    undone(world, images)

    assert world.rows("posts")[-1] == (9, 0, "late", 0, 1)


def test_scenario_56_images_of_another_format_are_refused(make: Make) -> None:
    world = make(CLUB, CLUBBED, system=NO_PERSON)

    with pytest.raises(Unreadable):
        world.connector.returning([b'{"format": "upheld.sql.before-images/v2", "tables": []}'])
