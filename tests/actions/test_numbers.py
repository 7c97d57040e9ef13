"""What monitoring gets: right, bounded, and nobody's data."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.world import NOW, PLANTED, forum, means
from upheld.actions import approving, cases
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.numbers import OTHER, Numbers, numbers
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import Fulfilment, FulfilmentState, Request, RequestState
from upheld.store.models.journal import FailureKind
from upheld.web import exposition

SYSTEMS = ("forum",)


def asked(able: Means, address: str) -> Request:
    return cases.receive(means=able, right=Right.ERASURE, asked=Asked((Identity("email", address),)))


def seen(at: datetime = NOW) -> Numbers:
    return numbers(at=at, day=at.date(), systems=SYSTEMS)


def some(values: object) -> dict[object, int]:
    return {key: many for key, many in values.items() if many}  # type: ignore[attr-defined]


def test_of_an_empty_store_everything_is_there_and_zero(records: str) -> None:
    found = seen()

    assert (some(found.requests), some(found.failed), some(found.parts)) == ({}, {}, {})
    assert len(found.requests) == len(Right) * len(RequestState)
    assert (found.oldest, found.target, found.mailed, found.working.nobody) == (None, None, None, True)


def test_requests_dates_and_failures_are_counted(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    late, soon = asked(able, "one@example.net"), asked(able, "two@example.net")
    Request.objects.filter(pk=late.pk).update(
        target_date=NOW.date() - timedelta(days=2), legal_date=NOW.date()
    )
    looked = approving.fingerprint(approving.look(means=able, request=soon))
    approving.approve(means=able, request=soon, looked=looked)
    Fulfilment.objects.update(state=FulfilmentState.FAILED, failure=FailureKind.TRANSIENT)
    Fulfilment.objects.create(
        request=soon,
        plan=Fulfilment.objects.first().plan,
        position=9,
        system="left the map",
        state=FulfilmentState.FAILED,
        failure=FailureKind.PERMANENT,
    )

    found = seen(NOW + timedelta(hours=1))

    assert some(found.requests) == {("ERASURE", "OPEN"): 1, ("ERASURE", "IN_PROGRESS"): 1}
    assert (found.oldest, found.target, found.late, found.overdue) == (NOW, date(2026, 11, 20), 1, 0)
    assert some(found.failed) == {("forum", "TRANSIENT"): 1, (OTHER, "PERMANENT"): 1}
    assert some(found.parts) == {"FAILED": 2}


def test_as_many_queries_and_lines_for_many_cases_as_for_one_and_nobody_is_named(
    records: str, tmp_path: Path
) -> None:
    able = replace(means(tmp_path, forum()), by="Olive Officer")
    asked(able, PLANTED[0])

    def scraped() -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as caught:
            lines = [*exposition.lines(seen(), at=NOW, day=NOW.date())]
        return len(caught), lines

    queries, lines = scraped()
    for number in range(4):
        asked(able, f"person{number}@example.net")
    more = scraped()

    assert (queries, len(lines)) == (more[0], len(more[1]))
    whole = "\n".join(more[1])
    assert [
        each for each in (*PLANTED, "person1", "Olive", str(Request.objects.first().pk)) if each in whole
    ] == []
