"""The purge, killed at any boundary and begun again, and the replay after a restore: on each kind of database."""

import signal

import pytest

from tests.kill.company import ADA, Company
from tests.kill.test_kill_command import ERASE, Companies, a_company, chosen, exported

pytestmark = pytest.mark.kill
__all__ = ["a_company"]

LATER = "2032-03-01T09:00:00+00:00"
FORUMS = ["sqlite", "postgresql", "mariadb"]


def erased(at_work: Company) -> None:
    at_work.reset()
    assert at_work.run(ERASE) == 0, at_work.said


@pytest.mark.parametrize("forum", FORUMS)
def test_scenario_49_a_killed_purge_is_finished_and_counts_each_row_once(
    forum: str, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    """G-17.3, G-30.4; scenario 41: what follows the period may be to delete, to anonymise or to detach."""
    at_work = a_company(forum, "sqlite")
    erased(at_work)
    at_work.keep("erased")
    kept = at_work.rows()
    assert at_work.run(["purge"], now=LATER) == 0, at_work.said
    assert at_work.said[0][1].startswith("3 rows, "), at_work.said
    names = at_work.names
    gone, expected = at_work.rows(), exported(at_work)
    assert (kept["gifts"][0][1], kept["pledges"][0][1], len(kept["donations"])) == (7, 7, 2)
    assert (gone["gifts"][0][1], gone["pledges"][0][1]) == (None, None)
    assert (gone["gifts"][0][3], gone["gifts"][2][3], gone["pledges"][2][1]) == ("-", "his", 8)
    assert [row[0] for row in gone["donations"]] == [3]

    for at in chosen(names, 2, every=request.config.getoption("--all-boundaries")):
        at_work.reset("erased")
        assert at_work.run(["purge"], at=at, now=LATER) == -signal.SIGKILL, names[at]

        assert (at, names[at], exported(at_work, ["purge"], now=LATER)) == (at, names[at], expected)


@pytest.mark.parametrize("forum", FORUMS)
def test_scenario_54_after_a_restore_everything_erased_since_is_erased_again(
    forum: str, a_company: Companies
) -> None:
    """P-24; scenario 45: an account opened since with her address is left alone."""
    at_work = a_company(forum, "sqlite")
    erased(at_work)
    before = at_work.rows()

    at_work.restore_forum()
    at_work.restore_shop()
    assert at_work.rows() != before
    for system in ("forum", "shop"):
        assert at_work.run(["replay", system]) == 0, at_work.said
    assert at_work.rows() == before

    at_work.forum.run(f"INSERT INTO users VALUES (70, '{ADA}', 'quill', 'Ada again')")
    at_work.forum.run("INSERT INTO posts VALUES (70, 70, 'I am back')")
    came_back = at_work.rows()
    assert at_work.run(["replay", "forum"]) == 0, at_work.said
    assert "newer than the erasure" in at_work.said[0][1]
    assert at_work.rows() == came_back


def test_scenario_54_rows_that_the_purge_removed_go_again_after_a_restore(a_company: Companies) -> None:
    at_work = a_company("sqlite", "sqlite")
    erased(at_work)
    at_work.keep("erased")
    assert at_work.run(["purge"], now=LATER) == 0, at_work.said
    purged = at_work.rows()

    at_work.restore_shop("erased")
    assert at_work.rows() != purged
    assert at_work.run(["replay", "shop"], now="2032-03-02T09:00:00+00:00") == 0, at_work.said

    assert at_work.rows() == purged


def test_scenario_54_a_map_changed_since_is_looked_at_after_the_plan_of_then(a_company: Companies) -> None:
    at_work = a_company("sqlite", "sqlite")
    erased(at_work)
    before = at_work.rows()
    file = at_work.folder / "privacy" / "systems" / "shop.yaml"
    written = file.read_text()
    try:
        file.write_text(written.replace("on_erase: delete\n  donations", "on_erase: detach\n  donations"))
        at_work.restore_shop()
        assert at_work.run(["replay", "shop"]) == 0, at_work.said
        assert at_work.rows() == before
    finally:
        file.write_text(written)
