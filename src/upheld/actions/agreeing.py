"""The second yes, and what is done with it at once."""

from django.db import transaction

from upheld.actions import refusal, stop, two
from upheld.actions.means import Means
from upheld.store.models import Agreement, Matter


@transaction.atomic
def agree(*, means: Means, agreement: Agreement, by: str) -> bool:
    """Say yes; gives whether it is done with that. A refusal and the end of a stop are; what goes beyond a
    limit is looked at again by whoever approves it. Refuses what `two.agree` refuses."""
    row = two.agree(means=means, agreement=agreement, by=by)
    match Matter(row.matter):
        case Matter.REFUSAL:
            refusal.agreed(means=means, agreement=row)
            return True
        case Matter.STOP:
            stop.lift(means=means)
            return True
    return False
