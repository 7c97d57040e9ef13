"""Plans as rows: stored when approved, read back for everything that follows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from hashlib import sha256

from django.db import transaction

from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.regime import law_of
from upheld.datamap.model import System
from upheld.law.objection import Against, against_of
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PLAN_APPROVED
from upheld.rights import plan as steps
from upheld.rights.cells import dumped, loaded
from upheld.rights.codec import Unreadable, digest, text
from upheld.rights.plan import Plan
from upheld.rights.planner import plan as make_plan
from upheld.rights.recent import Recent
from upheld.rights.stored import read_step
from upheld.rights.subject import Cell, Subject
from upheld.store import models, queries
from upheld.store.database import insert_all, insert_one
from upheld.store.models import FulfilmentState


def planned(
    *,
    means: Means,
    right: Right,
    regime: str | None,
    law: Pack | None = None,
    against: Against | None = None,
) -> Plan:
    """The plan for this right by the map as it is today, by the organisation's own clock. `law`: that of a
    request which was received already. `against`: what is to stop."""
    today: date = means.now.date()
    named = regime or means.regime
    return _PLANNED.of(
        means.datamap,
        law,
        equal=(right, named, today, against),
        make=lambda: make_plan(means.datamap, right, regime=named, today=today, law=law, against=against),
    )


def against(request: models.Request | None) -> Against | None:
    """What the request wants to have stopped."""
    return against_of(Right(request.right), request.against) if request else None


def text_of(plan: Plan) -> str:
    """The plan's canonical text, of which its digest is taken."""
    return _TEXTS.of(plan, make=lambda: text(plan))


_PLANNED, _TEXTS = Recent[Plan](), Recent[str]()
"""Most people's plans are one, and neither a map nor a law changes while it is known."""


def store(
    *,
    means: Means,
    request: models.Request,
    plan: Plan,
    allowed: Iterable[str] = (),
    reason: str = "",
    go_on: str = "",
    expected: Mapping[str, Mapping[str, int]] | None = None,
    cells: Sequence[Cell] = (),
    version: int | None = None,
) -> models.Plan:
    """The approved plan as rows, and sealed, the `cells` that it sets; steps that stand already are not
    written again. Its version is the next, unless it is known. Belongs into the transaction of its
    approval."""
    found = sha256(text_of(plan).encode()).hexdigest()
    known = queries.PLAN_OF.first(digest=found, format=Plan.form)
    row = models.Plan(
        request=request,
        version=request.plans.count() + 1 if version is None else version,
        format=Plan.form,
        same_as=known,
        digest=found,
        regime=plan.regime,
        approved_at=means.clock(),
        approved_by=means.by,
        allowed=sorted(allowed),
        reason=reason,
        go_on=go_on,
        expected=dict(expected or {}),
    )
    insert_one(row)
    if cells:
        seal_cells(means=means, row=row, cells=cells)
    if known is None:
        insert_all(
            [
                models.Step(
                    plan=row,
                    position=position,
                    number=step.number,
                    system=step.system,
                    kind=type(step).__name__,
                    body=text(step),
                )
                for position, step in enumerate(plan.steps)
            ]
        )
    return row


@transaction.atomic
def replan(
    *,
    means: Means,
    request: models.Request,
    systems: Collection[str],
    reason: str,
    allowed: Iterable[str] = (),
    go_on: str = "",
) -> models.Plan:
    """A new version of the plan for these systems, by the map as it is now; they wait for their turn again.
    Writes `plan.approved`."""
    fresh = planned(
        means=means,
        right=Right(request.right),
        regime=None,
        law=law_of(means=means, request=request),
        against=against(request),
    )
    part = Plan(fresh.right, fresh.regime, tuple(step for step in fresh.steps if step.system in systems))
    row = store(means=means, request=request, plan=part, allowed=allowed, reason=reason, go_on=go_on)
    request.fulfilments.filter(system__in=systems).update(
        plan=row,
        state=FulfilmentState.WAITING,
        withheld="",
        failure="",
        failure_text="",
        finished_at=None,
    )
    key = means.keys.commitment_key(request.case.key)
    record(
        PLAN_APPROVED,
        at=means.clock(),
        case=str(request.case.pk),
        plan=commit_to(key, text_of(part).encode()),
        systems=len(systems),
    )
    return row


def load_all(rows: Sequence[models.Plan]) -> dict[int, Plan]:
    """The plans of these rows, by their numbers, in one query. Wants their requests fetched. Raises
    Unreadable as `load` does."""
    owners = {row.pk: row.same_as_id or row.pk for row in rows}
    bodies: dict[int, list[str]] = {owner: [] for owner in owners.values()}
    steps_of = models.Step.objects.filter(plan__in=set(owners.values())).order_by("plan", "position")
    for owner, body in steps_of.values_list("plan", "body"):
        bodies[owner].append(body)
    return {row.pk: _checked(row, tuple(bodies[owners[row.pk]])) for row in rows}


def load(row: models.Plan) -> Plan:
    """The plan again, as it was approved. Raises Unreadable when its rows were altered or are of a later
    version."""
    return _checked(row, tuple(body for (body,) in queries.BODIES.all(plan=row.same_as_id or row.pk)))


def _checked(row: models.Plan, bodies: tuple[str, ...]) -> Plan:
    if row.format != Plan.form:
        raise Unreadable("format", f"Plan {row.pk} is in the format {row.format}, not {Plan.form}.")
    plan, found = _read(row.request.right, row.regime, bodies)
    if found != row.digest:
        raise Unreadable("altered", f"The stored plan {row.pk} is not the one that was approved.")
    return plan


def seal_cells(*, means: Means, row: models.Plan, cells: Sequence[Cell]) -> None:
    """Keep what the plan sets. Belongs into a transaction of the caller's."""
    key = row.request.case.key
    row.sealed_cells = means.keys.seal(key, dumped(cells), record=f"plan:{row.pk}:cells")
    row.save(update_fields=["sealed_cells"])


def with_cells(*, means: Means, row: models.Plan, subject: Subject) -> Subject:
    """The subject with what the plan sets, for a connector. Raises Destroyed."""
    if row.sealed_cells is None:
        return subject
    record = f"plan:{row.pk}:cells"
    sealed = means.keys.open(row.request.case.key, bytes(row.sealed_cells), record=record)
    return replace(subject, cells=loaded((sealed,)))


@lru_cache(maxsize=32)
def _read(right: str, regime: str, bodies: tuple[str, ...]) -> tuple[Plan, str]:
    """A plan by its very words, with its digest: most people's plans say the same."""
    plan = Plan(Right(right), regime, tuple(map(read_step, bodies)))
    return plan, digest(plan)


def by_hand(plan: Plan, system: str) -> tuple[steps.Task, ...]:
    """The tasks of a system that nobody but a person reaches; empty for every other system."""
    own = plan.of(system)
    tasks = tuple(step for step in own if isinstance(step, steps.Task))
    return tasks if tasks and len(tasks) == len(own) else ()


def system_of(means: Means, name: str) -> System:
    """The system as the map has it now; a bare one when the map has lost it since."""
    try:
        return means.datamap.system(name)
    except KeyError:
        return System(name)


def title_of(means: Means, name: str) -> str:
    """What people call the system."""
    system = system_of(means, name)
    return system.title or system.name
