"""How it goes, in numbers for a monitoring system. None of them tells anything about a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, Q

from upheld.actions import programs, stop, verifying
from upheld.actions.programs import Working
from upheld.law.right import Right
from upheld.store import sequencer
from upheld.store.models import (
    Arrival,
    Copy,
    Fulfilment,
    FulfilmentState,
    Mail,
    PendingEntry,
    Request,
    RequestState,
    Task,
)
from upheld.store.models.case import UNFINISHED
from upheld.store.models.journal import FailureKind

OTHER = "other"
"""Systems that are not in the map any more, together: what is counted by system never has more than the map's
names and this."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """`requests` by right and state, all that can be, also where there are none. `oldest`: when the oldest
    that has no end reached us. `target` and `legal`: the nearest dates of those; `late` and `overdue`: how
    many are beyond. `parts`: shares of systems by state, of requests in progress; `failed` by system and
    kind. `mailed`: when the oldest waiting mail was written. `broken`: whether the ledger held when it was
    verified last."""

    requests: Mapping[tuple[str, str], int]
    oldest: datetime | None
    target: date | None
    legal: date | None
    late: int
    overdue: int
    parts: Mapping[str, int]
    failed: Mapping[tuple[str, str], int]
    copies: int
    mails: int
    mailed: datetime | None
    dropped: int
    unconfirmed: int
    tasks: int
    tasks_overdue: int
    entries: int
    unsequenced: int
    broken: bool
    working: Working
    stopped: bool


def numbers(*, at: datetime, day: date, systems: Sequence[str]) -> Numbers:
    """`day` is today by the organisation's clock, `systems` the names of the map. As many queries for any
    number of cases."""
    unfinished = Request.objects.filter(finished_at=None, state__in=UNFINISHED).aggregate(
        oldest=Min("received_at"),
        target=Min("target_date"),
        legal=Min("legal_date"),
        late=Count("pk", filter=Q(target_date__lt=day)),
        overdue=Count("pk", filter=Q(legal_date__lt=day)),
    )
    waiting = Mail.objects.filter(sent_at=None, dropped_at=None)
    mails = waiting.aggregate(many=Count("pk"), oldest=Min("written_at"))
    open_tasks = Task.objects.filter(
        answered_at=None,
        fulfilment__request__finished_at=None,  # by the index of those that are not finished
        fulfilment__request__state=RequestState.IN_PROGRESS,
    )
    tasks = open_tasks.aggregate(many=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=day)))
    return Numbers(
        requests=_requests(),
        **unfinished,
        parts=_parts(),
        failed=_failed(systems),
        copies=Copy.objects.filter(
            request__finished_at=None, request__state=RequestState.IN_PROGRESS
        ).count(),
        mails=mails["many"],
        mailed=mails["oldest"],
        dropped=Mail.objects.filter(dropped_at__isnull=False).count(),
        unconfirmed=Arrival.objects.filter(verified_at=None, waits_at=None).count(),
        tasks=tasks["many"],
        tasks_overdue=tasks["overdue"],
        entries=sequencer.size(),
        unsequenced=PendingEntry.objects.count(),
        broken=verifying.broken() is not None,
        working=programs.working(at=at),
        stopped=stop.in_force() is not None,
    )


def _requests() -> dict[tuple[str, str], int]:
    found = {(right.value, state.value): 0 for right in Right for state in RequestState}
    for right, state, many in Request.objects.values_list("right", "state").annotate(many=Count("pk")):
        found[right, state] = many
    return found


def _parts() -> dict[str, int]:
    at_work = Fulfilment.objects.filter(request__finished_at=None, request__state=RequestState.IN_PROGRESS)
    found = dict(at_work.values_list("state").annotate(many=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in FulfilmentState}


def _failed(systems: Sequence[str]) -> dict[tuple[str, str], int]:
    kinds = [kind.value for kind in FailureKind]
    found = {(system, kind): 0 for system in (*systems, OTHER) for kind in kinds}
    failed = Fulfilment.objects.filter(
        request__finished_at=None,
        request__state=RequestState.IN_PROGRESS,
        state=FulfilmentState.FAILED,
        failure__in=kinds,
    )
    for system, kind, many in failed.values_list("system", "failure").annotate(many=Count("pk")):
        found[system if system in systems else OTHER, kind] += many
    copies = Copy.objects.filter(
        failure__gt="", request__finished_at=None, request__state=RequestState.IN_PROGRESS
    )
    for named, kind in copies.values_list("failed", "failure"):
        for system in named or (OTHER,):
            found[system if system in systems else OTHER, kind] += 1
    return found
