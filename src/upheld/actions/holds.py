"""Release a hold: what stayed for its sake is done now, without a new request (G-17.4, scenario 42)."""

from django.db import transaction

from upheld.actions import plans
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PLAN_APPROVED
from upheld.rights.codec import text
from upheld.rights.outcome import Permanent
from upheld.rights.plan import Plan
from upheld.store import models
from upheld.store.models import FulfilmentState


def released(*, means: Means, matter: str) -> tuple[models.Request, ...]:
    """Plan the withheld systems anew by the map as it is now; gives the requests to go on with.

    Refuses while the map still has a hold for this matter that is in force: taking it out of the privacy
    folder is the decision, this only follows it.
    """
    today = means.now.date()
    if any(hold.matter == matter and hold.until >= today for hold in means.datamap.organisation.holds):
        raise Permanent(
            f"The matter {matter} is still held in the privacy folder.",
            "Take it out of `holds` in upheld.yaml, or set its `until` to a day that has passed.",
        )
    requests = models.Request.objects.filter(fulfilments__withheld=matter).distinct().select_related("case")
    return tuple(_replan(means=means, request=request, matter=matter) for request in requests)


@transaction.atomic
def _replan(*, means: Means, request: models.Request, matter: str) -> models.Request:
    """A new version of the plan for the systems that the hold kept; writes `plan.approved`."""
    fresh = plans.planned(means=means, right=Right(request.right), regime=request.case.regime)
    held = request.fulfilments.filter(withheld=matter)
    names = set(held.values_list("system", flat=True))
    part = Plan(fresh.right, fresh.regime, tuple(step for step in fresh.steps if step.system in names))
    row = plans.store(means=means, request=request, plan=part, reason=f"hold released: {matter}")
    held.update(plan=row, state=FulfilmentState.WAITING, withheld="", finished_at=None)
    key = means.keys.commitment_key(request.case.key)
    record(
        PLAN_APPROVED,
        at=means.clock(),
        case=str(request.case.pk),
        plan=commit_to(key, text(part).encode()),
        systems=len(names),
    )
    return request


def lapsed(*, means: Means) -> tuple[str, ...]:
    """Matters for which rows are withheld and that the map no longer holds: `purge` releases them."""
    today = means.now.date()
    held = {hold.matter for hold in means.datamap.organisation.holds if hold.until >= today}
    waiting = models.Fulfilment.objects.exclude(withheld="").values_list("withheld", flat=True)
    return tuple(sorted(set(waiting) - held))
