"""Approve an erasure and fulfil it, system after system, so that a crash at any point loses and doubles
nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

from upheld.actions import (
    allowance,
    beyond,
    cases,
    certainty,
    dispatch,
    inforce,
    journal,
    plans,
    statements,
    suppression,
    tasks,
    tempo,
    two,
    window,
)
from upheld.actions.allowance import ERASURES, refuse_beyond
from upheld.actions.difference import expected
from upheld.actions.journal import Fenced, Hold
from upheld.actions.means import Means
from upheld.actions.preview import Preview, unfinished
from upheld.actions.record import entry, put_all, record
from upheld.actions.subjects import reach_again
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PLAN_APPROVED, SUPPRESSION_ADDED
from upheld.rights.cells import are_cells
from upheld.rights.connector import Severity
from upheld.rights.fulfil import Failed, execute
from upheld.rights.outcome import (
    Asked,
    Committed,
    Established,
    Failure,
    Permanent,
    Prepared,
    Settled,
    Transient,
    Verified,
)
from upheld.rights.plan import Plan, Task
from upheld.rights.subject import Subject
from upheld.store import models, queries
from upheld.store.compiled import gather, numbered, renew, save
from upheld.store.database import hold as hold_name
from upheld.store.database import insert_all, insert_one, read_all
from upheld.store.keys import Destroyed
from upheld.store.models import FulfilmentState, PartState, RequestState
from upheld.store.models.journal import FailureKind

Progress = Callable[[str, str], None]
"""Told the system and what just happened there, for whoever shows progress."""


def silently(_system: str, _what: str) -> None:
    """Shows no progress."""


GO_ON = "go_on"
"""In `allow`: what the map covers is done although something in the system is not mapped (design: fail
closed)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, system by system: name, state, and why it waits. `recoverable_until`: all
    that an erasure removed can come back until that day. `lifts`: it is the order to lift a restriction."""

    request: models.Request
    systems: tuple[tuple[str, str, str], ...]
    recoverable_until: date | None = None
    lifts: bool = False

    @property
    def undone(self) -> bool:
        """Whether somebody had it undone."""
        return self.request.undone_at is not None

    @property
    def settled(self) -> bool:
        """Whether nobody has to do anything: it is complete, undone, or waits for the end of its window."""
        return self.complete or self.undone or self.recoverable_until is not None

    @property
    def complete(self) -> bool:
        """Whether every system has its outcome and none waits for a hold."""
        return self.request.state == RequestState.FULFILLED

    @property
    def answered(self) -> bool:
        """Whether there is something to certify: every system has its outcome, or what it waits for is a hold
        or a map that lacks something, not a retry. Nothing is certified while something could come back."""
        return self.complete or (
            self.request.state == RequestState.IN_PROGRESS
            and not self.undone
            and not window.alive(self.request)
            and all(
                each.plan.go_on and gone_through(each) and each.failure == FailureKind.MISCONFIGURED
                for each in unfinished(self.request)
            )
        )


@transaction.atomic
def approve(
    *,
    means: Means,
    request: models.Request,
    preview: Preview,
    allow: frozenset[str] = frozenset(),
    reason: str = "",
    go_on: str = "",
) -> models.Plan:
    """The plan becomes rows and the subject is sealed; nothing is written in any system yet. Writes
    `plan.approved`.

    Refuses beyond a limit that is not allowed with a reason, the people of this day counted anew; below the
    certainty who asks that is needed; and a request that has a plan already: that is resumed, never planned
    anew under the same approval (P-23).
    """
    request = queries.REQUEST_LOCKED.first(pk=request.pk)
    if request.state != RequestState.OPEN:
        raise Permanent("This request has an approved plan already.", "Go on with it: `upheld resume`.")
    if allow and not reason:
        raise Permanent("A limit was allowed without a reason.", "Say why: --reason TEXT.")
    refuse_beyond(preview.beyond, allow)
    if allow:
        two.require(means=means, wish=beyond.wish(request=request, allow=allow, found=preview.beyond))
    certainty.refuse_below(means=means, request=request)
    if request.right in ERASURES:
        allowance.claim(means=means, systems=preview.plan.systems, allowed=allow, besides=(request.case_id,))
    means = _with_ring(means, request)
    row = plans.store(
        means=means,
        request=request,
        plan=preview.plan,
        allowed=allow,
        reason=reason,
        go_on=go_on,
        expected={name: expected(preview.counts.get(name)) for name in preview.plan.systems},
        cells=preview.subject.cells,
        version=1,
    )
    cases.identified_anew(means=means, request=request, subject=replace(preview.subject, cells=()))
    unreached = {each.system: each.failure for each in preview.unreached}
    windows = window.open_for(means=means, request=request, systems=preview.plan.systems)
    for position, system in enumerate(preview.plan.systems):
        failure = unreached.get(system)
        fulfilment = models.Fulfilment(
            request=request,
            plan=row,
            position=position,
            system=system,
            state=FulfilmentState.FAILED if failure else FulfilmentState.WAITING,
            unreached=failure is not None,
            window=windows.get(system),
            failure=journal.kind_of(failure) if failure else "",
            failure_text=str(failure) if failure else "",
        )
        insert_one(fulfilment)
        tasks.ask(means=means, fulfilment=fulfilment, plan=preview.plan)
    request.state = RequestState.IN_PROGRESS
    save(queries.ONE_REQUEST, request, "state", "reached")
    key = means.keys.commitment_key(request.case.key)
    record(
        PLAN_APPROVED,
        at=means.clock(),
        case=str(request.case.pk),
        plan=commit_to(key, plans.text_of(preview.plan).encode()),
        systems=len(preview.plan.systems),
    )
    dispatch.wake(request.case_id)
    return row


@transaction.atomic
def allow_more(
    *, means: Means, request: models.Request, allow: frozenset[str], reason: str, go_on: str
) -> tuple[str, ...]:
    """Approve the systems that were refused once more, now with these limits allowed or gone on with; gives
    them. Only those in which nothing was written by their plan. Writes `plan.approved`."""
    if allow and not reason:
        raise Permanent("A limit was allowed without a reason.", "Say why: --reason TEXT.")
    refused = request.fulfilments.filter(
        state=FulfilmentState.FAILED, failure__in=[FailureKind.PERMANENT, FailureKind.MISCONFIGURED]
    ).exclude(unreached=True)
    again = [each for each in refused.select_related("plan").order_by("position") if not each.parts.exists()]
    systems = tuple(each.system for each in again)
    # Who may be one more of this day was decided about her, whatever else is allowed now.
    kept = {each for fulfilment in again for each in fulfilment.plan.allowed if each == allowance.LIMIT}
    if systems and allow:
        two.require(means=means, wish=beyond.wish(request=request, allow=allow))
    if systems and (allow or go_on):
        plans.replan(
            means=means,
            request=request,
            systems=systems,
            reason=reason or go_on,
            allowed=sorted(allow | kept),
            go_on=go_on,
        )
    return systems


def fulfil(*, means: Means, request: models.Request, progress: Progress = silently) -> Standing:
    """Go through every system that has no outcome yet; gives where the request stands.

    Safe to repeat at any time, after a crash too. A system that fails leaves the case open and named, and the
    others go on. When the last one is done the request is fulfilled and the person's identities are
    suppressed.
    """
    if request.state != RequestState.IN_PROGRESS or request.undone_at is not None:
        return standing(request)
    means = _with_ring(means, request)
    left = unfinished(request)
    corrects = request.right == Right.RECTIFICATION.value  # what stands there has to be seen before
    if not corrects and any(each.unreached for each in left):
        reach_again(means=means, request=request)
        left = unfinished(request)
    for fulfilment in left:
        plan = plans.load(fulfilment.plan)
        if plans.by_hand(plan, fulfilment.system) or fulfilment.unreached:
            continue
        number = fulfilment.plan_id
        if _lacks_map(means, fulfilment, progress):
            continue
        if fulfilment.plan_id != number:  # planned anew, for its map is whole now
            plan = plans.load(fulfilment.plan)
        interrupted = fulfilment.state in (FulfilmentState.RUNNING, FulfilmentState.FAILED)
        hold = journal.take(means=means, fulfilment=fulfilment, plan=plan)
        if hold is None:
            progress(fulfilment.system, tempo.words(fulfilment) or "is being done by another run")
            continue
        attempt(means=means, hold=hold, progress=progress, interrupted=interrupted)
    found, parts = conclude(means=means, request=request)
    renew(request, found)
    return _reached(request, parts)


def _with_ring(means: Means, request: models.Request) -> Means:
    """Her key is read once, not for each value that is sealed with it. An open case's key stays."""
    if not models.Request.case.is_cached(request):
        request.case = queries.CASE.first(pk=request.case_id)
    return replace(means, keys=means.keys.ring([request.case.key]))


def attempt(*, means: Means, hold: Hold, progress: Progress = silently, interrupted: bool) -> None:
    """One system's part, as it was taken over: done, or failed and said so. `interrupted`: an earlier run may
    have committed it."""
    try:
        _system(means, hold, progress, interrupted=interrupted)
    except Fenced:
        progress(hold.system, "was taken over by another run")
    except Destroyed:
        raise
    except Failure as failure:
        progress(hold.system, "failed")
        journal.failed(means=means, hold=hold, failure=failure)


def _system(means: Means, hold: Hold, progress: Progress, *, interrupted: bool) -> None:
    """One system's part: first what a crash left open is settled, then its steps, then another look.

    Where an earlier run was `interrupted` after its last commit, only the other look is missing: writing
    again would write other random values over those that stand, and count rows twice.
    """
    subject = cases.subject_of(means=means, case=hold.case)
    if subject is None:
        raise Permanent(f"Case {hold.case.pk} has no subject.", "Receive the request again.")
    subject = plans.with_cells(means=means, row=hold.fulfilment.plan, subject=subject)
    if not hold.first:
        settle(means=means, hold=hold)
    if interrupted and gone_through(hold.fulfilment) and _seen_erased(means, hold, subject, progress):
        return
    allow = frozenset(hold.fulfilment.plan.allowed) | ({GO_ON} if hold.fulfilment.plan.go_on else frozenset())
    part = Plan(hold.plan.right, hold.plan.regime, hold.plan.of(hold.system))
    events = execute(
        part,
        means.connectors,
        subject,
        now=means.now,
        entropy=means.entropy,
        allow=allow,
        remembered={
            hold.system: () if hold.first else journal.traces(means=means, fulfilment=hold.fulfilment)
        },
        before=_kept(means, hold),
    )
    try:
        for event in events:
            progress(hold.system, type(event).__name__.lower())
            match event:
                case Prepared():
                    journal.prepare(means=means, hold=hold, event=event)
                case Committed():
                    journal.commit(means=means, hold=hold, event=event)
                case Verified():
                    journal.verified(means=means, hold=hold, event=event)
                case Asked():
                    journal.asked(means=means, hold=hold, event=event)
                case Failed():
                    _abort_open(means, hold)
                    raise event.failure
        asks = any(isinstance(step, Task) for step in part.steps)
        if asks and hold.fulfilment.tasks.filter(answered_at__isnull=True).exists():
            journal.wait(hold=hold)
    finally:
        events.close()


def _kept(means: Means, hold: Hold) -> frozenset[str]:
    """Whether rows are kept as they were: the window that was opened at the approval is not over."""
    return frozenset({hold.system} if window.is_open(hold.fulfilment.window, means.now.date()) else ())


def gone_through(fulfilment: models.Fulfilment) -> bool:
    """Whether everything that the plan in force writes in this system is committed."""
    return journal.erasing(fulfilment).filter(last=True, plan=fulfilment.plan).exists()


def _seen_erased(means: Means, hold: Hold, subject: Subject, progress: Progress) -> bool:
    connector = means.connectors.get(hold.system)
    if connector is None or hold.fulfilment.plan.go_on:
        return False
    remembered = journal.traces(means=means, fulfilment=hold.fulfilment)
    seen = connector.verify(hold.plan.of(hold.system), subject, remembered, now=means.now)
    if seen.remnants:
        return False
    progress(hold.system, "verified")
    journal.verified(means=means, hold=hold, event=seen)
    return True


def _lacks_map(means: Means, fulfilment: models.Fulfilment, progress: Progress) -> bool:
    """Whether a system that was gone on with is still not mapped whole: then nothing is written again. Once
    it is, its part is planned anew by the map as it is now, under the same approval."""
    connector = means.connectors.get(fulfilment.system)
    if connector is None or not fulfilment.plan.go_on or not gone_through(fulfilment):
        return False
    if fulfilment.parts.filter(state=PartState.PREPARED).exists():
        return False
    try:
        lacking = [each for each in connector.check() if each.severity is Severity.STOP]
    except Failure as failure:
        progress(fulfilment.system, f"cannot be asked: {failure.what}")
        return True
    if not lacking:
        plans.replan(
            means=means, request=fulfilment.request, systems={fulfilment.system}, reason="map completed"
        )
        fulfilment.refresh_from_db()
    return bool(lacking)


def _abort_open(means: Means, hold: Hold) -> None:
    """After a failure between Prepared and Committed the outcome is asked for, never assumed."""
    if hold.fulfilment.parts.filter(state=PartState.PREPARED, due__isnull=True).exists():
        settle(means=means, hold=hold)


def settle(*, means: Means, hold: Hold) -> None:
    """Establish what became of a part whose commit nobody saw (scenario 69).

    The target is asked by its token. Where it cannot say, the system is read again: nothing of hers left
    means it was committed; otherwise it is done again, which is harmless either way.
    """
    connector = means.connectors.get(hold.system)
    for part in hold.fulfilment.parts.filter(state=PartState.PREPARED, due__isnull=True):
        if connector is None:
            raise Transient(f"No connector for {hold.system}.", "Its last transaction cannot be asked for.")
        outcome = connector.settle(part.token)
        if outcome is Settled.COMMITTED:
            established: Established | None = connector.capabilities.establishes
        elif outcome is Settled.ABORTED:
            established = None
        else:
            established = _reread(means, hold, journal.trace(means=means, part=part))
        journal.settled(means=means, hold=hold, part=part, established=established)


def _reread(means: Means, hold: Hold, own: bytes) -> Established | None:
    subject = cases.subject_of(means=means, case=hold.case)
    if subject is None:
        return None
    if are_cells(own):  # one part among several: whether its own cells stand, not whether all is done
        stand = means.connectors[hold.system].verify((), subject, (own,), now=means.now)
        return None if stand.remnants else Established.REREAD
    remembered = journal.traces(means=means, fulfilment=hold.fulfilment)
    seen = means.connectors[hold.system].verify(hold.plan.of(hold.system), subject, remembered, now=means.now)
    return None if seen.remnants else Established.REREAD


@transaction.atomic
def conclude(*, means: Means, request: models.Request) -> tuple[models.Request, Sequence[models.Fulfilment]]:
    """When every system has its outcome and none is withheld for a hold, the request is fulfilled: her
    identities are suppressed, and the case is closed unless its undo window is open. Does nothing
    otherwise. Gives the request and its systems' parts as they stand now."""
    # Locked: an undo that is approved meanwhile comes before all of this, or finds all of it.
    request = queries.REQUEST_LOCKED.first(pk=request.pk)
    parts: list[models.Fulfilment] = queries.FULFILMENTS.all(request=request.pk)
    if request.state != RequestState.IN_PROGRESS or request.undone_at is not None:
        return request, parts
    if any(each.state not in window.OUTCOMES or each.withheld for each in parts):
        return request, parts
    erased = request.right in ERASURES
    if not erased:
        inforce.ended(means=means, request=request)
    subject = cases.subject_of(means=means, case=request.case) if erased else None
    undoable = any(each.window_id for each in parts) and bool(window.alive(request))
    if subject is not None:
        _suppress(means, request, subject, undoable=undoable)
    if undoable:
        return request, parts
    if subject is not None:
        statements.forget(means=means, subject=subject)
    last = queries.LAST_DUE.first(request=request.pk)
    cases.finish(
        means=means, request=request, state=RequestState.FULFILLED, keep_until=last[0] if last else None
    )
    return request, parts


def withheld(request: models.Request) -> tuple[str, ...]:
    """The holds for whose sake rows still stay: the request is not finished while there is one (scenario
    42)."""
    return tuple(sorted(set(request.fulfilments.exclude(withheld="").values_list("withheld", flat=True))))


def _suppress(means: Means, request: models.Request, subject: Subject, *, undoable: bool) -> None:
    hold_name("suppression")
    at = means.clock()
    named = [each for each in map(cases.canonical, subject.identities) if each.verified]
    marks = {means.keys.suppress(each.kind, each.value): each.kind for each in named}
    if not marks:
        return
    known = {bytes(digest) for (digest,) in queries.suppressed(len(marks)).all(**numbered(marks))}
    fresh = {mark: kind for mark, kind in marks.items() if mark not in known}
    owner = request if undoable else None
    insert_all(
        [models.Suppression(digest=mark, kind=kind, at=at, request=owner) for mark, kind in fresh.items()]
    )
    put_all(entry(SUPPRESSION_ADDED, at=at, case=str(request.case_id), mark=mark.hex()) for mark in fresh)
    if known and not undoable:
        suppression.made_final(known)


def standing(request: models.Request) -> Standing:
    """Where the request stands."""
    fulfilments = sorted(request.fulfilments.all(), key=lambda one: one.position)
    prefetch_related_objects(fulfilments, "tasks")
    return _standing(request, fulfilments, window.alive(request))


def standings(requests: Sequence[models.Request]) -> tuple[Standing, ...]:
    """The same of erasures that were carried out together; nothing more is read of those that are done."""
    numbers = [each.pk for each in requests]
    every = read_all(models.Fulfilment.objects.filter(request__among=numbers).order_by("position"))
    own: dict[UUID, list[models.Fulfilment]] = {number: [] for number in numbers}
    for each in every:
        own[each.request_id].append(each)
    for request in requests:
        gather(request, "fulfilments", own[request.pk])
    prefetch_related_objects([each for each in every if each.state not in window.OUTCOMES], "tasks")
    if any(each.window_id for each in every):
        prefetch_related_objects(list(requests), "windows")
    windowed = {each.request_id for each in every if each.window_id}
    return tuple(
        _standing(
            each,
            own[each.pk],
            window.alive(each) if each.pk in windowed else (),
        )
        for each in requests
    )


def _reached(request: models.Request, fulfilments: Sequence[models.Fulfilment]) -> Standing:
    """The same of one request alone, with as few questions as it takes."""
    if any(each.state not in window.OUTCOMES for each in fulfilments):
        prefetch_related_objects(list(fulfilments), "tasks")
    windows = window.alive(request) if any(each.window_id for each in fulfilments) else ()
    return _standing(request, fulfilments, windows)


def _standing(
    request: models.Request, fulfilments: Sequence[models.Fulfilment], windows: tuple[models.Window, ...]
) -> Standing:
    rows = []
    days = {each.pk: each.until for each in windows if request.undone_at is None}
    for each in fulfilments:
        why = each.failure_text if each.state == FulfilmentState.FAILED else ""
        waits = each.state not in window.OUTCOMES
        open_tasks = [task for task in each.tasks.all() if task.answered_at is None] if waits else []
        if open_tasks:
            why = f"waits for an answer by {open_tasks[0].due_on.isoformat()}"
        why = why or tempo.words(each)
        until = days.get(each.window_id or 0) if each.state in window.OUTCOMES else None
        if until is not None and not why:
            why = f"recoverable until {until.isoformat()}"
        if each.withheld:
            why = f"partially withheld: rows stay for the matter {each.withheld}"
        rows.append((each.system, each.state, why))
    recoverable = window.recoverable(request, {each.state for each in fulfilments}, windows)
    lifts = request.right == Right.RESTRICTION.value and bool(request.lifts.all())
    return Standing(request, tuple(rows), recoverable, lifts)
