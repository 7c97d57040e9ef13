"""What a message seems to be: who asks, for what, under which law, since when. All of it is proposed, with
the words that it rests on, and nothing of it is looked up anywhere."""

from dataclasses import dataclass
from datetime import date, datetime

import phonenumbers

from upheld.actions.means import Means
from upheld.actions.originals import Asker
from upheld.law.right import Right
from upheld.mail import senders, wishes
from upheld.mail.receive import Received
from upheld.rights.regime import chosen

_MOST_FOR_NUMBERS = 10_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """`rights`: each with the words that speak of it. `because`: why this law. `since`: why this day.
    `known`: the sender's name where its mails are known, `advice` what to know of it, `more` how many people
    its list has beyond those that are taken. `named`: other addresses in the message."""

    people: tuple[Asker, ...]
    rights: tuple[tuple[Right, str], ...]
    regime: str
    because: str
    received: date
    since: str
    language: str
    known: str = ""
    advice: str = ""
    tell: bool = False
    more: int = 0
    named: tuple[str, ...] = ()
    automatic: bool = False

    def __repr__(self) -> str:
        return "Proposal(…)"


def propose(*, means: Means, mail: Received) -> Proposal:
    """Read it."""
    organisation = means.datamap.organisation
    text = f"{mail.subject}\n{mail.text}"
    known = senders.recognise(mail)
    phone = _phone(text, organisation.country)
    people = (
        tuple(Asker(each.name, each.address, number=each.number) for each in known.people) if known else ()
    )
    regime, because = _law(means, text, phone)
    received, since = _received(means, mail)
    return Proposal(
        people=people or (_writer(mail, phone, text, behalf=known is not None),),
        rights=_rights(text, known.sender.rights if known else (), known.sender.title if known else ""),
        regime=regime,
        because=because,
        received=received,
        since=since,
        language=wishes.language_of(text, among=organisation.languages),
        known=known.sender.title if known else "",
        advice=known.sender.advice if known else "",
        tell=known.sender.tell if known else False,
        more=known.more if known else 0,
        named=mail.named,
        automatic=mail.automatic,
    )


def _writer(mail: Received, phone: str, text: str, *, behalf: bool) -> Asker:
    """Who wrote; where a service did, in whose name is for the reader to find. A name in letters only."""
    if behalf:
        return Asker(number=wishes.number_in(text))
    address = mail.sender.address
    if not address and not mail.sender.name and len(mail.named) == 1:
        address = mail.named[0]
    return Asker(mail.sender.name, address, phone, number=wishes.number_in(text))


def _rights(text: str, fixed: tuple[Right, ...], title: str) -> tuple[tuple[Right, str], ...]:
    if fixed:
        return tuple((right, f"what {title} asks for") for right in fixed)
    return tuple((Right(each.what), _quoted(each.words)) for each in wishes.rights_in(text))


def _law(means: Means, text: str, phone: str) -> tuple[str, str]:
    organisation = means.datamap.organisation
    for each in wishes.laws_in(text):
        if each.what in organisation.regimes:
            return each.what, _quoted(each.words)
    by_place = dict(organisation.regime_by_place)
    places = [(each.what, _quoted(each.words)) for each in wishes.places_in(text)]
    if phone:
        places.append((str(_region(phone)), "the telephone number"))
    for place, why in places:
        if place in by_place or place.partition("-")[0] in by_place:
            return chosen(organisation, place=place), why
    return organisation.regimes[0], ""


def _received(means: Means, mail: Received) -> tuple[date, str]:
    """The day on which it reached us, by our own calendar; never a day to come."""
    today = means.now.date()
    when = mail.when
    day = means.datamap.organisation.local(when).date() if isinstance(when, datetime) else when
    if day is None or day > today:
        return today, ""
    return day, "by the date in the message"


def _phone(text: str, country: str) -> str:
    found = phonenumbers.PhoneNumberMatcher(text[:_MOST_FOR_NUMBERS], country or None, max_tries=100)
    first = next(iter(found), None)
    if first is None:
        return ""
    return str(phonenumbers.format_number(first.number, phonenumbers.PhoneNumberFormat.E164))


def _region(phone: str) -> str | None:
    region = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    return str(region) if region else None


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"“{each}”" for each in words)
