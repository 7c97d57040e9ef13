"""Queries that are put together once say what Django's own say, each time they are run."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from upheld.law.right import Right
from upheld.store import queries
from upheld.store.compiled import Rows, Slot, gather, numbered, renew, save
from upheld.store.database import fresh, insert_all, insert_numbered, insert_one, read_all
from upheld.store.models import (
    BlindIndex,
    Case,
    CaseState,
    Fulfilment,
    FulfilmentState,
    Plan,
    Request,
    RequestState,
    Suppression,
)
from upheld.store.models.case import UNFINISHED

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)


def opened(number: int, state: str = RequestState.OPEN) -> Request:
    """A case with one request, as the verbs write them."""
    case = Case(
        id=UUID(int=number), regime="gdpr", key=f"key-{number}", opened_at=NOW, sealed_identities=b"\x01"
    )
    request = Request(
        id=UUID(int=1000 + number), case=case, right=Right.ERASURE.value, state=state, received_at=NOW
    )
    with transaction.atomic():
        insert_all([case])
        insert_all([BlindIndex(case=case, digest=bytes([number]) * 32)])
        insert_all([request])
    return request


def planned(request: Request, *, systems: int = 2) -> list[Fulfilment]:
    plan = Plan(
        request=request,
        format=Plan.__name__,
        digest=f"{request.pk.int:064x}",
        regime="gdpr",
        approved_at=NOW,
        approved_by="ann",
    )
    parts = [
        Fulfilment(request=request, plan=plan, position=place, system=f"system-{place}")
        for place in range(systems)
    ]
    with transaction.atomic():
        insert_one(plan)
        for part in parts:
            part.plan = plan
        insert_numbered(parts)
    return parts


def test_a_row_is_read_as_django_reads_it_with_what_belongs_to_it(records: str) -> None:
    request = opened(1)

    found = queries.REQUEST.first(pk=request.pk)

    expected = Request.objects.select_related("case").get(pk=request.pk)
    assert found == expected
    assert {**vars(found), "_state": None} == {**vars(expected), "_state": None}
    with CaptureQueriesContext(transaction.get_connection()) as asked:
        assert (found.case.key, bytes(found.case.sealed_identities)) == ("key-1", b"\x01")
    assert len(asked) == 0


def test_the_second_run_has_values_of_its_own(records: str) -> None:
    one, other = opened(1), opened(2)

    assert [queries.REQUEST.first(pk=each.pk) for each in (one, other, one)] == [one, other, one]
    assert queries.REQUEST.first(pk=uuid4()) is None


def test_whoever_is_unfinished_is_found_with_the_plan(records: str) -> None:
    request = opened(1)
    parts = planned(request, systems=3)
    Fulfilment.objects.filter(pk=parts[1].pk).update(state=FulfilmentState.DONE)

    found = queries.UNFINISHED_FULFILMENTS.all(request=request.pk)

    assert [each.pk for each in found] == [parts[0].pk, parts[2].pk]
    assert [each.plan.digest for each in found] == [parts[0].plan.digest] * 2
    assert [each.window for each in found] == [None, None]
    assert queries.FULFILMENTS.all(request=request.pk) == list(request.fulfilments.all())


def test_gathered_rows_are_asked_for_no_more_and_are_nobody_elses(records: str) -> None:
    request, other = opened(1), opened(2)
    own, _ = planned(request), planned(other)

    gather(request, "fulfilments", queries.HERS["fulfilments"].all(request=request.pk))

    with CaptureQueriesContext(transaction.get_connection()) as asked:
        assert list(request.fulfilments.all()) == own
        assert [each.request for each in request.fulfilments.all()] == [request] * 2
        assert [each.plan.request_id for each in request.fulfilments.all()] == [request.pk] * 2
        assert (len(request.fulfilments.all()), request.fulfilments.all().exists()) == (2, True)
    assert len(asked) == 0
    waiting = request.fulfilments.filter(state=FulfilmentState.WAITING)
    assert list(waiting.order_by("position")) == own
    Fulfilment.objects.filter(pk=own[0].pk).update(state=FulfilmentState.DONE)
    assert list(request.fulfilments.exclude(state=FulfilmentState.DONE)) == own[1:]


def test_rows_that_get_their_numbers_together_get_them_in_their_order(records: str) -> None:
    parts = planned(opened(1), systems=600)

    assert [each.pk for each in parts] == sorted(each.pk for each in parts)
    stored = dict(Fulfilment.objects.values_list("pk", "system"))
    assert stored == {each.pk: each.system for each in parts}


def test_a_fence_changes_nothing_for_whoever_lost_it(records: str) -> None:
    [part] = planned(opened(1), systems=1)
    part.state, part.owner, part.attempt = FulfilmentState.RUNNING, "one", 3
    with transaction.atomic():
        save(queries.FULFILMENT, part, "state", "owner", "attempt")
    until = NOW + timedelta(minutes=5)

    changed = [
        queries.FENCED.run({"leased_until": until}, pk=part.pk, owner=owner, attempt=attempt)
        for owner, attempt in (("other", 3), ("one", 2), ("one", 3))
    ]

    assert changed == [0, 0, 1]
    part.refresh_from_db()
    assert (part.state, part.owner, part.attempt, part.leased_until) == ("RUNNING", "one", 3, until)


def test_changes_of_other_fields_are_other_statements(records: str) -> None:
    request = opened(1, RequestState.OPEN)
    case = request.case

    closed = {"state": CaseState.CLOSED, "closed_at": NOW, "key_destroy_on": NOW.date()}
    assert queries.ONE_CASE.run(closed, pk=case.pk) == 1
    case.sealed_subject = b"sealed"
    save(queries.ONE_CASE, case, "sealed_subject")

    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.closed_at, stored.key_destroy_on) == ("CLOSED", NOW, NOW.date())
    assert bytes(stored.sealed_subject or b"") == b"sealed"


def test_open_cases_are_found_by_any_number_of_digests(records: str) -> None:
    one, other = opened(1), opened(2)
    queries.INDEX.run({"open": False}, case=other.case_id)
    digests = [bytes([number]) * 32 for number in (1, 2, 3)]

    found = [queries.open_cases(many).all(**numbered(digests[:many])) for many in (1, 2, 3)]

    assert [[each.case for each in rows] for rows in found] == [[one.case]] * 3


def test_marks_that_are_there_are_told_from_those_that_are_not(records: str) -> None:
    insert_all([Suppression(kind="email", digest=b"\x07" * 32, at=NOW)])

    found = queries.suppressed(2).all(**numbered([b"\x07" * 32, b"\x08" * 32]))

    assert [bytes(digest) for (digest,) in found] == [b"\x07" * 32]


def test_rows_that_are_there_already_are_left_out(records: str) -> None:
    request = opened(1)
    twice = [BlindIndex(case=request.case, digest=bytes([number]) * 32) for number in (1, 9)]

    insert_all(twice, new=True)

    stored = BlindIndex.objects.filter(case=request.case).order_by("pk").values_list("digest", flat=True)
    assert [bytes(each) for each in stored] == [b"\x01" * 32, b"\x09" * 32]


def test_only_what_is_selected_is_deleted(records: str) -> None:
    one, other = opened(1), opened(2)
    insert_all(
        [
            BlindIndex(case=each.case, digest=b"\x05" * 32, whole=True, open=each is one)
            for each in (one, other)
        ]
    )

    assert queries.WHOLE_INDEX.run(case=one.case_id) == 1

    left = sorted((str(case), whole) for case, whole in BlindIndex.objects.values_list("case", "whole"))
    assert left == sorted(
        [(str(one.case_id), False), (str(other.case_id), False), (str(other.case_id), True)]
    )


def test_a_row_in_hand_becomes_what_the_records_say(records: str) -> None:
    request = opened(1)
    ended = {"state": RequestState.DENIED, "reason": "no_match", "finished_at": NOW}
    assert queries.ONE_UNFINISHED.run(ended, pk=request.pk) == 1
    assert queries.ONE_UNFINISHED.run(ended, pk=request.pk) == 0, "it is finished"

    renew(request, queries.REQUEST.first(pk=request.pk))

    assert (request.state, request.reason, request.finished_at) == ("DENIED", "no_match", NOW)
    assert not queries.STILL_OPEN.any(case=request.case_id)
    assert request.state not in UNFINISHED


def test_a_slot_never_stands_for_null(records: str) -> None:
    """It would equal nothing, and a query that finds nobody would look like one about nobody."""
    with pytest.raises(TypeError, match="never stands for NULL"):
        Rows(lambda: Case.objects.filter(key=Slot("key"))).all(key=None)


def plain(row: object) -> dict[str, object]:
    """What a row holds, whatever it was made by."""
    return {**vars(row), "_state": None}


def test_a_row_made_by_the_thousand_is_the_one_that_django_makes(records: str) -> None:
    case = Case(id=UUID(int=1), regime="gdpr", key="key-1", opened_at=NOW, sealed_identities=b"\x01")
    given: dict[str, Any] = {
        "id": UUID(int=2), "case": case, "right": "ERASURE", "state": "OPEN", "received_at": NOW,
    }  # fmt: skip
    part: dict[str, Any] = {
        "request": Request(**given), "plan": Plan(pk=3), "position": 0, "system": "forum", "window": None,
    }  # fmt: skip

    assert plain(fresh(Request, **given)) == plain(Request(**given))
    assert fresh(Request, **given).case is case
    assert plain(fresh(Fulfilment, **part)) == plain(Fulfilment(**part))
    assert fresh(Fulfilment, **part).pk is None


def test_a_row_without_a_value_that_it_needs_is_not_written(records: str) -> None:
    with pytest.raises(KeyError), transaction.atomic():
        insert_all([fresh(Case, id=UUID(int=1), regime="gdpr", opened_at=NOW, sealed_identities=b"")])
    assert not Case.objects.exists()
    with pytest.raises(TypeError, match=r"^Case has no field colour\.$"):
        fresh(Case, colour="red")


@pytest.mark.parametrize("many", [1, 20, 21, 250])
def test_many_rows_are_read_back_as_they_were_written(records: str, many: int) -> None:
    cases = [
        fresh(
            Case, id=UUID(int=number), regime="gdpr", key=f"tab\t, \\ and \u2028 {number}", opened_at=NOW,
            sealed_identities=bytes([number % 256, 0, 92]), key_destroy_on=NOW.date() if number % 2 else None,
        )
        for number in range(1, many + 1)
    ]  # fmt: skip

    with transaction.atomic():
        insert_all(cases)

    found = read_all(Case.objects.order_by("opened_at", "id"))
    assert [(each.pk, each.key, each.opened_at, each.key_destroy_on) for each in found] == [
        (each.pk, each.key, each.opened_at, each.key_destroy_on) for each in cases
    ]
    assert [bytes(each.sealed_identities) for each in found] == [each.sealed_identities for each in cases]
    assert list(map(plain, found)) == list(map(plain, Case.objects.order_by("opened_at", "id")))


def test_among_finds_what_in_finds(records: str) -> None:
    requests = [opened(number) for number in range(1, 6)]
    parts = [part for each in requests for part in planned(each)]
    some: list[list[Any]] = [[], [requests[1].pk, uuid4()], [each.pk for each in requests] * 200]

    for chosen in some:
        assert set(Request.objects.filter(pk__among=chosen)) == set(Request.objects.filter(pk__in=chosen))
        assert set(Request.objects.exclude(pk__among=chosen)) == set(Request.objects.exclude(pk__in=chosen))
        assert list(Fulfilment.objects.filter(request__among=chosen).order_by("pk")) == list(
            Fulfilment.objects.filter(request__in=chosen).order_by("pk")
        )
    numbers = [each.pk for each in parts[2:5]]
    assert Fulfilment.objects.filter(pk__among=numbers).update(owner="one") == 3
    assert Fulfilment.objects.filter(pk__among=[]).update(owner="other") == 0
    assert set(Case.objects.filter(key__among=["key-2", "key-9"])) == {requests[1].case}
