"""The runner: one round goes through everything that is ready and can be done without a person.

Whatever wakes it only calls this: the embedded runner for every case that is ready, a worker for the cases
that it was woken for. Every part of it is safe to repeat and to be cut off: what a round did not get to, or
a crash cut off, is ready in the next. Several runners may be at it: leases and fences keep them apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from upheld.actions import (
    arrivals,
    comparing,
    copies,
    copying,
    dispatch,
    erasure,
    lease,
    ledger,
    letters,
    links,
    outbox,
    owing,
    refusal,
    reminders,
    restriction,
    returning,
    ruled,
    stop,
    together,
    watch,
    window,
)
from upheld.actions.erasure import Progress, Standing, silently
from upheld.actions.means import Means
from upheld.actions.resume import CARRIED_OUT
from upheld.actions.tasks import COPYING
from upheld.law.right import Right
from upheld.mail.deliver import Server
from upheld.mail.letter import Letter
from upheld.store.installation import minds
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
    Window,
)
from upheld.store.models.journal import FailureKind

TOGETHER = 50
Certify = Callable[[Means, Iterable[Standing]], Sequence[Path]]
"""Issues the certificate of each request that can be answered."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    requests: int = 0
    copies: int = 0
    told: int = 0
    sent: int = 0


def drain(
    *,
    means: Means,
    certify: Certify,
    server: Server | None,
    sender: str,
    progress: Progress = silently,
    minutes: int = 0,
) -> Round:
    """One round. `server`: where mail goes; without one it stays in the outbox. `minutes`: erasures that were
    approved within so many are one batch; 0: each goes by itself, at once."""
    prepare(means=means)
    carry = _Carrying(means, certify, progress, minutes)
    requests, written = carry.out(ready(means=means), copies_ready(means))
    return rest(means=means, server=server, sender=sender, done=Round(requests, written))


def some(
    *,
    means: Means,
    cases: Sequence[UUID],
    certify: Certify,
    server: Server | None,
    sender: str,
    progress: Progress = silently,
    minutes: int = 0,
) -> Round:
    """A round of these cases. What is to be told and sent is told and sent of all."""
    ruled.approve_due(means=means, among=cases)
    carry = _Carrying(means, certify, progress, minutes, cases)
    many, written = carry.out(ready(means=means, cases=cases), copies_ready(means, cases=cases))
    return rest(means=means, server=server, sender=sender, done=Round(many, written))


@dataclass(frozen=True, slots=True)
class _Carrying:
    """How what is ready is carried out."""

    means: Means
    certify: Certify
    progress: Progress
    minutes: int
    cases: Sequence[UUID] | None = None

    def out(self, requests: Sequence[Request], copied: Sequence[Copy]) -> tuple[int, int]:
        """How many requests were tried, and how many copies are whole."""
        means = self.means
        now = together.put_off(means=means, requests=requests, minutes=self.minutes)
        standings = [*together.fulfil(means=means, progress=self.progress, cases=self.cases)]
        done = {each.request.pk for each in standings}
        standings += [_fulfilled(means, each, self.progress) for each in now if each.pk not in done]
        self.certify(means, [each for each in standings if each.answered])
        return len(standings), self._copies(copied)

    def _copies(self, ready: Sequence[Copy]) -> int:
        """How many are whole."""

        def rows(system: str, _many: int) -> None:
            self.progress(system, "read")

        spoken = _languages(ready)
        done = copying.write_many(
            means=self.means, ready=ready, language=lambda each: spoken.get(each.case_id, ""), rows=rows
        )
        return len(done) + sum(
            copies.write(
                means=self.means, copy=each, language=spoken.get(each.request.case_id, ""), rows=rows
            )
            for each in ready
            if each.pk not in done
        )


def prepare(*, means: Means) -> None:
    """What makes other things ready: rows to put back, answers to compare, requests that the organisation's
    own rule approves. Of all programs one does it."""
    if minds(owner=means.owner, at=means.clock()):
        returning.carry_out(means=means)
        comparing.compare_all(means=means)
        ruled.approve_due(means=means)


def rest(*, means: Means, server: Server | None, sender: str, done: Round | None = None) -> Round:
    """What follows from what is done: mails are written, entries sequenced, mails sent. What is due by its
    date is noticed by one of all programs."""
    told = _tell_ends(means) + _tell_tasks(means)
    minding = minds(owner=means.owner, at=means.clock())
    if minding:
        owing.see_through(at=means.clock())
        told += reminders.tell(means=means)
    if PendingEntry.objects.exists():
        ledger.checkpoint(means=means)
    sent = outbox.send(means=means, server=server, sender=sender) if server else 0
    if minding:
        watch.tell(means=means, mailing=server is not None)
    return replace(done or Round(), told=told, sent=sent)


def ready(*, means: Means, cases: Sequence[UUID] | None = None) -> tuple[Request, ...]:
    """Requests of which a system's part can be tried now: it waits its turn, may be retried, or was left by a
    program that is gone. What failed for good, or waits for a person, is not tried by itself. Of all
    cases the oldest fifty of them, and as many that only have to be concluded."""
    at = means.clock()
    chosen = Request.objects.filter(
        right__in=CARRIED_OUT, state=RequestState.IN_PROGRESS, finished_at=None, undone_at=None
    )
    if cases is not None:
        chosen = chosen.filter(case__among=cases)
    now = Q(not_before=None) | Q(not_before__lte=at)
    # Each by itself: of either kind there is an index of its own.
    waiting = Fulfilment.objects.filter(now, state=FulfilmentState.WAITING, tasks__isnull=True)
    again = Fulfilment.objects.filter(
        state=FulfilmentState.FAILED, failure=FailureKind.TRANSIENT, not_before__lte=at
    )
    left = Fulfilment.objects.filter(lease.expired(at))
    most = TOGETHER if cases is None else None
    parts = [_oldest(chosen.filter(pk__in=each.values("request")))[:most] for each in (waiting, again, left)]
    # While it can be undone a request stays in progress: concluded as far as it goes, it has its marks.
    open_ = Fulfilment.objects.filter(request=OuterRef("pk")).exclude(state__in=window.OUTCOMES)
    undoable = Window.objects.filter(request=OuterRef("pk"), destroyed_at=None, request__marks__isnull=False)
    over = chosen.filter(~Exists(open_), ~Exists(undoable))
    found = [*_first(chain(*parts))[:most], *_oldest(over)[:most]]
    return tuple({each.pk: each for each in found}.values())


def _oldest(found: QuerySet[Request]) -> QuerySet[Request]:
    return found.select_related("case").order_by("received_at")


def _first(found: Iterable[Request]) -> list[Request]:
    """Each once, the oldest first."""
    return sorted({each.pk: each for each in found}.values(), key=lambda each: each.received_at)


def copies_ready(means: Means, *, cases: Sequence[UUID] | None = None) -> tuple[Copy, ...]:
    """Approved copies that are not written whole, and that nobody is at. One that was written as far as it
    goes is written again when everybody who was asked has answered; one in which a system failed, before."""
    at = means.clock()
    waiting = Copy.objects.filter(
        request__finished_at=None,  # by the index of those that are not finished
        request__state=RequestState.IN_PROGRESS,
        not_before__lte=at,
    )
    asked = Task.objects.filter(answered_at=None, fulfilment__request=OuterRef("request"))
    written = Package.objects.filter(removed_at=None, request=OuterRef("request"))
    waiting = waiting.exclude(Q(failure="") & Q(Exists(asked)) & Q(Exists(written)))
    if cases is not None:
        waiting = waiting.filter(request__case__among=cases)
    found = waiting.select_related("request__case").order_by("approved_at")[:100]
    return tuple(each for each in found if not lease.is_leased(each, at))


def cases_ready(*, means: Means) -> tuple[UUID, ...]:
    """The cases of all of them, each once, but for those of which somebody is at a part now."""
    running = Fulfilment.objects.filter(state=FulfilmentState.RUNNING).exclude(lease.expired(means.clock()))
    at_work = set(running.values_list("request", flat=True))
    requests = (*ready(means=means), *(each.request for each in copies_ready(means)))
    return tuple(dict.fromkeys(each.case_id for each in requests if each.pk not in at_work))


def _fulfilled(means: Means, request: Request, progress: Progress) -> Standing:
    verb = restriction.fulfil if request.right == Right.RESTRICTION else erasure.fulfil
    return verb(means=means, request=request, progress=progress)


def _languages(ready: Sequence[Copy]) -> Mapping[UUID, str]:
    """In which the person of each case wrote, last."""
    wrote = Arrival.objects.filter(case__among=[each.request.case_id for each in ready])
    found = wrote.order_by("reachable", "received_at").values_list("case", "language")
    return dict(found) if ready else {}


def _arrival(request: Request) -> Arrival | None:
    """The newest message of the person in this case, of those with an address: to it we write."""
    return Arrival.objects.filter(case=request.case).order_by("-reachable", "-received_at").first()


def _tell_ends(means: Means) -> int:
    """Of copies that are whole, and of what is certified."""
    kinds = (MailKind.COPY_READY, MailKind.DONE)
    return sum(_tell(means, each, kind) for kind in kinds for each in list(owing.untold(kind)))


def _tell(means: Means, request: Request, kind: MailKind) -> bool:
    arrival = _arrival(request)
    if arrival is None:
        return False
    try:
        to = arrivals.opened(means=means, arrival=arrival).address
        if not to:  # she wrote by letter: what she is told goes by post
            Arrival.objects.filter(pk=arrival.pk).update(reachable=False)
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


def _whole(request: Request) -> bool:
    """Whether nothing of it stays in any system, and nothing was left out."""
    stays = Q(state=FulfilmentState.RETAINED) | ~Q(withheld="")
    return not (refusal.left_out(request) or request.fulfilments.filter(stays).exists())


def _letter(
    means: Means, request: Request, kind: MailKind, arrival: Arrival, to: str, address: str
) -> Letter:
    number = arrivals.number(arrival)
    if kind == MailKind.DONE:
        return letters.done(
            means=means,
            to=to,
            language=arrival.language,
            number=number,
            address=address,
            right=Right(request.right),
            whole=_whole(request),
        )
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
    waiting = Task.objects.filter(
        answered_at=None,
        fulfilment__request__finished_at=None,
        fulfilment__request__state=RequestState.IN_PROGRESS,
    )
    if stop.in_force():  # nobody is asked to remove or change anything either
        waiting = waiting.filter(fulfilment__request__right__in=COPYING)
    told = 0
    for task in waiting.filter(mails__isnull=True).select_related("fulfilment__request__case"):
        system = means.datamap.system(task.fulfilment.system)
        if "@" in system.address:
            with suppress(IntegrityError):  # another runner was faster
                ask(means=means, task=task, about=str(task.pk))
                told += 1
    return told


@transaction.atomic
def ask(*, means: Means, task: Task, about: str = "") -> None:
    """Mail the owner of a system a link by which the task is answered without an account. `about`: as
    `outbox.put` has it."""
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
    outbox.put(
        means=means, kind=MailKind.TASK, letter=letter, key=case.key, case=case, task=task, about=about
    )


@transaction.atomic
def retry(*, request: Request, at: datetime) -> int:
    """Somebody says that what was in the way is gone: parts and copies that failed are tried in the next
    round; gives how many."""
    failed = Fulfilment.objects.filter(request=request, state=FulfilmentState.FAILED)
    copies_waiting = Copy.objects.filter(request=request, failure__gt="").update(not_before=at)
    dispatch.wake(request.case_id)
    return failed.update(failure=FailureKind.TRANSIENT, not_before=at) + copies_waiting
