"""Erasures that were approved one by one within the same span of time, carried out as one batch.

A setting, for organisations with many: in each system their people are then one set. Each keeps a case, a
plan, evidence and a certificate of her own, as in a list of people (ADR 18).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from upheld.actions import erasure
from upheld.actions.allowance import ERASURES
from upheld.actions.batch.fulfil import fulfil_many
from upheld.actions.erasure import Progress, Standing
from upheld.actions.means import Means
from upheld.actions.stop import Stopped
from upheld.store.models import Fulfilment, FulfilmentState, Request, RequestState
from upheld.store.models.journal import Later


def put_off(*, means: Means, requests: Sequence[Request], minutes: int) -> list[Request]:
    """Of these requests those that need not wait for others. The others, approved erasures that nobody has
    begun, wait for the end of the span of `minutes` in which they were approved."""
    erasures = [each.pk for each in requests if each.right in ERASURES] if minutes else []
    fresh = Fulfilment.objects.filter(
        request__in=erasures, state=FulfilmentState.WAITING, attempt=0, later=""
    )
    fresh = fresh.filter(tasks__isnull=True)
    approved = fresh.values("request").annotate(at=Min("plan__approved_at")).values_list("request", "at")
    ends = {number: _end(at, minutes) for number, at in approved}
    for number, end in ends.items():
        fresh.filter(request=number).update(later=Later.TOGETHER, not_before=end)
    return [each for each in requests if ends.get(each.pk, means.clock()) <= means.clock()]


def _end(approved: datetime, minutes: int) -> datetime:
    """The spans of a day begin at midnight, so that those of an hour begin with the hours."""
    midnight = approved.replace(hour=0, minute=0, second=0, microsecond=0)
    span = timedelta(minutes=minutes)
    return midnight + ((approved - midnight) // span + 1) * span


def fulfil(*, means: Means, progress: Progress, cases: Sequence[UUID] | None = None) -> tuple[Standing, ...]:
    """Those whose span is over, of these `cases` or of all, as one batch; gives where each stands. A single
    one goes by itself. Nobody while all writing is stopped."""
    over = Fulfilment.objects.filter(
        later=Later.TOGETHER, state=FulfilmentState.WAITING, not_before__lte=means.clock()
    )
    waiting = Request.objects.filter(
        pk__in=over.values("request"), finished_at=None, state=RequestState.IN_PROGRESS, undone_at=None
    )
    if cases is not None:
        waiting = waiting.filter(case__among=cases)
    requests = list(waiting.select_related("case").order_by("received_at"))
    if len(requests) < 2:
        return ()
    try:
        fulfil_many(means=means, requests=requests, told=lambda _: progress("", "batch"))
    except Stopped:
        return ()
    fresh = Request.objects.filter(pk__among=[each.pk for each in requests]).select_related("case")
    return erasure.standings(list(fresh.order_by("received_at")))
