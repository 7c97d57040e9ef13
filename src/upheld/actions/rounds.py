"""The runner: one round goes through everything that is ready and can be done without a person.

Whatever wakes it only calls this. Every part of it is safe to repeat and to be cut off: what a round did not
get to, or a crash cut off, is ready in the next. Several runners may be at it: leases and fences of the
journal keep them apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from upheld.actions import (
    arrivals,
    comparing,
    copies,
    erasure,
    ledger,
    letters,
    links,
    outbox,
    reminders,
    restriction,
    returning,
    watch,
    window,
)
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.actions.resume import CARRIED_OUT
from upheld.law.right import Right
from upheld.mail.deliver import Server
from upheld.mail.letter import Letter
from upheld.store.keys import Destroyed
from upheld.store.models import (
    Arrival,
    Copy,
    Fulfilment,
    FulfilmentState,
    LinkPurpose,
    MailKind,
    Package,
    PendingEntry,
    Request,
    RequestState,
    Task,
)
from upheld.store.models.journal import FailureKind

Certify = Callable[[Means, Iterable[Standing]], Sequence[Path]]
"""Issues the certificate of each request that can be answered."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    requests: int
    copies: int
    told: int
    sent: int


def drain(*, means: Means, certify: Certify, server: Server | None, sender: str) -> Round:
    """One round. `server`: where mail goes; without one it stays in the outbox."""
    returning.carry_out(means=means)
    comparing.compare_all(means=means)
    standings = [_fulfilled(means, request) for request in ready(means=means)]
    certify(means, [each for each in standings if each.answered])
    written = sum(
        copies.write(means=means, copy=each, language=_language(each.request)) for each in copies_ready(means)
    )
    told = _tell_copies(means) + _tell_done(means) + _tell_tasks(means) + reminders.tell(means=means)
    if PendingEntry.objects.exists():
        ledger.checkpoint(means=means)
    sent = outbox.send(means=means, server=server, sender=sender) if server else 0
    watch.tell(means=means, mailing=server is not None)
    return Round(len(standings), written, told, sent)


def ready(*, means: Means) -> tuple[Request, ...]:
    """Requests of which a system's part can be tried now: it waits its turn, may be retried, or was left by a
    program that is gone. What failed for good, or waits for a person, is not tried by itself."""
    at = means.clock()
    parts = Fulfilment.objects.filter(
        Q(state=FulfilmentState.WAITING, tasks__isnull=True)
        | Q(state=FulfilmentState.FAILED, failure=FailureKind.TRANSIENT, not_before__lte=at)
        | Q(state=FulfilmentState.RUNNING)
    )
    waiting = Request.objects.filter(right__in=CARRIED_OUT, state=RequestState.IN_PROGRESS, undone_at=None)
    chosen = waiting.filter(pk__in=parts.values("request")) | waiting.exclude(
        pk__in=Fulfilment.objects.exclude(state__in=window.OUTCOMES).values("request")
    )
    return tuple(chosen.select_related("case").order_by("received_at")[:50])


def copies_ready(means: Means) -> tuple[Copy, ...]:
    """Approved copies that are not written whole. One that was written as far as it goes is written again
    when everybody who was asked has answered."""
    waiting = Copy.objects.filter(request__state=RequestState.IN_PROGRESS, not_before__lte=means.clock())
    asked = Task.objects.filter(answered_at=None).values("fulfilment__request")
    written = Package.objects.filter(removed_at=None).values("request")
    waiting = waiting.exclude(Q(request__in=asked) & Q(request__in=written))
    return tuple(waiting.select_related("request__case").order_by("approved_at")[:20])


def _fulfilled(means: Means, request: Request) -> Standing:
    verb = restriction.fulfil if request.right == Right.RESTRICTION else erasure.fulfil
    return verb(means=means, request=request)


def _language(request: Request) -> str:
    arrival = _arrival(request)
    return arrival.language if arrival else ""


def _arrival(request: Request) -> Arrival | None:
    """The newest message of the person in this case: to its address we write."""
    return Arrival.objects.filter(case=request.case).order_by("-received_at").first()


def _tell_copies(means: Means) -> int:
    whole = Request.objects.filter(
        copy__isnull=False, state=RequestState.FULFILLED, case__arrivals__isnull=False
    )
    return sum(_tell(means, each, MailKind.COPY_READY) for each in _untold(whole, MailKind.COPY_READY))


def _tell_done(means: Means) -> int:
    certified = Request.objects.filter(
        right__in=[Right.ERASURE, Right.DELETE],
        state=RequestState.FULFILLED,
        certificates__complete=True,
        case__arrivals__isnull=False,
    )
    return sum(_tell(means, each, MailKind.DONE) for each in _untold(certified, MailKind.DONE))


def _untold(found: QuerySet[Request], kind: MailKind) -> list[Request]:
    requests = found.filter(case__key_destroyed_at=None).select_related("case").distinct()
    return [each for each in requests if not outbox.told(kind=kind, about=str(each.pk))]


def _tell(means: Means, request: Request, kind: MailKind) -> bool:
    arrival = _arrival(request)
    if arrival is None:
        return False
    try:
        to = arrivals.opened(means=means, arrival=arrival).address
        if not to:  # she wrote by letter: what she is told goes by post
            return False
        with transaction.atomic():
            given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
            letter = _letter(means, request, kind, arrival, to, arrivals.followed_at(arrival, given))
            outbox.put(
                means=means,
                kind=kind,
                letter=letter,
                key=request.case.key,
                about=str(request.pk),
                arrival=arrival,
                case=request.case,
            )
    except (Destroyed, IntegrityError):  # her key is gone, or another runner was faster
        return False
    return True


def _letter(
    means: Means, request: Request, kind: MailKind, arrival: Arrival, to: str, address: str
) -> Letter:
    number = arrivals.number(arrival)
    if kind == MailKind.DONE:
        return letters.done(means=means, to=to, language=arrival.language, number=number, address=address)
    package = copies.latest(request)
    until = package.expires_at if package else means.clock()
    return letters.copy_ready(
        means=means,
        to=to,
        language=arrival.language,
        number=number,
        address=address,
        until=means.datamap.organisation.local(until).date(),
    )


def _tell_tasks(means: Means) -> int:
    waiting = Task.objects.filter(answered_at=None, fulfilment__request__state=RequestState.IN_PROGRESS)
    told = 0
    for task in waiting.filter(mails__isnull=True).select_related("fulfilment__request__case"):
        system = means.datamap.system(task.fulfilment.system)
        if "@" in system.address:
            ask(means=means, task=task)
            told += 1
    return told


@transaction.atomic
def ask(*, means: Means, task: Task) -> None:
    """Mail the owner of a system a link by which the task is answered without an account."""
    system, case = means.datamap.system(task.fulfilment.system), task.fulfilment.request.case
    given = links.give(means=means, purpose=LinkPurpose.ANSWER, task=task)
    language = means.datamap.organisation.languages[0]
    letter = letters.task(
        means=means,
        to=system.address,
        title=system.title or system.name,
        number=str(case.pk)[:8],
        address=links.page(language, "task", given.token),
        due=task.due_on,
    )
    outbox.put(means=means, kind=MailKind.TASK, letter=letter, key=case.key, case=case, task=task)


@transaction.atomic
def retry(*, request: Request, at: datetime) -> int:
    """Somebody says that what was in the way is gone: parts that failed are tried in the next round; gives
    how many."""
    failed = Fulfilment.objects.filter(request=request, state=FulfilmentState.FAILED)
    copies_waiting = Copy.objects.filter(request=request).update(not_before=at)
    return failed.update(failure=FailureKind.TRANSIENT, not_before=at) + copies_waiting
