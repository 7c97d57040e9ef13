"""List, window, restriction, undo and a restored backup, one after the other."""

from datetime import timedelta
from pathlib import Path

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.test_lists import erase
from tests.scenarios.test_restriction import lift, restrict
from tests.scenarios.test_undo_beside import put_back
from tests.scenarios.undoing import WINDOW, dump
from tests.scenarios.world import NOW
from upheld.actions.replay import replay
from upheld.store.models import Case

SCHEMA = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50), held INTEGER);
CREATE INDEX posts_user ON posts(user_id);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50));
CREATE INDEX notes_user ON notes(user_id);
INSERT INTO posts VALUES (1, 0, 'of Ada', NULL), (2, 5, 'of Ben', NULL), (3, 10, 'of Cy', NULL);
INSERT INTO notes VALUES (1, 0, 'of Ada'), (2, 5, 'of Ben'), (3, 10, 'of Cy');
"""
)
MAP = (
    USERS
    + "  accept: [{finding: restriction.absent, reason: nobody reads them}]\n"
    + "posts: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}\n"
    + "notes: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, body: gone}},"
    + " accept: [{finding: restriction.absent, reason: nobody reads them}]}\n"
)
TABLES = ["users", "posts", "notes"]


def restored(world, before) -> None:  # type: ignore[no-untyped-def]
    for table in TABLES:
        world.run(f"DELETE FROM {table}")
    world.run(
        "INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org'), (10, 'cy@chess.example.org')",
        "INSERT INTO posts VALUES (1, 0, 'of Ada', NULL), (2, 5, 'of Ben', NULL), (3, 10, 'of Cy', NULL)",
        "INSERT INTO notes VALUES (1, 0, 'of Ada'), (2, 5, 'of Ben'), (3, 10, 'of Cy')",
    )
    assert dump(world.database, TABLES) == before


def test_a_list_in_its_window_with_a_restriction_an_undo_and_a_restore(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(SCHEMA, MAP, system=WINDOW)
    office = open_office(world, tmp_path)
    original = dump(world.database, TABLES)
    assert restrict(office, ADA).complete
    marked = dump(world.database, TABLES)
    ends = erase(office, ADA, BEN, CY)
    put_back(office, ends[1].request)
    after = dump(world.database, TABLES)
    restored(world, original)
    done = replay(means=office.means(NOW + timedelta(days=1)), system="club")
    assert (done.failures, done.spared) == ((), 0)
    assert dump(world.database, TABLES) == after
    put_back(office, ends[0].request)
    put_back(office, ends[2].request)
    assert dump(world.database, TABLES) == marked
    case = Case.objects.get(state="OPEN")
    lift(office, case)
    assert dump(world.database, TABLES) == original
    assert Case.objects.filter(state="OPEN").count() == 0
