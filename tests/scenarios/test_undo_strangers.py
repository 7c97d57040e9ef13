"""Scenario 55: what hangs on a row of hers that does not come back stays away, and is nobody else's."""

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, USERS
from tests.scenarios.undoing import WINDOW, dump, erased, undone
from tests.servers.database import Database
from upheld.rights.undo import Back, Conflict, Restored, Why

BY_NAME = """
CREATE TABLE users (username VARCHAR(40) PRIMARY KEY, email VARCHAR(120) NOT NULL);
CREATE TABLE letters (id INTEGER PRIMARY KEY, author VARCHAR(40){keyed}, body VARCHAR(40));
CREATE TABLE stamps (id INTEGER PRIMARY KEY, letter_id INTEGER);
CREATE INDEX letters_author ON letters(author);
CREATE INDEX stamps_letter ON stamps(letter_id);
INSERT INTO users VALUES ('ada', 'ada@chess.example.org'), ('ben', 'ben@chess.example.org');
INSERT INTO letters VALUES (1, 'ada', 'my secret'), (2, 'ben', 'his');
INSERT INTO stamps VALUES (1, 1), (2, 2);
"""
NAMED = """
users:
  person: username
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
letters: {belongs_to: {author: users.username}, on_erase: delete}
stamps: {belongs_to: {letter_id: letters.id}, on_erase: delete}
"""
BY_NUMBER = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE);
CREATE TABLE letters (id INTEGER PRIMARY KEY, user_id INTEGER{keyed}, body VARCHAR(40));
CREATE INDEX letters_user ON letters(user_id);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
INSERT INTO letters VALUES (1, 0, 'my secret'), (2, 5, 'his');
"""
NUMBERED = USERS + "letters: {belongs_to: {user_id: users.id}, on_erase: ERASE}\n"
KEYED = {"declared": " REFERENCES {}", "undeclared": ""}
GOES = "delete"
STAYS = "{anonymise: {user_id: null, body: x}}"


@pytest.mark.parametrize("keys", KEYED)
def test_scenario_55_who_has_her_user_name_by_now_gets_nothing_of_hers(
    keys: str, make: Make, each_database: Database
) -> None:
    """Two levels deep, however her name is spelled."""
    world = make(BY_NAME.format(keyed=KEYED[keys].format("users(username)")), NAMED, system=WINDOW)
    images = erased(world, world.subject(ADA))
    spelled = "ADA" if each_database.dialect == "mariadb" else "ada"
    world.run(f"INSERT INTO users VALUES ('{spelled}', 'stranger@chess.example.org')")
    before = dump(each_database, ["users", "letters", "stamps"])

    restored = undone(world, images)

    assert restored == Restored(
        (),
        (
            Conflict("letters", Why.PARENT, 1),
            Conflict("stamps", Why.PARENT, 1),
            Conflict("users", Why.TAKEN, 1),
        ),
    )
    assert dump(each_database, ["users", "letters", "stamps"]) == before
    assert world.copy("email=stranger@chess.example.org") == {
        "users": [(spelled, "stranger@chess.example.org")]
    }


@pytest.mark.parametrize("erase", [GOES, STAYS])
@pytest.mark.parametrize("keys", KEYED)
def test_scenario_55_who_has_her_number_by_now_gets_nothing_of_hers(
    keys: str, erase: str, make: Make, each_database: Database
) -> None:
    world = make(
        BY_NUMBER.format(keyed=KEYED[keys].format("users(id)")),
        NUMBERED.replace("ERASE", erase),
        system=WINDOW,
    )
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (0, 'stranger@chess.example.org')")
    before = dump(each_database, ["users", "letters"])

    restored = undone(world, images)

    assert restored.conflicts == (Conflict("letters", Why.PARENT, 1), Conflict("users", Why.TAKEN, 1))
    assert dump(each_database, ["users", "letters"]) == before


def test_scenario_55_without_foreign_keys_nothing_comes_back_that_refers_to_nobody(
    make: Make, each_database: Database
) -> None:
    """She opened another account with her address meanwhile. Once that is gone, all of it comes back."""
    world = make(BY_NUMBER.format(keyed=""), NUMBERED.replace("ERASE", GOES), system=WINDOW)
    whole = dump(each_database, ["users", "letters"])
    images = erased(world, world.subject(ADA))
    world.run("INSERT INTO users VALUES (70, 'ada@chess.example.org')")

    restored = undone(world, images)

    assert restored.conflicts == (Conflict("letters", Why.PARENT, 1), Conflict("users", Why.TAKEN, 1))
    assert world.rows("letters") == [(2, 5, "his")]
    world.run("DELETE FROM users WHERE id = 70")
    assert undone(world, images).tables == (Back("letters", 1), Back("users", 1))
    assert dump(each_database, ["users", "letters"]) == whole


BOARDS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
CREATE TABLE topics (id INTEGER PRIMARY KEY, user_id INTEGER, title VARCHAR(40));
CREATE TABLE answers (id INTEGER PRIMARY KEY, user_id INTEGER, topic_id INTEGER, body VARCHAR(40));
CREATE INDEX topics_user ON topics(user_id);
CREATE INDEX answers_user ON answers(user_id);
CREATE INDEX answers_topic ON answers(topic_id);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
INSERT INTO topics VALUES (1, 5, 'openings'), (2, 5, 'endings');
INSERT INTO answers VALUES (1, 0, 1, 'e4'), (2, 0, 2, 'Kd5'), (3, 5, 2, 'his');
"""
ANSWERED = (
    USERS
    + """
topics: {belongs_to: {user_id: users.id}, on_erase: delete}
answers:
  belongs_to: {user_id: users.id}
  visible_to: {topic_id: topics.id}
  on_erase: delete
"""
)


def test_scenario_55_what_answers_a_row_that_is_gone_stays_away(make: Make, each_database: Database) -> None:
    """No foreign key says so, only the map."""
    world = make(BOARDS, ANSWERED, system=WINDOW)
    images = erased(world, world.subject(ADA))
    world.run("DELETE FROM topics WHERE id = 2")

    restored = undone(world, images)

    assert restored == Restored((Back("answers", 1), Back("users", 1)), (Conflict("answers", Why.PARENT, 1),))
    assert world.rows("answers") == [(1, 0, 1, "e4"), (3, 5, 2, "his")]
