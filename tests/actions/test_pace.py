"""What a system can take: the others wait, it is said why and until when, and nobody has to do anything."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from tests.actions.test_erasure import begin
from tests.actions.world import FORUM, HER, HIM, NOW, forum_rows, means
from upheld.actions import erasure, journal, rounds
from upheld.actions.means import Means
from upheld.actions.plans import load
from upheld.datamap.model import Limits
from upheld.datamap.quiet import QuietHours
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import Fulfilment, FulfilmentState, Request

NIGHT = Limits(quiet_hours=QuietHours(time(1), time(5)))


def world(folder: Path, limits: Limits, *, at: datetime = NOW, owner: str = "host/1/1") -> Means:
    system = replace(FORUM, limits=limits)
    double = _doubles.setdefault(folder, InMemoryConnector(system, forum_rows()))
    return means(folder, double, systems=(system,), now=at, owner=owner)


_doubles: dict[Path, InMemoryConnector] = {}


def test_what_is_approved_at_noon_waits_for_the_quiet_hours_and_says_so(records: str, tmp_path: Path) -> None:
    noon = world(tmp_path, NIGHT)
    request = begin(noon)

    standing = erasure.fulfil(means=noon, request=request)

    told = "waits for the quiet hours of this system, until 2026-11-23 01:00 UTC"
    assert standing.systems == (("forum", FulfilmentState.WAITING, told),)
    assert _doubles[tmp_path].tables == forum_rows()
    assert rounds.ready(means=world(tmp_path, NIGHT, at=NOW + timedelta(hours=12))) == ()
    night = world(tmp_path, NIGHT, at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert rounds.ready(means=night) == (request,)
    assert erasure.fulfil(means=night, request=request).complete


def test_what_was_begun_in_the_night_is_ended_by_day(records: str, tmp_path: Path) -> None:
    night = world(tmp_path, NIGHT, at=datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    request = begin(night)
    plan = load(request.plans.get())
    assert journal.take(means=night, fulfilment=Fulfilment.objects.get(), plan=plan) is not None

    day = world(tmp_path, NIGHT, at=datetime(2026, 11, 23, 8, tzinfo=UTC), owner="host/2/2")

    assert erasure.fulfil(means=day, request=request).complete


def test_no_more_people_an_hour_than_the_system_can_take(records: str, tmp_path: Path) -> None:
    limits = Limits(people_per_hour=1)
    able = world(tmp_path, limits)
    her, him = begin(able, HER), begin(able, HIM)

    assert erasure.fulfil(means=able, request=her).complete
    waits = erasure.fulfil(means=able, request=him)

    ((_, state, why),) = waits.systems
    assert (state, "as many people an hour" in why) == (FulfilmentState.WAITING, True)
    assert rounds.ready(means=world(tmp_path, limits, at=NOW + timedelta(minutes=50))) == ()
    later = world(tmp_path, limits, at=NOW + timedelta(minutes=61))
    assert rounds.ready(means=later) == (him,)
    assert erasure.fulfil(means=later, request=him).complete


def test_no_more_programs_at_once_than_the_system_can_take(records: str, tmp_path: Path) -> None:
    limits = Limits(concurrency=1)
    first, second = world(tmp_path, limits), world(tmp_path, limits, owner="elsewhere/2/2")
    her, him = begin(first, HER), begin(first, HIM)
    held = journal.take(means=first, fulfilment=her.fulfilments.get(), plan=load(her.plans.get()))
    assert held is not None

    ((_, state, why),) = erasure.fulfil(means=second, request=him).systems

    assert (state, "fewer programs" in why) == (FulfilmentState.WAITING, True)
    journal.wait(hold=held)
    later = world(tmp_path, limits, at=NOW + timedelta(minutes=1), owner="elsewhere/2/2")
    for request in rounds.ready(means=later):
        erasure.fulfil(means=later, request=request)
    assert {each.state for each in Request.objects.all()} == {"FULFILLED"}
