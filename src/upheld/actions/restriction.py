"""Restrict the use of a person's data, reversibly; and lift that, by an order of its own (Art. 18)."""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from upheld.actions import cases, erasure, inforce, plans
from upheld.actions.erasure import Progress, Standing, silently
from upheld.actions.means import Means
from upheld.actions.preview import Preview, unfinished
from upheld.actions.record import record
from upheld.law.ground import RestrictionGround
from upheld.law.right import Right
from upheld.ledger.types import RESTRICTION_SET, RESTRICTION_TOLD
from upheld.rights import plan as steps
from upheld.rights.cells import first_to_last, reversed_
from upheld.rights.connector import Connector, Finding, Severity
from upheld.rights.explain import explain
from upheld.rights.fulfil import dry_run
from upheld.rights.outcome import Counts, Failure, Misnamed, Permanent
from upheld.rights.plan import Plan, Reason, Step
from upheld.rights.restricting import UNMARKED
from upheld.rights.subject import Cell, Subject
from upheld.store import models
from upheld.store.database import hold
from upheld.store.models import FulfilmentState, PartState, RequestState
from upheld.store.models.journal import FailureKind

LIFTED = Reason("Art. 18(3) GDPR")


class NotTold(Permanent):
    """A restriction may only be lifted after the person was told (Art. 18(3))."""


def unmarked(*, means: Means, preview: Preview) -> tuple[Finding, ...]:
    """Tables with rows of hers for which the map names no mark, each with what ends it."""
    found = []
    for step in preview.plan.steps:
        counted = preview.counts.get(step.system)
        if (
            not isinstance(step, steps.Unmarked)
            or not isinstance(counted, Counts)
            or not counted.rows(step.number)
        ):
            continue
        table = step.selection.table
        place = plans.system_of(means, step.system).table(table).place
        found.append(
            Finding(
                UNMARKED,
                Severity.DOUBT,
                step.system,
                table,
                "",
                f"{counted.rows(step.number):,} rows of hers stay usable: the map names no mark for {table}.",
                f"Add a column for it, and `restriction: COLUMN` to {table} ({place}); where none is needed, "
                f"`accept: [{{finding: {UNMARKED}, reason: why}}]`.",
            )
        )
    return tuple(found)


@transaction.atomic
def approve(
    *,
    means: Means,
    request: models.Request,
    preview: Preview,
    ground: RestrictionGround,
    allow: frozenset[str] = frozenset(),
    reason: str = "",
) -> models.Restriction:
    """The restriction is in force from now on, its marks follow with `fulfil`. Writes `plan.approved` and
    `restriction.set`. Refuses what `erasure.approve` refuses."""
    erasure.approve(means=means, request=request, preview=preview, allow=allow, reason=reason)
    request.refresh_from_db()
    at = means.clock()
    row = models.Restriction.objects.create(request=request, ground=ground.value, set_at=at)
    record(RESTRICTION_SET, at=at, case=str(request.case_id), ground=ground.value)
    return row


def fulfil(*, means: Means, request: models.Request, progress: Progress = silently) -> Standing:
    """Set the marks, or put them back. Systems that lacked something in the map are planned anew by the
    map as it is now, under the same approval: a mark is set once, however often this runs."""
    if request.lifts.exists():
        _spare(means, request)
    else:
        lacking = request.fulfilments.filter(
            state=FulfilmentState.FAILED, failure=FailureKind.MISCONFIGURED, unreached=False
        ).exclude(parts__state=PartState.PREPARED)
        systems = set(lacking.values_list("system", flat=True))
        if systems:
            plans.replan(means=means, request=request, systems=systems, reason="map completed")
    return erasure.fulfil(means=means, request=request, progress=progress)


@transaction.atomic
def _spare(means: Means, request: models.Request) -> None:
    """Marks that a restriction of another person has come to need since the order was given stay with it,
    with what stood there before: an order may wait for days for a system that is down."""
    hold("cases")
    needed = inforce.claims(means=means, case=request.case)
    waiting = {each.system for each in unfinished(request)}
    for row in request.plans.all():
        cells = plans.with_cells(means=means, row=row, subject=Subject(())).cells
        systems = {step.number: step.system for step in plans.load(row).steps}
        claimed: dict[tuple[models.Restriction, str], list[Cell]] = {}
        left: list[Cell] = []
        for each in cells:
            system = systems[each.step]
            claim = needed.get(inforce.place(system, each)) if system in waiting else None
            if claim is None:
                left.append(each)
            else:
                claimed.setdefault((claim, system), []).append(each)
        for (claim, system), those in claimed.items():
            back = reversed_(those, 0)
            inforce.inherit(means=means, restriction=claim, system=system, cells=back)
        if claimed:
            plans.seal_cells(means=means, row=row, cells=left)


# --- lifting ---------------------------------------------------------------------------------------------


def find(*, case: str) -> models.Case:
    """The case of that id, or of the one id that begins so, with a restriction in force; Misnamed
    otherwise."""
    found = models.Restriction.objects.filter(lifted_at__isnull=True).select_related("request__case")
    named = {each.request.case_id: each.request.case for each in found}
    matching = [each for key, each in named.items() if str(key).startswith(case)] if case else []
    if len(matching) == 1:
        return matching[0]
    known = ", ".join(sorted(map(str, named))[:10]) or "none"
    many = "No restriction is" if not matching else "Restrictions of several cases are"
    raise Misnamed(f"{many} in force in case {case}.", f"In force in: {known}.")


def under_way(*, case: models.Case) -> models.Request | None:
    """The order to lift that is not done yet."""
    return models.Request.objects.filter(
        case=case, lifts__isnull=False, state=RequestState.IN_PROGRESS
    ).first()


@transaction.atomic
def told(*, means: Means, case: models.Case, on: date) -> None:
    """Record that the person was told, on that day, that the restriction will be lifted (G-18.4). Writes
    `restriction.told`. Permanent for a day to come, or before the restriction."""
    local = means.datamap.organisation.local
    today = means.now.date()
    if on > today:
        raise Permanent(f"{on.isoformat()} is still to come.", "Tell the person first; then record the day.")
    rows = inforce.of(case)
    for row in rows:
        begun = local(row.set_at).date()
        if on < begun:
            raise Permanent(
                f"On {on.isoformat()} there was no restriction yet: it began on {begun.isoformat()}.",
                "Give the day on which the person was told of its end.",
            )
    at = means.clock()
    for row in rows:
        row.told_on, row.told_at = on, at
        row.save(update_fields=["told_on", "told_at"])
    record(RESTRICTION_TOLD, at=at, case=str(case.pk), on=on.isoformat())


@dataclass(frozen=True, slots=True)
class Lifting:
    """What lifting would do. `kept`: marks that stay because a restriction of another person needs them."""

    preview: Preview
    kept: int


def lifting(*, means: Means, case: models.Case) -> Lifting:
    """What would be put back, counted; reads only. Refuses while what a system committed is not
    established, and before the person was told."""
    rows = _liftable(case)
    subject = cases.subject_of(means=means, case=case)
    if subject is None:
        raise Permanent(f"Case {case.pk} has no subject.", "Receive the restriction again.")
    planned, cells, kept = _resets(means, case, rows)
    planned += _by_hand(rows, len(planned))
    plan = Plan(Right.RESTRICTION, case.regime, tuple(planned))
    subject = replace(subject, cells=cells)
    automatic: dict[str, Connector] = {
        name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)
    }
    own = Plan(plan.right, plan.regime, tuple(step for step in planned if not isinstance(step, steps.Task)))
    counts: dict[str, Counts | Failure] = dict(dry_run(own, automatic, subject, now=means.now))
    preview = Preview(subject, (), plan, counts, (), (), explain(plan, means.datamap, counts))
    return Lifting(preview, kept)


def _resets(
    means: Means, case: models.Case, rows: tuple[models.Restriction, ...]
) -> tuple[list[Step], tuple[Cell, ...], int]:
    """What puts the marks back, the cells that it sets, and how many marks stay for another's sake."""
    needed = inforce.claims(means=means, case=case)
    planned: list[Step] = []
    cells: list[Cell] = []
    kept = 0
    for system, marks in _joined(means, rows).items():
        free = [each for each in marks if inforce.place(system, each) not in needed]
        kept += len(marks) - len(free)
        for table, column in dict.fromkeys((each.table, each.column) for each in free):
            number = len(planned) + 1
            planned.append(steps.Reset(number, system, table, column, LIFTED))
            cells += reversed_(
                (each for each in free if (each.table, each.column) == (table, column)), number
            )
    return planned, tuple(cells), kept


def _liftable(case: models.Case) -> tuple[models.Restriction, ...]:
    rows = inforce.of(case)
    if not rows:
        raise Permanent("Lifting was ordered already.", "`upheld resume` goes on with it.")
    if any(row.told_on is None for row in rows):
        raise NotTold(
            "The person has to be told before a restriction is lifted (Art. 18(3)).",
            f"Tell her, then record the day: upheld lift --case {case.pk} --told-on DATE.",
        )
    for row in rows:
        if any(part.state == PartState.PREPARED for part in inforce.parts(row)):
            raise Permanent(
                "A transaction of the restriction itself has no known outcome yet.",
                "`upheld resume` settles it.",
            )
    return rows


def _joined(means: Means, rows: tuple[models.Restriction, ...]) -> dict[str, tuple[Cell, ...]]:
    """The marks of all restrictions that end, by system: each from what stood there first."""
    found: dict[str, list[Cell]] = {}
    for row in rows:
        for system, cells in inforce.marks(means=means, restriction=row).items():
            found.setdefault(system, []).extend(cells)
    return {system: first_to_last(cells) for system, cells in found.items()}


def _by_hand(rows: tuple[models.Restriction, ...], first: int) -> list[Step]:
    """Somebody who marked by hand is asked to take the marks away."""
    asked: dict[str, steps.Task] = {}
    for row in rows:
        for fulfilment in row.request.fulfilments.select_related("plan__request").order_by("position"):
            for task in plans.by_hand(plans.load(fulfilment.plan), fulfilment.system):
                asked.setdefault(task.system, task)
    how = "take the mark of the restriction away, where it was set for this case"
    return [
        replace(task, number=first + index, how=how, reason=LIFTED)
        for index, task in enumerate(asked.values(), start=1)
    ]


@transaction.atomic
def order(*, means: Means, case: models.Case, lifting: Lifting) -> models.Request:
    """Approve lifting: the plan becomes rows of a request of its own. Marks that another person's restriction
    needs pass to it, with what stood there before. A restriction whose marks are not all set ends here, too.
    Writes `plan.approved`; `fulfil` puts the marks back."""
    hold("cases")
    rows = _liftable(case)
    if _resets(means, case, rows)[1] != lifting.preview.subject.cells:
        raise Permanent("The marks are no longer what was shown. Nothing was lifted.", "Ask for it again.")
    needed = inforce.claims(means=means, case=case)
    for system, marks in _joined(means, rows).items():
        by_claim: dict[models.Restriction, list[Cell]] = {}
        for each in marks:
            claim = needed.get(inforce.place(system, each))
            if claim is not None:
                by_claim.setdefault(claim, []).append(each)
        for claim, cells in by_claim.items():
            inforce.inherit(means=means, restriction=claim, system=system, cells=tuple(cells))
    for row in rows:
        cases.finish(
            means=means,
            request=row.request,
            state=RequestState.REVOKED,
            reason="lifted before it was complete",
        )
    request = models.Request.objects.create(
        case=case, right=Right.RESTRICTION.value, received_at=means.clock()
    )
    erasure.approve(means=means, request=request, preview=lifting.preview)
    models.Restriction.objects.filter(pk__in=[row.pk for row in rows]).update(lift=request)
    request.refresh_from_db()
    return request
