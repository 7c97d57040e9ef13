"""The undo window, killed at any boundary: while it is filled, while it is undone, and while it ends."""

import signal

import pytest

from tests.kill.company import ADA, NOW, Company
from tests.kill.test_kill_command import (
    BY_ANOTHER_NAME,
    ERASE,
    Companies,
    a_company,
    chosen,
    exported,
    next_command,
)

pytestmark = pytest.mark.kill
__all__ = ["a_company"]

END = "2026-11-29T09:00:00+00:00"
UNDO = ["undo", "--identity", f"email={ADA}", "--yes"]
FORUMS = ["sqlite", "postgresql", "mariadb"]
DRAWN = {"sqlite": 1, "postgresql": 4, "mariadb": 4}
"""By how much fewer boundaries of our own records are drawn: they are the same whatever the forum stands on."""


def with_window(a_company: Companies, forum: str) -> Company:
    """The company whose erasures can be undone for seven days."""
    at_work = a_company(forum, "sqlite")
    file = at_work.folder / "privacy" / "upheld.yaml"
    if "undo:" not in file.read_text():
        file.write_text(file.read_text() + "undo: 7d\n")
    return at_work


def erased(at_work: Company) -> None:
    """Removed everywhere, recoverable, not certified; under the name `erased`."""
    at_work.reset()
    assert at_work.run(ERASE) == 0, at_work.said
    assert "removed, recoverable until 2026-11-29" in at_work.said[0][1]
    assert at_work.certificates == []
    at_work.keep("erased")


def kept(at_work: Company) -> list[object]:
    """Windows whose key is not destroyed."""
    return at_work.records("SELECT id FROM store_window WHERE destroyed_at IS NULL")


@pytest.mark.parametrize("forum", FORUMS)
def test_scenario_49_a_killed_undo_is_finished_and_brings_every_row_back_once(
    forum: str, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    """Scenarios 55 and 69."""
    at_work = with_window(a_company, forum)
    at_work.reset()
    before = at_work.rows()
    erased(at_work)
    assert at_work.rows() != before
    assert at_work.run(UNDO) == 0, at_work.said
    names = at_work.names
    expected = exported(at_work)
    assert (at_work.rows(), at_work.certificates, kept(at_work)) == (before, [], [])
    assert expected["requests"] == [("REVOKED",)]

    for at in chosen(names, 4 // DRAWN[forum], every=request.config.getoption("--all-boundaries")):
        at_work.reset("erased")
        assert at_work.run(UNDO, at=at) == -signal.SIGKILL, names[at]
        states = [state for (state,) in at_work.records("SELECT state FROM store_request")]

        outcome = exported(at_work, ["resume"], *([UNDO] if states == ["IN_PROGRESS"] else []))

        assert (at, names[at], outcome) == (at, names[at], expected)


@pytest.mark.parametrize("forum", FORUMS)
def test_scenario_56_a_killed_end_of_the_window_certifies_nothing_before_the_key_is_gone(
    forum: str, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    at_work = with_window(a_company, forum)
    erased(at_work)
    gone = at_work.rows()
    assert at_work.run(["purge"], now=END) == 0, at_work.said
    names = at_work.names
    expected = exported(at_work, now=END)
    assert (len(at_work.certificates), kept(at_work), at_work.rows()) == (1, [], gone)
    assert expected["requests"] == [("FULFILLED",)]

    for at in chosen(names, 8 // DRAWN[forum], every=request.config.getoption("--all-boundaries")):
        at_work.reset("erased")
        assert at_work.run(["purge"], at=at, now=END) == -signal.SIGKILL, names[at]
        certified = at_work.records("SELECT id FROM store_certificate")
        assert not ((certified or at_work.certificates) and kept(at_work)), names[at]

        assert (at, names[at], exported(at_work, ["purge"], now=END)) == (at, names[at], expected)


@pytest.mark.parametrize("forum", FORUMS)
def test_scenario_55_an_erasure_that_was_killed_can_be_undone_like_any_other(
    forum: str, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    """Nothing is ever removed without an image of it, stored and readable."""
    at_work = with_window(a_company, forum)
    at_work.reset()
    before = at_work.rows()
    assert at_work.run(ERASE) == 0, at_work.said
    names = at_work.names

    for at in chosen(names, 2, every=request.config.getoption("--all-boundaries")):
        at_work.reset()
        assert at_work.run(ERASE, at=at) == -signal.SIGKILL, names[at]
        if at % 2:  # undone as it stands, nothing more erased; there may be nothing to undo yet
            at_work.run(UNDO)
            at_work.run(["resume"])
        else:
            assert at_work.run(next_command(at_work, asks_again=at % 4 == 0), UNDO) == 0, at_work.said

        assert (at, names[at], at_work.rows()) == (at, names[at], before)


def test_scenario_61_a_repeat_within_the_window_joins_the_case_and_erases_nothing_twice(
    a_company: Companies,
) -> None:
    at_work = with_window(a_company, "sqlite")
    erased(at_work)
    before = exported(at_work)

    assert at_work.run(BY_ANOTHER_NAME, now=NOW) == 0, at_work.said

    assert exported(at_work) == before


def test_the_words_of_an_undo_name_what_comes_back_and_what_does_not(a_company: Companies) -> None:
    at_work = with_window(a_company, "sqlite")
    erased(at_work)
    at_work.forum.run("UPDATE posts SET body = 'edited' WHERE id = 1")

    assert at_work.run([*UNDO[:-1], "--dry-run"]) == 1
    looked = at_work.said[0][1]
    assert at_work.run(UNDO) == 1
    done = at_work.said[0][1]
    assert at_work.run(["status"]) == 0
    status = at_work.said[0][1]

    assert "3  sessions: come back" not in looked
    assert "2  sessions: come back\n" in looked
    assert "1  posts: will not come back; somebody has changed" in looked
    assert looked.endswith("Nothing was written.\n")
    assert "2  sessions: are back\n" in done
    assert "What does not come back stays sealed until 2026-11-29" in done
    assert "undone in part, the rest is sealed until 2026-11-29" in status
    assert ADA not in looked + done + status
    assert at_work.run(["purge"], now=END) == 0, at_work.said
    assert at_work.certificates == []
    assert at_work.run(UNDO, now=END) == 1
    assert "Nobody was named" not in at_work.said[0][1]
    assert "No case of this person is open" in at_work.said[0][1]
