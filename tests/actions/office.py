"""A case that came by the form, and a day on which something is noticed of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.actions.world import ADA, DESK, FORUM, forum, means
from upheld.actions import arrivals, links, outbox
from upheld.actions.means import Means
from upheld.datamap.desk import Desk
from upheld.datamap.model import DataMap, Organisation, Processor, System
from upheld.law.right import Right
from upheld.store.models import Case, Channel, LinkPurpose, Mail, Request

OFFICER, DEPUTY = "officer@example.org", "deputy@example.org"
BOTH = Desk(OFFICER, DEPUTY)
FIRST_OF_OCTOBER = datetime(2026, 10, 1, 9, tzinfo=UTC)


def office(
    folder: Path,
    *,
    zone: str = "Europe/Berlin",
    country: str = "DE",
    languages: tuple[str, ...] = ("en",),
    desk: Desk = BOTH,
    processors: tuple[Processor, ...] = (),
    systems: tuple[System, ...] = (FORUM, DESK),
    regimes: tuple[str, ...] = ("gdpr",),
) -> Means:
    """The verbs' means of an organisation with an officer and a deputy."""
    able = means(folder, forum(), systems=systems)
    organisation = Organisation(
        "Example Foundation",
        "privacy@example.org",
        country=country,
        time_zone=zone,
        languages=languages,
        backup_days=14,
        regimes=regimes,
        alarms=desk,
    )
    return replace(
        at(able, FIRST_OF_OCTOBER), datamap=DataMap(organisation, systems=systems, processors=processors)
    )


def at(able: Means, moment: datetime) -> Means:
    """The same at that moment."""
    return replace(able, now=able.datamap.organisation.local(moment), clock=lambda: moment)


def on(able: Means, day: date, hour: int = 10) -> Means:
    """The same on that day, at an hour of the organisation's own clock."""
    zone = able.datamap.organisation.local(datetime(day.year, day.month, day.day, tzinfo=UTC)).tzinfo
    return at(able, datetime(day.year, day.month, day.day, hour, tzinfo=zone))


def asked(able: Means, *rights: Right, address: str = ADA, language: str = "en") -> Case:
    """Somebody asked by the form and used her link."""
    arrival = arrivals.receive(
        means=able, channel=Channel.FORM, rights=rights, address=address, language=language
    )
    token = links.give(means=able, purpose=LinkPurpose.VERIFY, arrival=arrival).token
    arrivals.verify(means=able, token=token)
    arrival.refresh_from_db()
    assert arrival.case is not None
    return arrival.case


def request(case: Case, right: Right = Right.ERASURE) -> Request:
    return Request.objects.get(case=case, right=right)


def read(able: Means, *kinds: str) -> list[tuple[str, str, str]]:
    """To whom, subject and text of the mails of these kinds, in the order in which they were written."""
    found = [
        outbox.opened(means=able, mail=each) for each in Mail.objects.filter(kind__in=kinds).order_by("pk")
    ]
    return [(each.to, each.subject, each.text) for each in found]
