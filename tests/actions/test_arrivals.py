"""What arrives: kept without looking anybody up, verified by a link, gone when nobody confirms it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.actions.world import ADA, BOB, NOW, forum, means
from tests.mail.mailbox import Answering
from upheld.actions import arrivals, cases, links, outbox
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail.deliver import server
from upheld.mail.letter import Letter
from upheld.rights.subject import Identity
from upheld.store.models import Arrival, Case, Channel, Link, LinkPurpose, Mail, MailKind, Request

BOTH = (Right.ERASURE, Right.ACCESS)


class Untouchable:
    """A connector of which nothing may be asked."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"asked for {name}")


def later(able: Means, **passed: float) -> Means:
    moment = NOW + timedelta(**passed)
    return replace(able, now=moment, clock=lambda: moment)


def ask(able: Means, address: str = ADA, rights: tuple[Right, ...] = BOTH) -> Arrival:
    return arrivals.receive(means=able, channel=Channel.FORM, rights=rights, address=address, language="en")


def token(able: Means, mail: Mail) -> str:
    return outbox.opened(means=able, mail=mail).text.split("/confirm/")[1].partition("/")[0]


def test_asking_touches_no_system_and_no_case_and_seals_the_address(records: str, tmp_path: Path) -> None:
    able = replace(means(tmp_path, forum()), connectors={"forum": Untouchable()})  # type: ignore[dict-item]

    arrival = ask(able, address=f"  {ADA.upper()} ")

    assert (Case.objects.count(), Request.objects.count()) == (0, 0)
    assert arrival.rights == "ACCESS ERASURE", "a copy before a deletion"
    assert arrivals.opened(means=able, arrival=arrival).address == ADA
    stored = [
        bytes(arrival.sealed_content),
        bytes(Mail.objects.get().sealed_content),
        bytes(Link.objects.get().digest),
    ]
    secret = token(able, Mail.objects.get()).encode()
    assert not [each for each in stored if b"quillfeather" in each.lower() or secret in each]


def test_the_link_opens_a_case_that_is_dated_on_the_day_of_arrival(records: str, tmp_path: Path) -> None:
    """G-12.9"""
    able = means(tmp_path, forum())
    arrival = ask(able)
    own = arrival.key
    after = later(able, days=2)

    given = arrivals.verify(means=after, token=token(able, Mail.objects.get()))

    arrival.refresh_from_db()
    requests = Request.objects.order_by("right")
    assert [(each.right, each.received_at) for each in requests] == [
        ("ACCESS", arrival.received_at),
        ("ERASURE", arrival.received_at),
    ]
    assert cases.asked_in(means=after, case=Case.objects.get()).identities == (Identity("email", ADA),)
    assert links.find(means=after, token=given.token, purpose=LinkPurpose.FOLLOW).arrival == arrival
    assert (arrival.key, bytes(arrival.address_digest)) == (Case.objects.get().key, b"")
    assert arrivals.opened(means=after, arrival=arrival).address == ADA
    assert Mail.objects.get().dropped_at is not None
    assert not able.keys.exists(own), "it went with the commit"


def test_a_link_works_once_for_its_purpose_and_not_for_ever(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    ask(able)
    secret = token(able, Mail.objects.get())

    with pytest.raises(links.Unknown):
        links.find(means=able, token=secret, purpose=LinkPurpose.FOLLOW)
    with pytest.raises(links.Unusable):
        arrivals.verify(means=later(able, days=3, minutes=1), token=secret)
    arrivals.verify(means=able, token=secret)
    with pytest.raises(links.Unusable):
        arrivals.verify(means=able, token=secret)
    assert Case.objects.count() == 1


def test_a_renewed_link_goes_to_the_same_address_and_three_an_hour_at_most(
    records: str, tmp_path: Path
) -> None:
    able = means(tmp_path, forum())
    ask(able)
    first = token(able, Mail.objects.get())

    for _ in range(5):
        arrivals.renew(means=able, token=first, purpose=LinkPurpose.VERIFY)
    ask(able)
    arrivals.renew(means=able, token="never given", purpose=LinkPurpose.VERIFY)

    assert [outbox.opened(means=able, mail=each).to for each in Mail.objects.all()] == [ADA] * 3
    assert Arrival.objects.count() == 2, "what was asked is kept without another mail"
    arrivals.renew(means=later(able, hours=2), token=first, purpose=LinkPurpose.VERIFY)
    assert Mail.objects.count() == 4


def test_no_link_is_promised_where_the_address_is_destroyed(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    hers = ask(able)
    first = token(able, Mail.objects.get())
    before = Mail.objects.count()
    assert arrivals.renew(means=able, token=first, purpose=LinkPurpose.VERIFY)

    able.keys.destroy([hers.key])

    assert not arrivals.renew(means=able, token=first, purpose=LinkPurpose.VERIFY)
    assert Mail.objects.count() == before + 1


def test_what_nobody_confirms_goes_with_its_key(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    hers, his = ask(able), ask(able, address=BOB)
    arrivals.verify(means=able, token=token(able, Mail.objects.get(arrival=his)))

    assert arrivals.expire(means=later(able, days=13)) == 0
    assert arrivals.expire(means=later(able, days=15)) == 1

    assert list(Arrival.objects.values_list("pk", flat=True)) == [his.pk]
    assert (able.keys.exists(hers.key), Mail.objects.filter(arrival__isnull=True).count()) == (False, 0)


def test_mails_are_sent_once_emptied_and_tried_again_later(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    ask(able)
    box = Answering("451 busy")
    try:
        assert outbox.send(means=able, server=server(box.url), sender="us@example.com") == 0
        mail = Mail.objects.get()
        assert (mail.attempts, mail.sent_at, outbox.opened(means=able, mail=mail).to) == (1, None, ADA)
        box.answer = ""
        assert outbox.send(means=able, server=server(box.url), sender="us@example.com") == 0, (
            "not before its time"
        )
        after = later(able, minutes=5)
        assert outbox.send(means=after, server=server(box.url), sender="us@example.com") == 1
        assert outbox.send(means=after, server=server(box.url), sender="us@example.com") == 0
        box.answer = "550 nobody here"
        ask(after, address=BOB)
        assert outbox.send(means=after, server=server(box.url), sender="us@example.com") == 0
    finally:
        box.stop()

    assert [to for to, _ in box.took] == [ADA]
    first, second = Mail.objects.order_by("pk")
    assert bytes(first.sealed_content) == b""
    assert (second.sent_at, second.dropped_at is None, "bob" in second.failure) == (None, False, False)


def test_a_mail_whose_key_is_gone_is_dropped(records: str, tmp_path: Path) -> None:
    able = means(tmp_path, forum())
    able.keys.destroy([ask(able).key])
    box = Answering()
    try:
        assert outbox.send(means=able, server=server(box.url), sender="us@example.com") == 0
    finally:
        box.stop()

    assert (box.took, Mail.objects.get().dropped_at is not None) == ([], True)


def test_what_is_told_once_is_not_told_twice(records: str, tmp_path: Path) -> None:
    able, key = means(tmp_path, forum()), means(tmp_path, forum()).keys.create()
    letter = Letter(ADA, "done", "done")
    outbox.put(means=able, kind=MailKind.DONE, letter=letter, key=key, about="x")

    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.put(means=able, kind=MailKind.DONE, letter=letter, key=key, about="x")
    assert outbox.told(kind=MailKind.DONE, about=["x", "y"]) == {"x"}
