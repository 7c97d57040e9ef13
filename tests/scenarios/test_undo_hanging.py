"""Scenario 55: rows come back only with what they hang on by the map's links, whatever the database guards."""

from collections import Counter

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.undoing import WINDOW, dump, erased, undone
from tests.scenarios.world import World
from tests.servers.database import Database
from upheld.rights.undo import Back, Conflict, Restored, Why

GUARDED = pytest.mark.parametrize("guarded", [True, False], ids=["foreign keys", "no foreign keys"])
STRANGER = "email=stranger@chess.example.org"

LETTERS = """
CREATE TABLE users (username VARCHAR(40) PRIMARY KEY, email VARCHAR(120) NOT NULL);
CREATE TABLE letters (id INTEGER PRIMARY KEY, author VARCHAR(40){0}, body VARCHAR(40));
CREATE TABLE scans (id INTEGER PRIMARY KEY, letter_id INTEGER{1}, words VARCHAR(40));
CREATE TABLE notes (id INTEGER PRIMARY KEY, a VARCHAR(40), b VARCHAR(40), body VARCHAR(40));
CREATE TABLE tokens (id INTEGER PRIMARY KEY, login VARCHAR(40), code VARCHAR(40));
CREATE INDEX letters_author ON letters (author);
CREATE INDEX scans_letter ON scans (letter_id);
CREATE INDEX notes_a ON notes (a);
CREATE INDEX notes_b ON notes (b);
CREATE INDEX tokens_login ON tokens (login);
INSERT INTO users VALUES ('ada', 'ada@chess.example.org'), ('ben', 'ben@chess.example.org');
INSERT INTO letters VALUES (1, 'ada', 'my secret'), (2, 'ben', 'his');
INSERT INTO scans VALUES (1, 1, 'my secret'), (2, 2, 'his');
INSERT INTO notes VALUES (1, 'ada', 'ben', 'hers to ben'), (2, 'ben', 'ada', 'his to her');
INSERT INTO tokens VALUES (1, 'ada', 'abc'), (2, 'ben', 'def');
"""
LETTERED = """
users:
  person: username
  identities: {email: email, username: username}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
letters: {belongs_to: {author: users.username}, fields: {body: {category: message, purposes: [service]}}, on_erase: delete}
scans: {belongs_to: {letter_id: letters.id}, fields: {words: {category: message, purposes: [service]}}, on_erase: delete}
notes:
  belongs_to: {a: users.username, b: users.username}
  on_erase: {by: {a: {anonymise: {a: null, body: x}}, b: detach}, orphan: delete}
tokens: {belongs_to: {login: {identity: username}}, on_erase: delete}
"""
LETTER_TABLES = ["users", "letters", "scans", "notes", "tokens"]


def lettered(make: Make, *, guarded: bool) -> World:
    keys = (" REFERENCES users(username)", " REFERENCES letters(id)") if guarded else ("", "")
    return make(LETTERS.format(*keys), LETTERED, system=WINDOW)


@GUARDED
def test_scenario_55_a_stranger_who_has_her_user_name_by_now_gets_nothing_of_hers(
    make: Make, each_database: Database, *, guarded: bool
) -> None:
    """Also where the database takes two spellings for one, as MariaDB does."""
    world = lettered(make, guarded=guarded)
    images = erased(world, world.subject("email=ada@chess.example.org"))
    spelled = "ADA" if each_database.dialect == "mariadb" else "ada"
    world.run(f"INSERT INTO users VALUES ('{spelled}', 'stranger@chess.example.org')")
    since, hers = dump(each_database, LETTER_TABLES), world.copy(STRANGER)

    restored = undone(world, images)

    assert restored.conflicts == (
        Conflict("letters", Why.PARENT, 1),
        Conflict("notes", Why.PARENT, 2),
        Conflict("scans", Why.PARENT, 1),
        Conflict("tokens", Why.PARENT, 1),
        Conflict("users", Why.TAKEN, 1),
    )
    assert restored.rows == 0
    assert dump(each_database, LETTER_TABLES) == since
    assert world.copy(STRANGER) == hers


@GUARDED
def test_scenario_55_once_the_stranger_is_gone_all_of_it_comes_back(
    make: Make, each_database: Database, *, guarded: bool
) -> None:
    world = lettered(make, guarded=guarded)
    before = dump(each_database, LETTER_TABLES)
    images = erased(world, world.subject("email=ada@chess.example.org"))
    world.run("INSERT INTO users VALUES ('ada', 'stranger@chess.example.org')")
    undone(world, images)

    world.run("DELETE FROM users WHERE username = 'ada'")
    restored = undone(world, images)

    assert restored.conflicts == ()
    assert dump(each_database, LETTER_TABLES) == before


POSTS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER{0}, board_id INTEGER, body VARCHAR(40));
CREATE TABLE boards (id INTEGER PRIMARY KEY, owner_id INTEGER{0}, posts INTEGER);
CREATE TABLE things (id INTEGER PRIMARY KEY, owner_type VARCHAR(10), owner_id INTEGER, note VARCHAR(40));
CREATE INDEX posts_user ON posts (user_id);
CREATE INDEX posts_board ON posts (board_id);
CREATE INDEX boards_owner ON boards (owner_id);
CREATE INDEX things_owner ON things (owner_id);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
INSERT INTO boards VALUES (1, 5, 2), (2, 5, 1), (3, 5, 1);
INSERT INTO posts VALUES (1, 0, 1, 'hers'), (2, 5, 1, 'his'), (3, 0, 2, 'hers too'), (4, 0, 99, 'on no board');
INSERT INTO things VALUES (1, 'User', 0, 'hers'), (2, 'Group', 0, 'of a group'), (3, 'User', 5, 'his');
"""
POSTED = (
    USERS
    + """
boards:
  belongs_to: {owner_id: users.id}
  recount: {posts: {of: posts, by: board_id}}
  on_erase: {anonymise: {owner_id: null}}
posts:
  belongs_to: {user_id: users.id}
  visible_to: {board_id: boards.id}
  fields: {body: {category: message, purposes: [service]}}
  on_erase: {by: {user_id: ACTION, board_id: {keep: the words of others}}}
things:
  belongs_to: {owner_id: {to: users, key: id, when: {owner_type: User}}}
  on_erase: delete
"""
)
POST_TABLES = ["users", "boards", "posts", "things"]
ACTIONS = pytest.mark.parametrize("action", ["delete", "{anonymise: {body: gone}}"])


def posted(make: Make, action: str = "delete", *, guarded: bool = False) -> World:
    key = " REFERENCES users(id)" if guarded else ""
    return make(POSTS.format(key), POSTED.replace("ACTION", action), system=WINDOW)


@GUARDED
def test_scenario_55_a_stranger_who_has_her_number_by_now_gets_nothing_of_hers(
    make: Make, each_database: Database, *, guarded: bool
) -> None:
    world = posted(make, guarded=guarded)
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")
    since = world.rows("posts"), world.rows("things"), world.rows("users")

    restored = undone(world, images)

    assert Counter({(each.table, each.why): each.rows for each in restored.conflicts}) == {
        ("users", Why.TAKEN): 1,
        ("posts", Why.PARENT): 3,
        ("things", Why.PARENT): 1,
    }
    assert (world.rows("posts"), world.rows("things"), world.rows("users")) == since
    assert world.copy(STRANGER) == {"users": [(0, "stranger@chess.example.org")]}


@ACTIONS
def test_scenario_55_without_her_account_nothing_of_hers_is_left_with_a_number_that_nobody_has(
    make: Make, each_database: Database, action: str
) -> None:
    """She registered again with her address: her old number is not free for her, and belongs to nobody."""
    world = posted(make, action)
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (70, 'ada@chess.example.org')")
    since = world.rows("posts"), world.rows("things"), world.rows("users")

    restored = undone(world, images)

    assert [(each.table, each.why) for each in restored.conflicts] == [
        ("posts", Why.PARENT),
        ("things", Why.PARENT),
        ("users", Why.TAKEN),
    ]
    assert (world.rows("posts"), world.rows("things"), world.rows("users")) == since


@ACTIONS
def test_scenario_55_a_post_whose_board_is_gone_is_not_revealed(
    make: Make, each_database: Database, action: str
) -> None:
    world = posted(make, action)
    images = erased(world, world.subject(ADA))
    world.run("DELETE FROM boards WHERE id = 2")

    restored = undone(world, images)

    assert Conflict("posts", Why.PARENT, 1) in restored.conflicts
    assert [row for row in world.rows("posts") if row[3].startswith("hers")] == [(1, 0, 1, "hers")]
    assert world.rows("users", "id") == [(0,), (5,)]


@ACTIONS
def test_scenario_55_what_led_nowhere_before_comes_back_as_it_was(
    make: Make, each_database: Database, action: str
) -> None:
    world = posted(make, action)
    before = dump(each_database, POST_TABLES)

    restored = undone(world, erased(world, world.subject(ADA)))

    assert restored.conflicts == ()
    assert dump(each_database, POST_TABLES) == before


def test_scenario_55_a_counter_that_others_moved_keeps_nothing_of_hers_away(
    make: Make, each_database: Database
) -> None:
    world = posted(make)
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO posts VALUES (9, 5, 1, 'later')", "UPDATE boards SET posts = 7 WHERE id = 1")

    restored = undone(world, images)

    assert restored.conflicts == (Conflict("boards", Why.CHANGED, 1),)
    assert [row[0] for row in world.rows("posts")] == [1, 2, 3, 4, 9]


LISTED = """
CREATE TABLE halls (id INTEGER PRIMARY KEY, guests {0}, about {0});
INSERT INTO halls VALUES (1, '{{"ids": [0, 5]}}', '{{"host": 0}}'), (2, '{{"ids": [5]}}', '{{"host": 5}}');
"""


def test_scenario_55_a_number_in_a_document_leads_to_her_as_well(make: Make, each_database: Database) -> None:
    document = "TEXT" if each_database.dialect == "sqlite" else "JSON"
    world = make(
        PEOPLE + LISTED.format(document),
        USERS
        + """
halls:
  belongs_to: {about: {to: users, key: id, json: "$.host", cast: text}}
  on_erase: delete
""",
        system=WINDOW,
    )
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")

    restored = undone(world, images)

    assert restored == Restored((), (Conflict("halls", Why.PARENT, 1), Conflict("users", Why.TAKEN, 1)))
    world.run("DELETE FROM users WHERE id = 0")
    assert undone(world, images).tables == (Back("halls", 1), Back("users", 1))


GROUPS = """
CREATE TABLE clubs (id INTEGER PRIMARY KEY, about VARCHAR(40));
CREATE TABLE members (id INTEGER PRIMARY KEY, club_id INTEGER, user_id INTEGER);
CREATE INDEX members_club ON members (club_id);
CREATE INDEX members_user ON members (user_id);
INSERT INTO clubs VALUES (1, 'hers alone'), (2, 'of two');
INSERT INTO members VALUES (1, 1, 0), (2, 2, 0), (3, 2, 5);
"""


def test_scenario_55_a_group_comes_back_only_with_her_who_held_it(
    make: Make, each_database: Database
) -> None:
    world = make(
        PEOPLE + GROUPS,
        USERS
        + """
clubs: {held_by: {members: {club_id: id}}, on_erase: {by: {}, orphan: delete}}
members: {belongs_to: {user_id: users.id}, on_erase: delete}
""".replace("{by: {}, orphan: delete}", "{orphan: delete}"),
        system=WINDOW,
    )
    before = dump(each_database, ["clubs", "members", "users"])
    images = erased(world, world.subject(ADA))
    assert world.rows("clubs", "id") == [(2,)]
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")

    restored = undone(world, images)

    assert restored.conflicts == (
        Conflict("clubs", Why.PARENT, 1),
        Conflict("members", Why.PARENT, 2),
        Conflict("users", Why.TAKEN, 1),
    )
    world.run("DELETE FROM users WHERE id = 0")
    undone(world, images)
    assert dump(each_database, ["clubs", "members", "users"]) == before
