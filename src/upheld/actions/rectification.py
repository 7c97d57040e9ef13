"""Correct a person's data wherever it is, and keep her own statement beside it (Art. 16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from upheld.actions import beyond, cases, erasure, journal, plans, statements, two
from upheld.actions.asking import Asked
from upheld.actions.difference import expected
from upheld.actions.erasure import Progress, Standing, silently
from upheld.actions.means import Means
from upheld.actions.preview import Preview, findings, limits
from upheld.actions.record import record
from upheld.actions.regime import under
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PLAN_APPROVED
from upheld.rights.cells import loaded
from upheld.rights.codec import text
from upheld.rights.connector import Row
from upheld.rights.correcting import Aim, Wish, aim, by_hand, to_cells
from upheld.rights.explain import explain
from upheld.rights.fulfil import dry_run
from upheld.rights.identify import Unreached, identify
from upheld.rights.outcome import Counts, Failure, Permanent
from upheld.rights.planner import plan_correction
from upheld.rights.regime import cited
from upheld.rights.statement import Statement
from upheld.rights.subject import Cell, Identity, Subject
from upheld.store import models
from upheld.store.models import FulfilmentState, PartState
from upheld.store.models.journal import FailureKind


@dataclass(frozen=True, slots=True)
class Correction:
    """What would be corrected. `preview.subject` holds the cells, old values and new; only that is
    personal."""

    preview: Preview
    aim: Aim

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every value that we change; not what is asked of somebody else."""
        return tuple(each for each in self.preview.subject.cells if each.table)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Identities that she gets by it."""
        kinds = {(each.category, each.wish.value) for each in self.aim.targets if each.normalise}
        return tuple(Identity(kind, value) for kind, value in sorted(kinds))


def look(
    *,
    means: Means,
    asked: Asked,
    wishes: Sequence[Wish],
    regime: str | None = None,
    subject: Subject | None = None,
    only: frozenset[str] | None = None,
    request: models.Request | None = None,
) -> Correction:
    """Identify, find the fields, read what stands in them, check that the new values fit. Reads only.

    Raises Misconfigured for a wish that fits nothing of the map, Ambiguous where a decision is needed first.
    `only`: these systems. A system that cannot be asked is named, and is corrected by asking again."""
    aimed = aim(means.datamap, wishes)
    law = under(means=means, right=Right.RECTIFICATION, request=request, regime=regime)
    article = cited(law.law, Right.RECTIFICATION)
    plan = plan_correction(
        means.datamap, aimed.targets, wishes=wishes, regime=law.law.regime, article=article
    )
    if only is not None:
        plan = replace(plan, steps=tuple(step for step in plan.steps if step.system in only))
    automatic = {name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)}
    unreached: tuple[Unreached, ...] = ()
    if subject is None:
        identified = identify(automatic, asked.identities, asked.decisions)
        subject, unreached = identified.subject, identified.unreached
    silent = {each.system for each in unreached}
    reached = {name: each for name, each in automatic.items() if name in plan.systems and name not in silent}
    counts: dict[str, Counts | Failure] = {each.system: each.failure for each in unreached}
    rows: dict[str, list[Row]] = {}
    for name, connector in reached.items():
        try:
            read = connector.collect(plan.of(name), subject, now=means.now)
            rows[name] = [each for each in read if isinstance(each, Row)]
        except Failure as failure:
            counts[name] = failure
    cells = (*to_cells(plan, aimed.targets, rows), *by_hand(plan, wishes, aimed.targets))
    subject = replace(subject, cells=cells)
    steps = tuple(step for step in plan.steps if step.system in rows)
    counts = {**dry_run(replace(plan, steps=steps), reached, subject, now=means.now), **counts}
    found = findings(means, reached, counts, Right.RECTIFICATION)
    beyond = limits(means, plan, counts)
    said = explain(plan, means.datamap, counts)
    seen = Preview(subject, unreached, plan, counts, found, beyond, said, dates=law.dates)
    return Correction(seen, aimed)


@transaction.atomic
def approve(
    *,
    means: Means,
    request: models.Request,
    correction: Correction,
    statement: Statement | None = None,
    allow: frozenset[str] = frozenset(),
    reason: str = "",
) -> None:
    """The plan becomes rows, its values are sealed with the case; her statement is kept. Writes
    `plan.approved`, and `statement.added`. Refuses what `erasure.approve` refuses."""
    preview = correction.preview
    erasure.approve(means=means, request=request, preview=preview, allow=allow, reason=reason)
    if statement is not None:
        statements.add(
            means=means,
            case=request.case,
            subject=preview.subject,
            statement=statement,
            also=correction.identities,
        )


def left(request: models.Request) -> frozenset[str]:
    """Systems that a further look may correct: nothing was written there, and a retry alone does not help."""
    waiting = request.fulfilments.filter(state=FulfilmentState.FAILED)
    return frozenset(
        each.system
        for each in waiting
        if (each.unreached or each.failure != FailureKind.TRANSIENT)
        and not each.parts.exclude(state=PartState.ABORTED).exists()
    )


@transaction.atomic
def approve_again(
    *, means: Means, request: models.Request, correction: Correction, allow: frozenset[str], reason: str
) -> None:
    """What stands there now was shown and approved: a further version of the plan for the systems that are
    `left`. Writes `plan.approved`."""
    if allow and not reason:
        raise Permanent("A limit was allowed without a reason.", "Say why: --reason TEXT.")
    preview = correction.preview
    if allow:
        two.require(means=means, wish=beyond.wish(request=request, allow=allow, found=preview.beyond))
    row = plans.store(
        means=means,
        request=request,
        plan=preview.plan,
        allowed=allow,
        reason=reason,
        expected={name: expected(preview.counts.get(name)) for name in preview.plan.systems},
        cells=preview.subject.cells,
    )
    known = cases.subject_of(means=means, case=request.case) or preview.subject
    people = tuple(dict.fromkeys((*known.people, *preview.subject.people)))
    identities = tuple(dict.fromkeys((*known.identities, *preview.subject.identities)))
    cases.remember(means=means, case=request.case, subject=Subject(identities, people))
    failures = {each.system: each.failure for each in preview.unreached}
    for name in preview.plan.systems:
        failure = failures.get(name)
        request.fulfilments.filter(system=name).update(
            plan=row,
            state=FulfilmentState.FAILED if failure else FulfilmentState.WAITING,
            unreached=failure is not None,
            failure=journal.kind_of(failure) if failure else "",
            failure_text=str(failure) if failure else "",
        )
    key = means.keys.commitment_key(request.case.key)
    record(
        PLAN_APPROVED,
        at=means.clock(),
        case=str(request.case_id),
        plan=commit_to(key, text(preview.plan).encode()),
        systems=len(preview.plan.systems),
    )


def fulfil(*, means: Means, request: models.Request, progress: Progress = silently) -> Standing:
    """Set the values, system after system, and look again."""
    return erasure.fulfil(means=means, request=request, progress=progress)


def before_and_after(*, means: Means, request: models.Request) -> Mapping[str, tuple[Cell, ...]]:
    """By system, what stood there and what stands there now: the sealed evidence of the case, for whoever
    has to show it. Raises Destroyed once the case's key is gone."""
    found: dict[str, list[Cell]] = {}
    for fulfilment in request.fulfilments.order_by("position"):
        for part in journal.erasing(fulfilment).order_by("position"):
            kept = journal.before(means=means, part=part)
            if kept is not None:
                found.setdefault(fulfilment.system, []).extend(loaded((kept,)))
    return {name: tuple(cells) for name, cells in found.items()}
