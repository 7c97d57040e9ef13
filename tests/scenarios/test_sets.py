"""What a set of people does that one person does not: statistics, limits, refusals."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from upheld.connectors.sql.many.run import TooMany
from upheld.connectors.sql.many.share import any_order
from upheld.connectors.sql.many.statistics import LARGE
from upheld.connectors.sql.order import touches
from upheld.rights.many import CommittedMany
from upheld.rights.outcome import Misconfigured, Permanent

POSTS = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));
CREATE INDEX posts_user ON posts(user_id);
"""
)
LETTERS = (
    PEOPLE
    + """
CREATE TABLE letters (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER);
CREATE INDEX letters_sender ON letters(sender_id);
CREATE INDEX letters_recipient ON letters(recipient_id);
"""
)
LETTERS_MAPPED = (
    USERS
    + """
letters:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
"""
)
OTHERS = 20_000
READ_OF_LETTERS = "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'letters'"
MAPPED = USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"
STATISTICS = {
    "sqlite": "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'posts'",
    "postgresql": "SELECT count(*) FROM pg_class WHERE relname = 'posts' AND reltuples >= 0",
}
"""MariaDB makes them by itself in the background too, so that there nothing could be told from them."""


def together(world: World, people: Sequence[str]) -> list[CommittedMany]:
    events = world.connector.execute_many(  # type: ignore[attr-defined]
        world.plan().of("club"),
        [world.subject(each) for each in people],
        now=NOW,
        entropy=lambda: f"r{next(world.random):011d}",
        allow=frozenset(),
    )
    return [each for each in events if isinstance(each, CommittedMany)]


def filled(world: World, many: int, *users: int) -> World:
    rows = [f"({number}, {users[number % len(users)]}, 'x')" for number in range(many)]
    for start in range(0, many, 2_000):
        world.run(f"INSERT INTO posts VALUES {', '.join(rows[start : start + 2_000])}")
    return world


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_statistics_are_made_anew_after_a_large_change(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    """Scenario 59: outdated ones would mislead the database about rows that are detached or gone."""
    world = make_world(new_database(kind), tmp_path / "privacy", POSTS, MAPPED)
    filled(world, LARGE + 15, *([0] * 667 + [5]))
    if kind == "sqlite":
        world.run("ANALYZE users")
    assert world.database.rows(STATISTICS[kind]) == [(0,)]

    together(world, [ADA])

    assert world.database.rows(STATISTICS[kind]) == [(1,)]


def test_rows_that_lost_a_side_are_not_read_for_somebody_else(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    """Scenario 59: PostgreSQL's statistics are from before they lost it, and its own round does not come."""
    world = make_world(new_database("postgresql"), tmp_path / "privacy", LETTERS, LETTERS_MAPPED)
    world.run(
        "ALTER TABLE letters SET (autovacuum_enabled = off)",
        f"INSERT INTO letters SELECT n, 5, mod(n, 500) + 100 FROM generate_series(1, {OTHERS}) n",
        "INSERT INTO letters VALUES (0, 0, 5), (-1, 5, 0), (-2, 0, NULL)",
        "ANALYZE letters",
        f"UPDATE letters SET sender_id = NULL WHERE id BETWEEN 1 AND {OTHERS}",
    )
    before = world.database.rows(READ_OF_LETTERS)[0][0]

    world.erase(ADA)

    assert world.database.rows(
        "SELECT id, sender_id, recipient_id FROM letters WHERE id < 1 ORDER BY id"
    ) == [
        (-1, 5, None),
        (0, None, 5),
    ]
    assert world.database.rows(READ_OF_LETTERS)[0][0] - before < OTHERS / 10


def test_more_rows_than_one_transaction_should_hold_are_refused_before_anything(
    make: Make, each_database: Database
) -> None:
    world = filled(make(POSTS, MAPPED, system="max_rows: 10\n"), 30, 0)

    with pytest.raises(TooMany):
        together(world, [ADA, BEN])

    assert each_database.rows("SELECT count(*) FROM posts") == [(30,)]


def test_a_limit_holds_for_each_and_not_for_all_together(make: Make, each_database: Database) -> None:
    world = filled(make(POSTS, MAPPED, system="limits: {rows_per_person: 12}\n"), 30, 0, 5, 10)

    (done,) = together(world, [ADA, BEN, CY])

    assert done.members == (0, 1, 2)


def test_beyond_the_limit_of_one_nothing_is_written_for_anybody(make: Make, each_database: Database) -> None:
    world = filled(make(POSTS, MAPPED, system="limits: {rows_per_person: 12}\n"), 30, 0, 0, 5)

    with pytest.raises(Permanent, match="21 rows, more than 12 for one person"):
        together(world, [ADA, BEN, CY])

    assert each_database.rows("SELECT count(*) FROM users") == [(3,)]


def test_rows_without_a_rule_stop_the_set(make: Make, each_database: Database) -> None:
    asked = (
        USERS
        + "posts: {belongs_to: {user_id: users.id}, rows: [{when: {body: y}, on_erase: delete}, {otherwise: ask}]}\n"
    )
    world = filled(make(POSTS, asked), 4, 0, 5)

    with pytest.raises(Misconfigured):
        together(world, [ADA, BEN])

    assert each_database.rows("SELECT count(*) FROM posts") == [(4,)]


MESSAGES = (
    PEOPLE
    + """
CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER, body VARCHAR(50));
CREATE INDEX messages_sender ON messages(sender_id);
CREATE INDEX messages_recipient ON messages(recipient_id);
INSERT INTO messages VALUES (1, 0, 5, 'one'), (2, 5, 10, 'two');
"""
)


@pytest.mark.parametrize(
    ("by", "orphan", "transactions"),
    [
        ("{sender_id: detach, recipient_id: detach}", True, [(0, 1, 2)]),
        ("{sender_id: {anonymise: {sender_id: null, body: x}}, recipient_id: detach}", True, [(0, 1, 2)]),
        ("{sender_id: delete, recipient_id: detach}", False, [(0, 1, 2)]),
        ("{sender_id: {keep: hers}, recipient_id: detach}", True, [(0, 2), (1,)]),
        ("{sender_id: {anonymise: {body: x}}, recipient_id: {anonymise: {body: y}}}", False, [(0, 2), (1,)]),
    ],
)
def test_scenario_52_who_shares_a_row_is_apart_where_order_could_matter(
    by: str, orphan: bool, transactions: list[tuple[int, ...]], make: Make, each_database: Database
) -> None:
    goes = ", orphan: delete" if orphan else ""
    mapped = (
        f"{USERS}messages:\n  belongs_to: {{sender_id: users.id, recipient_id: users.id}}\n"
        "  accept: [{finding: link.optional, reason: freed}]\n"
        f"  on_erase: {{by: {by}{goes}}}\n"
    )
    world = make(MESSAGES, mapped)
    steps = [each for each in touches(world.plan().of("club")) if each.selection.table == "messages"]

    done = together(world, [ADA, BEN, CY])

    assert [each.members for each in done] == transactions
    assert any_order(world.datamap.system("club"), "messages", steps) == (len(transactions) == 1)
