"""The cases that are open, by our own date, and what each needs next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from upheld.actions import dates, plans, two
from upheld.actions.choice import ALL, Choice
from upheld.actions.dates import Dates
from upheld.actions.means import Means
from upheld.actions.tasks import COPYING
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Arrival, Case, FulfilmentState, Request, RequestState
from upheld.store.models.case import UNFINISHED

FETCHED = (
    Prefetch("requests", Request.objects.select_related("copy")),
    "requests__fulfilments__tasks",
    "requests__agreements",
)
"""What a line of the list needs."""
PAGE = 50
SHOWN = 20
SOME = 2
"""So many times as many requests are read as there are cases to a page: most cases have one or two."""

Place = tuple[date | None, UUID]
"""A place in the list: our own date, and the case."""
FIRST: Place = (None, UUID(int=0))


@dataclass(frozen=True, slots=True)
class Line:
    """One case. `next` is what is to be done, `needs` whether by somebody of the console; `keeper`: who looks
    after it."""

    case: UUID
    rights: tuple[Right, ...]
    received: datetime
    dates: Dates
    next: str
    needs: bool
    keeper: str = ""

    @property
    def days(self) -> int:
        """Days from receipt to our own date."""
        return (self.dates.target - self.received.date()).days


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases. `after` goes into the address of the next page; empty on the last."""

    lines: tuple[Line, ...]
    after: str


def waiting(*, means: Means, after: str = "", size: int = PAGE, choice: Choice = ALL) -> Page:
    """Open cases by our own date for the first of their requests that are open, and chosen: the nearest
    first. Takes the same number of queries for any number of cases. Permanent for an `after` that is none of
    ours."""
    fetched = _fetched(_cursor(after) if after else FIRST, size + 1, choice)
    shown = [case for _, case in fetched[:size]]
    cases = Case.objects.select_related("assigned_to").prefetch_related(*FETCHED).in_bulk(shown)
    last = fetched[size - 1] if len(fetched) > size else None
    return Page(
        tuple(line(means=means, case=cases[each]) for each in shown if _unfinished(cases[each])),
        f"{last[0] or ''}_{last[1].hex}" if last else "",
    )


def _fetched(after: Place, most: int, choice: Choice) -> list[Place]:
    """So many cases beyond that place, each where its first open request is due. Requests are read by an
    index, some more than are wanted, and those that are not the first of their case are left out here: for a
    join or a condition that says so PostgreSQL reads every open case for each page."""
    found: list[Place] = []
    while len(found) < most:
        rows = _rows(after, SOME * most, choice)
        firsts = _firsts({case for _, case in rows}, choice)
        found += [each for each in dict.fromkeys(rows) if firsts.get(each[1], FIRST[0]) == each[0]]
        if len(rows) < SOME * most:
            break
        after = rows[-1]
    return found[:most]


def _rows(after: Place, most: int, choice: Choice) -> list[Place]:
    """Open requests beyond that place. Those from before laws were packs have no date: they come first."""
    on, number = after
    unfinished = choice.of(_unfinished_requests())
    rows: list[Place] = []
    if on is None:
        undated = unfinished.filter(target_date=None, case__gt=number).order_by("case")
        rows += undated.values_list("target_date", "case")[:most]
    dated = unfinished.filter(target_date__isnull=False)
    if on is not None:
        beyond = Q(target_date__gt=on) | Q(target_date=on, case__gt=number)
        dated = dated.filter(beyond, target_date__gte=on)
    if len(rows) < most:
        dated = dated.order_by("target_date", "case")
        rows += dated.values_list("target_date", "case")[: most - len(rows)]
    return rows


def _firsts(cases: set[UUID], choice: Choice) -> dict[UUID, date | None]:
    """When the first open request of each is due; None where that is not known."""
    firsts: dict[UUID, date | None] = {}
    wanted = choice.of(_unfinished_requests()).filter(case__in=cases)
    for case, on in wanted.values_list("case", "target_date"):
        known = firsts.get(case, date.max)
        firsts[case] = min(on, known) if on and known else None
    return firsts


def _unfinished_requests() -> QuerySet[Request]:
    return Request.objects.filter(finished_at=None, state__in=UNFINISHED)  # as the index has it


def _cursor(after: str) -> Place:
    on, _, number = after.partition("_")
    try:
        return date.fromisoformat(on) if on else None, UUID(number)
    except ValueError as error:
        raise Permanent("This page of the list is not known.", "Begin with the first.") from error


def line(*, means: Means, case: Case) -> Line:
    """One case of the list. Wants its requests with fulfilments and tasks fetched."""
    requests = _in_order(_unfinished(case))
    received = means.datamap.organisation.local(min(each.received_at for each in requests))
    said, needs = next_step(means=means, requests=requests)
    return Line(
        case=case.pk,
        rights=tuple(Right(each.right) for each in requests),
        received=received,
        dates=dates.first_of(means=means, requests=requests),
        next=said,
        needs=needs,
        keeper=case.assigned_to.name if case.assigned_to else "",
    )


def _unfinished(case: Case) -> list[Request]:
    """Those that wait for something; none where the last was finished since the case was found."""
    return [each for each in case.requests.all() if each.state in UNFINISHED]


def _in_order(requests: Iterable[Request]) -> list[Request]:
    return sorted(requests, key=lambda each: (each.right not in COPYING, each.received_at))


NAMES = {
    Right.ACCESS: "copy",
    Right.KNOW: "list of what is held",
    Right.PORTABILITY: "copy to take elsewhere",
    Right.RECTIFICATION: "correction",
    Right.ERASURE: "deletion",
    Right.DELETE: "deletion",
    Right.RESTRICTION: "restriction",
    Right.OBJECTION: "objection",
    Right.WITHDRAWAL: "withdrawal of consent",
    Right.OPT_OUT: "opt-out of sale",
}
"""What each right is called in the console."""


def next_step(*, means: Means, requests: list[Request]) -> tuple[str, bool]:
    """What the case needs, and whether from the console. The first of its requests that needs something
    speaks for it."""
    said = "runs by itself"
    for request in requests:
        name = NAMES[Right(request.right)]
        waits = [each for each in request.agreements.all() if two.is_open(each, means.clock())]
        if waits:
            return f"A second yes to {waits[0].get_matter_display()}", True
        if request.state == RequestState.OPEN:
            if request.reached < request.needed:
                return f"Be sure who asks for the {name}", True
            return f"Approve the {name}", True
        for each in request.fulfilments.all():
            title = plans.title_of(means, each.system)
            if each.state == FulfilmentState.FAILED:
                return f"{title} failed", True
            if any(task.answered_at is None for task in each.tasks.all()):
                said = f"{title}: its owner was asked"
        copy = getattr(request, "copy", None)
        if copy is not None and copy.failure:
            failed = " and ".join(plans.title_of(means, each) for each in copy.failed)
            return f"{failed or f'The {name}'} failed", True
        if request.right in COPYING and said == "runs by itself":
            return "the copy is being written", False
    return said, False


def unconfirmed() -> tuple[int, list[Arrival]]:
    """How many people have not used their link yet, and the newest of them."""
    found = Arrival.objects.filter(verified_at=None, waits_at=None)
    found = found.defer("sealed_content", "sealed_original")
    return found.count(), list(found.order_by("-received_at")[:SHOWN])
