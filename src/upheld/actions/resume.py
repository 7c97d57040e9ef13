"""Go on with every request that a crash, a failure or a waiting system left unfinished."""

from upheld.actions import erasure, holds
from upheld.actions.batch.fulfil import fulfil_many
from upheld.actions.erasure import ERASURES, Progress, Standing, silently
from upheld.actions.means import Means
from upheld.actions.preview import unfinished
from upheld.store import models
from upheld.store.models import Request, RequestState


def resume(*, means: Means, case: str = "", progress: Progress = silently) -> tuple[Standing, ...]:
    """Each unfinished erasure, oldest first, or those of one case (a prefix of its id is enough).

    Every part that was prepared and not seen to commit is settled with its system before anything is
    repeated. Rows of matters that the map no longer holds are released first (scenario 42); systems that
    lacked something in the map are planned anew once they do not.
    """
    for matter in holds.lapsed(means=means):
        holds.released(means=means, matter=matter, case=case)
    waiting = Request.objects.filter(right__in=ERASURES, state=RequestState.IN_PROGRESS).select_related(
        "case"
    )
    chosen = [each for each in waiting.order_by("received_at") if str(each.case.pk).startswith(case)]
    listed = set(models.BatchLine.objects.filter(request__in=chosen).values_list("request", flat=True))
    fulfil_many(means=means, requests=[each for each in chosen if each.pk in listed])
    standings = []
    for request in chosen:
        if request.pk in listed:
            request.refresh_from_db()
            standings.append(erasure.standing(request))
        else:
            standings.append(erasure.fulfil(means=means, request=request, progress=progress))
    return tuple(standings)


def to_do(*, case: str = "") -> int:
    """How many systems' parts have no outcome yet."""
    waiting = Request.objects.filter(right__in=ERASURES, state=RequestState.IN_PROGRESS)
    return sum(len(unfinished(each)) for each in waiting if str(each.case_id).startswith(case))


def unapproved(*, case: str = "") -> tuple[Request, ...]:
    """Erasures that were received and never approved: nothing was written for them, and nothing will be until
    somebody asks for the erasure again."""
    opened = Request.objects.filter(right__in=ERASURES, state=RequestState.OPEN).order_by("received_at")
    return tuple(each for each in opened if str(each.case_id).startswith(case))
