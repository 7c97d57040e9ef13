"""In a large table of PostgreSQL a person is found under every spelling by two indexes that the check proposes."""

from pathlib import Path

import sqlalchemy as sa

from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from upheld.connectors.sql.spelling import exactly, is_spelled, may_be_spelled, spellings
from upheld.datamap.normalise import normalise
from upheld.rights.connector import Finding

DDL = """\
CREATE TABLE users (id INTEGER PRIMARY KEY, "e Mail" VARCHAR(80) NOT NULL UNIQUE);
INSERT INTO users SELECT n, 'person' || n || '@example.org' FROM generate_series(1, 4000) n;
INSERT INTO users VALUES (0, ' Stra\u00dfe@Example.org ');
"""
MAP = """\
users:
  person: id
  identities: {email: {column: e Mail, normalise: email}}
  fields: {e Mail: {category: email-address}}
  on_erase: delete
"""


def large(database: Database, folder: Path) -> World:
    """A world whose table the server believes to be large; its rows are as many as make an index worth it."""
    world = make_world(database, folder, DDL, MAP)
    world.run("ANALYZE users", "UPDATE pg_class SET reltuples = 300000 WHERE relname = 'users'")
    return world


def scanned(world: World) -> list[Finding]:
    return [each for each in world.check() if each.code == "identity.scanned"]


def plan(database: Database, value: str) -> str:
    column = sa.column("e Mail", sa.String(80))
    asked = (
        sa.select(sa.text("id"))
        .select_from(sa.text("users"))
        .where(may_be_spelled("postgresql", column, spellings([value])))
    )
    with database.engine().connect() as connection:
        shown = connection.execute(
            sa.text(
                "EXPLAIN "
                + str(asked.compile(connection, compile_kwargs={"literal_binds": True})).replace("%%", "%")
            )
        )
        return "\n".join(row[0] for row in shown)


def test_the_check_proposes_two_indexes_and_is_content_with_them(
    postgresql: Database, tmp_path: Path
) -> None:
    world = large(postgresql, tmp_path)
    [finding] = scanned(world)
    assert (finding.table, finding.column) == ("users", "e Mail")
    world.run(*finding.cure.replace(" CONCURRENTLY", "").split("; "))
    assert scanned(world) == []


def test_with_them_nothing_is_read_from_end_to_end(postgresql: Database, tmp_path: Path) -> None:
    world = large(postgresql, tmp_path)
    [finding] = scanned(world)
    assert "Seq Scan" in plan(postgresql, "person7@example.org")
    world.run(*finding.cure.replace(" CONCURRENTLY", "").split("; "), "ANALYZE users")
    assert "Seq Scan" not in plan(postgresql, "person7@example.org")
    assert "Seq Scan" not in plan(postgresql, "strasse@example.org")
    world.run("UPDATE pg_class SET reltuples = 300000 WHERE relname = 'users'")
    assert [each.key for each in world.subject("email=strasse@example.org").people] == [(0,)]


def test_a_small_table_is_read_and_nobody_is_told(postgresql: Database, tmp_path: Path) -> None:
    assert scanned(make_world(postgresql, tmp_path, DDL, MAP)) == []


AROUND = ("", " ", "\t", "\r\n", "\x0b", "\x0c", "\x1c", "\x1f", "\x00", "\x7f", "\xa0", "\u2003", "'")
CORES = (
    "ada.quill@example.org",
    "ADA.Quill@Example.org",
    "ada quill@example.org",
    "ada.quill@example.or\u212a",  # a sign that folds to a letter of ASCII
    "\u00e4da@example.org",
    "A\u0308DA@example.org",
)


def test_sqlite_finds_the_very_texts_that_are_the_value_in_another_spelling(
    sqlite: Database, tmp_path: Path
) -> None:
    world = make_world(
        sqlite, tmp_path, 'CREATE TABLE users (id INTEGER PRIMARY KEY, "e Mail" VARCHAR(80));', MAP
    )
    texts = [f"{before}{core}{after}" for core in CORES for before in AROUND for after in AROUND]
    table, column = (
        sa.table("users", sa.column("id"), sa.column("e Mail")),
        sa.column("e Mail", sa.String(80)),
    )
    engine: sa.Engine = world.connector.engine  # type: ignore[attr-defined]
    with engine.begin() as connection:
        connection.execute(sa.insert(table), [{"id": at, "e Mail": text} for at, text in enumerate(texts)])
    for wanted in ("ada.quill@example.org", "\u00c4da@example.org", "ada.quill@example.ork"):
        for addresses in ((wanted,), (wanted, "no address")):
            spelled = sa.select(table.c.id).where(is_spelled("sqlite", column, exactly(addresses)))
            with engine.connect() as connection:
                found = {texts[at] for (at,) in connection.execute(spelled)}
            assert found == {each for each in texts if normalise("email", each) == normalise("email", wanted)}
