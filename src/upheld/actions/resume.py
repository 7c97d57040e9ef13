"""Go on with every request that a crash, a failure or a waiting system left unfinished."""

from upheld.actions import erasure
from upheld.actions.erasure import Progress, Standing, silently
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Request, RequestState

ERASURES = (Right.ERASURE.value, Right.DELETE.value)


def resume(*, means: Means, case: str = "", progress: Progress = silently) -> tuple[Standing, ...]:
    """Each unfinished erasure, oldest first, or those of one case (a prefix of its id is enough).

    Every part that was prepared and not seen to commit is settled with its system before anything is
    repeated.
    """
    waiting = Request.objects.filter(right__in=ERASURES, state=RequestState.IN_PROGRESS).select_related(
        "case"
    )
    return tuple(
        erasure.fulfil(means=means, request=request, progress=progress)
        for request in waiting.order_by("received_at")
        if str(request.case.pk).startswith(case)
    )
