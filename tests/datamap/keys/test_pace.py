"""Keys by which a system is not given more than it can take."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.datamap.keys.office import means
from tests.datamap.keys.test_system import NOTED, NOTES
from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, CY
from tests.scenarios.world import NOW, World
from upheld.actions import cases, erasure, journal, rounds
from upheld.actions.asking import Asked
from upheld.actions.certificates import certify_many
from upheld.actions.means import Means
from upheld.actions.plans import load
from upheld.actions.preview import preview
from upheld.connectors.sql.failures import translated
from upheld.law.right import Right
from upheld.rights.outcome import Transient
from upheld.rights.subject import Identity
from upheld.store.models import Certificate, Evidence, Request, RequestState

SLOW = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000000) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(100)",
    "mariadb": "SELECT SLEEP(100)",
}


def approved(with_: Means, identity: str) -> Request:
    kind, _, value = identity.partition("=")
    asked = Asked((Identity(kind, value),))
    seen = preview(means=with_, right=Right.ERASURE, asked=asked)
    request = cases.receive(means=with_, right=Right.ERASURE, asked=asked)
    erasure.approve(means=with_, request=request, preview=seen)
    request.refresh_from_db()
    return request


def carried_out(with_: Means, request: Request) -> bool:
    return erasure.fulfil(means=with_, request=request).complete


def later(world: World, **more: float) -> Means:
    return replace(means(world, now=NOW + timedelta(**more)), owner="elsewhere/2/2")


@pytest.mark.key("limits.quiet_hours")
def test_a_system_with_quiet_hours_is_changed_in_them_alone(make: Make, sqlite_records: Path) -> None:
    world = make(NOTES, NOTED, system="limits: {quiet_hours: 01:00-05:00}")
    before = world.rows("users")
    request = approved(means(world), ADA)

    by_day = carried_out(means(world), request)
    untouched = world.rows("users") == before
    night = (NOW + timedelta(days=1)).replace(hour=2)
    by_night = carried_out(means(world, now=night), request)

    assert (by_day, untouched, by_night) == (False, True, True)
    assert len(world.rows("users")) == len(before) - 1


@pytest.mark.key("limits.people_per_hour")
def test_no_more_people_an_hour_are_begun(make: Make, sqlite_records: Path) -> None:
    world = make(NOTES, NOTED, system="limits: {people_per_hour: 1}")
    ada, ben = approved(means(world), ADA), approved(means(world), BEN)

    assert [carried_out(means(world), ada), carried_out(later(world, minutes=30), ben)] == [True, False]
    assert len(world.rows("users")) == 2

    assert carried_out(later(world, minutes=62), ben)
    assert len(world.rows("users")) == 1


@pytest.mark.key("limits.concurrency")
def test_no_more_programs_than_that_change_something_at_once(make: Make, sqlite_records: Path) -> None:
    world = make(NOTES, NOTED, system="limits: {concurrency: 1}")
    ada, ben = approved(means(world), ADA), approved(means(world), BEN)
    plan = load(ada.plans.get())
    assert journal.take(means=means(world), fulfilment=ada.fulfilments.get(), plan=plan) is not None

    assert not carried_out(later(world, minutes=1), ben)
    assert len(world.rows("users")) == 3

    assert carried_out(later(world, hours=1), ben)


@pytest.mark.key("limits.timeout")
def test_a_statement_that_takes_too_long_is_given_up_and_tried_again(make: Make) -> None:
    world = make(NOTES, NOTED, system="limits: {timeout: 1}")
    engine: sa.Engine = world.connector.engine  # type: ignore[attr-defined]

    with (
        pytest.raises(Transient),
        translated("club", "waiting"),
        engine.connect() as connection,
    ):
        connection.exec_driver_sql(SLOW[engine.dialect.name]).fetchall()
    engine.dispose()

    world.erase(ADA)  # and what is quick is done
    assert len(world.rows("users")) == 2


def test_erasures_of_the_same_hour_are_one_batch_and_each_keeps_her_own_proof(
    make: Make, sqlite_records: Path
) -> None:
    world = make(NOTES, NOTED)
    people = (ADA, BEN, CY)
    requests = [approved(means(world), each) for each in people]

    def round_(with_: Means) -> rounds.Round:
        return rounds.drain(
            means=with_, certify=certified, server=None, sender="desk@example.org", minutes=60
        )

    at_once = round_(means(world))
    waits = {why for each in requests for _, _, why in erasure.standing(each).systems}
    before = len(world.rows("users"))
    after = round_(later(world, hours=1))

    assert (at_once.requests, before, after.requests) == (0, 3, 3)
    assert all("same hour" in each for each in waits)
    assert (world.rows("users"), world.rows("notes")) == ([], [])
    assert {each.state for each in Request.objects.all()} == {RequestState.FULFILLED}
    for each in requests:
        written = Evidence.objects.filter(fulfilment__request=each)
        assert sorted(written.values_list("cls", flat=True)) == ["A", "B"]
        assert Certificate.objects.filter(request=each, complete=True).count() == 1
    tokens = {each.token for row in requests for each in row.fulfilments.get().parts.all()}
    assert len(tokens) == 1, "one transaction"


def certified(with_: Means, standings: object) -> tuple[Path, ...]:
    requests = [each.request for each in standings]  # type: ignore[attr-defined]
    assert [each.request.pk for each in standings] == [  # type: ignore[attr-defined]
        request.pk for request, _ in certify_many(means=with_, requests=requests)
    ]
    return ()
