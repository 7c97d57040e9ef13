"""Keys of links and identities: by which columns a row is hers."""

import json

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.servers.database import Database

JSON = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}


@pytest.mark.key("tables.*.belongs_to.json", "tables.*.belongs_to.array", "tables.*.belongs_to.to")
def test_a_key_inside_a_document_leads_to_her_and_a_list_loses_only_her(
    make: Make, each_database: Database
) -> None:
    kind = JSON[each_database.dialect]
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE events (id INTEGER PRIMARY KEY, payload {kind});
        CREATE TABLE watches (id INTEGER PRIMARY KEY, watchers {kind});
        INSERT INTO events VALUES (1, '{{"user": {{"id": 0}}}}'), (2, '{{"user": {{"id": 5}}}}'), (3, '{{"id": 0}}');
        INSERT INTO watches VALUES (1, '[5, 0, 10]'), (2, '[10]');
        """,
        USERS
        + """
events: {belongs_to: {payload: {to: users.id, json: $.user.id}}, on_erase: delete,
         accept: [{finding: link.optional, reason: every event has a user}]}
watches: {belongs_to: {watchers: {to: users.id, array: true}}, on_erase: detach}
""",
    )

    world.erase(ADA)

    assert world.rows("events", "id") == [(2,), (3,)]
    lists = [each if isinstance(each, list) else json.loads(each) for _, each in world.rows("watches")]
    assert lists == [[5, 10], [10]]


@pytest.mark.key(
    "tables.*.belongs_to.when",
    "tables.*.belongs_to.when.*.like",
    "tables.*.belongs_to.when.*.lookup",
    "tables.*.belongs_to.columns",
    "tables.*.belongs_to.key",
    "tables.*.belongs_to.cast",
)
def test_a_generic_key_is_hers_only_where_a_pattern_and_a_lookup_say_so(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE kinds (id INTEGER PRIMARY KEY, label VARCHAR(20));
        CREATE TABLE tags (id INTEGER PRIMARY KEY, kind_id INTEGER NOT NULL, scope VARCHAR(20), object_id VARCHAR(20));
        INSERT INTO kinds VALUES (1, 'user'), (2, 'ticket');
        INSERT INTO tags VALUES (1, 1, 'private:a', '0'), (2, 2, 'private:a', '0'), (3, 1, 'public', '0'),
          (4, 1, 'private:b', '5'), (5, 1, 'private', '0');
        """,
        USERS
        + """
tags:
  belongs_to:
    - {columns: [object_id], to: users, key: [id], cast: text,
       when: {kind_id: {lookup: kinds, label: user}, scope: {like: "private:*"}}}
  on_erase: delete
""",
        system="no_personal_data: [{tables: [kinds], reason: names of kinds}]",
    )

    world.erase(ADA)

    assert world.rows("tags", "id") == [(2,), (3,), (4,), (5,)]


@pytest.mark.key(
    "tables.*.identities",
    "tables.*.identities.*.column",
    "tables.*.identities.*.normalise",
    "tables.*.identities.*.verified_by",
    "tables.*.belongs_to.identity",
    "tables.*.belongs_to.normalise",
)
def test_an_identity_is_compared_as_declared_and_leads_on_only_when_vouched_for(
    make: Make, each_database: Database
) -> None:
    world = make(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, mail VARCHAR(80), nick VARCHAR(40), confirmed INTEGER);
        CREATE TABLE mails (id INTEGER PRIMARY KEY, mail VARCHAR(80));
        CREATE TABLE scores (id INTEGER PRIMARY KEY, player VARCHAR(40));
        INSERT INTO users VALUES (0, 'Ada@Chess.Example.org', 'Straße', 1), (5, 'ben@chess.example.org', 'ben', 0);
        INSERT INTO mails VALUES (1, ' ada@chess.example.org'), (2, 'ben@chess.example.org'), (3, 'ada+x@chess.example.org');
        INSERT INTO scores VALUES (1, 'STRASSE'), (2, 'Straße'), (3, 'straße'), (4, 'ben'), (5, 'strasser');
        """,
        """
        users:
          person: id
          identities:
            email: {column: mail, normalise: email, verified_by: confirmed}
            nick: {column: nick, normalise: casefold}
          on_erase: delete
        mails: {belongs_to: {mail: {identity: email, normalise: email}}, on_erase: delete}
        scores: {belongs_to: {player: {identity: nick, normalise: none}}, on_erase: delete}
        """,
    )

    world.erase("nick=BEN")

    # Ben's address is not confirmed, so it leads to no other table; his nick is as it stands in his own row.
    assert world.rows("users", "id") == [(0,)]
    assert world.rows("mails", "id") == [(1,), (2,), (3,)]
    assert world.rows("scores", "id") == [(1,), (2,), (3,), (5,)]

    world.erase(ADA)

    assert world.rows("users") == []
    assert world.rows("mails", "id") == [(2,), (3,)]
    assert world.rows("scores", "id") == [(1,), (3,), (5,)]


@pytest.mark.key("tables.*.key", "tables.*.on_erase.anonymise.*.unique")
def test_rows_without_a_key_of_their_own_are_told_apart_by_the_declared_one(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE seats (event_no INTEGER NOT NULL, seat INTEGER NOT NULL, user_id INTEGER, badge VARCHAR(40));
        INSERT INTO seats VALUES (1, 1, 0, 'Ada'), (1, 2, 0, 'Ada B.'), (2, 1, 5, 'Ben');
        """,
        USERS
        + """
seats:
  key: [event_no, seat]
  belongs_to: {user_id: users.id}
  on_erase: {anonymise: {user_id: null, badge: {unique: "guest-{random}"}}}
""",
    )

    world.erase(ADA)

    first, second, third = world.rows("seats", "event_no, seat, user_id, badge")
    assert (first[:3], second[:3], third) == ((1, 1, None), (1, 2, None), (2, 1, 5, "Ben"))
    assert first[3].startswith("guest-r")
    assert second[3].startswith("guest-r")
    assert first[3] != second[3]


@pytest.mark.key(
    "tables.*.history_of",
    "tables.*.history_of.table",
    "tables.*.history_of.columns",
    "tables.*.history_of.key",
)
def test_earlier_versions_go_with_what_they_are_of(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE notes (id INTEGER PRIMARY KEY, part INTEGER NOT NULL, user_id INTEGER REFERENCES users(id));
        CREATE TABLE notes_log (version INTEGER PRIMARY KEY, note_id INTEGER, note_part INTEGER, body VARCHAR(40));
        INSERT INTO notes VALUES (1, 7, 0), (2, 7, 5);
        INSERT INTO notes_log VALUES (1, 1, 7, 'first'), (2, 1, 8, 'not that part'), (3, 2, 7, 'other');
        """,
        USERS
        + """
notes: {belongs_to: {user_id: users.id}, on_erase: delete}
notes_log: {history_of: {table: notes, columns: [note_id, note_part], key: [id, part]}, on_erase: delete}
""",
    )

    world.erase(ADA)

    assert world.rows("notes_log") == [(2, 1, 8, "not that part"), (3, 2, 7, "other")]


@pytest.mark.key("tables.*.tenant")
def test_a_table_may_name_its_own_tenant_column_or_none(make: Make) -> None:
    world = make(
        """
        CREATE TABLE users (org INTEGER NOT NULL, id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE notes (id INTEGER PRIMARY KEY, owner_org INTEGER NOT NULL, user_id INTEGER NOT NULL);
        CREATE TABLE marks (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL);
        INSERT INTO users VALUES (1, 0, 'ada@chess.example.org'), (2, 5, 'ben@chess.example.org');
        INSERT INTO notes VALUES (1, 1, 0), (2, 2, 0), (3, 2, 5);
        INSERT INTO marks VALUES (1, 0), (2, 5);
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        notes: {belongs_to: {user_id: users.id}, tenant: owner_org, on_erase: delete}
        marks: {belongs_to: {user_id: users.id}, tenant: none, on_erase: delete}
        """,
        system="tenant: {column: org, value: 1}",
    )

    world.erase(ADA)
    world.erase(BEN)

    assert world.rows("users", "id") == [(5,)]
    assert world.rows("notes", "id") == [(2,), (3,)]
    assert world.rows("marks", "id") == [(2,)]
