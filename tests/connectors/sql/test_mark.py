"""A connector that is kept reads the schema once, and notices every change of it (scenario 57)."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.catalogue.mark import Seen, mark
from upheld.connectors.sql.live import read_live
from upheld.rights.outcome import Misconfigured

DDL = """\
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), body VARCHAR(200));
CREATE INDEX posts_user ON posts (user_id);
INSERT INTO users VALUES (1, 'ada@example.org');
INSERT INTO posts VALUES (1, 1, 'here');
"""
MAP = """\
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, provided: true}}
  on_erase: delete
posts:
  belongs_to: {user_id: users.id}
  fields: {body: {category: free-text, provided: true}}
  on_erase: delete
"""
CHANGES = {
    "sqlite": [
        "CREATE TABLE extra (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id))",
        "ALTER TABLE extra ADD COLUMN note VARCHAR(9)",
        "ALTER TABLE extra RENAME COLUMN note TO remark",
        "ALTER TABLE extra DROP COLUMN remark",
        "CREATE INDEX extra_user ON extra (user_id)",
        "DROP INDEX extra_user",
        "CREATE TRIGGER audit AFTER DELETE ON posts BEGIN DELETE FROM extra; END",
        "DROP TRIGGER audit",
        "CREATE VIEW shown AS SELECT body FROM posts",
        "DROP VIEW shown",
        "ALTER TABLE extra RENAME TO other",
        "DROP TABLE other",
        "DROP INDEX posts_user",
    ],
    "postgresql": [
        "CREATE TABLE extra (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE)",
        "ALTER TABLE extra ADD COLUMN note VARCHAR(9)",
        "ALTER TABLE extra ALTER COLUMN note TYPE VARCHAR(12)",
        "ALTER TABLE extra ALTER COLUMN note SET NOT NULL",
        "ALTER TABLE extra ALTER COLUMN note SET DEFAULT 'x'",
        "ALTER TABLE extra ADD CONSTRAINT short CHECK (length(note) < 5)",
        "ALTER TABLE extra DROP CONSTRAINT short",
        "ALTER TABLE extra RENAME COLUMN note TO remark",
        "ALTER TABLE extra DROP COLUMN remark",
        "CREATE INDEX extra_user ON extra (user_id)",
        "ALTER INDEX extra_user RENAME TO extra_of_user",
        "DROP INDEX extra_of_user",
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "CREATE TRIGGER audit AFTER DELETE ON posts FOR EACH ROW EXECUTE FUNCTION quiet()",
        "ALTER TABLE posts DISABLE TRIGGER audit",
        "ALTER TABLE posts ENABLE TRIGGER audit",
        "ALTER FUNCTION quiet() RENAME TO silent",
        "DROP TRIGGER audit ON posts",
        "CREATE RULE never AS ON DELETE TO extra DO INSTEAD NOTHING",
        "CREATE TYPE mood AS ENUM ('good')",
        "ALTER TABLE extra ADD COLUMN feeling mood",
        "ALTER TYPE mood ADD VALUE 'bad'",
        "CREATE DOMAIN short AS text",
        "ALTER TABLE extra ADD COLUMN word short",
        "ALTER DOMAIN short ADD CONSTRAINT brief CHECK (length(VALUE) < 9)",
        "CREATE TABLE child () INHERITS (posts)",
        "ALTER TABLE child NO INHERIT posts",
        "CREATE SCHEMA aside",
        "CREATE TABLE aside.far (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES public.users (id))",
        "ALTER TABLE aside.far DROP CONSTRAINT far_user_id_fkey",
        "CREATE MATERIALIZED VIEW shown AS SELECT body FROM posts",
        "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey",
        "ALTER TABLE posts ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users (id) DEFERRABLE",
        "ALTER TABLE posts ALTER CONSTRAINT later DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE extra RENAME TO other",
        "DROP TABLE other",
        "DROP INDEX posts_user",
    ],
    "mariadb": [
        "CREATE TABLE extra (id INTEGER PRIMARY KEY, user_id INTEGER, FOREIGN KEY (user_id) REFERENCES users (id))",
        "ALTER TABLE extra ADD COLUMN note VARCHAR(9)",
        "ALTER TABLE extra MODIFY COLUMN note VARCHAR(12)",
        "ALTER TABLE extra MODIFY COLUMN note VARCHAR(12) NOT NULL",
        "ALTER TABLE extra MODIFY COLUMN note VARCHAR(12) CHARACTER SET latin1 NOT NULL DEFAULT 'x'",
        "ALTER TABLE extra ADD CONSTRAINT short CHECK (length(note) < 5)",
        "ALTER TABLE extra DROP CONSTRAINT short",
        "ALTER TABLE extra CHANGE COLUMN note remark VARCHAR(12)",
        "ALTER TABLE extra DROP COLUMN remark",
        "CREATE INDEX extra_twice ON extra (id)",
        "DROP INDEX extra_twice ON extra",
        "ALTER TABLE extra ADD COLUMN mood ENUM ('good')",
        "ALTER TABLE extra MODIFY COLUMN mood ENUM ('good', 'bad')",
        "CREATE TRIGGER audit AFTER DELETE ON posts FOR EACH ROW DELETE FROM extra",
        "DROP TRIGGER audit",
        "ALTER TABLE extra DROP FOREIGN KEY extra_ibfk_1",
        "ALTER TABLE extra ENGINE=Aria",
        "EXECUTE IMMEDIATE 'ALTER TABLE extra ADD COLUMN late INTEGER'",
        "CREATE PROCEDURE widen() ALTER TABLE extra ADD COLUMN wide INTEGER",
        "CALL widen()",
        "CREATE VIEW shown AS SELECT body FROM posts",
        "DROP VIEW shown",
        "ALTER TABLE extra ADD SYSTEM VERSIONING",
        "ALTER TABLE posts DROP INDEX posts_user, ADD INDEX both_of (user_id, id)",
        "RENAME TABLE extra TO other",
        "DROP TABLE other",
    ],
}


@pytest.fixture
def world(each_database: Database, tmp_path: Path) -> World:
    return make_world(each_database, tmp_path, DDL, MAP)


def test_scenario_57_a_kept_connector_notices_every_change_of_the_schema(world: World) -> None:
    kept = world.connector
    kept.check()
    for change in CHANGES[world.database.dialect]:
        world.run(change)
        assert kept.check() == world.connector.check(), change
        assert kept.grants() == world.connector.grants(), change  # type: ignore[attr-defined]


def test_every_change_of_what_is_read_changes_the_mark(world: World) -> None:
    engine = world.database.engine()

    def look() -> tuple[str | None, str]:
        with engine.connect() as connection:
            return mark(connection, ()), read_live(connection).fingerprint

    before = look()
    for change in CHANGES[world.database.dialect]:
        world.run(change)
        after = look()
        assert after[1] == before[1] or after[0] != before[0], change
        before = after


def test_rows_that_come_and_go_leave_the_mark_alone(world: World) -> None:
    engine = world.database.engine()

    def look() -> str | None:
        with engine.connect() as connection:
            return mark(connection, ())

    before = look()
    world.run("INSERT INTO posts VALUES (2, 1, 'there')", "UPDATE posts SET body = 'nowhere'")
    world.run("DELETE FROM posts")
    assert look() == before


def test_scenario_57_a_kept_connector_refuses_to_write_after_a_table_appeared(world: World) -> None:
    kept = world.connector
    subject = world.subject("email=ada@example.org")
    steps = world.plan().of("club")
    kept.count(steps, subject, now=NOW)
    world.run("CREATE TABLE secrets (id INTEGER PRIMARY KEY, user_id INTEGER)")
    with pytest.raises(Misconfigured, match=r"table\.undeclared at secrets"):
        list(kept.execute(steps, subject, now=NOW, entropy=lambda: "r", allow=frozenset()))
    assert world.rows("users") == [(1, "ada@example.org")]


BEFORE = Seen(high=100, running=frozenset({90, 95}), own={101})


@pytest.mark.parametrize(
    ("high", "running", "nothing"),
    [
        (100, {90, 95}, True),
        (102, {90, 95, 100}, True),
        (102, {90, 95}, False),
        (101, {90, 95, 100}, True),
        (100, {90}, False),
        (103, {90, 95, 100, 102}, True),
        (103, {90, 95, 100}, False),
        (5_000, {90, 95}, False),
    ],
    ids=[
        "nothing",
        "our own ended",
        "another's ended beside ours",
        "another's runs",
        "another's that ran ended",
        "ours ended and two run",
        "a later one ended",
        "too many to follow",
    ],
)
def test_a_snapshot_shows_what_others_ended_since(high: int, running: set[int], nothing: bool) -> None:
    assert BEFORE.shows_nothing_new(Seen(high, frozenset(running))) is nothing


def test_nothing_is_read_anew_where_nobody_wrote(postgresql: Database, tmp_path: Path) -> None:
    kept = make_world(postgresql, tmp_path, DDL, MAP).connector
    kept.check()
    told: list[str] = []
    sa.event.listen(kept.engine, "before_cursor_execute", lambda *given: told.append(given[2]))  # type: ignore[attr-defined]

    def read_anew() -> int:
        told.clear()
        kept.check()
        return len([each for each in told if "pg_class" in each])

    assert any(read_anew() == 0 for _ in range(500)), "other tests write on this server, but not all the time"
    postgresql.run("INSERT INTO posts VALUES (2, 1, 'there')")
    assert read_anew() == 1


def test_what_our_own_writing_sets_off_is_noticed_too(postgresql: Database, tmp_path: Path) -> None:
    """A trigger of theirs makes a table in the transaction in which we erase."""
    trigger = (
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN CREATE TABLE IF NOT EXISTS lately (user_id INTEGER); RETURN OLD; END';"
        " CREATE TRIGGER keep BEFORE DELETE ON posts FOR EACH ROW EXECUTE FUNCTION keep();"
    )
    accepted = MAP.replace("posts:\n", "posts:\n  accept: [{finding: trigger.present, reason: Known}]\n")
    world = make_world(postgresql, tmp_path, DDL + trigger, accepted)
    kept = world.connector
    subject = world.subject("email=ada@example.org")
    steps = world.plan().of("club")

    list(kept.execute(steps, subject, now=NOW, entropy=lambda: "r", allow=frozenset()))

    assert world.rows("users") == []
    assert kept.check() == world.connector.check()
    assert "lately" in {each.table for each in kept.check()}
