"""How fast a system may be gone through: its quiet hours, people an hour, programs at once.

Asked when a part is taken, by whoever takes it: the server, a worker, a command. What an earlier run had
begun there is ended at any time. Copies are read at any time; only time-outs hold for them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from upheld.actions import plans
from upheld.actions.lease import is_gone
from upheld.actions.means import Means
from upheld.datamap.model import Limits
from upheld.store.database import hold
from upheld.store.models import Fulfilment, FulfilmentState, PartState
from upheld.store.models.journal import Later

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Room:
    """How many people may be begun now, None for any number; when the others may, and why not before."""

    people: int | None
    until: datetime | None = None
    why: Later | None = None


def room(*, means: Means, system: str, at: datetime) -> Room:
    """What the limits of a system leave. Belongs into the transaction that takes: until that ends nobody else
    of the same system is told."""
    limits = plans.system_of(means, system).limits
    if limits.quiet_hours is not None:
        local = means.datamap.organisation.local(at)
        if not limits.quiet_hours.hold(local):
            return Room(0, limits.quiet_hours.next(local), Later.QUIET)
    if limits.concurrency is None and limits.people_per_hour is None:
        return Room(None)
    hold(f"tempo of {system}")
    if limits.concurrency is not None and _programs(means, system, at) >= limits.concurrency:
        return Room(0, at + SOON, Later.CONCURRENCY)
    return _rate(limits, system, at)


def _programs(means: Means, system: str, at: datetime) -> int:
    """How many others are at it."""
    running = Fulfilment.objects.filter(system=system, state=FulfilmentState.RUNNING, leased_until__gt=at)
    owners = set(running.exclude(owner=means.owner).values_list("owner", flat=True))
    return sum(not is_gone(each) for each in owners)


def _rate(limits: Limits, system: str, at: datetime) -> Room:
    if limits.people_per_hour is None:
        return Room(None)
    begun = Fulfilment.objects.filter(system=system, taken_at__gt=at - HOUR).order_by("-taken_at")
    taken = list(begun.values_list("taken_at", flat=True)[: limits.people_per_hour])
    left = limits.people_per_hour - len(taken)
    return Room(left, taken[-1] + HOUR if taken and taken[-1] else at + HOUR, Later.RATE)


def is_free(*, means: Means, system: str) -> bool:
    """Whether the system has no such limit."""
    limits = plans.system_of(means, system).limits
    return limits.quiet_hours is None and limits.concurrency is None and limits.people_per_hour is None


def is_begun(fulfilment: Fulfilment) -> bool:
    """Whether an earlier run left something open there, which is ended whatever the hour is."""
    return (
        fulfilment.state == FulfilmentState.RUNNING
        or fulfilment.parts.filter(state=PartState.PREPARED, due__isnull=True).exists()
    )


def put_off(fulfilment: Fulfilment, left: Room) -> None:
    """It gets its not-before time."""
    fulfilment.later, fulfilment.not_before = left.why or "", left.until
    fulfilment.save(update_fields=["later", "not_before"])


WORDS = {
    Later.QUIET: "waits for the quiet hours of this system",
    Later.RATE: "waits: as many people an hour as this system's limit allows were begun",
    Later.CONCURRENCY: "waits until fewer programs are at work in this system",
    Later.TOGETHER: "waits for others of the same hour, to be done together",
}


def words(fulfilment: Fulfilment) -> str:
    """Why a part that waits its turn is not begun, empty where nothing keeps it."""
    if fulfilment.state != FulfilmentState.WAITING or not fulfilment.later or fulfilment.not_before is None:
        return ""
    return f"{WORDS[Later(fulfilment.later)]}, until {fulfilment.not_before:%Y-%m-%d %H:%M} UTC"
