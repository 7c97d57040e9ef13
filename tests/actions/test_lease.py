"""Who works on what: prolonged while its program lives, taken over within a minute when it is gone, by one clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from tests.actions.test_erasure import begin
from tests.actions.world import NOW, forum, forum_rows, means
from upheld.actions import erasure, journal, lease, rounds
from upheld.actions.batch import journal as together
from upheld.actions.journal import Hold
from upheld.actions.means import Means
from upheld.project import heart, worker
from upheld.rights.outcome import Counts, Prepared, Verified
from upheld.rights.testing import InMemoryConnector
from upheld.store import clock
from upheld.store.models import Evidence, Fulfilment, FulfilmentState, Part, PartState

WITHIN = timedelta(seconds=60)


def at(folder: Path, seconds: float, owner: str, double: InMemoryConnector) -> Means:
    """A worker's means, so many seconds later."""
    late = means(folder, double, owner=owner, now=NOW + timedelta(seconds=seconds))
    return replace(late, lease=lease.SHORT)


def begun(by: Means) -> Hold:
    """A system's part that a worker on another host has taken."""
    request = begin(by)
    hold = journal.take(
        means=by, fulfilment=Fulfilment.objects.get(), plan=erasure.plans.load(request.plans.get())
    )
    assert hold is not None
    return hold


def test_what_a_dead_worker_of_another_host_had_begun_is_ready_within_a_minute(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    hold = begun(at(tmp_path, 0, "far-away/1/1", double))

    during = rounds.ready(means=at(tmp_path, 30, "here/2/2", double))
    after = rounds.ready(means=at(tmp_path, 53, "here/2/2", double))

    assert (during, after) == ((), (hold.fulfilment.request,))
    assert lease.SHORT + timedelta(seconds=2 * worker.SWEEP) < WITHIN, "looked for and begun with a margin"
    assert timedelta(seconds=4 * heart.BEAT) < lease.SHORT, "three beats may fail"


def test_a_worker_that_lives_keeps_what_it_is_at(records: str, tmp_path: Path) -> None:
    double = forum()
    begun(at(tmp_path, 0, "far-away/1/1", double))

    kept = lease.prolong(owner="far-away/1/1", until=NOW + timedelta(seconds=40) + lease.SHORT)
    others = lease.prolong(owner="another/1/1", until=NOW + timedelta(days=1))

    assert (kept, others) == (1, 0)
    assert rounds.ready(means=at(tmp_path, 70, "here/2/2", double)) == ()
    assert rounds.ready(means=at(tmp_path, 100, "here/2/2", double)) != ()


def test_what_an_error_left_is_given_up_and_tried_again_by_anybody_after_some_minutes(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    hold = begun(at(tmp_path, 0, "host/1/1", double))

    assert lease.abandon(owner="host/1/1", at=NOW) == 1

    with pytest.raises(journal.Fenced):
        journal.wait(hold=hold)
    assert lease.prolong(owner="host/1/1", until=NOW + timedelta(days=1)) == 0
    assert rounds.ready(means=at(tmp_path, 60, "host/1/1", double)) == ()
    again = at(tmp_path, 400, "host/1/1", double)
    for request in rounds.ready(means=again):
        erasure.fulfil(means=again, request=request)
    assert Fulfilment.objects.get().state == FulfilmentState.DONE
    assert (Evidence.objects.count(), double.tables["users"]) == (2, forum_rows()["users"][1:])


def test_a_list_has_its_leases_written_anew_only_once_half_of_their_time_is_over(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    by = at(tmp_path, 0, "host/1/1", double)
    plan = erasure.plans.load(begin(by).plans.get())
    holds = together.take_many(means=by, fulfilments=[*Fulfilment.objects.all()], plan=plan)

    until = [Fulfilment.objects.get().leased_until]
    for seconds in (15, 30):
        one = Prepared("forum", f"part-{seconds}", f"token-{seconds}", Counts(()), b"")
        later = at(tmp_path, seconds, "host/1/1", double)
        together.prepare_many(means=later, holds=holds, events=[one], memory=together.Memory())
        until.append(Fulfilment.objects.get().leased_until)
        Part.objects.update(state=PartState.ABORTED, settled_at=NOW)

    taken, young, old = until
    assert (young == taken, old - taken > lease.SHORT / 2) == (True, True)


def test_a_list_of_which_one_was_taken_over_writes_nothing_however_young_its_lease(
    records: str, tmp_path: Path
) -> None:
    double = forum()
    by = at(tmp_path, 0, "host/1/1", double)
    plan = erasure.plans.load(begin(by).plans.get())
    holds = together.take_many(means=by, fulfilments=[*Fulfilment.objects.all()], plan=plan)
    Fulfilment.objects.update(owner="another/1/1")

    with pytest.raises(journal.Fenced):
        one = Prepared("forum", "part", "token", Counts(()), b"")
        together.prepare_many(means=by, holds=holds, events=[one], memory=together.Memory())
    with pytest.raises(journal.Fenced):
        seen = [Verified("forum", (), ())]
        together.verified_many(means=by, holds=holds, events=seen, memory=together.Memory())

    left = Fulfilment.objects.get()
    assert (left.owner, left.state, left.finished_at) == ("another/1/1", FulfilmentState.RUNNING, None)
    assert (Part.objects.count(), Evidence.objects.count()) == (0, 0)


def test_a_program_is_told_from_another_with_its_number_and_from_one_on_another_machine() -> None:
    own = lease.myself()
    machine, number, started = own.rsplit("/", 2)

    assert len(own) <= 64
    assert not lease.is_gone(own)
    assert lease.is_gone(f"{machine}/{number}/{int(started) + 1}")
    assert not lease.is_gone(f"elsewhere/{number}/{int(started) + 1}")


def test_the_time_is_the_databases_where_hosts_have_clocks_of_their_own(
    records: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose clock is a minute ahead judges leases as all others do."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # noqa: ARG003 - as it is called
            return datetime.now(UTC) + timedelta(minutes=1)

    monkeypatch.setattr(clock, "_asked", {})
    monkeypatch.setattr(clock, "datetime", Ahead)
    clock.measure()
    told = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        there = cursor.fetchone()[0]

    if records == "sqlite":
        assert told > datetime.now(UTC) + timedelta(seconds=30), "SQLite is on this host"
    else:
        assert abs(told - there) < timedelta(seconds=30)
