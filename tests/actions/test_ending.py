"""She asks for one thing more in the moment in which the last request of her case ends: nothing stands in a case
that is closed, for its key is destroyed."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from django.db import connection, transaction

from tests.actions.office import asked, office, request
from tests.actions.world import ADA
from upheld.actions import adding, cases, stop
from upheld.actions.asking import Asked
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.models import Case, CaseState, Request, RequestState, Stop, Verification
from upheld.store.models.case import UNFINISHED

WAITS = 0.5
"""Seconds after which somebody who has not come through counts as one who waits."""


def at_once(first: Callable[[], object], second: Callable[[], object]) -> list[Exception]:
    """The first is done and not yet committed when the second begins. What they raised."""
    done, go_on, raised = Event(), Event(), list[Exception]()

    def began() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                go_on.wait(60)
        except Permanent as error:
            raised.append(error)
        finally:
            done.set()
            connection.close()

    def came() -> None:
        try:
            second()
        except Permanent as error:
            raised.append(error)
        finally:
            connection.close()

    one, other = Thread(target=began), Thread(target=came)
    one.start()
    done.wait(60)
    other.start()
    other.join(WAITS)
    go_on.set()
    one.join()
    other.join()
    return raised


def test_what_comes_while_the_last_request_ends_opens_a_case_of_its_own(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    ending = request(case)

    raised = at_once(
        lambda: cases.finish(means=able, request=ending, state=RequestState.REVOKED, reason="withdrawn"),
        lambda: cases.receive(means=able, right=Right.ACCESS, asked=Asked((Identity("email", ADA),))),
    )

    case.refresh_from_db()
    copy = Request.objects.get(right=Right.ACCESS.value)
    assert (raised, case.state, copy.state, copy.case.state) == ([], "CLOSED", "OPEN", "OPEN")
    assert copy.case != case


def test_a_case_stays_open_when_something_came_while_its_last_request_ended(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    ending = request(case)

    raised = at_once(
        lambda: cases.receive(means=able, right=Right.ACCESS, asked=Asked((Identity("email", ADA),))),
        lambda: cases.finish(means=able, request=ending, state=RequestState.REVOKED, reason="withdrawn"),
    )

    case.refresh_from_db()
    assert (raised, case.state, case.key_destroy_on) == ([], CaseState.OPEN, None)
    assert sorted(Request.objects.values_list("right", "state")) == [
        ("ACCESS", "OPEN"),
        ("ERASURE", "REVOKED"),
    ]
    assert Case.objects.count() == 1


def test_the_same_right_is_added_once(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)
    case = asked(able, Right.ERASURE)
    before = Verification.objects.count()

    def add() -> None:
        adding.add(means=able, case=Case.objects.get(pk=case.pk), right=Right.ACCESS, why="she wrote")

    raised = at_once(add, add)

    assert [str(each) for each in raised] == [
        "She asks for that in this case already. Look at the case again."
    ]
    assert Request.objects.filter(case=case, right="ACCESS", state__in=UNFINISHED).count() == 1
    assert Verification.objects.count() == before + 1


def test_writing_is_stopped_once(records: str, tmp_path: Path) -> None:
    able = office(tmp_path)

    raised = at_once(
        lambda: stop.stop(means=able, reason="look at this"),
        lambda: stop.stop(means=able, reason="and at that"),
    )

    assert (raised, list(Stop.objects.values_list("reason", flat=True))) == ([], ["look at this"])
