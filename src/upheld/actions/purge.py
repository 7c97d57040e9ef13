"""What is due: retained rows on their date, expired packages, ended undo windows, keys of closed cases
(G-30.4, K-02, P-25)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from upheld.actions import carried, cases, copies, erasure, holds, journal, plans, undo, window
from upheld.actions.erasure import Progress, silently
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.stop import Stopped, in_force
from upheld.ledger.types import RETENTION_PURGED
from upheld.rights import plan as steps
from upheld.rights.codec import text
from upheld.rights.connector import Connector
from upheld.rights.outcome import (
    Committed,
    Counts,
    Established,
    Failure,
    Permanent,
    Prepared,
    Settled,
)
from upheld.rights.plan import Plan, Selection, Side
from upheld.rights.subject import Person, Subject
from upheld.store import models
from upheld.store.models import CaseState, PartState, RequestState

DUE = "due"


@dataclass(frozen=True, slots=True)
class Purged:
    """What one run of the purge did, and what of it failed, by system. `restricted`: groups of rows that are
    due and stay, as something among them is under restriction."""

    rows: int
    packages: int
    keys: int
    windows: int
    released: tuple[models.Request, ...]
    failures: tuple[tuple[str, str], ...]
    restricted: int = 0


def due(*, on: date) -> QuerySet[models.Due]:
    """Rows whose period has ended, oldest first; those of an erasure that was undone are hers again, and
    those of one that may still be undone wait for the end of its window."""
    return (
        models.Due.objects.filter(
            on__lte=on, purged_at__isnull=True, fulfilment__request__undone_at__isnull=True
        )
        .exclude(fulfilment__window__isnull=False, fulfilment__window__destroyed_at__isnull=True)
        .select_related("plan__request", "fulfilment__plan", "fulfilment__request__case")
        .order_by("on", "step", "pk")  # a plan's steps begin with what hangs on other rows
    )


def purge(*, means: Means, progress: Progress = silently) -> Purged:
    """Do everything that is due today. Safe to repeat; a system that fails keeps its rows due and is named.

    Undo windows that end come first: what is due waits for them. Rows under a hold in force stay due. Expired
    packages go whatever became of their request. Keys go last.
    """
    today, rows, restricted = means.now.date(), 0, 0
    windows, failures = _windows(means, today)
    for row in due(on=today):
        if _held(means, row):
            continue
        what = "purged"
        try:
            gone = _rows(means, row)
            if gone is None:
                restricted, what = restricted + 1, "kept, as it is restricted"
            rows += gone or 0
        except Failure as failure:
            failures.append((row.fulfilment.system, str(failure)))
        progress(row.fulfilment.system, what)
    released = tuple(
        request
        for matter in holds.lapsed(means=means)
        for request in holds.released(means=means, matter=matter)
    )
    packages = sum(
        _package(means, each)
        for each in models.Package.objects.filter(expires_at__lte=means.now, removed_at__isnull=True)
    )
    keys = _keys(means, today)
    return Purged(rows, packages, keys, windows, released, tuple(failures), restricted)


def _windows(means: Means, today: date) -> tuple[int, list[tuple[str, str]]]:
    """Windows that end: their keys go, and what was only removed is erased for good. An undo that a crash
    left open is settled first: a window whose system cannot be asked stays, named, until it can be. While all
    writing is stopped none ends: what is removed could not be put back in time."""
    ended, failures = 0, []
    stopped = in_force()
    if stopped is not None:
        waiting = {
            name
            for each in window.due(on=today)
            for name in each.fulfilments.values_list("system", flat=True)
        }
        return 0, [(name, str(Stopped(stopped.at))) for name in sorted(waiting)]
    for each in window.due(on=today):
        try:
            for fulfilment in each.fulfilments.select_related("window", "request__case"):
                undo.settle(means=means, fulfilment=fulfilment)
        except Failure as failure:
            failures.append((fulfilment.system, str(failure)))
            continue
        window.close(means=means, window=each)
        ended += 1
    open_ = models.Request.objects.filter(state=RequestState.IN_PROGRESS, windows__isnull=False)
    for request in open_.select_related("case").distinct():
        if not window.alive(request):
            erasure.conclude(means=means, request=request)
            try:
                if request.undone_at is not None:
                    carried.mark(means=means, request=request)
            except Failure as failure:
                failures.append((str(request.case_id), str(failure)))
                continue
            undo.conclude(means=means, request=request, over=False)
    return ended, failures


def _held(means: Means, row: models.Due) -> bool:
    system = row.fulfilment.system
    return any(
        hold.until >= means.now.date() and (system in hold.scope or f"{system}.{row.table}" in hold.scope)
        for hold in means.datamap.organisation.holds
    )


def _rows(means: Means, row: models.Due) -> int | None:
    """Follow the rule of the approved plan for rows whose period is over, by their keys. None where they
    stay, under restriction."""
    system = row.fulfilment.system
    connector = means.connectors.get(system)
    if connector is None:
        raise Permanent(f"No connector for {system}.", "Check its `kind` in the privacy folder.")
    if not journal.borrow(means=means, fulfilment=row.fulfilment):
        return 0
    try:
        plan = plans.load(row.plan)
        acts, subject = named(means=means, row=row, plan=plan)
        if _restricted(means, connector, row, plan):
            return None
        _settle(means, connector, row, acts, subject)
        if not row.parts.filter(state=PartState.COMMITTED, last=True).exists():
            _do(means, connector, row, acts, subject)
        return _purged(means, row, plan)
    finally:
        journal.give_back(means=means, fulfilment=row.fulfilment)


def _restricted(means: Means, connector: Connector, row: models.Due, plan: Plan) -> bool:
    """Whether a row among them, among those that follow them or among those that they follow is under
    restriction by the map as it is now: then they stay due until that is lifted (G-18.5). One without the
    other would be torn apart, or taken along by the database itself."""
    tables = plans.system_of(means, row.fulfilment.system).tables
    if not any(each.restriction for each in tables) or row.parts.filter(state=PartState.PREPARED).exists():
        return False
    root = _followed(plan, row.step)
    beside = models.Due.objects.filter(
        fulfilment=row.fulfilment, plan=row.plan, on=row.on, purged_at__isnull=True
    )
    rows = list(beside.select_related("fulfilment__request__case"))
    return any(_marked(means, connector, each) for each in rows if _followed(plan, each.step) == root)


def _marked(means: Means, connector: Connector, row: models.Due) -> bool:
    tables = plans.system_of(means, row.fulfilment.system).tables
    mark = next((each.restriction for each in tables if each.name == row.table), ())
    if not mark:
        return False
    system, key, why = row.fulfilment.system, tuple(row.key), steps.Reason("Art. 18(2) GDPR")
    looked = (
        steps.Locate(1, system, DUE, row.table, key, None, why),
        steps.Keep(2, system, Selection(row.table, people=DUE, key=key, when=mark), "restricted", why),
    )
    keys = journal.due_rows(means=means, row=row)
    subject = Subject((), tuple(Person(system, row.table, each) for each in keys))
    return any(each.rows for each in connector.count(looked, subject, now=_day(means, row)))


def _followed(plan: Plan, number: int) -> int:
    """The step that keeps the rows whose period the rows of this step follow; itself where they have their
    own."""
    sets = {step.name: step.selection for step in plan.steps if isinstance(step, steps.Locate)}
    kept = {step.number: step.selection for step in plan.steps if isinstance(step, steps.Retain)}
    selection = kept.get(number)
    while selection is not None and selection.age is None and len(selection.sources) == 1:
        above = sets.get(selection.sources[0].keys or "")
        further = next((each for each in kept if above is not None and kept[each] == above), None)
        if further is None:
            break
        number, selection = further, kept[further]
    return number


def named(
    *, means: Means, row: models.Due, plan: Plan, still_over: bool = False
) -> tuple[tuple[steps.Step, ...], Subject]:
    """What follows the period, and whom or which rows it is for; with `still_over` only those whose own date
    says so. Raises Destroyed."""
    acts = by_key(plan, row.step, row.table, tuple(row.key), still_over=still_over)
    if isinstance(acts[-1], steps.Detach):
        subject = cases.subject_for(means=means, request=row.fulfilment.request)
        return acts, subject or Subject(())
    keys = journal.due_rows(means=means, row=row)
    return acts, Subject((), tuple(Person(row.fulfilment.system, row.table, key) for key in keys))


def _do(
    means: Means, connector: Connector, row: models.Due, acts: Sequence[steps.Step], subject: Subject
) -> None:
    """Like an erasure: prepared and durable in our records, then committed there, then recorded here."""
    allow = frozenset(row.plan.allowed)
    for event in connector.execute(acts, subject, now=_day(means, row), entropy=means.entropy, allow=allow):
        match event:
            case Prepared():
                _prepare(means, row, event)
            case Committed():
                _commit(means, row, event.established, event.counts)


def _day(means: Means, row: models.Due) -> datetime:
    """A moment at which the rows' period is over, also on the very day on which it ends."""
    return max(means.now, datetime.combine(row.on + timedelta(days=1), time(), means.now.tzinfo))


@transaction.atomic
def _prepare(means: Means, row: models.Due, event: Prepared) -> None:
    journal.keep_part(means=means, fulfilment=row.fulfilment, event=event, at=means.clock(), purges=row)


@transaction.atomic
def _commit(means: Means, row: models.Due, established: Established, counts: Counts | None = None) -> None:
    part = row.parts.get(state=PartState.PREPARED)
    part.state, part.established, part.settled_at = PartState.COMMITTED, established.value, means.clock()
    if counts is not None:
        part.counts = text(counts)
    part.save()


def _settle(
    means: Means, connector: Connector, row: models.Due, acts: Sequence[steps.Step], subject: Subject
) -> None:
    """What became of a transaction that a crash left open. Where the target cannot say, the rows are counted:
    rows to be deleted that are gone were deleted; otherwise it is done again, with the same count."""
    part = row.parts.filter(state=PartState.PREPARED).first()
    if part is None:
        return
    outcome = connector.settle(part.token)
    known = connector.capabilities.establishes
    if outcome is Settled.UNKNOWN:
        left = sum(count.rows for count in connector.count(acts, subject, now=_day(means, row)))
        outcome, known = (Settled.ABORTED if left else Settled.COMMITTED), Established.REREAD
    if outcome is Settled.COMMITTED:
        _commit(means, row, known)
    else:
        part.state, part.settled_at = PartState.ABORTED, means.clock()
        part.save()


@transaction.atomic
def _purged(means: Means, row: models.Due, plan: Plan) -> int:
    committed = row.parts.filter(state=PartState.COMMITTED)
    changed = sum(count.rows for part in committed for count in journal.counts_of(part))
    ground = next(
        step.ground for step in plan.steps if step.number == row.step and isinstance(step, steps.Retain)
    )
    models.Due.objects.filter(pk=row.pk).update(purged_at=means.clock())
    record(
        RETENTION_PURGED, at=means.clock(), system=row.fulfilment.system, ground=ground.value, records=changed
    )
    return changed


def by_key(
    plan: Plan, number: int, table: str, key: tuple[str, ...], *, still_over: bool = False
) -> tuple[steps.Step, ...]:
    """What the plan says of rows whose period is over, for rows named by key.

    The step that keeps rows within the period has a sibling for those beyond it: the same selection on the
    other side. It is that sibling that is done, be it an erasure, an anonymisation or a detachment.
    """
    retain = next((step for step in plan.steps if step.number == number), None)
    over = _over(plan, retain.selection) if isinstance(retain, steps.Retain) else None
    if over is None or not isinstance(retain, steps.Retain):
        raise Permanent(f"Step {number} of the plan keeps no rows for a period.", "Look at the case's plan.")
    for step in plan.of(retain.system):
        if isinstance(step, steps.Detach) and step.selection == over:
            return (*(each for each in plan.of(retain.system) if isinstance(each, steps.Locate)), step)
        if isinstance(step, steps.Erase | steps.Anonymise) and step.selection == over:
            named = steps.Locate(0, step.system, DUE, table, key, None, step.reason)
            age = over.age if still_over else None
            return (named, replace(step, selection=Selection(table, people=DUE, key=key, age=age)))
    raise Permanent(
        f"The plan does not say what follows the period of step {number}.", "Look at the case's plan."
    )


def _over(plan: Plan, running: Selection) -> Selection | None:
    """The same rows on the other side of their period: their own, or that of the rows that they follow."""
    if running.age is not None:
        return replace(running, age=replace(running.age, side=Side.OVER))
    if len(running.sources) != 1:
        return None
    sets = {step.name: step.selection for step in plan.steps if isinstance(step, steps.Locate)}
    followed = sets.get(running.sources[0].keys or "")
    over = _over(plan, followed) if followed else None
    name = next((name for name, selection in sets.items() if over and selection == over), None)
    return replace(running, sources=(replace(running.sources[0], keys=name),)) if name else None


def _package(means: Means, package: models.Package) -> int:
    copies.where(package).unlink(missing_ok=True)
    package.removed_at = means.clock()
    package.save(update_fields=["removed_at"])
    return 1


def _keys(means: Means, today: date) -> int:
    """Keys of closed cases of whom no rows are due, once no backup can bring her or purged rows back."""
    closed = models.Case.objects.filter(
        state=CaseState.CLOSED, key_destroyed_at__isnull=True, key_destroy_on__lte=today
    )
    count = 0
    for case in closed:
        dues = models.Due.objects.filter(
            fulfilment__request__case=case, fulfilment__request__undone_at__isnull=True
        )
        if dues.filter(purged_at__isnull=True).exists():
            continue
        last = dues.aggregate(last=Max("purged_at"))["last"]
        if last is not None and last.date() + cases.backup_days(means=means) > today:
            continue
        cases.destroy_key(means=means, case=case, at=means.clock())
        count += 1
    return count
