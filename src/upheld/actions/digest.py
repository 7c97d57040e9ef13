"""The week in one mail, for an officer who does not log in every day: numbers, dates and links."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions import alarms, desk, letters, outbox
from upheld.actions.means import Means
from upheld.mail import template
from upheld.store.models import (
    Alarm,
    Case,
    CaseState,
    Copy,
    Fulfilment,
    FulfilmentState,
    Mail,
    MailKind,
    Request,
    RequestState,
    Staff,
    Task,
)
from upheld.store.models.case import UNFINISHED

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOUR = time(7)
"""Of the organisation's own clock."""
WEEK = timedelta(days=7)
LISTED = 20


def write(*, means: Means) -> int:
    """Write the digest that is due, to each who gets it; gives how many. A digest whose hour was missed is
    written as soon as somebody is there to do it, and only the latest of several. Nobody gets one of a time
    before there was an account."""
    day = due(means=means)
    if day is None:
        return 0
    told = 0
    for who, address in desk.recipients(means=means):
        about = f"{day.isoformat()}:{who}"
        if not outbox.told(kind=MailKind.DIGEST, about=[about]):
            told += _put(means, day, address, about)
    return told


def due(*, means: Means) -> date | None:
    """The day of the latest digest; None where there is none."""
    organisation = means.datamap.organisation
    if organisation.alarms.digest not in WEEKDAYS:
        return None
    now = organisation.local(means.clock())
    wanted = WEEKDAYS.index(organisation.alarms.digest)
    day = now.date() - timedelta(days=(now.weekday() - wanted) % 7)
    if datetime.combine(day, HOUR, tzinfo=now.tzinfo) > now:
        day -= WEEK
    begins = datetime.combine(day, HOUR, tzinfo=now.tzinfo)
    return day if Staff.objects.filter(created_at__lt=begins).exists() else None


def _put(means: Means, day: date, address: str, about: str) -> int:
    language = desk.language(means=means)
    with override(language):
        lines = "\n".join(told(means=means, day=day))
    letter = letters.written(
        means=means,
        name="digest",
        to=address,
        language=language,
        number="",
        lines=lines,
        link=desk.page(),
    )
    try:
        with transaction.atomic():
            outbox.put(means=means, kind=MailKind.DIGEST, letter=letter, key=means.keys.create(), about=about)
    except IntegrityError:  # another runner was faster
        return 0
    return 1


def told(*, means: Means, day: date) -> list[str]:
    """The lines, in the language in force. Where nothing is new and nothing waits it is one."""
    organisation = means.datamap.organisation
    now = organisation.local(means.clock())
    since = datetime.combine(day - WEEK, HOUR, tzinfo=now.tzinfo)
    new = Case.objects.filter(opened_at__gte=since, arrivals__isnull=False).distinct().count()
    closed = Case.objects.filter(closed_at__gte=since).count()
    counts = [(_("New this week"), new), (_("Closed this week"), closed), *_counts(means, now.date())]
    lines = [f"– {what}: {many}" for what, many in counts if many]
    dated = list(_next(now.date()))
    if not lines and not dated:
        return [_("Nothing is new, and nothing waits for you.")]
    open_ = Case.objects.filter(state=CaseState.OPEN).count()
    lines.append(f"– {_('Open cases')}: {open_}")
    return [*lines, *(["", _("Next by our own dates:"), *dated] if dated else [])]


def _counts(means: Means, today: date) -> Iterator[tuple[str, int]]:
    open_ = Request.objects.filter(finished_at=None, state__in=UNFINISHED)
    yield _("Past our own date"), open_.filter(target_date__lt=today).count()
    yield _("Waiting for your decision"), open_.filter(state=RequestState.OPEN).count()
    overdue = Task.objects.filter(
        answered_at=None, due_on__lt=today, fulfilment__request__state=RequestState.IN_PROGRESS
    )
    yield _("Owners of systems who have not answered in time"), overdue.count()
    failed = Fulfilment.objects.filter(state=FulfilmentState.FAILED, request__state=RequestState.IN_PROGRESS)
    copies = Copy.objects.filter(failure__gt="", request__state=RequestState.IN_PROGRESS)
    named = sum(len(each) or 1 for each in copies.values_list("failed", flat=True))
    yield _("Systems that failed"), failed.count() + named
    unsent = Mail.objects.filter(sent_at=None).exclude(failure="").exclude(failure="verified meanwhile")
    yield _("Mails that could not be sent"), unsent.filter(written_at__gte=means.clock() - WEEK).count()
    given_up = Alarm.objects.filter(given_up_at__gte=means.clock() - WEEK)
    yield _("Calls of the webhook that were given up"), given_up.count()
    soon = today + timedelta(days=max(alarms.AGREEMENT))
    ending = [each for each in means.datamap.processors if each.expires and each.expires <= soon]
    yield _("Agreements with processors that end soon, or have ended"), len(ending)
    yield _("Letters of yours that cannot be used as they stand"), len(template.faults(settings.UPHELD_DIR))


def _next(today: date) -> Iterator[str]:
    """Cases that are due within a week, or late: day, number, address."""
    soon = Request.objects.filter(finished_at=None, state__in=UNFINISHED, target_date__lte=today + WEEK)
    seen: set[object] = set()
    for each in soon.select_related("case").order_by("target_date", "received_at")[: 2 * LISTED]:
        if each.case_id in seen or each.target_date is None or len(seen) == LISTED:
            continue
        seen.add(each.case_id)
        yield f"– {letters.day(each.target_date)}: {desk.number(each.case)} {desk.page(each.case)}"
