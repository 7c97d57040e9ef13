"""Go on with every request that a crash, a failure or a waiting system left unfinished."""

from collections.abc import Sequence
from uuid import UUID

from upheld.actions import erasure, holds, restriction
from upheld.actions.allowance import ERASURES
from upheld.actions.batch.fulfil import Told, fulfil_many, nobody
from upheld.actions.erasure import Progress, Standing, silently
from upheld.actions.journal import SETTING
from upheld.actions.means import Means
from upheld.actions.preview import unfinished
from upheld.law.right import Right
from upheld.store import models
from upheld.store.models import Request, RequestState

CARRIED_OUT = (*ERASURES, *(each.value for each in SETTING))
"""Rights whose plan is carried out in the systems, part by part."""


def resume(
    *, means: Means, case: str = "", progress: Progress = silently, told: Told = nobody
) -> tuple[Standing, ...]:
    """Each unfinished request that changes something in the systems, oldest first, or those of one case (a
    prefix of its id is enough). `told`: how many more people of lists were gone through.

    Every part that was prepared and not seen to commit is settled with its system before anything is
    repeated. Rows of matters that the map no longer holds are released first (scenario 42); systems that
    lacked something in the map are planned anew once they do not.
    """
    for matter in holds.lapsed(means=means):
        holds.released(means=means, matter=matter, case=case)
    chosen = _chosen(case)
    listed = _listed(chosen)
    fulfil_many(means=means, requests=[each for each in chosen if each.pk in listed], told=told)
    standings = []
    for request in chosen:
        if request.pk in listed:
            request.refresh_from_db()
            standings.append(erasure.standing(request))
        else:
            standings.append(_fulfil(means, request, progress))
    return tuple(standings)


def _fulfil(means: Means, request: Request, progress: Progress) -> Standing:
    verb = restriction.fulfil if request.right == Right.RESTRICTION else erasure.fulfil
    return verb(means=means, request=request, progress=progress)


def _chosen(case: str) -> list[Request]:
    waiting = Request.objects.filter(right__in=CARRIED_OUT, state=RequestState.IN_PROGRESS)
    found = waiting.select_related("case").order_by("received_at")
    return [each for each in found if str(each.case_id).startswith(case)]


def _listed(chosen: Sequence[Request]) -> set[UUID]:
    """Those of the requests that came in lists."""
    return set(models.BatchLine.objects.filter(request__in=chosen).values_list("request", flat=True))


def to_do(*, case: str = "") -> int:
    """How many systems' parts have no outcome yet, of those who did not come in lists."""
    chosen = _chosen(case)
    listed = _listed(chosen)
    return sum(len(unfinished(each)) for each in chosen if each.pk not in listed)


def to_do_in_lists(*, case: str = "") -> int:
    """How many people of lists there are to go through."""
    return len(_listed(_chosen(case)))


def unapproved(*, case: str = "") -> tuple[Request, ...]:
    """Requests that were received and never approved: nothing was written for them, and nothing will be until
    somebody asks again."""
    opened = Request.objects.filter(right__in=CARRIED_OUT, state=RequestState.OPEN).order_by("received_at")
    return tuple(each for each in opened if str(each.case_id).startswith(case))
