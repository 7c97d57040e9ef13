"""The live schema as values."""

import pytest

from tests.servers.database import Database
from upheld.connectors.sql.live import Family, Kind, LiveForeignKey, LiveSchema, read_live
from upheld.rights.outcome import Misconfigured

TIMES = {"sqlite": "TEXT", "postgresql": "timestamptz(3)", "mariadb": "DATETIME(3)"}


def live(database: Database, *schemas: str) -> LiveSchema:
    with database.engine().connect() as connection:
        return read_live(connection, schemas)


def test_columns_keys_and_references_are_read(each_database: Database) -> None:
    each_database.run(
        f"CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, joined {TIMES[each_database.dialect]},"
        " age INTEGER DEFAULT 3, CONSTRAINT adult CHECK (age > 2))",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, title CHAR(2),"
        " CONSTRAINT written FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
        "CREATE INDEX posts_user ON posts (user_id, id)",
        "CREATE VIEW authors AS SELECT email FROM users",
    )

    found = live(each_database)

    users, posts = found.tables["users"], found.tables["posts"]
    assert {name: table.kind for name, table in found.tables.items()} == {
        "users": Kind.TABLE,
        "posts": Kind.TABLE,
        "authors": Kind.VIEW,
    }
    assert [(each.name, each.nullable, each.family, each.length) for each in users.columns.values()] == [
        ("id", False, Family.INTEGER, None),
        ("email", False, Family.TEXT, 80),
        ("joined", True, Family.TEXT if each_database.dialect == "sqlite" else Family.MOMENT, None),
        ("age", True, Family.INTEGER, None),
    ]
    assert (users.key, users.uniques) == (("id",), (("email",),))
    assert users.columns["age"].default == "3"
    assert [check.name for check in users.checks] == ["adult"]
    assert "> 2" in users.checks[0].text
    key = posts.foreign_keys[0]
    assert (key.columns, key.to, key.to_columns, key.on_delete) == (("user_id",), "users", ("id",), "CASCADE")
    assert posts.indexed(["user_id"])
    assert posts.indexed(["id", "user_id"])
    assert not users.indexed(["age"])
    assert [(each.table, each.key) for each in found.refer("users")] == [("posts", key)]
    assert found.refer("posts") == ()
    assert posts.columns["title"].length == 2


def test_strange_names_are_read_and_can_be_asked(each_database: Database) -> None:
    sign = "`" if each_database.dialect == "mariadb" else '"'

    def mark(name: str) -> str:
        doubled = (
            name if each_database.dialect == "sqlite" else name.replace("%", "%%")
        )  # the drivers' own sign
        return sign + doubled.replace(sign, sign * 2) + sign

    names = ["two words", "select", 'quo"te', "back`tick", "Upper", "per%cent", "co:lon", "ünïcode"]
    if each_database.dialect == "mariadb":
        names.remove("Upper")
    each_database.run(
        *(f"CREATE TABLE {mark(name)} (id INTEGER PRIMARY KEY, {mark(name)} VARCHAR(9))" for name in names)
    )

    with each_database.engine().connect() as connection:
        found = read_live(connection, ())
        for name in names:
            table = found.tables[name]
            clause = table.clause()
            assert list(table.columns) == ["id", name]
            assert connection.execute(clause.select().where(clause.c[name] == "x")).all() == []


def test_names_follow_the_dialects_rule_of_case(each_database: Database) -> None:
    each_database.run("CREATE TABLE people (id INTEGER PRIMARY KEY, Name VARCHAR(9))")
    found = live(each_database)
    people = found.tables["people"]
    if each_database.dialect == "postgresql":
        assert (found.get("People"), people.column("Name")) == (None, None)
    elif each_database.dialect == "sqlite":
        assert found.get("PEOPLE") is people
        assert people.column("NAME") is people.columns["Name"]
    else:
        assert found.get("People") is None
        assert people.column("NAME") is people.columns["Name"]


def test_the_fingerprint_changes_with_the_schema_only(each_database: Database) -> None:
    each_database.run("CREATE TABLE people (id INTEGER PRIMARY KEY)")
    first = live(each_database)
    each_database.run("INSERT INTO people VALUES (7)")
    assert live(each_database).fingerprint == first.fingerprint
    each_database.run("ALTER TABLE people ADD COLUMN email VARCHAR(80)")
    assert live(each_database).fingerprint != first.fingerprint


def test_a_schema_that_is_not_there_is_a_clear_error(each_database: Database) -> None:
    with pytest.raises(Misconfigured) as caught:
        live(each_database, "nowhere")
    assert "nowhere" in caught.value.what
    assert "schemas" in caught.value.remedy


def test_scenario_33_kinds_of_relation_on_postgresql(postgresql: Database) -> None:
    postgresql.run(
        "CREATE SCHEMA events",
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        "CREATE DOMAIN short AS varchar(5) CHECK (VALUE <> 'no')",
        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tags text[], moods mood[], m mood,"
        " doc jsonb, raw bytea, s short, n numeric(8,2), twice bigint GENERATED ALWAYS AS (1) STORED, who uuid, p point)",
        "CREATE TABLE log (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE TABLE admins (level int) INHERITS (users)",
        "CREATE MATERIALIZED VIEW top AS SELECT id FROM users",
        "CREATE TABLE events.seats (user_id bigint REFERENCES users DEFERRABLE INITIALLY DEFERRED)",
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER note BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION nothing()",
        "CREATE INDEX lowered ON users (lower(s))",
        "CREATE INDEX partly ON users (n) WHERE n > 3",
    )

    found = live(postgresql)
    users = found.tables["users"]

    assert {name: (table.kind, table.parent, table.outside) for name, table in found.tables.items()} == {
        "users": (Kind.TABLE, None, False),
        "log": (Kind.PARTITIONED, None, False),
        "log_2026": (Kind.PARTITION, "log", False),
        "admins": (Kind.INHERITANCE_CHILD, "users", False),
        "top": (Kind.MATERIALISED, None, False),
        "events.seats": (Kind.TABLE, None, True),
    }
    assert {name: (c.type_text, c.family, c.enum_values) for name, c in users.columns.items()} == {
        "id": ("bigint", Family.INTEGER, ()),
        "tags": ("text[]", Family.ARRAY, ()),
        "moods": ("mood[]", Family.ARRAY, ("sad", "it's ok")),
        "m": ("mood", Family.TEXT, ("sad", "it's ok")),
        "doc": ("jsonb", Family.JSON, ()),
        "raw": ("bytea", Family.BINARY, ()),
        "s": ("short", Family.TEXT, ()),
        "n": ("numeric(8,2)", Family.NUMBER, ()),
        "twice": ("bigint", Family.INTEGER, ()),
        "who": ("uuid", Family.UUID, ()),
        "p": ("point", Family.OTHER, ()),
    }
    assert (users.columns["id"].identity, users.columns["id"].always, users.columns["twice"].generated) == (
        True,
    ) * 3
    assert users.columns["s"].length == 5
    assert [(c.name, c.value_of) for c in users.checks] == [("short_check", "s")]
    assert [(t.name, t.timing, t.events) for t in users.triggers] == [
        ("note", "BEFORE", ("INSERT", "UPDATE"))
    ]
    assert [(i.name, i.columns, i.partial, i.expression) for i in users.indexes] == [
        ("lowered", (), False, True),
        ("partly", ("n",), True, False),
        ("users_pkey", ("id",), False, False),
    ]
    assert found.refer("users")[0].key == LiveForeignKey(
        columns=("user_id",),
        to="users",
        to_columns=("id",),
        deferrable=True,
        deferred=True,
        name="seats_user_id_fkey",
    )
    assert live(postgresql, "events", "public").tables["public.users"].children == ("public.admins",)


def test_scenario_34_row_security_is_told_for_the_connected_role(postgresql: Database) -> None:
    postgresql.run(
        "CREATE TABLE notes (id int PRIMARY KEY)",
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
        f"CREATE ROLE {role(postgresql)} NOLOGIN",
        f"GRANT SELECT ON notes TO {role(postgresql)}",
    )
    try:
        with postgresql.engine().connect() as connection:
            assert not read_live(connection, ()).tables["notes"].row_security
            connection.exec_driver_sql(f"SET ROLE {role(postgresql)}")
            assert read_live(connection, ()).tables["notes"].row_security
    finally:
        postgresql.run(f"DROP OWNED BY {role(postgresql)}", f"DROP ROLE {role(postgresql)}")


def role(database: Database) -> str:
    return "reader_" + database.url.split("/")[-1].split("?")[0]


def test_scenario_63_engines_collations_and_json_on_mariadb(mariadb: Database) -> None:
    mariadb.run(
        "CREATE TABLE a (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, doc JSON, e ENUM('x','it''s'), b VARBINARY(8),"
        " s VARCHAR(20) COLLATE utf8mb4_bin, t TEXT, u UUID, g INT AS (id + 1) VIRTUAL, yes TINYINT(1), d DECIMAL(8,2),"
        " KEY prefix (t(10)), KEY many (s, yes)) ENGINE=InnoDB",
        "CREATE TABLE old (id INT) ENGINE=MyISAM",
        "CREATE TABLE kept (id INT PRIMARY KEY) WITH SYSTEM VERSIONING",
        "CREATE TRIGGER note BEFORE UPDATE ON a FOR EACH ROW SET NEW.s = 'x'",
    )

    found = live(mariadb)
    a = found.tables["a"]

    assert {name: (t.engine, t.versioned) for name, t in found.tables.items()} == {
        "a": ("InnoDB", False),
        "kept": ("InnoDB", True),
        "old": ("MyISAM", False),
    }
    assert {name: (c.type_text, c.family, c.length, c.enum_values) for name, c in a.columns.items()} == {
        "id": ("int(10) unsigned", Family.INTEGER, None, ()),
        "doc": ("json", Family.JSON, None, ()),
        "e": ("enum('x','it''s')", Family.TEXT, None, ("x", "it's")),
        "b": ("varbinary(8)", Family.BINARY, 8, ()),
        "s": ("varchar(20)", Family.TEXT, 20, ()),
        "t": ("text", Family.TEXT, None, ()),
        "u": ("uuid", Family.UUID, None, ()),
        "g": ("int(11)", Family.INTEGER, None, ()),
        "yes": ("tinyint(1)", Family.INTEGER, None, ()),
        "d": ("decimal(8,2)", Family.NUMBER, None, ()),
    }
    assert (a.columns["id"].identity, a.columns["g"].generated, a.columns["s"].collation) == (
        True,
        True,
        "utf8mb4_bin",
    )
    assert [(t.name, t.timing, t.events) for t in a.triggers] == [("note", "BEFORE", ("UPDATE",))]
    assert {i.name: i.columns for i in a.indexes} == {
        "PRIMARY": ("id",),
        "prefix": ("t",),
        "many": ("s", "yes"),
    }


def test_what_only_the_text_of_sqlite_says(sqlite: Database) -> None:
    sqlite.run(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT CHECK (x <> ')' /* ) */ AND length(x) < 5), \"CHECK\" INT,"
        ' g INT AS (id + 1), CONSTRAINT named CHECK ("CHECK" IN (1, 2)))',
        "CREATE TABLE b (a_id INT REFERENCES A, PRIMARY KEY (a_id)) WITHOUT ROWID",
        "CREATE TRIGGER note AFTER UPDATE OF x ON a BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE found USING fts5(body)",
        "ATTACH ':memory:' AS side",
    )

    found = live(sqlite)
    a, b = found.tables["a"], found.tables["b"]

    assert [(c.name, c.text) for c in a.checks] == [
        ("", "x <> ')' /* ) */ AND length(x) < 5"),
        ("named", '"CHECK" IN (1, 2)'),
    ]
    assert a.columns["g"].generated
    assert b.foreign_keys == (LiveForeignKey(("a_id",), "a", ("id",), deferrable=True),)
    assert [(t.name, t.timing, t.events) for t in a.triggers] == [("note", "AFTER", ("UPDATE",))]
    assert {name: table.kind for name, table in found.tables.items()} == {
        "a": Kind.TABLE,
        "b": Kind.TABLE,
        "found": Kind.VIRTUAL,
    }
    assert a.indexed(["id"])


def test_four_hundred_tables_are_read_in_under_two_seconds(each_database: Database) -> None:
    """Bulk catalogue queries: the number of round trips does not grow with the number of tables (ADR 0007)."""
    body = ", ".join(f"c{number} VARCHAR(50)" for number in range(10))
    each_database.run(
        "CREATE TABLE t0 (id INTEGER PRIMARY KEY)",
        *(
            f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, before_id INTEGER REFERENCES t{number - 1} (id), {body})"
            for number in range(1, 400)
        ),
    )
    with each_database.engine().connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        found = read_live(connection, ())
    assert len(found.tables) == 400
