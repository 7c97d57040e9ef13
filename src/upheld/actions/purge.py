"""What is due: retained rows on their date, expired packages, keys of closed cases (G-30.4, K-02, P-25)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.db import transaction

from upheld.actions import cases, holds, journal, plans
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.types import RETENTION_PURGED
from upheld.rights import plan as steps
from upheld.rights.outcome import Committed, Failure, Permanent, Prepared
from upheld.rights.plan import Plan, Selection, Side
from upheld.rights.subject import Person, Subject
from upheld.store import models
from upheld.store.models import CaseState

DUE = "due"


@dataclass(frozen=True, slots=True)
class Purged:
    """What one run of the purge did, and what of it failed, by system."""

    rows: int
    packages: int
    keys: int
    released: tuple[models.Request, ...]
    failures: tuple[tuple[str, str], ...]


def due(*, on: date) -> Iterable[models.Due]:
    """Rows whose period has ended, oldest first."""
    return (
        models.Due.objects.filter(on__lte=on, purged_at__isnull=True)
        .select_related("fulfilment__plan__request", "fulfilment__request__case")
        .order_by("on", "pk")
    )


def purge(*, means: Means) -> Purged:
    """Do everything that is due today. Safe to repeat; a system that fails keeps its rows due and is named.

    Rows under a hold in force stay due. Expired packages go whatever became of their request. Keys go last.
    """
    today, rows, failures = means.now.date(), 0, []
    for row in due(on=today):
        if _held(means, row):
            continue
        try:
            rows += _rows(means, row)
        except Failure as failure:
            failures.append((row.fulfilment.system, str(failure)))
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
    return Purged(rows, packages, keys, released, tuple(failures))


def _held(means: Means, row: models.Due) -> bool:
    system = row.fulfilment.system
    return any(
        hold.until >= means.now.date() and (system in hold.scope or f"{system}.{row.table}" in hold.scope)
        for hold in means.datamap.organisation.holds
    )


def _rows(means: Means, row: models.Due) -> int:
    """Follow the rule of the approved plan for rows whose period is over, by their keys."""
    system = row.fulfilment.system
    connector = means.connectors.get(system)
    if connector is None:
        raise Permanent(f"No connector for {system}.", "Check its `kind` in the privacy folder.")
    plan = plans.load(row.fulfilment.plan)
    keys = journal.due_rows(means=means, row=row)
    acts = by_key(plan, row.step, row.table, tuple(row.key))
    subject = Subject((), tuple(Person(system, row.table, key) for key in keys))
    changed = 0
    # Repeating after a crash is harmless: the rows are named by key, and those that are gone are not found
    # again.
    for event in connector.execute(acts, subject, now=means.now, entropy=means.entropy, allow=frozenset()):
        match event:
            case Prepared():
                continue
            case Committed():
                changed += sum(count.rows for count in event.counts)
    _purged(means, row, plan, changed)
    return changed


@transaction.atomic
def _purged(means: Means, row: models.Due, plan: Plan, changed: int) -> None:
    ground = next(
        step.ground for step in plan.steps if step.number == row.step and isinstance(step, steps.Retain)
    )
    models.Due.objects.filter(pk=row.pk).update(purged_at=means.clock(), sealed_rows=b"")
    record(
        RETENTION_PURGED, at=means.clock(), system=row.fulfilment.system, ground=ground.value, records=changed
    )


def by_key(plan: Plan, number: int, table: str, key: tuple[str, ...]) -> tuple[steps.Step, ...]:
    """What the plan says of rows whose period is over, for rows named by key.

    The step that keeps rows within the period has a sibling for those beyond it: the same selection on the
    other side. It is that sibling that is done, be it an erasure, an anonymisation or a detachment.
    """
    retain = next((step for step in plan.steps if step.number == number), None)
    if not isinstance(retain, steps.Retain) or retain.selection.age is None:
        raise Permanent(f"Step {number} of the plan keeps no rows for a period.", "Look at the case's plan.")
    over = replace(retain.selection, age=replace(retain.selection.age, side=Side.OVER))
    for step in plan.of(retain.system):
        if isinstance(step, steps.Erase | steps.Anonymise | steps.Detach) and step.selection == over:
            named = steps.Locate(0, step.system, DUE, table, key, None, step.reason)
            return (named, replace(step, selection=Selection(table, people=DUE, key=key)))
    raise Permanent(
        f"The plan does not say what follows the period of step {number}.", "Look at the case's plan."
    )


def _package(means: Means, package: models.Package) -> int:
    Path(package.path).unlink(missing_ok=True)
    package.removed_at = means.clock()
    package.save(update_fields=["removed_at"])
    return 1


def _keys(means: Means, today: date) -> int:
    """Keys of closed cases whose backups have run out and of whom no rows are due."""
    closed = models.Case.objects.filter(
        state=CaseState.CLOSED, key_destroyed_at__isnull=True, key_destroy_on__lte=today
    )
    count = 0
    for case in closed:
        if models.Due.objects.filter(fulfilment__request__case=case, purged_at__isnull=True).exists():
            continue
        cases.destroy_key(means=means, case=case, at=means.clock())
        count += 1
    return count
