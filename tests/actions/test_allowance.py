"""`people_per_day` where several are approved before anything runs, by several programs, or under an older map."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from tests.actions.world import ADA, BOB, DESK, FORUM, HER, HIM, NOW, forum_rows, means
from upheld.actions import allowance, cases, erasure
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import Preview, preview
from upheld.datamap.model import Limits, System
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import FulfilmentState, Plan, Request, RequestState

CAL = "cal.thornbury@example.net"
ONE = replace(FORUM, limits=Limits(people_per_day=1))
WHY = "the club closes"


def three() -> InMemoryConnector:
    """A forum with a third person."""
    rows = forum_rows()
    rows["users"].append({"id": 9, "email": CAL, "name": "Cal"})
    return InMemoryConnector(FORUM, rows)


def asked(address: str) -> Asked:
    return Asked((Identity("email", address),))


def seen(able: Means, who: Asked) -> tuple[Request, Preview]:
    """Received, and looked at."""
    request = cases.receive(means=able, right=Right.ERASURE, asked=who)
    return request, preview(means=able, right=Right.ERASURE, asked=who, request=request)


def approved(able: Means, who: Asked) -> Request:
    request, look = seen(able, who)
    erasure.approve(means=able, request=request, preview=look)
    request.refresh_from_db()
    return request


def left(double: InMemoryConnector) -> list[object]:
    return [row["email"] for row in double.tables["users"]]


def test_scenario_68_people_who_are_approved_before_anything_runs_count_for_the_day(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, three(), systems=(ONE,))
    approved(able, HER)

    for address, found in ((BOB, "2"), (CAL, "2")):
        request, look = seen(able, asked(address))
        assert look.beyond == (allowance.Beyond("forum", "people_per_day", "1", found),)
        with pytest.raises(Permanent, match="people_per_day is 1, this would be 2"):
            erasure.approve(means=able, request=request, preview=look)

    assert sorted(Request.objects.values_list("state", flat=True)) == ["IN_PROGRESS", "OPEN", "OPEN"]


def test_an_approval_counts_anew_whatever_was_seen_before(records: str, tmp_path: Path) -> None:
    """Scenario 68"""
    able = means(tmp_path, three(), systems=(ONE,))
    hers, his = seen(able, HER), seen(able, HIM)
    erasure.approve(means=able, request=hers[0], preview=hers[1])

    with pytest.raises(Permanent, match="people_per_day is 1, this would be 2"):
        erasure.approve(means=able, request=his[0], preview=his[1])
    allowed = frozenset({"people_per_day"})
    plan = erasure.approve(means=able, request=his[0], preview=his[1], allow=allowed, reason=WHY)

    assert (plan.allowed, plan.reason) == (["people_per_day"], WHY)


def test_of_programs_that_approve_at_once_so_many_are_let_through_as_are_allowed(
    records: str, tmp_path: Path
) -> None:
    """Scenario 68"""
    able = means(tmp_path, three(), systems=(ONE,))
    looks = [seen(able, who) for who in (HER, HIM, asked(CAL))]

    def approve(look: tuple[Request, Preview]) -> str:
        own = means(tmp_path, three(), systems=(ONE,))
        try:
            erasure.approve(means=own, request=look[0], preview=look[1])
        except Permanent as refused:
            return refused.what.partition(" so ")[0]
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(3) as pool:
        said = sorted(pool.map(approve, looks))

    assert said == [*["The plan goes beyond a limit,"] * 2, "approved"]
    assert Plan.objects.count() == 1


def test_whoever_waits_for_a_system_that_is_away_counts_until_she_is_done(
    records: str, tmp_path: Path
) -> None:
    """Scenario 68"""
    double = three()
    request = approved(means(tmp_path, double, systems=(ONE,)), HER)
    away = means(tmp_path, systems=(ONE,))
    assert [state for _, state, _ in erasure.fulfil(means=away, request=request).systems] == ["FAILED"]

    later = means(tmp_path, double, systems=(ONE,), now=NOW + timedelta(days=3))
    assert allowance.room(means=later, system="forum") == 0
    assert allowance.room(means=later, system="forum", besides=(request.case_id,)) == 1
    assert erasure.fulfil(means=later, request=request).complete
    assert allowance.room(means=later, system="forum") == 0, "begun today"

    next_day = means(tmp_path, double, systems=(ONE,), now=NOW + timedelta(days=5))
    assert allowance.room(means=next_day, system="forum") == 1


def test_a_plan_that_is_older_than_the_limit_is_judged_before_the_first_write(
    records: str, tmp_path: Path
) -> None:
    """Scenario 68: what was approved is more than the map now allows; whoever was allowed beyond it goes on."""
    double = three()
    before = means(tmp_path, double)
    hers, his = approved(before, HER), approved(before, HIM)
    able = means(tmp_path, double, systems=(ONE,))
    extra, look = seen(able, asked(CAL))
    erasure.approve(means=able, request=extra, preview=look, allow=frozenset({"people_per_day"}), reason=WHY)
    extra.refresh_from_db()

    assert erasure.fulfil(means=able, request=extra).complete
    assert erasure.fulfil(means=able, request=hers).complete
    ((system, state, why),) = erasure.fulfil(means=able, request=his).systems

    assert (system, state) == ("forum", FulfilmentState.FAILED)
    assert why.startswith("forum: people_per_day is 1, this would be 2 whom nobody allowed beyond it.")
    assert left(double) == [BOB]

    his.refresh_from_db()
    erasure.allow_more(means=able, request=his, allow=frozenset({"people_per_day"}), reason=WHY, go_on="")
    assert erasure.fulfil(means=able, request=his).complete
    assert left(double) == []


def test_whoever_may_be_one_more_of_the_day_stays_so_when_something_else_is_allowed(
    records: str, tmp_path: Path
) -> None:
    double = three()
    approved(means(tmp_path, double, systems=(ONE,)), HER)
    both = replace(FORUM, limits=Limits(people_per_day=1, rows_per_person=1))
    able = means(tmp_path, double, systems=(ONE,))
    request, look = seen(able, HIM)
    erasure.approve(
        means=able, request=request, preview=look, allow=frozenset({"people_per_day"}), reason=WHY
    )
    request.refresh_from_db()
    request.fulfilments.update(
        state=FulfilmentState.FAILED, failure="PERMANENT", failure_text="rows_per_person"
    )

    erasure.allow_more(
        means=means(tmp_path, double, systems=(both,)),
        request=request,
        allow=frozenset({"rows_per_person"}),
        reason="he wrote a lot",
        go_on="",
    )

    assert Plan.objects.order_by("-version", "-pk")[0].allowed == ["people_per_day", "rows_per_person"]


@pytest.mark.parametrize("system", [replace(DESK, limits=Limits(people_per_day=1)), DESK, FORUM])
def test_people_who_work_by_hand_are_not_counted_and_others_only_by_a_limit(
    records: str, tmp_path: Path, system: System
) -> None:
    able = means(tmp_path, three(), systems=(replace(FORUM, limits=Limits()), DESK))
    approved(able, HER)
    again = means(tmp_path, three(), systems=(system,))

    room = allowance.room(means=again, system=system.name)

    assert room == (4 if system is FORUM else None)


def test_whose_request_was_taken_back_is_counted_no_longer(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, three(), systems=(ONE,))
    approved(able, HER)

    Request.objects.update(state=RequestState.REVOKED, finished_at=NOW)

    assert allowance.room(means=able, system="forum") == 1
    assert ADA in str(left(three()))
