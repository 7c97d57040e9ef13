"""Scenarios 28 to 40: what stands in a row besides plain columns."""

import json
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import World, counted, make_world
from tests.servers.database import Database
from upheld.datamap.read import read
from upheld.rights.connector import Attachment, Severity
from upheld.rights.identify import Ambiguous
from upheld.rights.outcome import Failure, Misconfigured, Permanent

JSON = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}


def test_scenario_28_a_list_loses_only_her_and_a_document_only_what_is_hers(
    make: Make, each_database: Database
) -> None:
    kind = JSON[each_database.dialect]
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE watches (id INTEGER PRIMARY KEY, watchers {kind}, payload {kind}, user_id INTEGER);
        INSERT INTO watches VALUES (1, '[5, 0, 10]', '{{"user": {{"email": "ada@chess.example.org", "id": 0}}, "a": 1.50}}', 0);
        INSERT INTO watches VALUES (2, '[5]', '{{"user": {{"email": "ben@chess.example.org"}}}}', 5);
        """,
        USERS
        + """
watches:
  belongs_to: {watchers: {to: users.id, array: true}, user_id: users.id}
  fields: {payload: {json: {"$.user.email": {category: email-address, purposes: [service]}}}}
  on_erase: {by: {watchers: detach, user_id: {anonymise: {user_id: null, payload: {json: {"$.user.email": null}}}}}}
""",
    )

    world.erase(ADA)

    def read(row: tuple[object, ...]) -> list[object]:
        return [json.loads(each) if isinstance(each, str) else each for each in row]

    first, second = (read(row) for row in world.rows("watches"))
    assert first == [1, [5, 10], {"user": {"id": 0}, "a": 1.5}, None]
    assert second == [2, [5], {"user": {"email": "ben@chess.example.org"}}, 5]


def test_scenario_28_the_keys_of_a_text_document_keep_their_order(make: Make) -> None:
    text = '{"z": 1, "user": {"name": "Ada", "email": "ada@chess.example.org"}, "a": [3, 1]}'
    world = make(
        PEOPLE
        + f"CREATE TABLE prefs (id INTEGER PRIMARY KEY, user_id INTEGER, doc TEXT);\nINSERT INTO prefs VALUES (1, 0, '{text}');",
        USERS
        + """
prefs:
  belongs_to: {user_id: users.id}
  on_erase: {anonymise: {user_id: null, doc: {json: {"$.user.email": null, "$.user.name": gone}}}}
""",
    )

    world.erase(ADA)

    [(*_, left)] = world.rows("prefs")
    assert list(json.loads(left).items()) == [("z", 1), ("user", {"name": "gone"}), ("a", [3, 1])]


def test_scenario_28_a_document_that_becomes_another_is_seen_to_have_become_it(
    make: Make, each_database: Database
) -> None:
    kind = JSON[each_database.dialect]
    world = make(
        PEOPLE
        + f"CREATE TABLE prefs (id INTEGER PRIMARY KEY, user_id INTEGER, doc {kind} NOT NULL);\n"
        + """INSERT INTO prefs VALUES (1, 0, '{"name": "Ada"}'), (2, 5, '{"name": "Ben"}');""",
        USERS
        + "prefs: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, doc: '{}'}}}\n",
    )

    erasure = world.erase(ADA)

    left = [json.loads(doc) if isinstance(doc, str) else doc for *_, doc in world.rows("prefs")]
    assert (left, erasure.verified.remnants) == ([{}, {"name": "Ben"}], ())


def test_scenario_28_an_sql_array_loses_only_her(postgresql: Database, tmp_path: Path) -> None:
    world = make_world(
        postgresql,
        tmp_path,
        PEOPLE
        + """
        CREATE TABLE watches (id INTEGER PRIMARY KEY, watchers INTEGER[]);
        INSERT INTO watches VALUES (1, '{5,0,10}'), (2, '{5}'), (3, NULL), (4, '{0}');
        """,
        USERS + "watches: {belongs_to: {watchers: {to: users.id, array: true}}, on_erase: detach}\n",
    )

    world.erase(ADA)

    assert world.rows("watches") == [(1, [5, 10]), (2, [5]), (3, None), (4, [])]


COPIES = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, author_email VARCHAR(80), body VARCHAR(80));
INSERT INTO posts VALUES (1, 0, 'ada@chess.example.org', 'mine'), (2, 5, 'ben@chess.example.org', 'hello ada'),
  (3, NULL, 'ADA@chess.example.org', 'imported');
"""
)


def test_scenario_29_a_copy_of_an_address_is_a_doubt_until_it_is_declared(make: Make) -> None:
    world = make(
        COPIES, USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null}}}\n"
    )

    assert ("posts", "author_email") in {(each.table, each.column) for each in world.check()}


def test_scenario_29_a_declared_copy_is_redacted(make: Make) -> None:
    world = make(
        COPIES,
        USERS
        + """
posts:
  belongs_to: {user_id: users.id, author_email: {identity: email}}
  fields: {author_email: {category: email-address, purposes: [service], copy_of: users.email}}
  on_erase: {anonymise: {user_id: null, author_email: null}}
""",
    )

    world.erase(ADA)

    assert world.rows("posts") == [
        (1, None, None, "mine"),
        (2, 5, "ben@chess.example.org", "hello ada"),
        (3, None, None, "imported"),
    ]


def test_scenario_30_what_others_wrote_about_her_is_not_changed(make: Make) -> None:
    world = make(
        COPIES,
        USERS
        + """
posts:
  belongs_to: {user_id: users.id, author_email: {identity: email}}
  fields: {body: {category: free-text, purposes: [service]}}
  on_erase: delete
""",
    )

    world.erase(ADA)

    assert world.rows("posts") == [(2, 5, "ben@chess.example.org", "hello ada")]


def test_scenario_31_soft_deleted_rows_are_copied_and_erased(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE drafts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), deleted_at VARCHAR(20));
        INSERT INTO drafts VALUES (1, 0, NULL), (2, 0, '2026-01-01'), (3, 5, '2026-01-01');
        """,
        USERS + "drafts: {belongs_to: {user_id: users.id}, soft_delete: deleted_at, on_erase: delete}\n",
    )

    assert world.copy(ADA)["drafts"] == [(1, 0, None), (2, 0, "2026-01-01")]

    world.erase(ADA)

    assert world.rows("drafts") == [(3, 5, "2026-01-01")]


HISTORY_TRIGGER = {
    "sqlite": """
        CREATE TRIGGER keep_old AFTER UPDATE ON posts BEGIN
          INSERT INTO posts_history (post_id, body) VALUES (old.id, old.body); END;
        """,
    "postgresql": """
        CREATE FUNCTION keep_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO posts_history (post_id, body) VALUES (old.id, old.body); RETURN new; END $$;
        CREATE TRIGGER keep_old AFTER UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION keep_old();
        """,
    "mariadb": """
        CREATE TRIGGER keep_old AFTER UPDATE ON posts FOR EACH ROW
          INSERT INTO posts_history (post_id, body) VALUES (old.id, old.body);
        """,
}
SERIAL = {
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
    "postgresql": "SERIAL PRIMARY KEY",
    "mariadb": "INTEGER AUTO_INCREMENT PRIMARY KEY",
}


def test_scenario_32_no_old_value_stays_in_the_history_nor_comes_in_by_our_own_write(
    each_database: Database, tmp_path: Path
) -> None:
    dialect = each_database.dialect
    each_database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL)",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(80))",
        f"CREATE TABLE posts_history (id {SERIAL[dialect]}, post_id INTEGER, body VARCHAR(80))",
        "INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org')",
        "INSERT INTO posts VALUES (1, 0, 'secret two'), (2, 5, 'other two')",
        "INSERT INTO posts_history (post_id, body) VALUES (1, 'secret one'), (2, 'other one')",
        *list(HISTORY_TRIGGER[dialect].split(";\n        CREATE TRIGGER")[:1]),
        *[
            "CREATE TRIGGER" + each
            for each in HISTORY_TRIGGER[dialect].split(";\n        CREATE TRIGGER")[1:]
        ],
    )
    world = make_world(
        each_database,
        tmp_path,
        "",
        USERS
        + """
posts: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, body: "[removed]"}},
        accept: [{finding: trigger.unknown, reason: keeps old versions in posts_history}]}
posts_history: {history_of: {post_id: posts.id}, on_erase: delete}
""",
    )

    world.erase(ADA)

    assert world.rows("posts") == [(1, None, "[removed]"), (2, 5, "other two")]
    assert [row[1:] for row in world.rows("posts_history")] == [(2, "other one")]


def test_scenario_33_views_partitions_and_generated_columns_are_handled_or_refused_by_name(
    make: Make, each_database: Database
) -> None:
    generated = {
        "sqlite": "folded VARCHAR(80) GENERATED ALWAYS AS (lower(note)) STORED",
        "postgresql": "folded VARCHAR(80) GENERATED ALWAYS AS (lower(note)) STORED",
        "mariadb": "folded VARCHAR(80) AS (lower(note)) STORED",
    }[each_database.dialect]
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), note VARCHAR(80), {generated},
                            photo {"BYTEA" if each_database.dialect == "postgresql" else "BLOB"});
        INSERT INTO notes (id, user_id, note) VALUES (1, 0, 'Secret'), (2, 5, 'Other');
        CREATE VIEW recent AS SELECT id, note FROM notes;
        """,
        USERS
        + "notes: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, note: null, photo: null}}}\n",
    )

    assert {each.table for each in world.check() if each.severity is Severity.STOP} <= {"recent"}

    declare(world, "no_personal_data: [{tables: [recent], reason: a view of notes}]")
    world.erase(ADA)

    assert world.rows("notes", "id, user_id, note, folded") == [
        (1, None, None, None),
        (2, 5, "Other", "other"),
    ]


def declare(world: World, line: str) -> None:
    """Write a further key of the system into the map, and read it again."""
    path = world.folder / "systems" / "club.yaml"
    path.write_text(path.read_text().replace("tables:\n", f"{line}\ntables:\n", 1))
    world.datamap = read(world.folder)


def test_scenario_33_partitions_and_an_enum_are_handled(postgresql: Database, tmp_path: Path) -> None:
    world = make_world(
        postgresql,
        tmp_path,
        PEOPLE
        + """
        CREATE TYPE mood AS ENUM ('good', 'gone');
        CREATE TABLE visits (id INTEGER, user_id INTEGER, mood mood, on_day DATE, PRIMARY KEY (id, on_day)) PARTITION BY RANGE (on_day);
        CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO visits VALUES (1, 0, 'good', '2025-05-01'), (2, 0, 'good', '2026-05-01'), (3, 5, 'good', '2026-05-01');
        """,
        USERS
        + "visits: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, mood: gone}}}\n",
    )

    world.erase(ADA)

    assert world.rows("visits", "id, user_id, mood") == [(1, None, "gone"), (2, None, "gone"), (3, 5, "good")]


TENANTS = """
CREATE TABLE users (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL, email VARCHAR(80), PRIMARY KEY (tenant_id, id));
CREATE TABLE notes (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL, user_id INTEGER NOT NULL);
INSERT INTO users VALUES (1, 7, 'ada@chess.example.org'), (2, 7, 'ada@chess.example.org'), (1, 8, 'ben@chess.example.org');
INSERT INTO notes VALUES (1, 1, 7), (2, 2, 7), (3, 1, 8);
"""


def test_scenario_35_only_the_tenant_in_scope_is_touched(make: Make) -> None:
    world = make(
        TENANTS,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        notes: {belongs_to: {user_id: users.id}, on_erase: delete}
        """,
        system="tenant: {column: tenant_id, value: 1}",
    )

    world.erase(ADA)

    assert world.rows("users", "tenant_id, id") == [(1, 8), (2, 7)]
    assert world.rows("notes") == [(2, 2, 7), (3, 1, 8)]


SHARED = PEOPLE + "INSERT INTO users VALUES (6, 'BEN@chess.example.org');"


def test_scenario_36_a_shared_address_waits_for_a_decision(make: Make) -> None:
    world = make(SHARED, USERS)

    with pytest.raises(Ambiguous) as raised:
        world.erase(BEN)

    assert [(each.table, each.key) for each in raised.value.candidates] == [("users", (5,)), ("users", (6,))]
    assert len(world.rows("users")) == 4

    world.erase(BEN, people=["users=6"])

    assert world.rows("users", "id") == [(0,), (10,), (5,)]


def test_scenario_37_two_accounts_of_one_person_are_both_erased(make: Make) -> None:
    world = make(SHARED, USERS)

    erasure = world.erase(BEN, people=["users=5", "users=6"])

    assert world.rows("users", "id") == [(0,), (10,)]
    assert erasure.matched == {"users": 2}


UPLOADS = (
    PEOPLE
    + """
CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), path VARCHAR(80));
INSERT INTO uploads VALUES (1, 0, 'own.txt'), (2, 0, 'shared.txt'), (3, 5, 'shared.txt'), (4, 0, 'missing.txt');
"""
)
FILED = USERS + 'uploads: {belongs_to: {user_id: users.id}, files: {path: "${MEDIA}"}, on_erase: delete}\n'


def test_scenario_38_a_file_goes_with_the_last_row_that_names_it(make: Make, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for name in ("own.txt", "shared.txt"):
        (media / name).write_text(name)
    world = make(UPLOADS, FILED, secrets={"MEDIA": str(media)})

    copied = {
        each.name: b"".join(each.content) for each in world.collect(ADA) if isinstance(each, Attachment)
    }
    erasure = world.erase(ADA)

    assert copied == {"own.txt": b"own.txt", "shared.txt": b"shared.txt"}
    assert sorted(each.name for each in media.iterdir()) == ["shared.txt"]
    assert counted(world, erasure)["EraseFiles uploads"] == 2

    world.erase(BEN)

    assert list(media.iterdir()) == []


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/hostname", "a/../../outside.txt"])
def test_scenario_38_a_path_that_leaves_its_folder_is_refused(make: Make, tmp_path: Path, path: str) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (tmp_path / "outside.txt").write_text("not hers")
    world = make(UPLOADS.replace("own.txt", path), FILED, secrets={"MEDIA": str(media)})

    with pytest.raises(Permanent):
        world.erase(ADA)

    assert (tmp_path / "outside.txt").exists()
    assert len(world.rows("uploads")) == 4


@pytest.mark.key("tables.*.recount", "tables.*.recount.*.of", "tables.*.recount.*.by")
def test_scenario_39_a_counter_equals_a_recount(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), like_count INTEGER NOT NULL);
        CREATE TABLE likes (user_id INTEGER NOT NULL REFERENCES users(id), post_id INTEGER NOT NULL REFERENCES posts(id),
                            PRIMARY KEY (user_id, post_id));
        INSERT INTO posts VALUES (1, 5, 2), (2, 5, 1), (3, 10, 99);
        INSERT INTO likes VALUES (0, 1), (10, 1), (10, 2);
        """,
        USERS
        + """
posts: {belongs_to: {user_id: users.id}, recount: {like_count: {of: likes, by: post_id}}, on_erase: {anonymise: {user_id: null}}}
likes: {belongs_to: {user_id: users.id}, on_erase: delete}
""",
    )

    world.erase(ADA)

    assert world.rows("posts") == [(1, 5, 1), (2, 5, 1), (3, 10, 99)]


def test_scenario_40_a_materialised_view_no_longer_shows_her(postgresql: Database, tmp_path: Path) -> None:
    world = make_world(
        postgresql,
        tmp_path,
        PEOPLE + "CREATE MATERIALIZED VIEW top AS SELECT id, email FROM users;",
        USERS,
        system="refresh: [top]\nno_personal_data: [{tables: [top], reason: computed from users and refreshed}]",
    )

    world.erase(ADA)

    assert world.rows("top", "id") == [(10,), (5,)]


def test_scenario_40_a_summary_table_is_mapped_like_any_other(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE search_index (doc INTEGER, email VARCHAR(120), words VARCHAR(200));
        INSERT INTO search_index VALUES (1, 'ada@chess.example.org', 'ada'), (2, 'ben@chess.example.org', 'ben');
        """,
        USERS + "search_index: {belongs_to: {email: {identity: email}}, on_erase: delete}\n",
    )

    world.erase(ADA)

    assert world.rows("search_index") == [(2, "ben@chess.example.org", "ben")]


def test_scenario_34_rows_hidden_by_the_server_are_an_error_and_not_a_zero(
    postgresql: Database, tmp_path: Path
) -> None:
    world = make_world(
        postgresql,
        tmp_path,
        PEOPLE
        + """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);
        INSERT INTO notes VALUES (1, 0, 'a'), (2, 0, 'b'), (3, 5, 'c');
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
        CREATE POLICY nobody ON notes USING (false);
        CREATE ROLE upheld_hidden LOGIN PASSWORD 'x';
        GRANT ALL ON ALL TABLES IN SCHEMA public TO upheld_hidden;
        """,
        USERS + "notes: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
    )
    import sqlalchemy as sa

    url = sa.make_url(postgresql.url).set(username="upheld_hidden", password="x")
    world.secrets["CLUB_DATABASE_URL"] = url.render_as_string(hide_password=False)
    try:
        with pytest.raises(Failure):
            world.erase(ADA)
        assert len(world.rows("notes")) == 3
    finally:
        postgresql.run("DROP OWNED BY upheld_hidden", "DROP ROLE upheld_hidden")


def test_scenario_36_a_decision_that_names_nobody_is_refused(make: Make) -> None:
    world = make(SHARED, USERS)

    with pytest.raises((Permanent, Misconfigured)):
        world.erase(BEN, people=["users=ben"])
