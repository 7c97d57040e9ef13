"""Several rights of one case: none of them makes the case forget whom an earlier one was about."""

from datetime import timedelta
from pathlib import Path

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, PEOPLE, USERS
from tests.scenarios.test_restriction import restrict
from tests.scenarios.world import NOW
from upheld.actions.replay import replay
from upheld.store.models import Case

POSTS = """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(50), held INTEGER);
CREATE INDEX posts_user ON posts(user_id);
INSERT INTO posts VALUES (1, 0, 'of Ada', NULL);
"""
POSTED = """
posts: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}
"""
UNMARKED = USERS + "  accept: [{finding: restriction.absent, reason: nobody reads them}]\n"


def test_scenario_54_a_second_erasure_in_a_case_that_a_restriction_keeps_open_leaves_the_first_repeatable(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(PEOPLE + POSTS, UNMARKED + POSTED)
    office = open_office(world, tmp_path)
    assert restrict(office, ADA).complete
    assert office.erase(ADA).complete
    assert world.rows("users", "id") == [(10,), (5,)]

    again = office.erase(ADA)

    assert again.request.case == Case.objects.get()
    world.run("INSERT INTO users VALUES (0, 'ada@chess.example.org')")
    done = replay(means=office.means(NOW + timedelta(days=1)), system="club")
    assert (done.failures, done.spared) == ((), 0)
    assert world.rows("users", "id") == [(10,), (5,)]
