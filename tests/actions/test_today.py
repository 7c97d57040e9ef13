"""The start page's answer: what is late, what needs somebody, and how it went."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.world import NOW, forum, means
from upheld.actions import approving, cases
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.today import Today, Week, today
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import Fulfilment, FulfilmentState, Request, RequestState
from upheld.store.models.journal import FailureKind


def asked(able: Means, number: int, *, right: Right = Right.ERASURE) -> Request:
    given = Asked((Identity("email", f"person{number}@example.net"),))
    return cases.receive(means=able, right=right, asked=given)


def due(request: Request, days: int) -> None:
    """Let our own date be so many days away."""
    target = NOW.date() + timedelta(days=days)
    Request.objects.filter(pk=request.pk).update(target_date=target, legal_date=target + timedelta(days=1))


def figures(seen: Today) -> tuple[int, ...]:
    return seen.open, seen.late, seen.overdue, seen.needing, seen.week


def test_without_a_case_nothing_is_late_and_nothing_runs(records: str, tmp_path: Path) -> None:
    seen = today(means=means(tmp_path, forum()))

    assert (figures(seen), seen.lines, seen.alone.nothing, seen.next_on) == ((0,) * 5, (), True, None)
    assert seen.spread == (0,) * 6
    assert [each.begins for each in seen.weeks[-2:]] == [date(2026, 11, 9), date(2026, 11, 16)]
    assert {(each.received, each.answered) for each in seen.weeks} == {(0, 0)}


def test_late_is_beyond_our_date_and_the_nearest_date_comes_first(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    requests = [asked(able, number) for number in range(6)]
    for request, days in zip(requests, (9, -1, -3, 0, 7, 40), strict=True):
        due(request, days)

    seen = today(means=able)

    assert figures(seen) == (6, 2, 1, 6, 4), "a date of yesterday is late, but the law's last day is today"
    wanted = [requests[each].case_id for each in (2, 1, 3, 4, 0, 5)]
    assert [each.case for each in seen.lines] == wanted
    assert (seen.next_on, seen.spread) == (NOW.date(), (2, 1, 1, 1, 0, 1))


def test_what_is_approved_needs_nobody_until_it_fails(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able, 1)
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)

    approved = today(means=able)
    Fulfilment.objects.update(state=FulfilmentState.FAILED, failure=FailureKind.PERMANENT)
    failed = today(means=able)

    assert (approved.needing, approved.lines, approved.alone.erasures) == (0, (), 1)
    assert [(each.next, each.needs) for each in failed.lines] == [("Community forum failed", True)]


def test_no_more_than_seven_are_shown_and_all_are_counted(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    with CaptureQueriesContext(connection) as few:
        asked(able, 0)
        few_from = len(few)
        today(means=able)
    for number in range(1, 10):
        asked(able, number)
    with CaptureQueriesContext(connection) as many:
        seen = today(means=able)

    assert (len(seen.lines), seen.needing) == (7, 10)
    assert len(many) == len(few) - few_from < 21


def test_weeks_begin_on_the_organisations_own_monday(records: str, tmp_path: Path) -> None:
    """Sunday 23:30 UTC is Monday in Berlin (T-02)."""
    able = means(tmp_path, forum())
    berlin = replace(able.datamap.organisation, time_zone="Europe/Berlin")
    able = replace(able, datamap=replace(able.datamap, organisation=berlin), now=berlin.local(NOW))
    sunday = NOW.replace(day=15, hour=23, minute=30)
    for number, at in enumerate((sunday, sunday - timedelta(hours=1), NOW - timedelta(weeks=20))):
        request = asked(able, number)
        state = RequestState.DENIED if number == 1 else RequestState.OPEN
        Request.objects.filter(pk=request.pk).update(
            received_at=at, state=state, finished_at=NOW if number == 1 else None
        )

    seen = today(means=able)

    assert seen.weeks[-2:] == (Week(date(2026, 11, 9), 1, 0), Week(date(2026, 11, 16), 1, 1))
    assert sum(each.received for each in seen.weeks) == 2
