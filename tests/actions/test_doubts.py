"""What a person is asked so that it is sure who she is: only on a doubt, compared apart from any page, and gone
when it is compared."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.actions.test_arrivals import later
from tests.actions.test_certainty import GRAVE, POSTS, asked_by_form, console, entries, states
from tests.actions.world import ADA, FORUM, forum_rows, means
from upheld.actions import certainty, comparing, doubts, outbox, proofs
from upheld.actions.means import Means
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.outcome import Permanent, Transient
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import Doubt, Level, Mail, MailKind, Request, RequestState, Verification

NAME, PHONE = "Ada Quillfeather", "+49 30 901820"


def held(folder: Path, *, regime: str = "gdpr", **options: object) -> Means:
    """A forum with grave data, where her telephone number is known."""
    rows = forum_rows()
    rows["users"][0]["phone"] = "030 901820"
    rows["users"][1] |= {"name": "Bob Ashgrove", "phone": "030 111222"}
    system = replace(FORUM, tables=(GRAVE, POSTS))
    able = means(folder, InMemoryConnector(system, rows, **options), systems=(system,))  # type: ignore[arg-type]
    organisation = replace(able.datamap.organisation, regimes=(regime,), country="DE")
    return replace(able, datamap=replace(able.datamap, organisation=organisation), orders=False)


def ask(able: Means, request: Request, *kinds: str, **more: object) -> Doubt:
    return doubts.ask(
        means=able,
        request=request,
        kinds=kinds or ("name", "phone-number"),
        declaration=bool(more.pop("declaration", False)),
        why="A different person wrote last week.",
        **more,  # type: ignore[arg-type]
    )


def answer(able: Means, made: Doubt, **more: str) -> None:
    given = {"name": NAME, "phone-number": PHONE}
    given |= {key.replace("_", "-"): value for key, value in more.items() if key not in ("signed", "words")}
    doubts.answer(
        means=able, made=made, given=given, name=more.get("signed", ""), words=more.get("words", "")
    )


def points() -> list[int]:
    return [each.points for each in Verification.objects.filter(method=Method.DATA_POINTS)]


def test_she_is_asked_by_mail_on_a_doubt_and_what_she_says_is_compared_and_gone(
    records: str, tmp_path: Path
) -> None:
    """G-12.8, C-41"""
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.REASONABLE)

    made = ask(able, request)
    letter = outbox.opened(means=able, mail=Mail.objects.get(kind=MailKind.PROVE))
    assert (letter.to, "/en/prove/" in letter.text, "Quillfeather" in letter.text) == (ADA, True, False)
    answer(able, made, phone_number="030/901820")

    made.refresh_from_db()
    assert (points(), states(request)[2]) == ([], Level.REASONABLE), "a page compares nothing"
    assert not [each for each in (b"Quill", b"901820") if each in bytes(made.sealed_answers or b"")]
    done = comparing.compare_all(means=able)
    made.refresh_from_db()
    assert (done, made.failure) == (1, "")
    assert (made.sealed_answers, made.failure, points(), states(request)[2]) == (None, "", [2], Level.HIGH)
    assert comparing.compare_all(means=able) == 0
    assert entries("doubt.recorded") == 1


@pytest.mark.parametrize(
    ("said", "matched"),
    [
        ({"name": "Bob Ashgrove", "phone_number": "030 111222"}, []),
        ({"name": NAME, "phone_number": "030 111222"}, [1]),
        ({"name": "Ada", "phone_number": "1"}, []),
    ],
)
def test_another_persons_values_and_guesses_do_not_match(
    records: str, tmp_path: Path, said: dict[str, str], matched: list[int]
) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)

    answer(able, ask(able, request), **said)
    comparing.compare_all(means=able)

    assert (points(), states(request)[2]) == (matched, Level.HIGH if matched else Level.REASONABLE)


def test_nothing_more_is_asked_than_is_lacking_and_not_without_a_doubt(records: str, tmp_path: Path) -> None:
    """G-12.8"""
    able = console(tmp_path)
    (request,) = asked_by_form(able)

    with pytest.raises(Permanent, match="sure enough who asks"):
        ask(able, request)
    certainty.doubt(means=able, request=request, why="Somebody else used her address last year.")
    with pytest.raises(Permanent, match="Nobody said why"):
        doubts.ask(means=able, request=request, kinds=("name",), declaration=False, why=" ")
    with pytest.raises(Permanent, match="Nothing was chosen"):
        doubts.ask(means=able, request=request, kinds=(), declaration=False, why="x")
    with pytest.raises(Permanent, match="No system holds what was chosen"):
        ask(able, request, "passport", "date-of-birth")
    assert Mail.objects.filter(kind=MailKind.PROVE).count() == 0

    ask(able, request, "name")
    assert Mail.objects.filter(kind=MailKind.PROVE).count() == 1


def test_tries_are_two_and_end(records: str, tmp_path: Path) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    first = ask(able, request)
    with pytest.raises(Permanent, match="still to come"):
        ask(able, request)
    answer(able, first, name="Bob Ashgrove", phone_number="1")
    with pytest.raises(Permanent, match="answered already"):
        answer(able, first)
    with pytest.raises(Permanent, match="still to come"):
        ask(able, request)
    comparing.compare_all(means=able)

    second = ask(able, request)
    late = later(able, days=15)
    with pytest.raises(Permanent, match="time is over"):
        answer(late, second)
    assert doubts.open_in(means=late, case=request.case) is None
    with pytest.raises(Permanent, match="asked 2 times"):
        ask(late, request)
    assert (points(), Doubt.objects.filter(expires_at__isnull=False).count()) == ([], 2)


def test_a_signed_declaration_is_what_california_wants_beside_the_values(
    records: str, tmp_path: Path
) -> None:
    """C-39"""
    able = held(tmp_path, regime="ccpa")
    (request,) = asked_by_form(able)
    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.NONE)

    made = ask(able, request, declaration=True)
    with pytest.raises(Permanent, match="not signed"):
        answer(able, made, words="I declare …")
    answer(able, made, signed=NAME, words="I declare …")
    assert states(request)[2] == Level.NONE
    comparing.compare_all(means=able)

    assert states(request) == (RequestState.OPEN, Level.HIGH, Level.HIGH)
    declared = Verification.objects.get(method=Method.DECLARATION)
    assert certainty.words(means=able, proof=declared) == f"I declare …\n\n{NAME}, 2026-11-22"
    assert b"Quill" not in bytes(declared.sealed_details or b"")


def test_a_correction_is_not_verified_by_what_it_is_about(records: str, tmp_path: Path) -> None:
    """C-44"""
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    Request.objects.filter(pk=request.pk).update(right=Right.RECTIFICATION.value)

    with pytest.raises(Permanent, match="what the correction is about"):
        ask(able, request)
    with pytest.raises(Permanent, match="The correction is about name"):
        ask(able, request, contested=("name",))
    ask(able, request, "phone-number", contested=("name",))


def test_a_system_that_is_down_is_asked_again_until_the_time_is_over(records: str, tmp_path: Path) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    made = ask(able, request)
    answer(able, made)

    class Down:
        def __getattr__(self, name: str) -> object:
            raise Transient("The forum does not answer.", "Wait.")

    down = replace(able, connectors={"forum": Down()})  # type: ignore[dict-item]
    assert comparing.compare_all(means=down) == 0
    made.refresh_from_db()
    assert (made.compared_at, made.sealed_answers is None, made.failure) == (
        None,
        False,
        "forum cannot be asked",
    )
    assert comparing.compare_all(means=able) == 0, "not before its time"
    assert comparing.compare_all(means=later(down, days=15)) == 1
    made.refresh_from_db()
    assert (made.sealed_answers, points()) == (None, [])


def test_what_was_approved_meanwhile_is_not_compared_for_anything(records: str, tmp_path: Path) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    made = ask(able, request)
    answer(able, made)
    certainty.judge(means=able, request=request, sure=Level.HIGH, why="She came.")
    Request.objects.filter(pk=request.pk).update(state=RequestState.IN_PROGRESS)

    assert comparing.compare_all(means=able) == 1

    made.refresh_from_db()
    assert (made.sealed_answers, points()) == (None, [])


def test_the_database_keeps_no_answers_of_what_was_compared(records: str, tmp_path: Path) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    made = ask(able, request)
    answer(able, made)

    with pytest.raises(IntegrityError), transaction.atomic():
        Doubt.objects.update(compared_at=able.now)


def test_the_box_says_what_is_lacking_and_names_nobody(records: str, tmp_path: Path) -> None:
    able = held(tmp_path)
    (request,) = asked_by_form(able)
    certainty_of = proofs.boxes(means=able, case=request.case)[0]

    assert (certainty_of.needed, certainty_of.reached, certainty_of.enough) == (
        "reasonably high",
        "reasonable",
        False,
    )
    assert [(each.what, each.reach, each.enough) for each in certainty_of.ways] == [
        ("one value that we hold of her", "reasonably high", True),
    ]
    assert certainty_of.kinds == (("name", "her full name"), ("phone-number", "her telephone number"))
    answer(able, ask(able, request))
    shown = repr(proofs.boxes(means=able, case=request.case))
    assert [each for each in (NAME, "Quill", "901820", "last week") if each in shown] == []
    assert [words for _, words, _ in proofs.reasons(means=able, case=request.case)] == [
        "A different person wrote last week."
    ]


def test_a_comparison_for_another_request_does_not_verify_a_correction(records: str, tmp_path: Path) -> None:
    """C-44"""
    able = held(tmp_path)
    deletion, correction = asked_by_form(able, Right.ERASURE, Right.ACCESS)[::-1]
    Request.objects.filter(pk=correction.pk).update(right=Right.RECTIFICATION.value)

    answer(able, ask(able, deletion))
    comparing.compare_all(means=able)

    assert [states(each)[2] for each in (deletion, correction)] == [Level.HIGH, Level.REASONABLE]
