"""How many people a day: what `people_per_day` of a system still allows.

Counted are people whose erasure was begun there within a day, and those whose erasure is approved and not
begun: a system that is away for a week does not get a week's people on the day it is back. Judged when one
looks; at the approval, of which one follows the other; and before a part is first prepared, since a plan may
be older than the limit (docs/adr/0085).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from upheld.actions import plans
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.database import hold
from upheld.store.models import Fulfilment, FulfilmentState, Part, PartState, RequestState

LIMIT = "people_per_day"
ERASURES = (Right.ERASURE.value, Right.DELETE.value)
DAY = timedelta(hours=24)
LONG = timedelta(hours=24)
"""No hold on a part is older than that when something is prepared under it."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """A limit of the map that this plan exceeds in one system."""

    system: str
    limit: str
    allowed: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.system}: {self.limit} is {self.allowed}, this would be {self.found}. "
            f"A named person may allow it: --allow {self.limit} --reason TEXT."
        )


def refuse_beyond(found: Sequence[Beyond], allowed: Collection[str]) -> None:
    """Raises Permanent for every limit exceeded that nobody allowed."""
    left = [each for each in found if each.limit not in allowed]
    if left:
        raise Permanent("The plan goes beyond a limit, so nothing was written. " + " ".join(map(str, left)))


def room(*, means: Means, system: str, besides: Collection[UUID] = ()) -> int | None:
    """How many people more may be approved, not counting these cases; None where nobody has said, and where
    people do the work by hand."""
    most = _most(means, system)
    return None if most is None else most - _counted(means, system, besides)


def beyond(
    *, means: Means, system: str, people: int = 1, besides: Collection[UUID] = ()
) -> tuple[Beyond, ...]:
    """Whether so many more are too many; empty where they are not."""
    most, left = _most(means, system), room(means=means, system=system, besides=besides)
    if most is None or left is None or people <= left:
        return ()
    return (Beyond(system, LIMIT, str(most), str(most - left + people)),)


def claim(
    *,
    means: Means,
    systems: Iterable[str],
    allowed: Collection[str],
    people: int = 1,
    besides: Collection[UUID] = (),
) -> None:
    """Refuse so many more people if they are too many by now, whatever was seen before. Belongs into the
    transaction that approves them: until that ends nobody else claims, and its first claim counts. Raises
    Permanent."""
    named = [each for each in systems if _most(means, each) is not None]
    if not named or LIMIT in allowed:
        return
    hold("people a day")
    refuse_beyond(
        [each for name in named for each in beyond(means=means, system=name, people=people, besides=besides)],
        allowed,
    )


def rooms(*, means: Means, systems: Iterable[str]) -> dict[str, int]:
    """As `room`, of the systems that have the limit, for whoever approves as many as there is room for.
    Belongs into the transaction that approves them, as `claim`."""
    named = [each for each in systems if _most(means, each) is not None]
    if named:
        hold("people a day")
    found = {name: room(means=means, system=name) for name in named}
    return {name: left for name, left in found.items() if left is not None}


def refuse_beginning(*, means: Means, fulfilments: Sequence[Fulfilment]) -> None:
    """Raises Permanent where one system would begin with more people today than it may, and these parts are
    the first of their people there. Whoever's plan goes beyond the limit with a reason is not counted.
    Belongs into the transaction that prepares them. Wants their requests and plans fetched."""
    system = fulfilments[0].system if fulfilments else ""
    most = _most(means, system) if fulfilments else None
    if most is None:
        return
    judged = {
        each.request.case_id: each.pk
        for each in fulfilments
        if each.request.right in ERASURES and LIMIT not in each.plan.allowed
    }
    if not judged:
        return
    hold("people a day")
    begun = Part.objects.filter(fulfilment__among=list(judged.values()), due__isnull=True)
    again = set(begun.exclude(state=PartState.ABORTED).values_list("fulfilment", flat=True))
    first = {case for case, number in judged.items() if number not in again}
    if not first:
        return
    others = _begun(means, system, first).annotate(said=Cast("fulfilment__plan__allowed", TextField()))
    many = len(first) + _people(others.exclude(said__contains=f'"{LIMIT}"'), "fulfilment__request__case")
    if many > most:
        raise Permanent(
            f"{system}: {LIMIT} is {most}, this would be {many} whom nobody allowed beyond it. "
            "Nothing was written.",
            f"Wait for a day and resume it, or allow it by name: --allow {LIMIT} --reason TEXT.",
        )


def _most(means: Means, system: str) -> int | None:
    known = plans.system_of(means, system)
    return None if known.kind == "manual" else known.limits.people_per_day


def _counted(means: Means, system: str, besides: Collection[UUID]) -> int:
    """Those whose erasure was begun there within a day, and those whose is approved and not begun."""
    written = Part.objects.filter(fulfilment=OuterRef("pk"), due__isnull=True)
    waiting = Fulfilment.objects.filter(
        ~Exists(written.exclude(state=PartState.ABORTED)),
        system=system,
        state__in=(FulfilmentState.WAITING, FulfilmentState.RUNNING, FulfilmentState.FAILED),
        request__state=RequestState.IN_PROGRESS,
        request__finished_at__isnull=True,
        request__undone_at__isnull=True,
        request__right__in=ERASURES,
    )
    waiting = waiting.exclude(request__case__among=list(besides)) if besides else waiting
    begun = _begun(means, system, besides)
    return _people(begun, "fulfilment__request__case") + _people(waiting, "request__case")


def _people(rows: "QuerySet[Part] | QuerySet[Fulfilment]", case: str) -> int:
    many: int = rows.values(case).distinct().count()
    return many


def _begun(means: Means, system: str, besides: Collection[UUID]) -> QuerySet[Part]:
    since = means.now - DAY
    begun = Part.objects.exclude(state=PartState.ABORTED)
    begun = begun.exclude(fulfilment__request__case__among=list(besides)) if besides else begun
    return begun.filter(
        fulfilment__system=system,
        fulfilment__taken_at__gt=since - LONG,
        fulfilment__request__right__in=ERASURES,
        prepared_at__gt=since,
        due__isnull=True,
    )
