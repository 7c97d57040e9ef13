"""When the next thing is due by its time alone, so that a runner need not look for it before."""

from datetime import datetime

from django.db.models import F, Min, Q, QuerySet

from upheld.store.models import Copy, Doubt, Fulfilment, FulfilmentState, Mail, RequestState, Submission


def earliest(*, at: datetime) -> datetime | None:
    """The first time after `at` at which a part, a copy, an answer, the rule or a mail may be tried, or a
    lease runs out; None where nothing waits for its time. What is due by its date is not among it."""
    # By the index of those that are not finished.
    parts = Fulfilment.objects.filter(request__finished_at=None, request__state=RequestState.IN_PROGRESS)
    waiting = parts.filter(Q(state=FulfilmentState.WAITING) | Q(state=FulfilmentState.FAILED))
    copies = Copy.objects.filter(request__finished_at=None, request__state=RequestState.IN_PROGRESS)
    found = (
        _first(waiting, "not_before", at),
        _first(parts, "leased_until", at),
        _first(copies, "not_before", at),
        _first(copies, "leased_until", at),
        _first(Doubt.objects.filter(sealed_answers__isnull=False), "not_before", at),
        _first(Submission.objects.all(), "rule_at", at),
        _first(Mail.objects.filter(sent_at=None, dropped_at=None), "not_before", at),
    )
    return min((each for each in found if each is not None), default=None)


def _first(
    rows: "QuerySet[Fulfilment] | QuerySet[Copy] | QuerySet[Doubt] | QuerySet[Submission] | QuerySet[Mail]",
    name: str,
    at: datetime,
) -> datetime | None:
    first: datetime | None = rows.filter(**{f"{name}__gt": at}).aggregate(first=Min(F(name)))["first"]
    return first
