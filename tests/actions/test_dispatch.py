"""Wakes are only hints: dropped, doubled and out of order, everything is carried out once all the same."""

import itertools
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.test_erasure import begin
from tests.actions.world import FORUM, NOW, means
from upheld.actions import rounds
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.model import Limits
from upheld.rights.subject import Identity
from upheld.rights.testing import Died, InMemoryConnector
from upheld.store.models import Evidence, Request, RequestState

SYSTEM = replace(FORUM, limits=Limits())
PEOPLE = range(1, 4)
_runs = itertools.count()


def crowd(run: int) -> InMemoryConnector:
    """People of this run alone, so that no case of an earlier one is joined; one dies with its first commit."""
    users = [{"id": n, "email": f"p{n}@run{run}.example.org", "name": "P"} for n in (0, *PEOPLE)]
    posts = [{"id": n, "user_id": n, "body": "hello"} for n in (0, *PEOPLE)]
    return InMemoryConnector(SYSTEM, {"users": users, "posts": posts}, die=["after commit"])


def one(able: Means, case: UUID) -> None:
    """What a worker does that was woken; the first of all dies."""
    with suppress(Died):
        rounds.some(means=able, cases=[case], certify=lambda *_: (), server=None, sender="")


@given(wakes=st.lists(st.sampled_from(PEOPLE), max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wakes_that_are_lost_doubled_or_late_change_nothing_of_the_end(
    sqlite_records: Path, tmp_path: Path, wakes: list[int]
) -> None:
    run = next(_runs)
    double = crowd(run)
    able = means(tmp_path, double, systems=(SYSTEM,))
    asked = {n: Asked((Identity("email", f"p{n}@run{run}.example.org"),)) for n in PEOPLE}
    requests = {n: begin(able, each) for n, each in asked.items()}

    for woken in wakes:
        one(able, requests[woken].case_id)
    for later in (1, 2, 3):  # sweeps, hours later: leases have run out, what failed may be tried again
        swept = means(
            tmp_path, double, systems=(SYSTEM,), now=NOW.replace(hour=NOW.hour + later), owner=f"h/{later}/1"
        )
        for case in rounds.cases_ready(means=swept):
            one(swept, case)

    ended = Request.objects.filter(pk__in=[each.pk for each in requests.values()])
    assert {each.state for each in ended} == {RequestState.FULFILLED}
    assert [row["id"] for row in double.tables["users"]] == [0]
    for each in ended:
        written = Evidence.objects.filter(fulfilment__request=each)
        assert [written.filter(part=None).count(), written.exclude(part=None).count()] == [1, 1]
