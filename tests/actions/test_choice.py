"""What of the list of cases somebody chose to see, and what has ended."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.office import asked as came
from tests.actions.office import office, request
from tests.actions.world import NOW
from upheld.actions import cases, queue
from upheld.actions.asking import Asked
from upheld.actions.choice import NOBODY, Choice, ended
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Request, RequestState, Role, Staff


def asked(able: Means, number: int, right: Right, law: str = "gdpr") -> Request:
    given = Asked((Identity("email", f"p{number}@example.net"),))
    return cases.receive(means=able, right=right, asked=given, regime=law)


def shown(able: Means, choice: Choice) -> set[int]:
    """The numbers of the people whose cases are listed, a page of one at a time."""
    found, after = [], ""
    while True:
        page = queue.waiting(means=able, after=after, size=1, choice=choice)
        found += [each.case for each in page.lines]
        after = page.after
        if not after:
            break
    assert len(found) == len(set(found))
    return {PEOPLE.index(each) for each in found}


PEOPLE: list[object] = []


@pytest.fixture
def able(records: str, tmp_path: Path) -> Means:
    """p0 and p1 want a deletion, p1 a copy too, p2 a list of what is held under another law; Olga has p1's case, and p0's
    deletion is under way."""
    means = office(tmp_path, regimes=("gdpr", "ccpa"))
    first = request(came(means, Right.ERASURE, address="p0@example.net"))
    second = asked(means, 1, Right.ERASURE)
    asked(means, 1, Right.ACCESS)
    third = asked(means, 2, Right.KNOW, "ccpa")
    PEOPLE[:] = [each.case_id for each in (first, second, third)]
    olga = Staff.objects.create(email="olga@example.org", name="Olga", role=Role.OFFICER, created_at=NOW)
    second.case.assigned_to = olga
    second.case.save()
    Request.objects.filter(pk=first.pk).update(state=RequestState.IN_PROGRESS)
    return means


def test_a_list_shows_what_was_chosen_of_it(able: Means) -> None:
    olga = Staff.objects.get().pk

    assert {
        "all": shown(able, Choice()),
        "deletions": shown(able, Choice(right=Right.ERASURE)),
        "copies": shown(able, Choice(right=Right.ACCESS)),
        "another law": shown(able, Choice(law="ccpa")),
        "hers": shown(able, Choice(keeper=olga)),
        "nobody's": shown(able, Choice(keeper=NOBODY)),
        "to approve": shown(able, Choice(state=RequestState.OPEN)),
        "under way": shown(able, Choice(state=RequestState.IN_PROGRESS)),
        "deletions of hers": shown(able, Choice(right=Right.ERASURE, keeper=olga)),
        "nothing": shown(able, Choice(right=Right.PORTABILITY)),
    } == {
        "all": {0, 1, 2},
        "deletions": {0, 1},
        "copies": {1},
        "another law": {2},
        "hers": {1},
        "nobody's": {0, 2},
        "to approve": {1, 2},
        "under way": {0},
        "deletions of hers": {1},
        "nothing": set(),
    }


def test_what_has_ended_is_listed_newest_first_by_pages_with_one_query_each(able: Means) -> None:
    requests = list(Request.objects.order_by("received_at", "pk"))
    for days, (each, state) in enumerate(zip(requests, ("EXPIRED", "DENIED", "REVOKED"), strict=False), 1):
        Request.objects.filter(pk=each.pk).update(state=state, finished_at=NOW + timedelta(days=days))

    with CaptureQueriesContext(connection) as caught:
        newest, after = ended(size=2)
    oldest, none = ended(size=2, after=after)

    assert [(each.state, each.at) for each in (*newest, *oldest)] == [
        (RequestState.REVOKED, NOW + timedelta(days=3)),
        (RequestState.DENIED, NOW + timedelta(days=2)),
        (RequestState.EXPIRED, NOW + timedelta(days=1)),
    ]
    assert (len(caught), none) == (1, "")
    assert ended(size=9, choice=Choice(state=RequestState.OPEN)) == ((), "")


@pytest.mark.parametrize("after", ["x", "2026-11-26_5", "2026-11-26T00:00:00_" + "0" * 32])
def test_a_page_that_is_none_of_ours_is_refused(after: str, records: str) -> None:
    with pytest.raises(Permanent, match="not known"):
        ended(size=2, after=after)
