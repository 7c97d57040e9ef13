"""What came beside the form: kept sealed, read, opened with an acknowledgement, or closed with a reason."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.actions.test_arrivals import Untouchable, later
from tests.actions.world import ADA, BOB, NOW, forum, means
from upheld.actions import arrivals, casefile, cases, intake, judging, originals, outbox
from upheld.actions.intake import Reading
from upheld.actions.means import Means
from upheld.actions.originals import Asker, Kept
from upheld.actions.proposals import propose
from upheld.law.right import Right
from upheld.mail.receive import read
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.rights.subject import Identity
from upheld.store.models import (
    Arrival,
    Case,
    Channel,
    ClosedReason,
    Communication,
    Mail,
    MailKind,
    PendingEntry,
    Request,
)

PASTED = f"""\
From: Ada Quillfeather <{ADA}>
Sent: Monday, 16 November 2026 09:12
Subject: my data

Please send me a copy of my data under the GDPR, and call me: +49 30 1234567.
"""
WHO = Asker("Ada Quillfeather", ADA)
HIM = Asker("Bob Ashgrove", BOB, number="K-8")


def able_in(folder: Path, *regimes: str, **organisation: object) -> Means:
    able = replace(means(folder, forum()), connectors={"forum": Untouchable()})  # type: ignore[dict-item]
    changed = replace(
        able.datamap.organisation,
        contact="privacy@larkspur.example",
        time_zone="Europe/Berlin",
        country="DE",
        languages=("en", "de"),
        regimes=regimes or ("gdpr",),
        **organisation,  # type: ignore[arg-type]
    )
    return replace(able, datamap=replace(able.datamap, organisation=changed))


def saying(*people: Asker, rights: Iterable[Right] = (Right.ACCESS,), **more: object) -> Reading:
    given = {"regime": "gdpr", "received": date(2026, 11, 16), "language": "en"} | more
    return Reading(people or (WHO,), tuple(rights), **given)  # type: ignore[arg-type]


def taken(
    able: Means, reading: Reading, raw: str = PASTED, channel: Channel = Channel.EMAIL
) -> tuple[Arrival, ...]:
    kept = intake.keep(means=able, channel=channel, raw=raw.encode())
    return intake.take_in(means=able, number=kept.pk, reading=reading)


def entries() -> list[str]:
    return [bytes(each.content).decode() for each in PendingEntry.objects.order_by("pk")]


def token(able: Means, mail: Mail) -> str:
    return outbox.opened(means=able, mail=mail).text.split("/confirm/")[1].partition("/")[0]


def test_a_mail_is_proposed_as_what_it_says_and_nothing_is_asked_of_a_system(
    records: str, tmp_path: Path
) -> None:
    able = able_in(tmp_path, "voluntary", "gdpr")

    proposal = propose(means=able, mail=read(PASTED.encode()))

    assert (proposal.people, proposal.rights, proposal.regime, proposal.received, proposal.language) == (
        (Asker("Ada Quillfeather", ADA, phone="+49301234567"),),
        ((Right.ACCESS, "“copy of my data”"),),
        "gdpr",
        date(2026, 11, 16),
        "en",
    )
    assert (proposal.because, proposal.since) == ("“gdpr”", "by the date in the message")


def test_the_law_is_proposed_by_words_then_by_place_then_by_telephone(records: str, tmp_path: Path) -> None:
    able = able_in(
        tmp_path, "gdpr", "ccpa", regime_by_place=(("US-CA", "ccpa"), ("US", "ccpa"), ("otherwise", "gdpr"))
    )

    def law(text: str) -> tuple[str, str]:
        found = propose(means=able, mail=read(text.encode()))
        return found.regime, found.because

    assert law("Delete my data under the CCPA") == ("ccpa", "“ccpa”")
    assert law("I live in California. Delete my data.") == ("ccpa", "“california”")
    assert law("Call me at +1 415 555 2671. Delete my data.") == ("ccpa", "the telephone number")
    assert law("Delete my data.") == ("gdpr", "")


def test_a_day_to_come_is_never_proposed_nor_taken(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    tomorrow = PASTED.replace("16 November", "30 November")

    assert propose(means=able, mail=read(tomorrow.encode())).received == NOW.date()
    with pytest.raises(Permanent, match="day to come"):
        taken(able, saying(received=date(2026, 11, 30)))


def test_it_is_sealed_acknowledged_with_both_dates_and_dated_on_the_day_of_its_receipt(
    records: str, tmp_path: Path
) -> None:
    """G-12.2, G-12.9, C-01"""
    able = able_in(tmp_path)
    kept = intake.keep(means=able, channel=Channel.EMAIL, raw=PASTED.encode())
    assert b"uillfeather" not in bytes(kept.sealed_original)

    (arrival,) = intake.take_in(
        means=able, number=kept.pk, reading=saying(rights=(Right.ERASURE, Right.ACCESS))
    )

    mail = Mail.objects.get()
    letter = outbox.opened(means=able, mail=mail)
    number = arrivals.number(arrival)
    assert (mail.kind, letter.to, letter.subject) == (
        MailKind.ACKNOWLEDGE,
        ADA,
        f"[{number}] We have received your request",
    )
    for said in (
        "reached us on Monday 16 November 2026",
        "– a copy of your data\n– the deletion of your data",
        "We answer by Friday 11 December 2026.\nThe law gives us until Wednesday 16 December 2026.",
        f"Your number is {number}",
        "/en/confirm/",
    ):
        assert said in letter.text
    assert (Communication.objects.count(), able.keys.exists(kept.key)) == (0, False), "it went under her key"
    assert (arrival.rights, arrival.channel, Case.objects.count()) == ("ACCESS ERASURE", "EMAIL", 0)
    assert b"uillfeather" not in bytes(arrival.sealed_original) + bytes(arrival.sealed_content)

    arrivals.verify(means=later(able, days=3), token=token(able, mail))

    requests = Request.objects.order_by("right")
    assert [
        (each.received_at, each.received_date, each.target_date, each.legal_date) for each in requests
    ] == [
        (datetime(2026, 11, 16, 11, tzinfo=UTC), date(2026, 11, 16), date(2026, 12, 11), date(2026, 12, 16))
    ] * 2, "the stored dates too count from the receipt and not from the click"
    arrival.refresh_from_db()
    assert originals.opened(means=able, arrival=arrival).text.startswith("Please send me a copy")
    assert arrival.key == Case.objects.get().key


def test_a_right_that_the_law_does_not_give_is_refused_before_anything_is_opened(
    records: str, tmp_path: Path
) -> None:
    """X-02"""
    able = able_in(tmp_path, "gdpr", "ccpa")
    kept = intake.keep(means=able, channel=Channel.FAX, raw=b"please")

    with pytest.raises(Misconfigured, match="gives no right of opt-out"):
        intake.take_in(means=able, number=kept.pk, reading=saying(rights=(Right.ACCESS, Right.OPT_OUT)))
    for wrong in (
        saying(rights=()),
        replace(saying(), people=()),
        saying(Asker(phone="+49301234567")),
        saying(Asker("Ada Quillfeather")),
        saying(*[WHO] * 101),
    ):
        with pytest.raises(Permanent):
            intake.take_in(means=able, number=kept.pk, reading=wrong)

    assert (Arrival.objects.count(), Mail.objects.count(), Communication.objects.count()) == (0, 0, 1)


def test_a_message_is_opened_once(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    kept = intake.keep(means=able, channel=Channel.EMAIL, raw=PASTED.encode())
    intake.take_in(means=able, number=kept.pk, reading=saying())

    for number in (kept.pk, uuid4()):
        with pytest.raises(intake.Gone):
            intake.take_in(means=able, number=number, reading=saying())
    assert Arrival.objects.count() == 1


def test_of_a_list_each_person_keeps_her_own_lines_and_no_other_s(records: str, tmp_path: Path) -> None:
    """When one of them is erased, nothing about her may stay in another's case."""
    able = able_in(tmp_path)
    raw = (
        "From: Desk <desk@agent.example>\nMessage-ID: <1@agent.example>\nSubject: Bob Ashgrove and others\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain\n\n"
        f"Delete these:\nAda Quillfeather; {ADA}\nBob Ashgrove; {BOB}; K-8\nYours\n--cut\n"
        f"Content-Type: text/csv\nContent-Disposition: attachment; filename=list.csv\n\nemail\n{ADA}\n{BOB}\n--cut--\n"
    )

    hers, his = taken(able, saying(WHO, HIM, rights=(Right.ERASURE,), tell=True), raw)

    assert originals.opened(means=able, arrival=hers) == originals.Original(
        WHO,
        "Desk <desk@agent.example>",
        originals.ELSEWHERE,
        f"Delete these:\nAda Quillfeather; {ADA}\n{originals.ELSEWHERE}\nYours",
    )
    assert ADA not in repr(originals.encode(originals.opened(means=able, arrival=his)))
    assert hers.key != his.key
    letters = [outbox.opened(means=able, mail=each) for each in Mail.objects.order_by("pk")]
    assert [each.to for each in letters] == [ADA, BOB, "desk@agent.example"]
    assert "Desk <desk@agent.example> asked us in your name" in letters[0].text
    told = letters[2].text
    assert all(arrivals.number(each) in told for each in (hers, his))
    assert not [each for each in (ADA, BOB, "Quillfeather", "/confirm/") if each in told]


def test_of_one_person_s_mail_everything_is_kept(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    raw = (
        f"From: Ada Quillfeather <{ADA}>\nMessage-ID: <1@example.org>\nSubject: data\n"
        "Content-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain\n\nA copy of my data\n--cut\n"
        "Content-Type: image/png\nContent-Disposition: attachment; filename=me.png\n\n%PDF-1.4\n--cut--\n"
    )

    (arrival,) = taken(able, saying(), raw)

    assert originals.opened(means=able, arrival=arrival) == originals.Original(
        WHO, "", "data", "A copy of my data", (Kept("me.png", "PDF", b"%PDF-1.4"),)
    )


def test_a_letter_without_an_address_is_answered_by_post_and_judged(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    who = Asker("Ada Quillfeather", post="17 Larkspur Lane")

    (arrival,) = taken(able, saying(who), "I want to know what you have", Channel.LETTER)

    assert Mail.objects.count() == 0
    letter = intake.by_post(means=able, arrival=arrival)
    assert letter is not None
    assert (letter.to, "confirm" in letter.text, "16 December 2026" in letter.text) == ("", False, True)
    with pytest.raises(Permanent, match="Nobody said why"):
        judging.judge(means=able, number=arrival.pk, why=" ")
    judging.judge(means=able, number=arrival.pk, why="the signature is that of her contract")
    case = Case.objects.get()
    assert cases.asked_in(means=able, case=case).identities == (
        Identity("name and address", "Ada Quillfeather, 17 Larkspur Lane"),
    )
    arrival.refresh_from_db()
    assert (arrival.judged_by, arrival.case) == ("officer", case)
    assert originals.opened(means=able, arrival=arrival).judged == "the signature is that of her contract"
    assert [each for each in entries() if "identity.judged" in each and str(case.pk) in each]
    told = [each.what for each in casefile.opened(means=able, case=case).story]
    assert [each for each in told if each.startswith("Judged to be she")]
    assert [each for each in told if each.startswith("Asked by letter")]
    with pytest.raises(Permanent, match="known already"):
        judging.judge(means=able, number=arrival.pk, why="again")


def test_a_judgement_before_the_acknowledgement_went_out_does_not_lose_it(
    records: str, tmp_path: Path
) -> None:
    able = able_in(tmp_path)
    (arrival,) = taken(able, saying())
    own = arrival.key

    judging.judge(means=able, number=arrival.pk, why="she stood before me")

    case = Case.objects.get()
    assert not able.keys.exists(own)
    mails = {each.kind: each for each in Mail.objects.filter(dropped_at=None)}
    assert {kind: (mail.key, mail.case) for kind, mail in mails.items()} == {
        MailKind.ACKNOWLEDGE: (case.key, case),
        MailKind.FOLLOW: (case.key, case),
    }
    assert "16 November" in outbox.opened(means=able, mail=mails[MailKind.ACKNOWLEDGE]).text
    followed = arrivals.verify(means=able, token=token(able, mails[MailKind.ACKNOWLEDGE]))
    assert (followed.link.arrival, Case.objects.count()) == (arrival, 1), "the link in it leads to her page"


def test_a_repeat_by_the_same_verified_person_joins_her_case_and_an_older_letter_moves_its_dates(
    records: str, tmp_path: Path
) -> None:
    able = able_in(tmp_path)
    (first,) = taken(able, saying(received=date(2026, 11, 20)))
    (second,) = taken(able, saying(received=date(2026, 11, 10), rights=(Right.ACCESS, Right.ERASURE)))
    judging.judge(means=able, number=first.pk, why="known")
    judging.judge(means=able, number=second.pk, why="known")

    assert Case.objects.count() == 1
    assert list(Request.objects.order_by("right").values_list("right", "received_date", "legal_date")) == [
        ("ACCESS", date(2026, 11, 10), date(2026, 12, 10)),
        ("ERASURE", date(2026, 11, 10), date(2026, 12, 10)),
    ]


def test_no_request_is_closed_with_a_reason_reopened_or_gone_with_its_key_after_two_weeks(
    records: str, tmp_path: Path
) -> None:
    able = able_in(tmp_path)
    spam, other = (
        intake.keep(means=able, channel=Channel.EMAIL, raw=each) for each in (b"Buy!", b"When do you open?")
    )
    intake.close(means=able, number=spam.pk, reason=ClosedReason.SPAM)
    intake.close(means=able, number=other.pk, reason=ClosedReason.NOT_A_REQUEST)
    with pytest.raises(intake.Gone):
        intake.close(means=able, number=spam.pk, reason=ClosedReason.SPAM)
    with pytest.raises(intake.Gone):
        intake.take_in(means=able, number=spam.pk, reading=saying())

    intake.reopen(means=able, number=other.pk)
    assert intake.expire(means=later(able, days=13)) == 0
    assert intake.expire(means=later(able, days=15)) == 1

    assert list(Communication.objects.values_list("pk", flat=True)) == [other.pk], "what nobody decided stays"
    assert (able.keys.exists(spam.key), able.keys.exists(other.key)) == (False, True)
    with pytest.raises(intake.Gone):
        intake.reopen(means=able, number=spam.pk)
    kinds = [each.split('"type":"')[1].partition('"')[0] for each in entries()]
    assert kinds == ["communication.closed/v1"] * 2 + ["communication.reopened/v1"]


def test_what_nobody_confirmed_stays_a_month_beyond_the_law_s_last_day(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    (arrival,) = taken(able, saying())

    assert arrivals.expire(means=later(able, days=50)) == 0
    assert arrivals.expire(means=later(able, days=60)) == 1
    assert not able.keys.exists(arrival.key)


def test_nothing_and_too_much_are_not_kept(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)

    for raw in (b"", b" \n", b"x" * (8 * 1024 * 1024)):
        with pytest.raises(Permanent):
            intake.keep(means=able, channel=Channel.EMAIL, raw=raw)
    assert Communication.objects.count() == 0


def test_a_promise_is_acknowledged_without_a_day_of_the_law(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path, "voluntary")
    taken(able, saying(regime="voluntary"))

    text = outbox.opened(means=able, mail=Mail.objects.get()).text
    assert ("We answer by" in text, "law" in text) == (True, False)


def test_no_value_is_shown_by_what_holds_it(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    (arrival,) = taken(able, saying())
    mail = read(PASTED.encode())
    held = (
        mail,
        mail.sender,
        WHO,
        saying(),
        originals.opened(means=able, arrival=arrival),
        propose(means=able, mail=mail),
    )

    assert not [each for each in map(repr, held) if "uill" in each]
    assert timedelta(days=14) == intake.CLOSED_LASTS
