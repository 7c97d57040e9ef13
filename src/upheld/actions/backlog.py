"""What waits longer than it should, and what no program does by itself any more: counted, with no word about
anybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from upheld.actions import dispatch
from upheld.store.models import (
    Alarm,
    Copy,
    Fulfilment,
    FulfilmentState,
    Mail,
    Package,
    PendingEntry,
    RequestState,
    Task,
)
from upheld.store.models.journal import FailureKind

LATE = timedelta(hours=1)
REMEMBERED = timedelta(days=14)
"""For so long what was given up is told."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Things of one kind that wait. `since`: the oldest of them, or its date; empty where no program can do
    anything about it, however long that lasts."""

    what: str
    many: int
    since: datetime | None
    remedy: str


IN_CONSOLE = "The console says which, and why, under *Journal*."


def heaps(*, now: datetime) -> Iterator[Heap]:
    """Those that there are. `now`: the time of the organisation's own zone, for dates."""
    for what, found, since, remedy in (*_programs(now), *_people(now)):
        oldest = {"since": Min(since)} if since else {}
        counted = {"since": None, **found.aggregate(many=Count("pk"), **oldest)}
        if counted["many"]:
            yield Heap(what, counted["many"], counted["since"], remedy)
    many, first = dispatch.unheard(before=now - LATE)
    if many:
        yield Heap(
            "wakes of workers were heard by none",
            many,
            first,
            "Start `upheld worker`, or look why it is busy.",
        )


_Found = tuple[str, QuerySet[Any], Any, str]


def _programs(now: datetime) -> Iterator[_Found]:
    """What a program does by itself, or tries again."""
    late = now - LATE
    yield (
        "mails wait to be sent",
        Mail.objects.filter(sent_at=None, dropped_at=None, written_at__lt=late),
        "written_at",
        "The console says why, under *Outbox*; look at the mail server.",
    )
    yield (
        "entries wait for their place in the ledger",
        PendingEntry.objects.filter(recorded_at__lt=late),
        "recorded_at",
        "Look whether a runner is at work, and what its log says.",
    )
    yield "copies are approved and not written", _copies(now), "approved_at", IN_CONSOLE
    parts = Fulfilment.objects.filter(
        request__finished_at=None, request__state=RequestState.IN_PROGRESS, request__undone_at=None
    )
    approved = F("plan__approved_at")
    yield (
        "parts of requests wait for their turn",
        parts.filter(
            Q(not_before=None) | Q(not_before__lt=late),
            state=FulfilmentState.WAITING,
            tasks__isnull=True,
            plan__approved_at__lt=late,
        ),
        Coalesce("not_before", approved),
        IN_CONSOLE,
    )
    failed = parts.filter(state=FulfilmentState.FAILED)
    again = failed.filter(failure=FailureKind.TRANSIENT)
    yield "parts of requests have failed and are tried again", again, approved, IN_CONSOLE
    yield (
        "calls of the webhook wait",
        Alarm.objects.filter(called_at=None, given_up_at=None, call_at__lt=late),
        "call_at",
        "Look into the program that is called (spec/webhook.md).",
    )
    yield (
        "parts of requests have failed for good",
        failed.exclude(failure=FailureKind.TRANSIENT),
        approved,
        f"{IN_CONSOLE} Somebody mends what is in the way, and presses *Try again*.",
    )


def _copies(now: datetime) -> QuerySet[Copy]:
    """Not those that are being written, and not those that only wait for the owner of a system by hand."""
    request = OuterRef("request")
    asked = Task.objects.filter(answered_at=None, fulfilment__request=request)
    written = Package.objects.filter(removed_at=None, request=request)
    return (
        Copy.objects.filter(
            approved_at__lt=now - LATE, request__finished_at=None, request__state=RequestState.IN_PROGRESS
        )
        .exclude(leased_until__gt=now, failure="")
        .exclude(Q(Exists(asked)) & Q(Exists(written)))
    )


def _people(now: datetime) -> Iterator[_Found]:
    """What waits for somebody, however often a program looks."""
    yield (
        "owners of systems have not answered in time",
        Task.objects.filter(
            answered_at=None,
            due_on__lt=now.date(),
            fulfilment__request__finished_at=None,
            fulfilment__request__state=RequestState.IN_PROGRESS,
        ),
        None,
        "`upheld status` says whose answer is due; ask them.",
    )
    yield (
        "mails were given up within two weeks: whom they were for was told nothing",
        Mail.objects.filter(dropped_at__gt=now - REMEMBERED),
        None,
        "The console says which, under *Outbox*; write a letter, or ask for another address.",
    )
    yield (
        "calls of the webhook were given up within two weeks",
        Alarm.objects.filter(given_up_at__gt=now - REMEMBERED),
        None,
        "Look into the program that is called (spec/webhook.md).",
    )
