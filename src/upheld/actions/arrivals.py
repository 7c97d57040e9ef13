"""Take a request in from a channel, and let the person prove that it is hers.

Nothing here looks anybody up, in our records or in a system, before the proof: what happens is the same
whoever is named.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from upheld.actions import cases, certainty, letters, links, originals, outbox
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Channel, Link, LinkPurpose, Mail, MailKind
from upheld.store.sealing import open_value, seal_value

ORDER = (Right.ACCESS, Right.ERASURE)
"""What can be asked for by the form, in the order in which it is done: a copy before a deletion."""
LASTS = timedelta(days=14)
MAILS_AN_HOUR = 3
"""To one address: whoever types somebody else's cannot fill her mailbox."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was written. Personal."""

    address: str

    def __repr__(self) -> str:
        return "Content(…)"


def number(arrival: Arrival) -> str:
    """How people name it: eight letters and digits that say nothing."""
    return arrival.pk.hex[:8].upper()


@transaction.atomic
def receive(
    *, means: Means, channel: Channel, rights: tuple[Right, ...], address: str, language: str
) -> Arrival:
    """Keep what was asked and write a mail with a link to that address. Looks nothing up; the period runs
    from now (G-12.9). Beyond three mails an hour to one address it is kept without another mail."""
    if not rights or not set(rights) <= set(ORDER):
        raise Permanent(
            "Nothing that can be asked for here was asked for.", "Choose a copy, a deletion, or both."
        )
    hold("arrivals")
    at = means.clock()
    written = normalise("email", address)
    arrival = Arrival(
        id=uuid4(),
        channel=channel,
        language=language,
        rights=" ".join(each.value for each in ORDER if each in rights),
        key=means.keys.create(),
        address_digest=means.keys.blind("(arrival)", written),
        received_at=at,
        expires_at=at + LASTS,
    )
    arrival.sealed_content = _sealed(means, arrival, Content(written))
    arrival.save(force_insert=True)
    _ask(means, arrival, written)
    return arrival


def _ask(means: Means, arrival: Arrival, address: str) -> None:
    hour = means.clock() - timedelta(hours=1)
    same = Mail.objects.filter(kind=MailKind.VERIFY, written_at__gt=hour)
    if same.filter(arrival__address_digest=arrival.address_digest).count() >= MAILS_AN_HOUR:
        return
    given = links.give(means=means, purpose=LinkPurpose.VERIFY, arrival=arrival)
    letter = letters.verify(
        means=means,
        to=address,
        language=arrival.language,
        number=number(arrival),
        address=page(arrival.language, "confirm", given.token),
    )
    outbox.put(means=means, kind=MailKind.VERIFY, letter=letter, key=arrival.key, arrival=arrival)


def page(language: str, name: str, token: str) -> str:
    """The full address of one of the public pages."""
    return f"{settings.UPHELD_ADDRESS}/{language}/{name}/{token}/"


@transaction.atomic
def verify(*, means: Means, token: str) -> links.Given:
    """The link was used by whoever reads that mailbox: her case is opened, or joined; gives the link by which
    she follows it. Writes `case.opened` for a new case, and
    `verification.added`. Raises Unusable, Unknown, TwoCases."""
    hold("cases")
    link = links.find(means=means, token=token, purpose=LinkPurpose.VERIFY)
    links.use(means=means, link=link)
    arrival = Arrival.objects.select_for_update().get(links=link)
    if arrival.verified_at is None:
        join(means=means, arrival=arrival)
        certainty.arrived(means=means, arrival=arrival, method=Method.LINK)
    return links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)


def join(*, means: Means, arrival: Arrival, asked: Asked | None = None) -> None:
    """It is she: her case is opened, or joined, from the day on which it reached us and not from today
    (G-12.9). `asked`: who she is, where that is more or less than the address that she wrote from. Belongs
    into a transaction that holds `cases`."""
    content = opened(means=means, arrival=arrival)
    original = originals.opened(means=means, arrival=arrival)
    asked = asked or Asked((Identity("email", content.address),))
    for right in rights_of(arrival):
        request = cases.receive(
            means=means,
            right=right,
            asked=asked,
            regime=arrival.regime or None,
            received_at=arrival.received_at,
        )
        arrival.case = request.case
    if arrival.case is None:
        raise TypeError("An arrival asks for something.")
    former = arrival.key
    arrival.key, arrival.verified_at, arrival.address_digest = arrival.case.key, means.clock(), b""
    arrival.sealed_content = _sealed(means, arrival, content)
    originals.seal(means=means, arrival=arrival, original=original)
    arrival.save()
    outbox.move(means=means, arrival=arrival)
    # What was sealed with the arrival's own key went out, or is not needed any more.
    Mail.objects.filter(arrival=arrival, sent_at=None, kind=MailKind.VERIFY).update(
        dropped_at=means.clock(), sealed_content=b"", failure="verified meanwhile"
    )
    transaction.on_commit(lambda: means.keys.destroy([former]))


def rights_of(arrival: Arrival) -> tuple[Right, ...]:
    """What was asked for, in the order in which it is done."""
    return tuple(Right(each) for each in arrival.rights.split())


@transaction.atomic
def renew(*, means: Means, token: str, purpose: LinkPurpose) -> None:
    """A new link, by mail, to the address that the old one went to; nothing where there is none any more, or
    three went out within the hour. The caller learns nothing of either."""
    link = Link.objects.filter(digest=links.digest(token), purpose=purpose).select_related("arrival").first()
    arrival = link.arrival if link else None
    if arrival is None:
        return
    try:
        content = opened(means=means, arrival=arrival)
    except Destroyed:
        return
    if arrival.verified_at is None:
        _ask(means, arrival, content.address)
        return
    hour = means.clock() - timedelta(hours=1)
    if (
        Mail.objects.filter(kind=MailKind.FOLLOW, arrival=arrival, written_at__gt=hour).count()
        < MAILS_AN_HOUR
    ):
        given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
        tell_link(means=means, arrival=arrival, given=given, to=content.address)


def tell_link(*, means: Means, arrival: Arrival, given: links.Given, to: str) -> None:
    """Mail the way back to her request."""
    letter = letters.follow(
        means=means,
        to=to,
        language=arrival.language,
        number=number(arrival),
        address=followed_at(arrival, given),
    )
    outbox.put(
        means=means, kind=MailKind.FOLLOW, letter=letter, key=arrival.key, arrival=arrival, case=arrival.case
    )


def followed_at(arrival: Arrival, given: links.Given) -> str:
    """The address of her page."""
    return page(arrival.language, "follow", given.token)


def opened(*, means: Means, arrival: Arrival) -> Content:
    """What was written. Raises Destroyed."""
    read = decode(
        open_value(means.keys, arrival.key, bytes(arrival.sealed_content), record=_record(arrival)),
        (Content,),
    )
    if not isinstance(read, Content):
        raise TypeError("An arrival holds its content.")
    return read


def expire(*, means: Means) -> int:
    """Arrivals that nobody verified in time go, with their keys, links and mails; gives how many."""
    over = list(Arrival.objects.filter(verified_at=None, expires_at__lte=means.clock())[:500])
    with transaction.atomic():
        gone = [each for each in over if _removed(each)]
    # After the commit: a crash between leaves keys that open nothing.
    means.keys.destroy(each.key for each in gone)
    return len(gone)


def _removed(arrival: Arrival) -> bool:
    fresh = Arrival.objects.select_for_update().filter(pk=arrival.pk, verified_at=None).first()
    if fresh is not None:
        fresh.delete()
    return fresh is not None


def seal(*, means: Means, arrival: Arrival, address: str) -> None:
    """Put the address into the arrival, sealed; empty where she gave none. Does not save."""
    arrival.sealed_content = _sealed(means, arrival, Content(normalise("email", address)))


def _sealed(means: Means, arrival: Arrival, content: Content) -> bytes:
    return seal_value(means.keys, arrival.key, encode(content), record=_record(arrival))


def _record(arrival: Arrival) -> str:
    return f"arrival:{arrival.pk}"
