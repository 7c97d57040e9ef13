"""Close the cases of many people whose every system has its outcome."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from upheld.actions import cases, statements, suppression
from upheld.actions.means import Means
from upheld.actions.record import entry, put_all
from upheld.ledger.types import CASE_CLOSED, SUPPRESSION_ADDED
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.database import fresh, hold, insert_all
from upheld.store.models import CaseState, FulfilmentState, RequestState
from upheld.store.models.case import UNFINISHED

DONE = (FulfilmentState.DONE, FulfilmentState.RETAINED)


@transaction.atomic
def conclude_many(
    *, means: Means, requests: Sequence[models.Request], known: Mapping[UUID, Subject]
) -> frozenset[UUID]:
    """As `erasure.conclude` for each. Gives those whose turn has not come in some system, by the request's
    number: systems that are gone through person by person. Whose erasure somebody had undone meanwhile is
    left to the undo. `known`: who they are, as far as it was read already."""
    chosen = [each.pk for each in requests]
    still = models.Request.objects.select_for_update().filter(
        pk__among=chosen, state=RequestState.IN_PROGRESS, undone_at__isnull=True
    )
    standing = set(still.order_by("pk").values_list("pk", flat=True))
    requests = [each for each in requests if each.pk in standing]
    rows = models.Fulfilment.objects.filter(request__among=[each.pk for each in requests])
    found = list(rows.values_list("request", "pk", "state", "withheld"))
    unready = {request for request, _, state, withheld in found if state not in DONE or withheld}
    over = [request for request in requests if request.pk not in unready]
    open_windows = set(
        models.Window.objects.filter(request__among=[each.pk for each in over], destroyed_at__isnull=True)
        .values_list("request", flat=True)
        .distinct()
    )
    if over:
        _suppress(means, over, open_windows, known)
        finished = [each for each in over if each.pk not in open_windows]
        _forget(means, finished)
        finish_many(means, finished)
    waiting = {number: request for request, number, state, _ in found if state == FulfilmentState.WAITING}
    asked = set(models.Task.objects.filter(fulfilment__among=waiting).values_list("fulfilment", flat=True))
    return frozenset(request for number, request in waiting.items() if number not in asked)


def _forget(means: Means, requests: Sequence[models.Request]) -> None:
    """Their statements, where anybody made one."""
    for request in requests if models.Statement.objects.exists() else ():
        subject = cases.subject_of(means=means, case=request.case)
        if subject is not None:
            statements.forget(means=means, subject=subject)


def _suppress(
    means: Means,
    requests: Sequence[models.Request],
    open_windows: Collection[UUID],
    known: Mapping[UUID, Subject],
) -> None:
    hold("suppression")
    at = means.clock()
    final: list[bytes] = []
    marks: dict[bytes, tuple[str, models.Request]] = {}
    for request in requests:
        subject = known.get(request.pk) or cases.subject_of(means=means, case=request.case)
        for identity in subject.identities if subject else ():
            if identity.verified:
                named = cases.canonical(identity)
                digest = means.keys.suppress(named.kind, named.value)
                marks.setdefault(digest, (named.kind, request))
                if request.pk not in open_windows:
                    final.append(digest)
    standing = models.Suppression.objects.filter(digest__in=list(marks)).values_list("digest", flat=True)
    for there in standing:
        marks.pop(bytes(there), None)
    insert_all(
        [
            fresh(
                models.Suppression,
                digest=mark,
                kind=kind,
                at=at,
                request=request if request.pk in open_windows else None,
            )
            for mark, (kind, request) in marks.items()
        ]
    )
    put_all(
        entry(SUPPRESSION_ADDED, at=at, case=str(request.case_id), mark=mark.hex())
        for mark, (_, request) in marks.items()
    )
    suppression.made_final(final)


def finish_many(means: Means, requests: Sequence[models.Request]) -> None:
    """As `cases.finish` for each, that it is fulfilled. Belongs into a transaction."""
    numbers = [each.pk for each in requests]
    at = means.clock()
    kept: Mapping[UUID, date] = dict(
        models.Due.objects.filter(fulfilment__request__among=numbers, purged_at__isnull=True)
        .values("fulfilment__request")
        .annotate(last=Max("on"))
        .values_list("fulfilment__request", "last")
    )
    # Until then another request may come into one of them.
    ending = models.Case.objects.filter(pk__among=[each.case_id for each in requests]).order_by("pk")
    list(ending.select_for_update(no_key=True).values_list("pk"))
    more = set(
        models.Request.objects.filter(case__among=[each.case_id for each in requests], state__in=UNFINISHED)
        .exclude(pk__among=numbers)
        .values_list("case", flat=True)
    )
    more |= set(
        models.Restriction.objects.filter(
            request__case__among=[each.case_id for each in requests], lifted_at__isnull=True
        ).values_list("request__case", flat=True)
    )
    plain = [each for each in requests if each.case_id not in more and each.case.key_destroy_on is None]
    done = {each.pk for each in plain}
    for request in requests:
        if request.pk not in done:
            cases.finish(
                means=means, request=request, state=RequestState.FULFILLED, keep_until=kept.get(request.pk)
            )
    models.Request.objects.filter(pk__among=[each.pk for each in plain], state__in=UNFINISHED).update(
        state=RequestState.FULFILLED, reason="", finished_at=at
    )
    days = cases.backup_days(means=means)
    by_day: dict[date, list[UUID]] = {}
    for request in plain:
        last = max(at.date(), kept.get(request.pk, at.date())) + days
        by_day.setdefault(last, []).append(request.case_id)
    for day, those in by_day.items():
        models.Case.objects.filter(pk__among=those).update(
            state=CaseState.CLOSED, closed_at=at, closed_reason="", key_destroy_on=day
        )
    marks = models.BlindIndex.objects.filter(case__among=[each.case_id for each in plain])
    marks.filter(whole=True).delete()
    marks.update(open=False)
    put_all(
        entry(CASE_CLOSED, at=at, case=str(each.case_id), outcome=cases.FINAL[RequestState.FULFILLED])
        for each in plain
    )
