"""What `upheld doctor` looks at, each well and unwell: what waits, who is at work, the clock, the disk, backups."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from procrastinate.schema import SchemaManager
from pytest_django import Settings

from tests.actions.test_erasure import begin
from tests.actions.world import DESK, FORUM, HER, NOW, forum, means
from upheld.actions import approving, cases, copies, dispatch, erasure, health, ledger, rounds
from upheld.actions.health import Sign, State
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured, Transient
from upheld.store.models import (
    Alarm,
    AlarmEvent,
    Fulfilment,
    Installation,
    Mail,
    MailKind,
    PendingEntry,
    Request,
)

GOOD = [(State.GOOD, "Nothing has waited for an hour, and nothing was given up.")]
SOON, DAYS = timedelta(minutes=30), timedelta(days=3)


def queue(now: datetime) -> list[tuple[State, str]]:
    return told(*health.queue(now=now))


def told(*signs: Sign) -> list[tuple[State, str]]:
    assert all(each.state is State.GOOD or each.remedy for each in signs)
    return [(each.state, each.what) for each in signs]


def settled(able: Means) -> None:
    """What waits for its place in the ledger is not what a test is about."""
    ledger.checkpoint(means=able)
    assert not PendingEntry.objects.exists()


def copied(tmp_path: Path, settings: Settings, able: Means) -> Request:
    """A copy that was approved and tried."""
    settings.UPHELD_DATA, settings.UPHELD_PACKAGE_DAYS = tmp_path, 30
    request = cases.receive(means=able, right=Right.ACCESS, asked=HER)
    seen = approving.look(means=able, request=request)
    approving.approve(means=able, request=request, looked=approving.fingerprint(seen))
    return request


def write(able: Means) -> list[bool]:
    return [copies.write(means=able, copy=each, language="") for each in rounds.copies_ready(able)]


def test_a_copy_that_fails_for_days_is_wrong(records: str, tmp_path: Path, settings: Settings) -> None:
    double = forum()
    able = means(tmp_path, double)
    request = copied(tmp_path, settings, able)
    double.fail["collect"] = Transient("Down.")
    assert write(able) == [False]
    settled(able)

    assert queue(NOW + SOON) == GOOD
    what = f"1 copies are approved and not written, since {request.copy.approved_at:%Y-%m-%d %H:%M} UTC."
    assert queue(NOW + timedelta(hours=2)) == [(State.DOUBT, what)]
    assert queue(NOW + DAYS) == [(State.WRONG, what)]
    assert write(replace(able, clock=lambda: NOW + DAYS)) == [True]
    settled(able)
    assert queue(NOW + DAYS) == GOOD


def test_a_copy_that_waits_for_an_owner_counts_when_she_is_late(
    records: str, tmp_path: Path, settings: Settings
) -> None:
    able = means(tmp_path, forum(), systems=(FORUM, DESK))
    copied(tmp_path, settings, able)
    assert write(able) == [False]
    settled(able)

    assert queue(NOW + DAYS) == GOOD
    assert queue(NOW + timedelta(days=40)) == [
        (State.DOUBT, "1 owners of systems have not answered in time.")
    ]


def test_parts_that_wait_that_failed_and_that_somebody_must_mend_are_told_apart(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    able = means(tmp_path, double)
    request = begin(able)
    settled(able)
    since = f", since {request.plans.get().approved_at:%Y-%m-%d %H:%M} UTC."

    assert queue(NOW + SOON) == GOOD
    assert queue(NOW + DAYS) == [(State.WRONG, f"1 parts of requests wait for their turn{since}")]
    double.fail["before prepared"] = Transient("Down.")
    erasure.fulfil(means=able, request=request)
    settled(able)
    assert queue(NOW + SOON) == [(State.DOUBT, f"1 parts of requests have failed and are tried again{since}")]
    rounds.retry(request=request, at=NOW)
    double.fail["before prepared"] = Misconfigured("No.", "Mend it.")
    erasure.fulfil(means=replace(able, clock=lambda: NOW + SOON), request=request)
    settled(able)
    assert queue(NOW + DAYS) == [(State.WRONG, f"1 parts of requests have failed for good{since}")]
    Fulfilment.objects.update(not_before=NOW)
    rounds.retry(request=request, at=NOW)
    assert erasure.fulfil(means=replace(able, clock=lambda: NOW + 2 * SOON), request=request).complete
    settled(able)
    assert queue(NOW + DAYS) == GOOD


def test_mails_calls_and_entries_that_wait_or_were_given_up_are_counted(records: str) -> None:
    waits = Mail.objects.create(
        kind=MailKind.OTHER, key="k", sealed_content=b"x", written_at=NOW, not_before=NOW
    )
    alarm = Alarm.objects.create(event=AlarmEvent.CASE_NEW, about="1", raised_at=NOW, call_at=NOW)
    entry = PendingEntry.objects.create(content=b"{}", recorded_at=NOW)
    since = f", since {NOW:%Y-%m-%d %H:%M} UTC."

    assert queue(NOW + SOON) == GOOD
    assert queue(NOW + DAYS) == [
        (State.WRONG, f"1 mails wait to be sent{since}"),
        (State.WRONG, f"1 entries wait for their place in the ledger{since}"),
        (State.WRONG, f"1 calls of the webhook wait{since}"),
    ]
    Mail.objects.filter(pk=waits.pk).update(dropped_at=NOW)
    Alarm.objects.filter(pk=alarm.pk).update(given_up_at=NOW)
    entry.delete()
    assert queue(NOW + DAYS) == [
        (State.DOUBT, "1 mails were given up within two weeks: whom they were for was told nothing."),
        (State.DOUBT, "1 calls of the webhook were given up within two weeks."),
    ]
    assert queue(NOW + timedelta(days=15)) == GOOD


def test_wakes_that_no_worker_hears_are_counted_by_programs_that_know_no_workers(records: str) -> None:
    """K-05: where the records are on PostgreSQL; there can be none elsewhere."""
    assert queue(NOW + DAYS) == GOOD
    if records != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema().replace("%", "%%"), [])
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (%s, %s, '{}')",
            [dispatch.QUEUE, dispatch.TASK],
        )
        cursor.execute("UPDATE procrastinate_events SET at = %s", [NOW])

    assert queue(NOW + SOON) == GOOD
    what = f"1 wakes of workers were heard by none, since {NOW:%Y-%m-%d %H:%M} UTC."
    assert queue(NOW + DAYS) == [(State.WRONG, what)]


def test_a_runner_that_is_silent_is_wrong(records: str) -> None:
    assert told(*health.programs(now=NOW)) == [], "there has been none: only commands are used"
    Installation.objects.create(folder="a", keys="b", made_at=NOW, minded_until=NOW)

    assert told(*health.programs(now=NOW)) == [(State.GOOD, "A runner or a worker is at work.")]
    assert told(*health.programs(now=NOW + SOON)) == [
        (State.WRONG, f"No runner and no worker has been seen since {NOW:%Y-%m-%d %H:%M} UTC.")
    ]


def test_a_clock_that_goes_back_and_backups_of_which_nobody_said_how_long_they_live(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    begin(able)
    settled(able)
    signs = {each.about: each.state for each in health.clock(now=NOW - DAYS, data=able.datamap)}
    assert signs == {"clock": State.WRONG, "time zone": State.DOUBT, "backups": State.GOOD}

    unsaid = means(tmp_path, forum(), backup_days=None).datamap
    signs = {each.about: each.state for each in health.clock(now=NOW - DAYS, data=unsaid)}
    assert signs["backups"] == State.DOUBT


def test_a_disk_that_fills_up_is_doubtful_and_then_wrong(tmp_path: Path) -> None:
    signs = [health.room(free=free, data=tmp_path) for free in (50 * 1024**3, 1024**3, 1024**2)]

    assert [each.state for each in signs] == [State.GOOD, State.DOUBT, State.WRONG]
    assert told(*signs)[1] == (State.DOUBT, f"1.0 GB are free where {tmp_path} is.")
