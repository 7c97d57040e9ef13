"""G-18.2 and G-16.1 within the undo window: what was ordered while rows were away is carried, or stands in the way."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.test_restriction import ADA, club, restrict, state
from tests.scenarios.test_undo_window import put_back
from tests.scenarios.undoing import WINDOW
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import cases, rectification, restriction, undo
from upheld.actions.inforce import of
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.correcting import Wish
from upheld.rights.outcome import Permanent
from upheld.store.models import Request


def test_scenario_55_what_comes_back_under_a_restriction_is_marked(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    world = club(make, system=WINDOW)
    office = open_office(world, tmp_path)
    before = state(world)
    request = office.erase(ADA).request
    restrict(at(office, 1), ADA)
    assert len(of(request.case)) == 1

    putting = put_back(office, request, NOW + timedelta(hours=2))

    assert putting.complete
    request.refresh_from_db()
    assert request.state == "REVOKED"
    after = state(world)
    assert {
        table: [row for row in rows if row not in before[table]] for table, rows in after.items()
    } != before
    assert [row[3] for row in after["users"] if row[0] == 7] == [1]
    assert all(row[3] is not None for row in after["posts"] if row[1] == 7)
    assert all(row[3] for row in after["orders"] if row[0] == 7)
    assert [row for row in after["posts"] if row[1] != 7] == [row for row in before["posts"] if row[1] != 7]
    assert undo_again(office, request)

    lift(office, request)
    assert state(world) == before


class Later(Office):
    """The same office, some hours on."""

    hours = 0

    def means(self, now: datetime = NOW) -> Means:
        return super().means(now + timedelta(hours=self.hours))


def at(office: Office, hours: int) -> Office:
    later = Later(office.world, office.folder, office.datamap, office.programs)
    later.hours = hours
    return later


def undo_again(office: Office, request: Request) -> bool:
    """Nothing is left to undo, and no second order was made."""
    with pytest.raises(Permanent, match="was undone"):
        undo.find(means=office.means(), case=str(request.case_id))
    return len(of(request.case)) == 2


def lift(office: Office, request: Request) -> None:
    means = at(office, 3).means()
    restriction.told(means=means, case=request.case, on=NOW.date())
    seen = restriction.lifting(means=means, case=request.case)
    order = restriction.order(means=means, case=request.case, lifting=seen)
    restriction.fulfil(means=at(office, 4).means(), request=order)


def test_scenario_55_a_correction_that_was_ordered_meanwhile_stands_in_the_way(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = club(make, system=WINDOW)
    office = open_office(world, tmp_path)
    before = state(world)
    request = office.erase(ADA).request
    means, asked = office.means(NOW + timedelta(hours=1)), office.asked(ADA)
    known = cases.subject_of(means=means, case=request.case)
    seen = rectification.look(means=means, asked=asked, wishes=[Wish("name", "Ada B.")], subject=known)
    order = cases.receive(means=means, right=Right.RECTIFICATION, asked=asked)
    rectification.approve(means=means, request=order, correction=seen)
    gone = state(world)

    for attempt in (undo.look, undo.approve):
        with pytest.raises(Permanent, match="a correction was ordered"):
            attempt(means=office.means(), request=request)
    assert state(world) == gone

    means = office.means()
    undo.approve(means=means, request=request, uncorrected=True)
    assert undo.undo(means=means, request=request).complete
    assert state(world) == before
