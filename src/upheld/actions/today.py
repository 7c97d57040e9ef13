"""Are we all right? What is late, what needs somebody, what runs by itself, how it went. Names no person."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum, Value

from upheld.actions import outbox, programs, queue, verifying
from upheld.actions.means import Means
from upheld.actions.programs import Working
from upheld.actions.queue import Line
from upheld.law.right import Right
from upheld.store.models import (
    Case,
    Copy,
    Due,
    Fulfilment,
    FulfilmentState,
    LedgerCheck,
    Request,
    RequestState,
    Task,
)
from upheld.store.models.case import UNFINISHED

SHOWN = 7
WEEKS = 12
SOON = 7
"""Days that are meant by `this week`."""


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week, by its Monday."""

    begins: date
    received: int
    answered: int


@dataclass(frozen=True, slots=True)
class Alone:
    """What goes on without anybody. `asked`: tasks of systems by hand, the first due on `asked_until`.
    `kept`: rows that stay until a date, the first on `kept_until`."""

    copies: int
    erasures: int
    asked: int
    asked_until: date | None
    kept: int
    kept_until: date | None
    mails: int
    unconfirmed: int

    @property
    def nothing(self) -> bool:
        """Whether there is nothing of all that."""
        return not any((self.copies, self.erasures, self.asked, self.kept, self.mails, self.unconfirmed))


@dataclass(frozen=True, slots=True)
class Today:
    """Everything of the page. `late`: cases beyond our own date; `overdue`: beyond the law's last day.
    `week`: cases that need somebody and are due within seven days, `needing`: all that do. `spread`: open
    requests by the days that are left, as many as there are in each of SPANS. `working`: whether anybody
    carries out what is approved. `refused`: mails of late that no server took. `broken`: the
    verdict, where the ledger did not hold when it was verified last."""

    day: date
    open: int
    late: int
    overdue: int
    week: int
    needing: int
    next_on: date | None
    lines: tuple[Line, ...]
    alone: Alone
    weeks: tuple[Week, ...]
    spread: tuple[int, ...]
    working: Working
    refused: int
    broken: LedgerCheck | None


SPANS: tuple[tuple[str, int | None, int | None], ...] = (
    ("late", None, -1),
    ("0 to 3", 0, 3),
    ("4 to 7", 4, 7),
    ("8 to 14", 8, 14),
    ("15 to 30", 15, 30),
    ("more", 31, None),
)
"""Days left to our own date: how it is called, the fewest and the most."""


def today(*, means: Means) -> Today:
    """Takes as many queries for ten thousand cases as for one."""
    day = means.now.date()
    unfinished = Request.objects.filter(finished_at=None, state__in=UNFINISHED)  # as the index has it
    needing = unfinished.filter(_needs())
    dates = unfinished.aggregate(
        late=Count("case", distinct=True, filter=Q(target_date__lt=day)),
        overdue=Count("case", distinct=True, filter=Q(legal_date__lt=day)),
        every=Count("case", distinct=True),
        next=Min("target_date", filter=Q(target_date__gte=day)),
    )
    counted = needing.aggregate(
        every=Count("case", distinct=True),
        week=Count("case", distinct=True, filter=Q(target_date__lte=day + timedelta(days=SOON))),
    )
    # A case has at most one unfinished request of each right.
    nearest = needing.order_by("target_date", "case").values_list("case", flat=True)
    order = list(dict.fromkeys(nearest[: SHOWN * len(Right)]))[:SHOWN]
    found = Case.objects.select_related("assigned_to").prefetch_related(*queue.FETCHED).in_bulk(order)
    return Today(
        day=day,
        open=dates["every"],
        late=dates["late"],
        overdue=dates["overdue"],
        week=counted["week"],
        needing=counted["every"],
        next_on=dates["next"],
        lines=tuple(queue.line(means=means, case=each) for each in map(found.__getitem__, order)),
        alone=_alone(),
        weeks=_weeks(means),
        spread=_spread(unfinished, day),
        working=programs.working(at=means.clock()),
        refused=outbox.refused(means=means),
        broken=verifying.broken(),
    )


def _needs() -> Q:
    """Requests for which somebody has to do something: approve, or look after what failed. A case is due by
    the first of those; the list says its earliest date."""
    failed = Fulfilment.objects.filter(state=FulfilmentState.FAILED)
    copies = Copy.objects.filter(failure__gt="")
    return (
        Q(state=RequestState.OPEN) | Q(pk__in=failed.values("request")) | Q(pk__in=copies.values("request"))
    )


def _alone() -> Alone:
    # From the few requests that are not finished, and not from the parts and copies of all that ever were.
    begun = Request.objects.filter(finished_at=None, state=RequestState.IN_PROGRESS)
    at_work = Fulfilment.objects.filter(
        request=OuterRef("pk"),
        state__in=[FulfilmentState.WAITING, FulfilmentState.RUNNING],
        tasks__isnull=True,
    )
    asked = Task.objects.filter(
        answered_at=None,
        fulfilment__request__finished_at=None,
        fulfilment__request__state=RequestState.IN_PROGRESS,
    ).aggregate(many=Count("pk"), first=Min("due_on"))
    kept = Due.objects.filter(purged_at=None).aggregate(many=Sum("rows"), first=Min("on"))
    return Alone(
        copies=begun.filter(Exists(Copy.objects.filter(request=OuterRef("pk"), failure=""))).count(),
        erasures=begun.filter(Exists(at_work)).count(),
        asked=asked["many"],
        asked_until=asked["first"],
        kept=kept["many"] or 0,
        kept_until=kept["first"],
        mails=outbox.waiting(),
        unconfirmed=queue.unconfirmed()[0],
    )


def _weeks(means: Means) -> tuple[Week, ...]:
    day = means.now.date()
    this = day - timedelta(days=day.weekday())
    mondays = [this - timedelta(weeks=each) for each in range(WEEKS - 1, -2, -1)]
    begins = [datetime.combine(each, time(), means.now.tzinfo) for each in mondays]
    return tuple(
        Week(monday, came, went)
        for monday, came, went in zip(
            mondays[:-1], _by_week("received_at", begins), _by_week("finished_at", begins), strict=True
        )
    )


def _by_week(name: str, begins: list[datetime]) -> list[int]:
    """Requests by the week in which that happened: each week is a stretch of an index, all in one go."""
    weeks = [
        Request.objects.filter(**{f"{name}__gte": begin, f"{name}__lt": end})
        .annotate(week=Value(number))
        .values("week")
        .annotate(many=Count("*"))  # of a column it would have to read the rows
        for number, (begin, end) in enumerate(pairwise(begins))
    ]
    counted = dict(weeks[0].union(*weeks[1:], all=True).values_list("week", "many"))
    return [counted.get(number, 0) for number in range(len(weeks))]


def _spread(unfinished: QuerySet[Request], day: date) -> tuple[int, ...]:
    def within(fewest: int | None, most: int | None) -> Q:
        span = Q(target_date__isnull=False)
        if fewest is not None:
            span &= Q(target_date__gte=day + timedelta(days=fewest))
        if most is not None:
            span &= Q(target_date__lte=day + timedelta(days=most))
        return span

    counted = unfinished.aggregate(
        **{
            f"span{number}": Count("pk", filter=within(fewest, most))
            for number, (_, fewest, most) in enumerate(SPANS)
        }
    )
    return tuple(counted[f"span{number}"] for number in range(len(SPANS)))
