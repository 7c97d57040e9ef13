"""What the runner has before it: what waits and until when, what failed and why, who is at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Copy, Fulfilment, FulfilmentState, Mail, PendingEntry, RequestState

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One thing. `why`: what keeps it, in words; `until`: it is not tried before; `failed`: it wants
    somebody. `request` where it can be tried again."""

    case: UUID | None
    title: str
    what: str
    why: str
    until: datetime | None
    failed: bool
    request: UUID | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """All of it, what failed first; at most 200 of each kind. `mails` and `entries` are counts of what is
    written and not sent, and recorded and not in the tree yet."""

    items: tuple[Item, ...]
    mails: int
    entries: int

    @property
    def failed(self) -> int:
        """How many want somebody."""
        return sum(each.failed for each in self.items)


NAMES = {
    Right.ACCESS: "copy",
    Right.PORTABILITY: "data to take along",
    Right.ERASURE: "deletion",
    Right.DELETE: "deletion",
    Right.RECTIFICATION: "correction",
    Right.RESTRICTION: "restriction",
}


def work(*, means: Means) -> Work:
    """What is under way. Takes the same number of queries for any number of requests."""
    open_parts = (
        Fulfilment.objects.exclude(state__in=[FulfilmentState.DONE, FulfilmentState.RETAINED])
        .filter(
            request__finished_at=None,  # by the index of those that are not finished
            request__state=RequestState.IN_PROGRESS,
            request__undone_at=None,
        )
        .select_related("request")
        .prefetch_related("tasks")
        .order_by("request__received_at", "position")[:SHOWN]
    )
    copies = (
        Copy.objects.filter(request__finished_at=None, request__state=RequestState.IN_PROGRESS)
        .select_related("request")
        .order_by("approved_at")[:SHOWN]
    )
    items = [
        *(_part(means, each) for each in open_parts),
        *(_copy(means, each) for each in copies),
    ]
    return Work(
        tuple(sorted(items, key=lambda each: not each.failed)),
        Mail.objects.filter(sent_at=None, dropped_at=None).count(),
        PendingEntry.objects.count(),
    )


def _part(means: Means, part: Fulfilment) -> Item:
    failed = part.state == FulfilmentState.FAILED
    return Item(
        case=part.request.case_id,
        title=_title(means, part.system),
        what=NAMES.get(Right(part.request.right), part.request.right.lower()),
        why=_why(part, part.tasks.all()),
        until=part.not_before,
        failed=failed,
        request=part.request_id if failed else None,
    )


def _why(part: Fulfilment, tasks: Iterable[object]) -> str:
    if part.state == FulfilmentState.FAILED:
        return part.failure_text or "It failed."
    if part.state == FulfilmentState.RUNNING:
        return "Somebody is at it."
    due = [each.due_on for each in tasks if each.answered_at is None]  # type: ignore[attr-defined]
    return f"Its owner was asked; due {min(due):%d %B %Y}." if due else "It waits for its turn."


def _copy(means: Means, copy: Copy) -> Item:
    failed = bool(copy.failure)
    return Item(
        case=copy.request.case_id,
        title=", ".join(_title(means, each) for each in copy.failed) or "All systems",
        what=NAMES.get(Right(copy.request.right), "copy"),
        why=copy.failure_text if failed else "It waits for its turn.",
        until=copy.not_before,
        failed=failed,
        request=copy.request_id if failed else None,
    )


def _title(means: Means, system: str) -> str:
    try:
        return means.datamap.system(system).title or system
    except KeyError:
        return f"{system} (no longer in the map)"
