"""What needs somebody, noticed from the records in each round, and told once: a number, a date and a link.

An alarm, its mails and its call of the webhook are written in one transaction, so that a crash leaves all of
them or none. What is noticed again, by the next round or another runner, meets the alarm that is there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import override

from upheld.actions import desk, letters, links, outbox, verifying
from upheld.actions.links import page
from upheld.actions.means import Means
from upheld.datamap.model import Organisation
from upheld.law.holiday import calendar_for
from upheld.law.right import Right
from upheld.rights.regime import law_on
from upheld.store.keys import Destroyed
from upheld.store.models import (
    Alarm,
    AlarmEvent,
    Case,
    CaseState,
    Check,
    Copy,
    Fulfilment,
    FulfilmentState,
    LinkPurpose,
    MailKind,
    Request,
    RequestState,
    Submission,
    Task,
)
from upheld.store.models.case import UNFINISHED
from upheld.store.models.journal import FailureKind

BEFORE = (10, 5, 1)
"""Days before our own date on which it is told; on the working day before where that is none."""
STUBBORN = 3
"""So many tries of something transient in vain are told as a failure."""
AGREEMENT = (30, 7)
"""Days before a processor's agreement ends."""
FRESH = timedelta(days=7)
"""A case that is older was not opened just now, but comes from before there were alarms."""
UNREACHED = "check:"
AT_ONCE = 200
APART = 10
"""Beyond so many cases at once they are told in one mail."""
LISTED = 50


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that nobody was told yet."""

    event: AlarmEvent
    about: str
    case: Case | None = None
    request: Request | None = None
    day: date | None = None
    task: Task | None = None


def notice(*, means: Means, mailing: bool) -> int:
    """Raise what is new, and tell it by mail where mail goes out at all; gives how many. Two hundred at once
    at most: the next round goes on."""
    today = means.datamap.organisation.local(means.clock()).date()
    found = [
        *_new(means),
        *_waiting(),
        *_dates(means, today),
        *_overdue(today),
        *_failed(),
        *_unreached(today),
        *_agreements(means, today),
        *_broken(),
    ][:AT_ONCE]
    groups: dict[object, list[Noticed]] = {}
    for each in found:
        groups.setdefault(each.case.pk if each.case else None, []).append(each)
    if len(groups) > APART:
        groups = {None: found}
    return sum(_raise(means, group, mailing=mailing) for group in groups.values())


def _told(event: AlarmEvent, **same: object) -> Exists:
    return Exists(Alarm.objects.filter(event=event, **same))


def _new(means: Means) -> Iterator[Noticed]:
    """Cases of which nobody was told; not those that the organisation's own rule decides."""
    fresh = Case.objects.filter(
        state=CaseState.OPEN, opened_at__gt=means.clock() - FRESH, arrivals__isnull=False
    )
    by_rule = Q(rule_at__isnull=False) | (Q(left="") & ~Q(request__state=RequestState.OPEN))
    ruled = Submission.objects.filter(by_rule, request__case=OuterRef("pk"))
    untold = fresh.exclude(_told(AlarmEvent.CASE_NEW, case=OuterRef("pk"))).exclude(Exists(ruled))
    for case in untold.distinct()[:AT_ONCE]:
        yield Noticed(AlarmEvent.CASE_NEW, str(case.pk), case)


def _waiting() -> Iterator[Noticed]:
    """Requests that wait for an approval; a deletion not while the copy before it is unfinished."""
    copy = Request.objects.filter(
        case=OuterRef("case"), right=Right.ACCESS, finished_at=None, state__in=UNFINISHED
    )
    waiting = Request.objects.filter(
        finished_at=None,  # by the index of those that are not finished
        state__in=UNFINISHED,
        state=RequestState.OPEN,
        case__arrivals__isnull=False,
    ).filter(Q(right=Right.ACCESS) | ~Exists(copy))
    due = Submission.objects.filter(request=OuterRef("pk"), rule_at__isnull=False)
    untold = waiting.exclude(_told(AlarmEvent.CASE_NEEDS_YOU, request=OuterRef("pk"))).exclude(Exists(due))
    for each in untold.select_related("case").distinct()[:AT_ONCE]:
        yield Noticed(AlarmEvent.CASE_NEEDS_YOU, str(each.pk), each.case, each)


def _dates(means: Means, today: date) -> Iterator[Noticed]:
    open_ = Request.objects.filter(finished_at=None, state__in=UNFINISHED).select_related("case")
    late = open_.filter(target_date__lt=today, target_date__gt=today - timedelta(days=366))
    passed = _told(AlarmEvent.TARGET_PASSED, request=OuterRef("pk"), day=OuterRef("target_date"))
    for each in late.exclude(passed)[:AT_ONCE]:
        yield _dated(AlarmEvent.TARGET_PASSED, each, "")
    first = today
    for days, last in horizon(means.datamap.organisation, today):
        near = _told(
            AlarmEvent.TARGET_NEAR,
            request=OuterRef("pk"),
            day=OuterRef("target_date"),
            about__endswith=f":{days}",
        )
        for each in open_.filter(target_date__gte=first, target_date__lte=last).exclude(near)[:AT_ONCE]:
            yield _dated(AlarmEvent.TARGET_NEAR, each, f":{days}")
        first = max(first, last + timedelta(days=1))


def _dated(event: AlarmEvent, request: Request, suffix: str) -> Noticed:
    if request.target_date is None:
        raise TypeError("A request that is near its date has one.")
    about = f"{request.pk}:{request.target_date.isoformat()}{suffix}"
    return Noticed(event, about, request.case, request, request.target_date)


@lru_cache(maxsize=32)
def horizon(organisation: Organisation, today: date) -> tuple[tuple[int, date], ...]:
    """The last day of ours that is to be told of today as so many days ahead, the nearest first. What would
    be told on a free day is told on the working day before it: nobody reads it then."""
    law = law_on(organisation.regimes[0], today)
    calendar = calendar_for(law, country=organisation.country, region=organisation.region)

    def told_on(target: date, days: int) -> date:
        day = target - timedelta(days=days)
        while not calendar.working(day):
            day -= timedelta(days=1)
        return day

    found = []
    for days in sorted(BEFORE):
        last = today + timedelta(days=days)
        while told_on(last + timedelta(days=1), days) <= today:
            last += timedelta(days=1)
        found.append((days, last))
    return tuple(found)


def _overdue(today: date) -> Iterator[Noticed]:
    waiting = Task.objects.filter(
        answered_at=None,
        due_on__lt=today,
        fulfilment__request__finished_at=None,  # by the index of those that are not finished
        fulfilment__request__state=RequestState.IN_PROGRESS,
    )
    untold = waiting.exclude(_told(AlarmEvent.OWNER_OVERDUE, about=Cast(OuterRef("pk"), CharField())))
    for each in untold.select_related("fulfilment__request__case")[:AT_ONCE]:
        request = each.fulfilment.request
        yield Noticed(AlarmEvent.OWNER_OVERDUE, str(each.pk), request.case, request, each.due_on, each)


def _failed() -> Iterator[Noticed]:
    parts = Fulfilment.objects.filter(
        Q(failure__in=[FailureKind.PERMANENT, FailureKind.MISCONFIGURED]) | Q(attempt__gte=STUBBORN),
        state=FulfilmentState.FAILED,
        request__finished_at=None,
        request__state=RequestState.IN_PROGRESS,
    )
    copies = Copy.objects.filter(
        Q(failure__in=[FailureKind.PERMANENT, FailureKind.MISCONFIGURED]) | Q(attempt__gte=STUBBORN),
        failure__gt="",
        request__finished_at=None,
        request__state=RequestState.IN_PROGRESS,
    )
    rows: QuerySet[Fulfilment] | QuerySet[Copy]
    for name, rows in (("system", parts), ("copy", copies)):
        about = Concat(Value(f"{name}:"), Cast(OuterRef("pk"), CharField()))
        untold = rows.exclude(_told(AlarmEvent.SYSTEM_FAILED, about=about))
        for each in untold.select_related("request__case")[:AT_ONCE]:
            yield Noticed(AlarmEvent.SYSTEM_FAILED, f"{name}:{each.pk}", each.request.case, each.request)


def _unreached(today: date) -> Iterator[Noticed]:
    """Systems that could not be asked when they were last looked at; of each once a week, while it lasts."""
    week = today - timedelta(days=today.weekday())
    failing = [each.system for each in Check.objects.exclude(failure="")]
    abouts = {f"{UNREACHED}{name[:80]}:{week.isoformat()}" for name in failing}
    told = Alarm.objects.filter(event=AlarmEvent.SYSTEM_FAILED, about__in=abouts) if abouts else ()
    for about in sorted(abouts - {each.about for each in told}):
        yield Noticed(AlarmEvent.SYSTEM_FAILED, about)


def _agreements(means: Means, today: date) -> Iterator[Noticed]:
    due = {}
    for each in means.datamap.processors:
        if each.expires is None or each.expires < today:
            continue
        reached = [days for days in AGREEMENT if each.expires <= today + timedelta(days=days)]
        if reached:
            due[f"{each.name[:80]}:{each.expires.isoformat()}:{min(reached)}"] = each.expires
    told = Alarm.objects.filter(event=AlarmEvent.AGREEMENT_EXPIRING, about__in=due) if due else ()
    for about in set(due) - {each.about for each in told}:
        yield Noticed(AlarmEvent.AGREEMENT_EXPIRING, about, day=due[about])


def _broken() -> Iterator[Noticed]:
    """The ledger, where it did not hold when it was verified last."""
    found = verifying.broken()
    if found is not None:
        about = str(found.pk)
        if not Alarm.objects.filter(event=AlarmEvent.LEDGER_BROKEN, about=about).exists():
            yield Noticed(AlarmEvent.LEDGER_BROKEN, about)


# --- telling ---------------------------------------------------------------------------------------------


def _raise(means: Means, group: list[Noticed], *, mailing: bool) -> int:
    try:
        with transaction.atomic():
            raised = [_alarm(means, each) for each in group]
            if mailing:
                _tell(means, group, raised[0])
                for each in group:
                    if each.task is not None:
                        _remind(means, each.task)
    except (IntegrityError, Destroyed):  # another runner was faster, or the case has ended
        return 0
    return len(raised)


def _alarm(means: Means, each: Noticed) -> Alarm:
    at = means.clock()
    return Alarm.objects.create(
        event=each.event,
        about=each.about,
        case=each.case,
        request=each.request,
        day=each.day,
        raised_at=at,
        call_at=at if settings.UPHELD_WEBHOOK_URL else None,
    )


def _tell(means: Means, group: list[Noticed], first: Alarm) -> None:
    cases = {each.case for each in group}
    case = group[0].case if len(cases) == 1 else None
    language = desk.language(means=means)
    with override(language):
        lines = "\n".join(_lines(group, named=len(cases) > 1))
    for who, address in desk.recipients(means=means):
        letter = letters.written(
            means=means,
            name="alarm",
            to=address,
            language=language,
            number=desk.number(case) if case else "",
            lines=lines,
            link=desk.page(case),
        )
        outbox.put(
            means=means,
            kind=MailKind.ALARM,
            letter=letter,
            key=case.key if case else means.keys.create(),
            about=f"{first.pk}:{who}",
            case=case,
        )


def _lines(group: list[Noticed], *, named: bool) -> Iterable[str]:
    for each in group[:LISTED]:
        before = f"{desk.number(each.case)}: " if named and each.case else ""
        yield f"– {before}{sentence(each.event, each.day, each.about)}"
    if len(group) > LISTED:
        yield f"– … {len(group) - LISTED}"


def sentence(event: str, day: date | None, about: str) -> str:
    """What happened, in the language in force."""
    shown = letters.day(day) if day else ""
    if about.startswith(UNREACHED):
        return _("The system `{name}` cannot be reached.").format(name=about.split(":")[1])
    return {
        AlarmEvent.CASE_NEW: _("A new case."),
        AlarmEvent.CASE_NEEDS_YOU: _("It waits for your decision."),
        AlarmEvent.TARGET_NEAR: _("It should be answered by {day}."),
        AlarmEvent.TARGET_PASSED: _("It should have been answered by {day}."),
        AlarmEvent.OWNER_OVERDUE: _("The owner of a system has not answered; that was due on {day}."),
        AlarmEvent.SYSTEM_FAILED: _("A system failed, and waits for somebody."),
        AlarmEvent.AGREEMENT_EXPIRING: _("The agreement `{name}` of processors.yaml ends on {day}."),
        AlarmEvent.LEDGER_BROKEN: _("The ledger did not hold when it was verified."),
    }[AlarmEvent(event)].format(day=shown, name=about.split(":", maxsplit=1)[0])


def _remind(means: Means, task: Task) -> None:
    """Ask the owner again, with a new link, where the map has her address."""
    name, case = task.fulfilment.system, task.fulfilment.request.case
    system = next((each for each in means.datamap.systems if each.name == name), None)
    if system is None or "@" not in system.address:
        return
    given = links.give(means=means, purpose=LinkPurpose.ANSWER, task=task)
    letter = letters.task(
        means=means,
        to=system.address,
        title=system.title or system.name,
        number=desk.number(case),
        address=page(desk.language(means=means), "task", given.token),
        due=task.due_on,
        overdue=True,
    )
    outbox.put(means=means, kind=MailKind.OVERDUE, letter=letter, key=case.key, case=case, task=task)
