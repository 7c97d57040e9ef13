"""What an officer decides: more time, a refusal, a withdrawal, a pause; each with a name, a ground, one entry."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.world import ADA, HER, NOW, PLANTED, forum, means
from upheld.actions import arrivals, cases, decisions, erasure, extension, links, outbox, refusal, withdrawal
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.outcome import Misnamed, Permanent
from upheld.store.models import (
    CaseState,
    Channel,
    Decision,
    LinkPurpose,
    Mail,
    MailKind,
    PendingEntry,
    Request,
    RequestState,
)

WORDS = "Eleven years of letters at 17 Larkspur Lane have to be read."


def at(able: Means, **passed: float) -> Means:
    """The same means, later."""
    moment = NOW + timedelta(**passed)
    return replace(able, now=moment, clock=lambda: moment)


def asked(able: Means, *rights: Right, language: str = "en") -> Request:
    """A person whose address is verified, and her request."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=rights or (Right.ERASURE,), address=ADA, language=language
    )
    given = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival)
    arrivals.verify(means=able, token=given.token)
    return Request.objects.select_related("case").get(right=(rights or (Right.ERASURE,))[0])


def entries(kind: str) -> list[dict[str, object]]:
    found = [json.loads(bytes(each.content)) for each in PendingEntry.objects.all()]
    return [each for each in found if each["type"] == kind]


def letter(able: Means, kind: MailKind) -> str:
    mail = Mail.objects.get(kind=kind)
    written = outbox.opened(means=able, mail=mail)
    return f"{written.subject}\n\n{written.text}"


# --- more time ------------------------------------------------------------------------------------------


def test_more_time_moves_both_dates_and_tells_her_why_by_mail(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)
    before = (request.target_date, request.legal_date)

    extension.extend(means=at(able, days=20), request=request, code="complexity", words=WORDS)

    request.refresh_from_db()
    assert before == (date(2026, 12, 17), date(2026, 12, 22))
    assert (request.target_date, request.legal_date) == (date(2027, 2, 22), date(2027, 2, 22))
    told = letter(able, MailKind.EXTENDED)
    for said in (
        "We need more time",
        "On Sunday 22 November 2026 you asked us for this: the deletion of your data.",
        "We cannot answer by Thursday 17 December 2026. Your request is complex",
        WORDS,
        "We answer by Monday 22 February 2027.",
        "you can go to court",
        "https://privacy.test/en/follow/",
    ):
        assert said in told
    (entry,) = entries("request.extended/v1")
    assert {name: entry[name] for name in ("right", "reason", "target", "legal")} == {
        "right": "ERASURE",
        "reason": "complexity",
        "target": "2027-02-22",
        "legal": "2027-02-22",
    }
    assert not [each for each in PLANTED if each in json.dumps(entry)]
    decision = Decision.objects.get()
    assert (decision.by, decisions.words_of(means=able, decision=decision)) == ("officer", WORDS)
    assert WORDS.encode() not in bytes(decision.sealed_words)


def test_more_time_is_taken_once_and_in_the_first_period_alone(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)

    with pytest.raises(Permanent, match="had to be told by 2026-12-22"):
        extension.extend(means=at(able, days=31), request=request, code="complexity", words=WORDS)
    with pytest.raises(Permanent, match="Nobody said why"):
        extension.extend(means=able, request=request, code="complexity", words="  ")
    with pytest.raises(Misnamed, match="no reason for more time under gdpr/2026-11"):
        extension.extend(means=able, request=request, code="holidays", words=WORDS)
    assert not Decision.objects.exists()

    extension.extend(means=at(able, days=30), request=request, code="number", words=WORDS)
    with pytest.raises(Permanent, match="taken already"):
        extension.extend(means=at(able, days=30), request=request, code="number", words=WORDS)
    assert Mail.objects.filter(kind=MailKind.EXTENDED).count() == len(entries("request.extended/v1")) == 1


def test_without_an_address_more_time_needs_the_day_on_which_she_was_told(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    request = cases.receive(means=able, right=Right.ERASURE, asked=HER)

    with pytest.raises(Permanent, match="No address of hers is known"):
        extension.extend(means=able, request=request, code="number", words=WORDS)
    with pytest.raises(Permanent, match="cannot have been told on 2026-11-21"):
        extension.extend(means=able, request=request, code="number", words=WORDS, told_on=date(2026, 11, 21))
    extension.extend(means=able, request=request, code="number", words=WORDS, told_on=date(2026, 11, 22))
    assert not Mail.objects.exists()


def test_a_californian_gets_ninety_days_in_all(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    organisation = replace(able.datamap.organisation, regimes=("ccpa",))
    able = replace(able, datamap=replace(able.datamap, organisation=organisation))
    request = asked(able)

    extension.extend(means=able, request=request, code="necessary", words=WORDS)

    request.refresh_from_db()
    assert request.legal_date is not None
    assert request.received_date is not None
    assert (request.legal_date - request.received_date).days == 90
    assert "California Privacy Protection Agency" in letter(able, MailKind.EXTENDED)


# --- refusal --------------------------------------------------------------------------------------------


def test_a_refusal_says_the_ground_the_words_and_where_to_complain(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)

    done = refusal.refuse(means=able, request=request, ground="legal-claims", words="A suit is open.")

    request.refresh_from_db()
    request.case.refresh_from_db()
    assert isinstance(done, Decision)
    assert (request.state, request.reason) == (RequestState.DENIED, "legal-claims")
    assert request.case.state == CaseState.CLOSED
    told = letter(able, MailKind.REFUSED)
    assert "We do not do it. We keep it for legal claims. (Art. 17(3)(e), 21(1) GDPR)" in told
    assert "A suit is open." in told
    assert "complain to the data protection authority of your country, and you can go to court" in told
    (entry,) = entries("request.refused/v1")
    assert (entry["ground"], entry["extent"]) == ("legal_claims", "whole")


def test_only_a_ground_of_that_right_and_law_refuses(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able, Right.ACCESS)

    with pytest.raises(Misnamed, match="no ground to refuse this"):
        refusal.refuse(means=able, request=request, ground="public-health", words="because")
    with pytest.raises(Permanent, match="covers no part"):
        refusal.refuse(means=able, request=request, ground="excessive", words="x", systems=("forum",))

    request.refresh_from_db()
    assert (request.state, Decision.objects.count(), Mail.objects.filter(kind=MailKind.REFUSED).count()) == (
        RequestState.OPEN,
        0,
        0,
    )


def test_what_is_approved_is_not_refused_any_more(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)
    _approve(able, request)

    with pytest.raises(Permanent, match="approved already"):
        refusal.refuse(means=able, request=request, ground="unfounded", words="because")


# --- taken back -----------------------------------------------------------------------------------------


def _approve(able: Means, request: Request) -> None:
    seen = preview(means=able, right=Right.ERASURE, asked=HER)
    erasure.approve(means=able, request=request, preview=seen)
    request.refresh_from_db()


def test_what_was_taken_back_is_never_written(records: str, tmp_path: Path) -> None:
    there = forum()
    able = means(tmp_path, there)
    request = asked(able)
    _approve(able, request)

    withdrawal.withdraw(means=able, request=request, words="She changed her mind.", by_person=True)
    stale = Request.objects.get(pk=request.pk)
    erasure.fulfil(means=able, request=stale)

    assert stale.state == RequestState.REVOKED
    assert there.tables["users"] == forum().tables["users"]
    assert "Nothing was deleted or changed for it" in letter(able, MailKind.WITHDRAWN)
    (entry,) = entries("request.withdrawn/v1")
    assert entry["by"] == "person"


def test_a_run_that_is_at_it_loses_its_hold_when_she_takes_it_back(records: str, tmp_path: Path) -> None:
    """The runner had loaded the request before; between its write and its commit she takes it back."""
    there = forum()
    able = means(tmp_path, there)
    request = asked(able)
    _approve(able, request)
    told: list[str] = []

    def meanwhile(system: str, what: str) -> None:
        told.append(what)
        if what == "prepared":
            withdrawal.withdraw(means=able, request=request, words="no longer", by_person=True)

    erasure.fulfil(means=able, request=Request.objects.get(pk=request.pk), progress=meanwhile)

    request.refresh_from_db()
    assert told == ["started", "prepared", "was taken over by another run"]
    assert request.state == RequestState.REVOKED
    assert there.tables["users"] == forum().tables["users"]


def test_what_has_begun_is_not_taken_back(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)
    _approve(able, request)
    erasure.fulfil(means=able, request=request)

    with pytest.raises(Permanent, match="has its end already"):
        withdrawal.withdraw(means=able, request=request, words="no longer")
    assert not Decision.objects.exists()


# --- who is it? -----------------------------------------------------------------------------------------


def test_waiting_for_identity_moves_the_lawful_date_and_never_ours(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)
    ours = request.target_date

    extension.pause(means=at(able, days=2), request=request, words="Two accounts have this name.")
    extension.resume(means=at(able, days=12), request=request, words="She called back.")

    request.refresh_from_db()
    assert (request.target_date, request.legal_date) == (ours, date(2027, 1, 1))
    assert [each["type"] for each in (*entries("request.paused/v1"), *entries("request.resumed/v1"))] == [
        "request.paused/v1",
        "request.resumed/v1",
    ]


def test_a_late_question_lets_nothing_wait(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    request = asked(able)

    with pytest.raises(Permanent, match="without undue delay"):
        extension.pause(means=at(able, days=9), request=request, words="a doubt")


def test_the_law_of_california_does_not_wait_for_identity(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    organisation = replace(able.datamap.organisation, regimes=("ccpa",))
    there = replace(able, datamap=replace(able.datamap, organisation=organisation))
    with pytest.raises(Permanent, match="does not wait"):
        extension.pause(means=there, request=asked(there), words="a doubt")


def test_every_ground_of_every_pack_has_its_words_for_a_person() -> None:
    from upheld.actions import grounds, letters
    from upheld.law import packs

    lacking = []
    for regime in ("gdpr", "ccpa", "voluntary"):
        law = packs.in_force(regime, datetime(2026, 11, 22, tzinfo=UTC).date())
        lacking += [name for name in law.refusals if name not in grounds.REFUSALS]
        lacking += [name for name in law.extensions if name not in grounds.EXTENSIONS]
        lacking += [right for right in law.rights if not letters.wish(right)]

    assert lacking == []
