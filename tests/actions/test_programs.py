"""Programs that carry work out say that they live; who is silent for a minute counts as gone."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.world import NOW
from upheld.actions import programs
from upheld.actions.programs import Working
from upheld.store.models import Program, ProgramKind

SECOND = timedelta(seconds=1)


def test_who_says_so_works_until_it_is_silent_for_a_minute(records: str) -> None:
    assert programs.working(at=NOW) == Working(0, 0, 0, None)
    assert programs.working(at=NOW).nobody

    programs.beat(owner="a", kind=ProgramKind.RUNNER, at=NOW)
    programs.beat(owner="b", kind=ProgramKind.WORKER, at=NOW + 30 * SECOND)
    programs.beat(owner="a", kind=ProgramKind.RUNNER, at=NOW + 20 * SECOND)

    assert programs.working(at=NOW + 79 * SECOND) == Working(1, 1, 0, NOW + 30 * SECOND)
    assert programs.working(at=NOW + 80 * SECOND) == Working(0, 1, 0, NOW + 30 * SECOND)
    assert programs.working(at=NOW + 90 * SECOND) == Working(0, 0, 0, NOW + 30 * SECOND)


def test_a_server_that_starts_its_runner_works_already(records: str) -> None:
    programs.beat(owner="a", kind=ProgramKind.STARTING, at=NOW)

    assert (programs.working(at=NOW).nobody, programs.working(at=NOW + 60 * SECOND).nobody) == (False, True)


def test_a_clean_end_is_seen_at_once_and_killed_ones_are_forgotten(records: str) -> None:
    programs.beat(owner="killed", kind=ProgramKind.WORKER, at=NOW)
    programs.beat(owner="ended", kind=ProgramKind.WORKER, at=NOW)
    programs.end(owner="ended")
    programs.beat(owner="later", kind=ProgramKind.RUNNER, at=NOW + 2 * programs.FORGOTTEN)

    assert list(Program.objects.values_list("pk", flat=True)) == ["later"]


def test_one_that_another_follows_leaves_no_moment_in_which_nobody_works(records: str) -> None:
    programs.beat(owner="first", kind=ProgramKind.RUNNER, at=NOW)

    programs.follow(owner="first", at=NOW + SECOND)

    assert programs.working(at=NOW + 2 * SECOND) == Working(0, 0, 1, NOW + SECOND)
    programs.beat(owner="second", kind=ProgramKind.RUNNER, at=NOW + 2 * SECOND)
    assert programs.working(at=NOW + 3 * SECOND) == Working(1, 0, 1, NOW + 2 * SECOND)


def test_saying_so_again_and_asking_are_one_statement_each(records: str) -> None:
    programs.beat(owner="a", kind=ProgramKind.RUNNER, at=NOW)

    with CaptureQueriesContext(connection) as caught:
        programs.beat(owner="a", kind=ProgramKind.RUNNER, at=NOW + SECOND)
        programs.working(at=NOW)

    assert len(caught) == 2
