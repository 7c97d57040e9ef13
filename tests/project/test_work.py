"""What a program had begun when something went wrong is nobody's afterwards, and is tried again."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from tests.actions.test_lease import begun
from tests.actions.world import forum, means
from upheld.actions import lease, rounds
from upheld.project.work import Work
from upheld.project.worker import _sweep
from upheld.store import clock
from upheld.store.models import Fulfilment

WITHIN = timedelta(seconds=60)


@pytest.fixture
def work(records: str) -> Iterator[Work]:
    made = Work("worker")
    yield made
    made.stop()


@pytest.fixture
def taking(records: str, tmp_path: Path) -> Callable[[], None]:
    """Takes a system's part over, as a piece of work does, and is never heard of again."""
    able = means(tmp_path, forum(), owner=lease.myself(), now=clock.now())

    def take() -> None:
        begun(able)

    return take


def lose_records() -> None:
    """The database ends the session, as it does when one of its processes is killed."""
    if connection.vendor == "sqlite":
        raise OperationalError("disk I/O error")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def ready(folder: Path, *, after: timedelta) -> bool:
    return bool(rounds.ready(means=means(folder, forum(), owner="another/1/1", now=clock.now() + after)))


def test_what_was_begun_when_the_records_went_away_is_ready_again_within_a_minute(
    work: Work, taking: Callable[[], None], tmp_path: Path
) -> None:
    def cut_off() -> None:
        taking()
        lose_records()

    work._guarded(cut_off)

    assert Fulfilment.objects.get().owner == lease.ABANDONED
    assert ready(tmp_path, after=WITHIN)


def test_what_could_not_be_given_up_is_given_up_before_anything_else_is_begun(
    work: Work, taking: Callable[[], None], tmp_path: Path
) -> None:
    """The records are still away when the piece of work ends."""
    where = dict(connection.settings_dict)
    found: list[str] = []

    def cut_off() -> None:
        taking()
        connection.settings_dict |= {"NAME": "/nowhere/records", "PORT": "1"}
        lose_records()

    work._guarded(cut_off)
    work._guarded(lambda: found.append("begun while they are away"))
    connection.settings_dict |= where
    work._guarded(lambda: found.append(Fulfilment.objects.get().owner))

    assert found == [lease.ABANDONED]
    assert ready(tmp_path, after=WITHIN)


def test_what_an_error_of_ours_left_waits_longer(
    work: Work, taking: Callable[[], None], tmp_path: Path
) -> None:
    def wrong() -> None:
        taking()
        raise ZeroDivisionError

    work._guarded(wrong)

    assert Fulfilment.objects.get().owner == lease.ABANDONED
    assert not ready(tmp_path, after=WITHIN)
    assert ready(tmp_path, after=lease.PAUSE + WITHIN)


class OneLook(threading.Event):
    """Over after the first look."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - as the one it stands for
        self.set()
        return True


def test_what_a_dead_worker_left_is_looked_for_while_a_long_piece_of_work_is_at_hand(work: Work) -> None:
    ended = OneLook()

    with work._one:  # as whatever is at hand holds it
        _sweep(work, ended)

    assert ended.is_set()
