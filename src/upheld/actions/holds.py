"""Release a hold: what stayed for its sake is done now, without a new request (G-17.4, scenario 42)."""

from upheld.actions import plans
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store import models


def released(*, means: Means, matter: str, case: str = "") -> tuple[models.Request, ...]:
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
    return tuple(
        _replan(means=means, request=request, matter=matter)
        for request in requests
        if str(request.case_id).startswith(case)
    )


def _replan(*, means: Means, request: models.Request, matter: str) -> models.Request:
    systems = set(request.fulfilments.filter(withheld=matter).values_list("system", flat=True))
    plans.replan(means=means, request=request, systems=systems, reason=f"hold released: {matter}")
    return request


def lapsed(*, means: Means) -> tuple[str, ...]:
    """Matters for which rows are withheld and that the map no longer holds: `purge` and `resume` release
    them."""
    today = means.now.date()
    held = {hold.matter for hold in means.datamap.organisation.holds if hold.until >= today}
    waiting = models.Fulfilment.objects.exclude(withheld="").values_list("withheld", flat=True)
    return tuple(sorted(set(waiting) - held))
