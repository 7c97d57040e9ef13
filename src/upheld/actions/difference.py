"""Where an execution changed other numbers of rows than its preview had counted, and why."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from upheld.actions import plans
from upheld.actions.journal import counts_of
from upheld.rights import plan as steps
from upheld.rights.outcome import Counts, Failure
from upheld.rights.plan import Plan
from upheld.store import models
from upheld.store.models import PartState

CHANGING = (steps.Erase, steps.Anonymise, steps.Detach)


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule of one table: rows counted before approval, rows changed, and what made the difference."""

    system: str
    table: str
    previewed: int
    changed: int
    reason: str

    def __str__(self) -> str:
        numbers = f"{self.previewed:,} previewed, {self.changed:,} changed"
        return f"{self.system}, {self.table}: {numbers}; {self.reason}"


def expected(counts: Counts | Failure | None) -> dict[str, int]:
    """What a preview counted in one system, by step, as the plan's row keeps it. Empty where nobody could."""
    if not isinstance(counts, Counts):
        return {}
    return {str(each.step): counts.rows(each.step) for each in counts}


def differences(request: models.Request) -> tuple[Difference, ...]:
    """Of the systems that are done with the plan as previewed; equal numbers are left out."""
    fulfilments = request.fulfilments.select_related("plan").prefetch_related("parts")
    return tuple(
        each for fulfilment in fulfilments for each in of_system(fulfilment, fulfilment.plan, plans.load)
    )


def of_system(
    fulfilment: models.Fulfilment, row: models.Plan, loaded: Callable[[models.Plan], Plan]
) -> tuple[Difference, ...]:
    """Of one system, whose plan is `row`. Wants its parts fetched."""
    previewed = row.expected.get(fulfilment.system)
    parts = [
        part
        for part in fulfilment.parts.all()
        if part.state == PartState.COMMITTED and part.due_id is None and part.plan_id == row.pk
    ]
    if not previewed or not any(part.last for part in parts):
        return ()
    changed: Counter[int] = Counter()
    for part in parts:
        for count in counts_of(part):
            changed[count.step] += count.rows
    again = sum(part.last for part in parts) > 1
    reason = "rows came in while it ran" if again else "the data changed after the preview"
    return tuple(
        Difference(
            fulfilment.system,
            step.selection.table,
            previewed.get(str(step.number), 0),
            changed[step.number],
            reason,
        )
        for step in loaded(row).of(fulfilment.system)
        if isinstance(step, CHANGING) and previewed.get(str(step.number), 0) != changed[step.number]
    )
