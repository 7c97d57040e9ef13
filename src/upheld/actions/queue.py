"""The cases that are open, the oldest first, and what each needs next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q

from upheld.actions import dates, plans, two
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


def waiting(*, means: Means, after: str = "", size: int = PAGE) -> Page:
    """Open cases by the day on which they reached us: within one law that is the order of their dates too.
    Takes the same number of queries for any number of cases. Permanent for an `after` that is none of
    ours."""
    unfinished = Request.objects.filter(finished_at=None, state__in=UNFINISHED)  # as the index has it
    sooner = Q(received_at__lt=OuterRef("received_at")) | Q(
        received_at=OuterRef("received_at"), pk__lt=OuterRef("pk")
    )
    # Of each case its first request, in the order of an index: a page reads as many rows as it shows.
    found = unfinished.filter(~Exists(unfinished.filter(sooner, case=OuterRef("case"))))
    if after:
        at, number = _cursor(after)
        beyond = Q(received_at__gt=at) | Q(received_at=at, case__gt=number)
        found = found.filter(beyond, received_at__gte=at)
    fetched = list(found.order_by("received_at", "case").values_list("received_at", "case")[: size + 1])
    shown = [case for _, case in fetched[:size]]
    cases = Case.objects.select_related("assigned_to").prefetch_related(*FETCHED).in_bulk(shown)
    last = fetched[size - 1] if len(fetched) > size else None
    return Page(
        tuple(line(means=means, case=cases[each]) for each in shown if _unfinished(cases[each])),
        f"{last[0].isoformat()}_{last[1].hex}" if last else "",
    )


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, _, number = after.partition("_")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(number)
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
