"""Take a request in from a channel, and let the person prove that it is hers.

Nothing here looks anybody up, in our records or in a system, before the proof: what happens is the same
whoever is named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from upheld.actions import alias, cases, certainty, dates, letters, links, originals, outbox, search
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.normalise import normalise
from upheld.law.certainty import Method
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Channel, Link, LinkPurpose, Mail, MailKind
from upheld.store.sealing import open_value, seal_value

ORDER = (
    Right.ACCESS,
    Right.KNOW,
    Right.PORTABILITY,
    Right.RECTIFICATION,
    Right.RESTRICTION,
    Right.OBJECTION,
    Right.WITHDRAWAL,
    Right.OPT_OUT,
    Right.ERASURE,
    Right.DELETE,
)
"""In which order it is done: a copy before anything changes, a deletion last."""
LASTS = timedelta(days=14)
WAITS = timedelta(days=90)
"""How long what waits for staff is kept; the law has run out long before."""
OTHERS = 5
"""Other addresses, and other names, of one message."""
MAILS_AN_HOUR = 3
"""To one address: whoever types somebody else's cannot fill her mailbox."""


@dataclass(frozen=True, slots=True)
class Told:
    """What else she wrote. Personal. `others`: addresses that she says are hers too, each proved by a link of
    its own or not used. `hints`: names and numbers, for staff to compare, and to find her case by its names;
    never looked up in a system. `lost`: the address that she cannot read any more; then the arrival's own, if
    it has one, is where she can be reached now, as is `reach`."""

    wrong: str = ""
    right: str = ""
    words: str = ""
    others: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    lost: str = ""
    reach: str = ""

    def __repr__(self) -> str:
        return "Told(…)"


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class Content:
    """What was written. Personal. `address`: where we write to; empty where she named none that she reads."""

    address: str
    told: Told = NOTHING

    def __repr__(self) -> str:
        return "Content(…)"


def number(arrival: Arrival) -> str:
    """How people name it: eight letters and digits that say nothing."""
    return arrival.pk.hex[:8].upper()


@transaction.atomic
def receive(
    *,
    means: Means,
    channel: Channel,
    rights: tuple[Right, ...],
    address: str,
    language: str,
    regime: str = "",
    told: Told = NOTHING,
) -> Arrival:
    """Keep what was asked and write a mail with a link to that address. Looks nothing up; the period runs
    from now (G-12.9). Beyond three mails an hour to one address it is kept without another mail.

    Where a mailbox is lost nothing goes to it, and staff decide. `told.words` are a wish for which they
    choose the right."""
    if not (rights or told.words) or not set(rights) <= set(ORDER):
        raise Permanent("Nothing that can be asked for here was asked for.", "Choose at least one wish.")
    if len(told.others) > OTHERS or len(told.hints) > OTHERS:
        raise Permanent(
            f"More than {OTHERS} other addresses or names.", "Give the others when you are asked."
        )
    hold("arrivals")
    at = means.clock()
    written = normalise("email", address) if address else ""
    waits = bool(told.lost and not written)
    arrival = Arrival(
        id=uuid4(),
        channel=channel,
        language=language,
        regime=regime,
        rights=ordered(rights),
        key=means.keys.create(),
        address_digest=means.keys.blind("(arrival)", written),
        received_at=at,
        waits_at=at if waits else None,
        expires_at=at + (WAITS if waits else LASTS),
    )
    arrival.sealed_content = _sealed(means, arrival, Content(written, told))
    arrival.save(force_insert=True)
    if written:
        _ask(means, arrival, written)
    return arrival


def ordered(rights: Iterable[Right]) -> str:
    """As they are stored: each once, in the order in which they are done."""
    wanted = set(rights)
    return " ".join(each.value for each in ORDER if each in wanted)


def _ask(means: Means, arrival: Arrival, address: str) -> None:
    hour = means.clock() - timedelta(hours=1)
    same = Mail.objects.filter(kind=MailKind.VERIFY, written_at__gt=hour)
    if same.filter(arrival__address_digest=arrival.address_digest).count() >= MAILS_AN_HOUR:
        return
    given = links.give(means=means, purpose=LinkPurpose.VERIFY, arrival=arrival)
    due = _due(means, arrival)
    letter = letters.verify(
        means=means,
        to=address,
        language=arrival.language,
        number=number(arrival),
        address=links.page(arrival.language, "confirm", given.token),
        received=means.datamap.organisation.local(arrival.received_at).date(),
        target=due.target,
        legal=due.legal if dates.is_law(means=means, law=arrival.regime, at=arrival.received_at) else None,
    )
    outbox.put(means=means, kind=MailKind.VERIFY, letter=letter, key=arrival.key, arrival=arrival)


def _due(means: Means, arrival: Arrival) -> dates.Dates:
    """The earliest of what she asked for; a wish without a right of its own is read within the time of a
    copy."""
    law, at = arrival.regime, arrival.received_at
    rights = rights_of(arrival) or (Right.ACCESS,)
    return min(
        (dates.since(means=means, law=law, right=each, at=at) for each in rights),
        key=lambda each: (each.target, each.legal),
    )


@transaction.atomic
def verify(*, means: Means, token: str) -> links.Given:
    """The link was used by whoever reads that mailbox: her case is opened, or joined, and each other address
    that she named gets a link of its own; gives the link by which she follows it. Where staff have to decide
    first, there is no case yet. Writes `case.opened` for a new case, and `verification.added`. Raises
    Unusable, Unknown, TwoCases."""
    hold("cases")
    link = links.find(means=means, token=token, purpose=LinkPurpose.VERIFY)
    if link.position:
        raise links.Unknown
    links.use(means=means, link=link)
    arrival = Arrival.objects.select_for_update().get(links=link)
    if arrival.verified_at is None and arrival.confirmed_at is None:
        _confirmed(means, arrival)
    return links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)


def _confirmed(means: Means, arrival: Arrival) -> None:
    content, at = opened(means=means, arrival=arrival), means.clock()
    if content.told.words or content.told.lost:
        arrival.waits_at = at
    if arrival.rights and not content.told.lost:
        join(means=means, arrival=arrival, asked=asked_by(content))
        certainty.arrived(means=means, arrival=arrival, method=Method.LINK)
        alias.ask_all(means=means, arrival=arrival, others=content.told.others)
    else:
        arrival.confirmed_at, arrival.expires_at = at, at + WAITS
        arrival.save()


def asked_by(content: Content) -> Asked:
    """The identities that are proved: those whose mailbox she reads, and a lost one once staff have judged it
    to be hers."""
    known = (content.told.lost, content.address)
    return Asked(tuple(Identity("email", each) for each in known if each))


def join(*, means: Means, arrival: Arrival, asked: Asked | None = None) -> None:
    """Its rights become requests of her case, dated on the day on which it reached us (G-12.9), and what was
    written is sealed under the case's key; its own is destroyed. `asked`: who she is, where that is more or
    less than the address that she wrote from. Belongs into a transaction under `hold`. Writes `case.opened`
    for a new case. Raises TwoCases."""
    content, own, first = opened(means=means, arrival=arrival), arrival.key, arrival.case is None
    original, asked = originals.opened(means=means, arrival=arrival), asked or asked_by(content)
    for right in rights_of(arrival):
        request = cases.receive(
            means=means,
            right=right,
            asked=asked,
            regime=arrival.regime or None,
            received_at=arrival.received_at,
        )
        arrival.case = request.case
        if right is Right.OBJECTION and arrival.channel == Channel.FORM and not request.against:
            # The form has one box for it: no more advertising.
            request.against = Against.MARKETING.value
            request.save(update_fields=["against"])
    if arrival.case is None:
        raise TypeError("An arrival asks for something.")
    arrival.key, arrival.address_digest = arrival.case.key, b""
    arrival.verified_at = arrival.verified_at or means.clock()
    arrival.sealed_content = _sealed(means, arrival, content)
    originals.seal(means=means, arrival=arrival, original=original)
    arrival.save()
    _found_by(means, arrival, (*content.told.hints, original.asker.name))
    if first:
        outbox.move(means=means, arrival=arrival)
        # What was sealed with the arrival's own key went out, or is not needed any more.
        Mail.objects.filter(arrival=arrival, sent_at=None, kind=MailKind.VERIFY).update(
            dropped_at=means.clock(), sealed_content=b"", failure="verified meanwhile"
        )
        transaction.on_commit(lambda: means.keys.destroy([own]))


def rights_of(arrival: Arrival) -> tuple[Right, ...]:
    """What was asked for, in the order in which it is done."""
    return tuple(Right(each) for each in arrival.rights.split())


@transaction.atomic
def renew(*, means: Means, token: str, purpose: LinkPurpose) -> bool:
    """A new link, by mail, to the address that the old one went to; nothing where three went out within the
    hour, of which the caller learns nothing. False when the request is over and the address is destroyed."""
    found = Link.objects.filter(digest=links.digest(token), purpose=purpose, position=0)
    link = found.select_related("arrival").first()
    arrival = link.arrival if link else None
    if arrival is None:
        return True
    try:
        content = opened(means=means, arrival=arrival)
    except Destroyed:
        return False
    if not content.address:
        return True
    if arrival.verified_at is None and arrival.confirmed_at is None:
        _ask(means, arrival, content.address)
        return True
    hour = means.clock() - timedelta(hours=1)
    if (
        Mail.objects.filter(kind=MailKind.FOLLOW, arrival=arrival, written_at__gt=hour).count()
        < MAILS_AN_HOUR
    ):
        given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
        tell_link(means=means, arrival=arrival, given=given, to=content.address)
    return True


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
    return links.page(arrival.language, "follow", given.token)


def opened(*, means: Means, arrival: Arrival) -> Content:
    """What was written. Raises Destroyed."""
    read = decode(
        open_value(means.keys, arrival.key, bytes(arrival.sealed_content), record=_record(arrival)),
        (Content, Told),
    )
    if not isinstance(read, Content):
        raise TypeError("An arrival holds its content.")
    return read


def rewrite(*, means: Means, arrival: Arrival, content: Content) -> None:
    """She told more. Belongs into the transaction of what made her tell it."""
    arrival.sealed_content = _sealed(means, arrival, content)
    arrival.save(update_fields=["sealed_content"])
    _found_by(means, arrival, content.told.hints)


def _found_by(means: Means, arrival: Arrival, given: Iterable[str]) -> None:
    """Staff finds her case by the names that she gave."""
    if arrival.case is not None:
        search.named(means=means, case=arrival.case, names=filter(search.is_name, given))


def expire(*, means: Means) -> int:
    """Arrivals that nobody confirmed or decided in time go, with keys, links and mails; gives how many."""
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
    arrival.sealed_content = _sealed(means, arrival, Content(normalise("email", address) if address else ""))


def _sealed(means: Means, arrival: Arrival, content: Content) -> bytes:
    return seal_value(means.keys, arrival.key, encode(content), record=_record(arrival))


def _record(arrival: Arrival) -> str:
    return f"arrival:{arrival.pk}"
