"""A mail that its sender's own domain signed opens her case by itself; every other one waits for a link."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.actions.test_arrivals import later
from tests.actions.test_intake import HIM, WHO, able_in, entries, saying
from tests.actions.world import ADA, BOB
from tests.mail.test_signed import KEY, OTHER, public, signed, zone
from tests.servers.dns import Names
from upheld.actions import arrivals, bymail, certainty, intake, outbox
from upheld.actions.means import Means
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.mail.domain import Resolve
from upheld.mail.resolve import keys_in_dns
from upheld.rights.outcome import Transient
from upheld.rights.subject import Identity
from upheld.store.models import (
    Arrival,
    Case,
    Channel,
    Level,
    Link,
    LinkPurpose,
    Mail,
    MailKind,
    Request,
    Verification,
)

WORLD = zone(example_org=public(KEY), example_com=public(KEY), larkspur_example=public(KEY))
OURS = "privacy@larkspur.example"


def mail(
    sender: str = ADA,
    to: str = OURS,
    day: str = "Mon, 16 Nov 2026 10:00:00 +0100",
    more: str = "",
    **how: object,
) -> bytes:
    text = (
        f"From: Ada Quillfeather <{sender}>\r\nTo: {to}\r\nDate: {day}\r\nSubject: my data\r\n"
        f"Message-ID: <1@example.org>\r\n{more}\r\nSend me a copy of my data under the GDPR.\r\n"
    )
    return signed(sender.rpartition("@")[2], mail=text.encode(), **how)  # type: ignore[arg-type]


def taken(
    able: Means,
    raw: bytes,
    *,
    channel: Channel = Channel.EMAIL,
    resolve: Resolve = WORLD,
    **reading: object,
) -> tuple[Arrival, str]:
    kept = intake.keep(means=able, channel=channel, raw=raw)
    people = reading.pop("people", (WHO,))
    made, failure = bymail.take_in(
        means=able,
        number=kept.pk,
        reading=saying(*people, **reading),
        resolve=resolve,  # type: ignore[misc]
    )
    return made[0], failure.what if failure else ""


def test_a_signed_mail_opens_her_case_and_the_acknowledgement_asks_for_no_click(
    records: str, tmp_path: Path
) -> None:
    """G-12.8, G-12.9: by a real name server."""
    able = able_in(tmp_path)
    names = Names({"s._domainkey.example.org": public(KEY)})

    arrival, why = taken(able, mail(), resolve=keys_in_dns([names.address]))

    names.stop()
    request, proof = Request.objects.get(), Verification.objects.get()
    assert (why, arrival.case, arrival.verified_at is not None) == ("", Case.objects.get(), True)
    assert able.datamap.organisation.local(request.received_at).date() == date(2026, 11, 16)
    assert (proof.request, proof.method, proof.level) == (request, Method.MAIL, Level.REASONABLE)
    assert arrivals.asked_by(arrivals.opened(means=able, arrival=arrival)).identities == (
        Identity("email", ADA),
    )
    (sent,) = Mail.objects.all()
    letter = outbox.opened(means=able, mail=sent)
    assert (sent.kind, letter.to, sent.case) == (MailKind.ACKNOWLEDGE, ADA, arrival.case)
    assert "there is nothing to confirm" in letter.text
    assert "/en/follow/" in letter.text
    assert "/confirm/" not in letter.text
    assert [each.purpose for each in Link.objects.all()] == [LinkPurpose.FOLLOW]
    assert not [each for each in entries() if ADA in each or "Quillfeather" in each]


@pytest.mark.parametrize(
    ("raw", "more", "says"),
    [
        (mail().replace(b"a copy", b"no copy"), {}, "does not hold"),
        (mail(key=OTHER), {}, "does not hold"),
        (mail(length=True), {}, "a part of the mail"),
        (mail(include_headers=[b"from", b"to", b"date"]), {}, "does not cover: subject"),
        (b"From: <bob.ashgrove@example.com>\r\n" + mail(), {}, "one sender"),
        (mail(to="sales@larkspur.example"), {}, "not addressed to privacy@larkspur.example"),
        (mail(day="Mon, 12 Oct 2026 10:00:00 +0100"), {}, "older than a month"),
        (mail(), {"people": (HIM,)}, "another address"),
        (mail(), {"people": (WHO, HIM)}, "not about one person"),
        (mail(), {"channel": Channel.LETTER}, "not come by e-mail"),
        (mail(more="List-Id: <news.example.org>\r\n"), {}, "mailing list"),
        (mail(more="Auto-Submitted: auto-replied\r\n"), {}, "A program"),
        (
            b"From: a@larkspur.example\r\nSubject: Fwd\r\nMessage-ID: <2@x>\r\n\r\n" + mail(),
            {},
            "no signature",
        ),
    ],
)
def test_any_other_mail_waits_for_her_link(
    records: str, tmp_path: Path, raw: bytes, more: dict[str, object], says: str
) -> None:
    able = able_in(tmp_path)

    arrival, why = taken(able, raw, **more)  # type: ignore[arg-type]

    assert says in why
    assert (arrival.case, arrival.verified_at, Case.objects.count()) == (None, None, 0)
    assert {each.purpose for each in Link.objects.all()} == {LinkPurpose.VERIFY}
    assert Verification.objects.count() == 0


def test_a_forward_signed_by_our_own_domain_is_the_word_of_whoever_forwards(
    records: str, tmp_path: Path
) -> None:
    able = able_in(tmp_path)
    inner = f"---- Forwarded ----\r\nFrom: <{ADA}>\r\nSent: 16 Nov 2026\r\nSubject: x\r\n\r\nDelete me.\r\n"
    forwarded = mail("clerk@larkspur.example").partition(b"\r\n\r\n")[0].partition(b"From:")
    raw = signed("larkspur.example", mail=b"From:" + forwarded[2] + b"\r\n\r\n" + inner.encode())

    arrival, why = taken(able, raw)

    assert (why, arrival.case) == ("The mail is from another address than the person’s.", None)


def test_while_no_name_server_answers_she_gets_a_link(records: str, tmp_path: Path) -> None:
    def silent(_name: str) -> bytes | None:
        raise Transient("The key cannot be looked up.", "Later.")

    arrival, why = taken(able_in(tmp_path), mail(), resolve=silent)

    assert (why, arrival.case) == ("The key cannot be looked up.", None)


def test_an_address_of_two_open_cases_opens_none_and_joins_none(records: str, tmp_path: Path) -> None:
    able = able_in(tmp_path)
    first, _ = taken(able, mail())
    second, _ = taken(able, mail(BOB), people=(HIM,))
    marks = Case.objects.get(pk=first.case_id).blind_index
    assert (
        marks.filter(digest=able.keys.blind("email", ADA)).update(digest=able.keys.blind("email", BOB)) == 1
    )

    third, why = taken(able, mail(BOB), people=(HIM,))

    assert (second.case_id is None, third.case, why) == (
        False,
        None,
        "Her address belongs to two open cases.",
    )
    assert Request.objects.count() == 2


def test_a_mail_is_worth_a_link_and_no_more(records: str, tmp_path: Path) -> None:
    """G-12.8: what needs to be surer waits as it would after a link."""
    able = able_in(tmp_path)
    arrival, _ = taken(able, mail(), rights=(Right.ERASURE,))
    request = Request.objects.get(case=arrival.case)
    Request.objects.filter(pk=request.pk).update(needed=Level.HIGH)
    request.refresh_from_db()

    with pytest.raises(certainty.Below):
        certainty.refuse_below(means=replace(able, orders=False), request=request)

    assert certainty.standing(means=later(able, days=93), request=request).reached == Level.NONE
    assert certainty.standing(means=able, request=request).proofs[0].expires_at > datetime(
        2027, 2, 1, tzinfo=UTC
    )
