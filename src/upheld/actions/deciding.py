"""What waits for staff: which right somebody wrote about, or whether it is she who lost a mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from upheld.actions import alias, arrivals, certainty, staff
from upheld.actions.means import Means
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Arrival, Case

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits. `confirmed`: whether a link was used by whoever wrote it."""

    arrival: UUID
    number: str
    received: datetime
    confirmed: bool


def waiting() -> tuple[int, tuple[Waiting, ...]]:
    """How many wait, and the oldest of them; one query more or less for any number."""
    found = Arrival.objects.filter(waits_at__isnull=False)  # as its index has it
    oldest = found.order_by("received_at", "pk")[:SHOWN]
    return found.count(), tuple(
        Waiting(
            each.pk,
            arrivals.number(each),
            each.received_at,
            each.confirmed_at is not None or each.verified_at is not None,
        )
        for each in oldest
    )


@transaction.atomic
def read(*, means: Means, arrival: Arrival, why: str) -> arrivals.Content:
    """What was written. The look is recorded with its reason first; Permanent without one."""
    staff.look(
        case=arrival.case,
        by=means.by,
        at=means.clock(),
        what=f"what was written as {arrivals.number(arrival)}",
        why=why,
    )
    return arrivals.opened(means=means, arrival=arrival)


@transaction.atomic
def decide(*, means: Means, arrival: Arrival, rights: Sequence[Right], why: str) -> Case:
    """It becomes requests of these rights, from the day on which it arrived (G-12.9). Where the mailbox is
    lost, this says that it is she, and the reason is how that is known. Kept in the case's story with the
    name of who decided; writes `case.opened` for a new case.

    Permanent without a reason or a right, and for what waits for nobody. Raises TwoCases, and Misconfigured
    for a right that the law does not give."""
    hold("cases")
    fresh = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if fresh.waits_at is None:
        raise Permanent("Somebody has decided this already.", "Look at the list again.")
    if not rights and not fresh.rights:
        raise Permanent("No right was chosen.", "Choose what was asked for.")
    content, first = arrivals.opened(means=means, arrival=fresh), fresh.case is None
    fresh.rights = arrivals.ordered((*arrivals.rights_of(fresh), *rights))
    fresh.waits_at = None
    arrivals.join(means=means, arrival=fresh, asked=arrivals.asked_by(content))
    if content.told.lost:
        certainty.judged(means=means, arrival=fresh, why=why)
    else:
        certainty.arrived(means=means, arrival=fresh, method=Method.LINK)
    if first:
        # Only now is there a case that could learn them.
        alias.ask_all(means=means, arrival=fresh, others=content.told.others)
    if fresh.case is None:
        raise TypeError("A decided arrival has its case.")
    what = "whether it is she" if content.told.lost else "which right was asked for"
    staff.look(case=fresh.case, by=means.by, at=means.clock(), what=what, why=why)
    return fresh.case
