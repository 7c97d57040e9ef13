"""Take in what came by e-mail, letter, fax, telephone or at the door: any channel is as good as the form, and
gets the same kind of number (G-12.2). What it is, somebody of ours says; what is proposed only helps."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from upheld.actions import arrivals, cases, certainty, letters, links, originals, outbox
from upheld.actions.means import Means
from upheld.actions.originals import Asker
from upheld.actions.record import record
from upheld.actions.regime import regime_for, under
from upheld.datamap.normalise import normalise
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.ledger.types import COMMUNICATION_CLOSED, COMMUNICATION_REOPENED
from upheld.mail.letter import Letter
from upheld.mail.receive import LARGEST, Received, read
from upheld.mail.senders import MOST_PEOPLE
from upheld.rights.outcome import Permanent
from upheld.rights.regime import Pinned
from upheld.store.database import hold
from upheld.store.models import Arrival, Channel, ClosedReason, Communication, LinkPurpose, MailKind

ORDER = (
    Right.OBJECTION,
    Right.WITHDRAWAL,
    Right.OPT_OUT,
    Right.RESTRICTION,
    Right.ACCESS,
    Right.KNOW,
    Right.PORTABILITY,
    Right.RECTIFICATION,
    Right.ERASURE,
    Right.DELETE,
)
"""The safe order: mail stops at once, and whatever is to be read or corrected comes before a deletion."""
CLOSED_LASTS = timedelta(days=14)
MOST_KEPT = LARGEST * 3 // 2
"""A file takes a third more in a mail."""
AFTER_THE_LAW = timedelta(days=30)
"""How long beyond the law's last day a request stays that nobody verified and nobody judged."""


class Gone(Permanent):
    """Somebody opened it already, or it was destroyed."""

    def __init__(self) -> None:
        super().__init__("This message was opened already, or is gone.", "Look in the list of what came in.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody of ours says that a message is. `tell`: its sender is told too that it came."""

    people: tuple[Asker, ...]
    rights: tuple[Right, ...]
    regime: str
    received: date
    language: str
    tell: bool = False

    def __repr__(self) -> str:
        return "Reading(…)"


@transaction.atomic
def keep(*, means: Means, channel: Channel, raw: bytes) -> Communication:
    """Keep a message, sealed, until it is read. Permanent for none, and for one that is too long."""
    if not raw.strip():
        raise Permanent("There is nothing in it.", "Paste the message, or choose its file.")
    if len(raw) > MOST_KEPT:
        raise Permanent(
            f"It is longer than {LARGEST // 1024**2} MB.", "Paste its text, and keep large files elsewhere."
        )
    made = Communication(
        id=uuid4(), channel=channel, key=means.keys.create(), kept_at=means.clock(), kept_by=means.by
    )
    made.sealed_original = means.keys.seal(made.key, raw, record=_record(made))
    made.save(force_insert=True)
    return made


def opened(*, means: Means, communication: Communication) -> Received:
    """What it says. Raises Destroyed."""
    return read(source(means=means, communication=communication), ours=our_domain(means))


def source(*, means: Means, communication: Communication) -> bytes:
    """Its bytes as they came. Raises Destroyed."""
    return means.keys.open(
        communication.key, bytes(communication.sealed_original), record=_record(communication)
    )


def unread() -> int:
    """How many messages nobody has opened or closed yet."""
    return Communication.objects.filter(closed_at=None).count()


def number_in(subject: str) -> str:
    """One of our numbers, as our mails carry it and an answer to them does: in capitals to a person, in small
    letters to staff and owners of systems. Looks for nothing."""
    found = re.search(r"\[([0-9A-Fa-f]{8})\]", subject)
    return found[1] if found else ""


def our_domain(means: Means) -> str:
    """Whoever writes from it only forwards what somebody else wrote."""
    return means.datamap.organisation.contact.rpartition("@")[2].casefold()


def law(*, means: Means, reading: Reading) -> Pinned:
    """The law and the earliest dates of this. Misconfigured for a right that the law does not give, and for a
    law under which the organisation does not answer."""
    found = [
        under(means=means, right=right, regime=reading.regime, received=reading.received)
        for right in reading.rights
    ]
    return min(found, key=lambda each: (each.dates.answer.target, each.dates.legal))


@transaction.atomic
def take_in(*, means: Means, number: UUID, reading: Reading, proved: bool = False) -> tuple[Arrival, ...]:
    """Open a request for each person of it, acknowledge them at once, and let the message go under their
    keys. `proved`: it comes from the address of the one person whom it is about, and says so itself
    (`actions.bymail`). Raises Gone, Misconfigured as `law`, and Permanent for a reading that cannot be."""
    hold("arrivals")
    communication = Communication.objects.select_for_update().filter(pk=number, closed_at=None).first()
    if communication is None:
        raise Gone
    _refuse_unlikely(means, reading)
    due, mail = law(means=means, reading=reading), opened(means=means, communication=communication)
    made = tuple(
        _arrival(means, communication, reading, due, mail, who, key, proved=proved)
        for who, key in zip(reading.people, means.keys.create_many(len(reading.people)), strict=True)
    )
    if reading.tell and mail.sender.address not in {"", *(each.address for each in reading.people)}:
        _tell_sender(means, made, reading, due, mail)
    key = communication.key
    communication.delete()
    transaction.on_commit(lambda: means.keys.destroy([key]))
    return made


def _refuse_unlikely(means: Means, reading: Reading) -> None:
    if not reading.rights:
        raise Permanent("Nothing is asked for.", "Say what it asks for, or close it as no request.")
    if reading.received > means.now.date():
        raise Permanent("It cannot have reached us on a day to come.", "Correct the day.")
    if not 1 <= len(reading.people) <= MOST_PEOPLE:
        raise Permanent(
            f"It is about {len(reading.people)} people; at most {MOST_PEOPLE} at once.",
            "Take in a part of the list, then paste the rest.",
        )
    if any(not (each.name or each.address) for each in reading.people):
        raise Permanent("Somebody has neither name nor address.", "Write one, or leave the line out.")
    if not all(each.address or each.phone or each.post or each.number for each in reading.people):
        raise Permanent(
            "A name alone is many people's.",
            "Write an e-mail address, a telephone number, a postal address or a customer number beside it.",
        )


def _arrival(
    means: Means,
    communication: Communication,
    reading: Reading,
    due: Pinned,
    mail: Received,
    who: Asker,
    key: str,
    *,
    proved: bool,
) -> Arrival:
    address = normalise("email", who.address)
    arrival = Arrival(
        id=uuid4(),
        channel=communication.channel,
        language=reading.language,
        rights=" ".join(each.value for each in ORDER if each in reading.rights),
        regime=reading.regime,
        key=key,
        address_digest=means.keys.blind("(arrival)", address) if address else b"",
        received_at=_moment(means, reading.received),
        expires_at=datetime.combine(due.dates.legal, time(), UTC) + AFTER_THE_LAW,
    )
    arrivals.seal(means=means, arrival=arrival, address=address)
    others = [each for each in reading.people if each != who]
    original = originals.of(mail, who, others)
    originals.seal(means=means, arrival=arrival, original=original)
    arrival.save(force_insert=True)
    if who.address:
        _acknowledge(means, arrival, reading, due, original, proved=proved and _joined(means, arrival))
    return arrival


def _joined(means: Means, arrival: Arrival) -> bool:
    """Her case is opened, or joined, on her own mail; not where two cases would be, as with a link."""
    try:
        with transaction.atomic():
            hold("cases")
            arrivals.join(means=means, arrival=arrival)
            certainty.arrived(means=means, arrival=arrival, method=Method.MAIL)
    except cases.TwoCases:
        arrival.refresh_from_db()
        return False
    return True


def _moment(means: Means, day: date) -> datetime:
    """Noon of that day by our own clock, so that it is that day by any law's; now, where noon is to come."""
    noon = datetime.combine(day, time(12), ZoneInfo(means.datamap.organisation.time_zone))
    return min(noon.astimezone(UTC), means.clock())


def _acknowledge(
    means: Means,
    arrival: Arrival,
    reading: Reading,
    due: Pinned,
    original: originals.Original,
    *,
    proved: bool,
) -> None:
    purpose, page = (LinkPurpose.FOLLOW, "follow") if proved else (LinkPurpose.VERIFY, "confirm")
    given = links.give(means=means, purpose=purpose, arrival=arrival)
    letter = acknowledgement(
        means=means,
        who=original.asker,
        reading=reading,
        due=due,
        sender=original.sender,
        number=arrivals.number(arrival),
        link=links.page(arrival.language, page, given.token),
        proved=proved,
    )
    outbox.put(
        means=means,
        kind=MailKind.ACKNOWLEDGE,
        letter=letter,
        key=arrival.key,
        arrival=arrival,
        case=arrival.case,
    )


def acknowledgement(
    *,
    means: Means,
    who: Asker,
    reading: Reading,
    due: Pinned,
    sender: str,
    number: str,
    link: str,
    proved: bool = False,
) -> Letter:
    """What we answer at once: the number, both dates, what happens next. To be printed without an address.
    `proved`: the link is to her page, and there is nothing to confirm."""
    return letters.acknowledge(
        means=means,
        to=who.address,
        language=reading.language,
        number=number,
        rights=tuple(each for each in ORDER if each in reading.rights),
        received=reading.received,
        target=due.dates.answer.target,
        legal=due.dates.legal if due.law.binding else None,
        address=link if who.address else "",
        sender=sender,
        proved=proved,
    )


def dates_of(*, means: Means, arrival: Arrival) -> Pinned:
    """The law and the earliest dates of what arrived, as they will be when it is verified."""
    day = means.datamap.organisation.local(arrival.received_at).date()
    rights = arrivals.rights_of(arrival)
    reading = Reading((), rights, arrival.regime or regime_for(means=means), day, arrival.language)
    return law(means=means, reading=reading)


def by_post(*, means: Means, arrival: Arrival) -> Letter | None:
    """The acknowledgement of somebody without an address, to be printed; None where it went by mail."""
    original = originals.opened(means=means, arrival=arrival)
    if original == originals.NOTHING or original.asker.address:
        return None
    due = dates_of(means=means, arrival=arrival)
    received = means.datamap.organisation.local(arrival.received_at).date()
    reading = Reading((), arrivals.rights_of(arrival), due.law.regime, received, arrival.language)
    return acknowledgement(
        means=means,
        who=original.asker,
        reading=reading,
        due=due,
        sender=original.sender,
        number=arrivals.number(arrival),
        link="",
    )


def _tell_sender(
    means: Means, made: tuple[Arrival, ...], reading: Reading, due: Pinned, mail: Received
) -> None:
    letter = letters.told(
        means=means,
        to=mail.sender.address,
        language=reading.language,
        numbers=tuple(arrivals.number(each) for each in made),
        received=reading.received,
        target=due.dates.answer.target,
        legal=due.dates.legal if due.law.binding else None,
    )
    outbox.put(means=means, kind=MailKind.ACKNOWLEDGE, letter=letter, key=made[0].key, arrival=made[0])


@transaction.atomic
def close(*, means: Means, number: UUID, reason: ClosedReason) -> None:
    """Nothing is opened for it; it goes after two weeks, with its key. Writes `communication.closed`. Raises
    Gone."""
    at = means.clock()
    changed = Communication.objects.filter(pk=number, closed_at=None).update(
        closed_at=at, closed_by=means.by, reason=reason, destroy_at=at + CLOSED_LASTS
    )
    if not changed:
        raise Gone
    channel = Communication.objects.values_list("channel", flat=True).get(pk=number)
    record(
        COMMUNICATION_CLOSED, at=at, communication=str(number), channel=channel.lower(), reason=_code(reason)
    )


@transaction.atomic
def reopen(*, means: Means, number: UUID) -> None:
    """It was a request after all. Writes `communication.reopened`. Raises Gone."""
    changed = Communication.objects.filter(
        pk=number, closed_at__isnull=False, destroy_at__gt=means.clock()
    ).update(closed_at=None, closed_by="", reason="", destroy_at=None)
    if not changed:
        raise Gone
    record(COMMUNICATION_REOPENED, at=means.clock(), communication=str(number))


def expire(*, means: Means) -> int:
    """Closed messages whose two weeks are over go, with their keys; gives how many."""
    with transaction.atomic():
        over = list(Communication.objects.select_for_update().filter(destroy_at__lte=means.clock())[:500])
        Communication.objects.filter(pk__in=[each.pk for each in over]).delete()
    # After the commit: a crash between leaves keys that open nothing.
    means.keys.destroy(each.key for each in over)
    return len(over)


def _code(reason: ClosedReason) -> str:
    return reason.value.lower().replace("_", "-")


def _record(communication: Communication) -> str:
    return f"communication:{communication.pk}"
