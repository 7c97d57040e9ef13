"""What was ordered about her while her rows were away, and an undo has to carry (ADR 0016; G-18.2, G-16.1).

A restriction is carried out again over what came back, before the case is closed. A correction cannot be:
what she wanted is known for the values that stood there then. So it stands in the way of an undo, until
somebody says that it will be made anew.
"""

from dataclasses import replace
from datetime import datetime

from django.db.models import Max, Min

from upheld.actions import cases, inforce, restriction
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.law.ground import RestrictionGround
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store import models
from upheld.store.models import PartState, RequestState


def corrected(request: models.Request) -> datetime | None:
    """When a correction of hers was last ordered since her rows began to go; None: never."""
    begun = _begun(request)
    if begun is None:
        return None
    orders = models.Request.objects.filter(
        case=request.case, right=Right.RECTIFICATION.value, received_at__gte=begun
    ).exclude(state=RequestState.OPEN)
    last: datetime | None = orders.aggregate(last=Max("received_at"))["last"]
    return last


def _begun(request: models.Request) -> datetime | None:
    parts = models.Part.objects.filter(fulfilment__request=request, due__isnull=True)
    first: datetime | None = parts.aggregate(first=Min("prepared_at"))["first"]
    return first


def waiting(request: models.Request) -> tuple[models.Restriction, ...]:
    """Restrictions in force that were set since her rows began to go, if rows have come back since."""
    begun = _begun(request)
    back = models.Undoing.objects.filter(fulfilment__request=request, state=PartState.COMMITTED)
    last = back.aggregate(last=Max("settled_at"))["last"]
    those = inforce.of(request.case)
    if begun is None or last is None or any(each.set_at > last for each in those):
        return ()
    return tuple(each for each in those if each.set_at >= begun)


def mark(*, means: Means, request: models.Request) -> bool:
    """Restrict what came back, on the same ground, as an order of its own in the same case, which is lifted
    with the first. True where every system has its marks, or none are wanted. Safe to repeat."""
    orders = waiting(request)
    if orders:
        _order(means, request, orders[-1])
    unmarked = models.Request.objects.filter(
        case=request.case, right=Right.RESTRICTION.value, state=RequestState.IN_PROGRESS, lifts__isnull=True
    )
    for each in unmarked if orders else ():
        restriction.fulfil(means=means, request=each)
    return not orders or not unmarked.all().exists()


def _order(means: Means, request: models.Request, first: models.Restriction) -> None:
    subject = cases.subject_for(means=means, request=request)
    if subject is None:
        raise Permanent(f"Case {request.case_id} has no subject.", "Receive the request again.")
    asked = cases.asked_in(means=means, case=request.case)
    seen = preview(
        means=means, right=Right.RESTRICTION, asked=asked, regime=request.case.regime, subject=subject
    )
    # Whoever asked for the first was believed then; the runner that puts it in force again asks nobody.
    restriction.approve(
        means=replace(means, orders=True),
        request=cases.receive(means=means, right=Right.RESTRICTION, asked=asked),
        preview=seen,
        ground=RestrictionGround(first.ground),
        allow=frozenset(each.limit for each in seen.beyond),
        reason="it was in force when her rows came back",
    )
