"""Below the certainty that is needed nothing is approved: by the verbs, and by the database."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.actions.test_arrivals import later
from tests.actions.world import ADA, FORUM, HER, forum, means
from upheld.actions import approving, arrivals, cases, certainty, erasure, links, preview
from upheld.actions.means import Means
from upheld.datamap.model import Field
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.store.database import insert_all
from upheld.store.models import (
    Channel,
    Doubt,
    Level,
    LinkPurpose,
    PendingEntry,
    Request,
    RequestState,
    Verification,
)

USERS, POSTS = FORUM.tables
KNOWN = replace(USERS, fields=(Field("name", "name"), Field("phone", "phone-number")))
GRAVE = replace(KNOWN, fields=(*KNOWN.fields, Field("iban", "bank-account")))


def console(folder: Path, *, grave: bool = False) -> Means:
    """As a page has them: nobody orders anything, and what is approved must be proved."""
    system = replace(FORUM, tables=(GRAVE if grave else KNOWN, POSTS))
    return replace(means(folder, forum(), systems=(system,)), orders=False)


def asked_by_form(able: Means, *rights: Right, verified: bool = True) -> list[Request]:
    arrival = arrivals.receive(
        means=able,
        channel=Channel.FORM,
        rights=rights or (Right.ERASURE,),
        address=ADA,
        language="en",
    )
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    arrivals.verify(means=able, token=token)
    return list(Request.objects.order_by("right"))


def approve(able: Means, request: Request) -> Request:
    looked = approving.fingerprint(approving.look(means=able, request=request))
    approving.approve(means=able, request=request, looked=looked)
    request.refresh_from_db()
    return request


def states(request: Request) -> tuple[str, int, int]:
    request.refresh_from_db()
    return request.state, request.needed, request.reached


def entries(about: str) -> int:
    return sum(about.encode() in bytes(each.content) for each in PendingEntry.objects.all())


def test_a_link_is_enough_for_ordinary_data_and_is_noted(records: str, tmp_path: Path) -> None:
    able = console(tmp_path)
    (request,) = asked_by_form(able)

    assert states(request) == (RequestState.OPEN, Level.REASONABLE, Level.REASONABLE)
    assert (Verification.objects.get().method, entries("verification.added")) == (Method.LINK, 1)
    assert approve(able, request).state == RequestState.IN_PROGRESS


def test_a_link_is_not_enough_where_the_data_could_harm(records: str, tmp_path: Path) -> None:
    """G-12.8"""
    able = console(tmp_path, grave=True)
    (request,) = asked_by_form(able)

    with pytest.raises(certainty.Below, match="reasonable, and reasonably high certainty is needed"):
        approve(able, request)
    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.REASONABLE)

    certainty.judge(means=able, request=request, sure=Level.HIGH, why="She came to the desk; I know her.")
    assert approve(able, request).state == RequestState.IN_PROGRESS


def test_a_copy_below_its_level_is_neither_approved_nor_written(records: str, tmp_path: Path) -> None:
    able = console(tmp_path, grave=True)
    (request,) = asked_by_form(able, Right.ACCESS)

    with pytest.raises(certainty.Below):
        approve(able, request)
    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.REASONABLE)


def test_what_nobody_proved_is_not_approved_in_the_console_but_an_order_is_its_own_proof(
    records: str, tmp_path: Path
) -> None:
    able = console(tmp_path)
    request = cases.receive(means=able, right=Right.ERASURE, asked=HER)
    seen = preview.preview(means=able, right=Right.ERASURE, asked=HER, request=request)
    with pytest.raises(certainty.Below):
        erasure.approve(means=able, request=request, preview=seen)
    assert Verification.objects.count() == 0

    erasure.approve(means=replace(able, orders=True, by="olive"), request=request, preview=seen)

    assert states(request) == (RequestState.IN_PROGRESS, Level.REASONABLE, Level.HIGH)
    proof = Verification.objects.get()
    assert (proof.method, proof.by, proof.grants) == (Method.ORDER, "olive", Level.HIGH)


def test_a_proof_ends_and_an_approval_after_it_wants_another(records: str, tmp_path: Path) -> None:
    able = console(tmp_path)
    (request,) = asked_by_form(able)
    after = later(able, days=93)

    with pytest.raises(certainty.Below, match="none, and reasonable"):
        approve(after, request)

    certainty.judge(means=after, request=request, sure=Level.REASONABLE, why="She wrote again.")
    assert approve(after, request).state == RequestState.IN_PROGRESS


def test_a_doubt_raises_what_is_needed_once_and_nothing_lowers_it(records: str, tmp_path: Path) -> None:
    """G-12.8"""
    able = console(tmp_path)
    (request,) = asked_by_form(able)

    with pytest.raises(certainty.Permanent, match="Nobody said why there is a doubt"):
        certainty.doubt(means=able, request=request, why="  ")
    made = certainty.doubt(means=able, request=request, why="Her sister Bea asked last week.")
    with pytest.raises(certainty.Permanent, match="needed already"):
        certainty.doubt(means=able, request=request, why="Again.")

    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.REASONABLE)
    assert certainty.why(means=able, made=made) == "Her sister Bea asked last week."
    assert b"Bea" not in bytes(made.sealed_why)
    assert (Doubt.objects.get().raised, entries("doubt.recorded")) == (True, 1)
    with pytest.raises(certainty.Below):
        approve(able, request)


def test_a_judgement_has_a_reason_that_is_sealed_and_is_not_below_what_is_needed(
    records: str, tmp_path: Path
) -> None:
    able = console(tmp_path, grave=True)
    (request,) = asked_by_form(able)

    for sure, why in ((Level.HIGH, " "), (Level.REASONABLE, "I think so.")):
        with pytest.raises(certainty.Permanent):
            certainty.judge(means=able, request=request, sure=sure, why=why)
    certainty.judge(means=able, request=request, sure=Level.HIGH, why="I know Ada.")
    made = Verification.objects.get(method=Method.JUDGEMENT)

    assert certainty.words(means=able, proof=made) == "I know Ada."
    assert b"Ada" not in bytes(made.sealed_details or b"")
    assert Verification.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": RequestState.IN_PROGRESS},
        {"state": RequestState.FULFILLED, "finished_at": "2026-11-26T00:00:00Z"},
        {"reached": Level.HIGH},
        {"needed": Level.NONE},
        {"needed": Level.REASONABLE},
    ],
    ids=lambda wrong: "-".join(map(str, wrong.values())),
)
def test_the_database_takes_no_request_that_says_more_than_is_proved(
    records: str, tmp_path: Path, wrong: dict[str, object]
) -> None:
    able = console(tmp_path, grave=True)
    (request,) = asked_by_form(able)

    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=request.pk).update(**wrong)
    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.REASONABLE)


def test_the_database_keeps_a_proof_as_it_is_and_takes_no_proven_request_without_one(
    records: str, tmp_path: Path
) -> None:
    able = console(tmp_path)
    (request,) = asked_by_form(able)
    proof = Verification.objects.get()

    for change in (lambda: Verification.objects.update(level=Level.HIGH), proof.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.create(
            case=request.case, right="ACCESS", received_at=able.now, reached=Level.REASONABLE
        )
    assert Verification.objects.get().level == Level.REASONABLE


def test_what_is_approved_is_not_proved_or_doubted_any_more(records: str, tmp_path: Path) -> None:
    able = console(tmp_path)
    request = approve(able, asked_by_form(able)[0])

    for verb in (
        lambda: certainty.doubt(means=able, request=request, why="late"),
        lambda: certainty.judge(means=able, request=request, sure=Level.HIGH, why="late"),
    ):
        with pytest.raises(certainty.Permanent, match="approved already"):
            verb()


def test_she_proves_once_who_she_is_for_all_that_she_asked(records: str, tmp_path: Path) -> None:
    able = console(tmp_path, grave=True)
    copy, deletion = asked_by_form(able, Right.ACCESS, Right.ERASURE)

    certainty.judge(means=able, request=deletion, sure=Level.HIGH, why="She came to the desk.")

    assert [states(each)[2] for each in (copy, deletion)] == [Level.HIGH, Level.HIGH]


def test_orders_of_a_list_are_proofs_that_stand_before_what_they_prove(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    first = cases.receive(means=able, right=Right.ACCESS, asked=HER)
    law = {each: getattr(first, each) for each in ("pack", "pack_digest", "received_date")}
    dates = {"target_date": first.target_date, "legal_date": first.legal_date}
    made = Request(
        case=first.case, right="ERASURE", state="IN_PROGRESS", received_at=able.now, reached=2, **law, **dates
    )

    with transaction.atomic():
        insert_all([certainty.ordered(means=able, request=made, at=able.now)])
        insert_all([made])

    assert [each.method for each in Request.objects.get(pk=made.pk).verifications.all()] == [Method.ORDER]
    with pytest.raises(certainty.Below):
        certainty.ordered(means=console(tmp_path), request=made, at=able.now)
