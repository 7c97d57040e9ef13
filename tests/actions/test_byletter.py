"""A mail that she wrote proves her address as a link does, and only hers, to us, and of these days."""

from pathlib import Path

import pytest

from tests.actions.test_arrivals import later
from tests.actions.test_certainty import console, states
from tests.actions.world import ADA, BOB
from tests.mail.test_signed import KEY, public, signed, zone
from upheld.actions import arrivals, byletter, certainty, links
from upheld.actions.means import Means
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Channel, Level, Link, LinkPurpose, Request, RequestState, Verification

WORLD = zone(example_org=public(KEY), example_com=public(KEY))


def mail(
    sender: str = ADA, to: str = "privacy@example.org", day: str = "Sun, 22 Nov 2026 10:00:00 +0100"
) -> bytes:
    text = f"From: <{sender}>\r\nTo: {to}\r\nDate: {day}\r\nSubject: me\r\n\r\nIt is me.\r\n".encode()
    return signed(sender.rpartition("@")[2], mail=text)


def request_of(able: Means) -> Request:
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=(Right.ERASURE,), address=ADA, language="en"
    )
    arrivals.verify(
        means=able, token=links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    )
    return Request.objects.get()


def test_her_mail_proves_her_address_again_when_the_link_no_longer_counts(
    records: str, tmp_path: Path
) -> None:
    able = console(tmp_path)
    request = request_of(able)
    after = later(able, days=100)
    assert certainty.standing(means=after, request=request).reached == Level.NONE

    byletter.wrote(
        means=after, request=request, raw=mail(day="Sun, 28 Feb 2027 10:00:00 +0100"), resolve=WORLD
    )

    assert certainty.standing(means=after, request=request).reached == Level.REASONABLE
    assert [each.method for each in Verification.objects.order_by("at")] == [Method.LINK, Method.MAIL]
    assert (states(request)[0], Link.objects.filter(purpose=LinkPurpose.FOLLOW).count()) == (
        RequestState.OPEN,
        1,
    )


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (mail(sender=BOB), "another address"),
        (mail(to="sales@example.org"), "not written to us"),
        (mail(day="Tue, 22 Sep 2026 10:00:00 +0100"), "another time"),
        (mail().replace(b"It is me", b"It is he"), "does not hold"),
        (b"", "no mail"),
        (b"x" * (byletter.LARGEST + 1), "no mail"),
    ],
)
def test_another_persons_mail_or_an_old_one_proves_nothing(
    records: str, tmp_path: Path, raw: bytes, says: str
) -> None:
    able = console(tmp_path)
    request = request_of(able)

    with pytest.raises(Permanent, match=says):
        byletter.wrote(means=able, request=request, raw=raw, resolve=WORLD)
    assert Verification.objects.count() == 1
