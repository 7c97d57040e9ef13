"""What is open: cases, what they wait for, and whose answer is due."""

from dataclasses import dataclass
from datetime import date, datetime

from upheld.actions.erasure import Standing, standing
from upheld.actions.stop import in_force
from upheld.store.models import Due, Package, PendingEntry, Request, RequestState, Restriction, Stop, Task
from upheld.store.models.case import UNFINISHED


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that nobody has answered yet."""

    case: str
    system: str
    due_on: date


@dataclass(frozen=True, slots=True)
class InForce:
    """A restriction that is not lifted. `told_on`: the day on which the person was told that it will be."""

    case: str
    ground: str
    since: date
    told_on: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that somebody should look at. Names no person."""

    requests: tuple[Standing, ...]
    tasks: tuple[Waiting, ...]
    rows_due: int
    next_due: date | None
    packages: int
    unsequenced: int
    restrictions: tuple[InForce, ...]
    stopped: Stop | None = None


def status(*, now: datetime) -> Status:
    """The open requests, oldest first, and what is due next. Takes the same number of queries for any
    number of cases."""
    unfinished = (
        Request.objects.filter(finished_at=None, state__in=UNFINISHED)
        .select_related("case")
        .prefetch_related("fulfilments__tasks", "windows", "lifts")
        .order_by("received_at")
    )
    tasks = (
        Task.objects.filter(answered_at__isnull=True, fulfilment__request__state__in=UNFINISHED)
        .select_related("fulfilment__request")
        .order_by("due_on")
    )
    due = Due.objects.filter(purged_at__isnull=True).order_by("on")
    first = due.first()
    return Status(
        requests=tuple(standing(request) for request in unfinished),
        tasks=tuple(
            Waiting(str(task.fulfilment.request.case_id), task.fulfilment.system, task.due_on)
            for task in tasks
        ),
        rows_due=due.filter(on__lte=now.date()).count(),
        next_due=first.on if first else None,
        packages=Package.objects.filter(removed_at__isnull=True).count(),
        unsequenced=PendingEntry.objects.count(),
        restrictions=tuple(
            InForce(str(each.request.case_id), each.ground, each.set_at.date(), each.told_on)
            for each in Restriction.objects.filter(lifted_at__isnull=True)
            .select_related("request")
            .order_by("set_at")
        ),
        stopped=in_force(),
    )


def words(state: str) -> str:
    """A request's state as people say it."""
    return {
        RequestState.OPEN: "received, not approved",
        RequestState.IN_PROGRESS: "in progress",
        RequestState.FULFILLED: "fulfilled",
    }.get(RequestState(state), state.lower())
