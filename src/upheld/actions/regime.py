"""The law of a request: pinned at its receipt with both dates, and read back from there (X-01, X-04)."""

from datetime import date, datetime
from typing import Any

from upheld.actions.means import Means
from upheld.law.deadline import Dates, Due
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.rights import regime as rules
from upheld.rights.outcome import Misconfigured
from upheld.rights.regime import Pinned, as_asked, chosen, law_on, law_pinned
from upheld.store.models import Request
from upheld.store.models.case import UNFINISHED


def regime_for(*, means: Means, regime: str | None = None) -> str:
    """Under which what is received now goes. Misconfigured for one under which the organisation does not
    answer."""
    return chosen(means.datamap.organisation, regime=regime or means.regime)


def columns(kept: Pinned) -> dict[str, Any]:
    """What a request keeps of its law, as its row has it."""
    told = kept.dates.acknowledge
    return {
        "pack": kept.law.id,
        "pack_digest": kept.law.digest,
        "calendar": kept.dates.calendar,
        "received_date": kept.dates.received,
        "acknowledge_target_date": told.target if told else None,
        "acknowledge_legal_date": told.legal if told else None,
        "target_date": kept.dates.answer.target,
        "legal_date": kept.dates.legal,
    }


def under(
    *,
    means: Means,
    right: Right,
    request: Request | None = None,
    regime: str | None = None,
    received: date | None = None,
) -> Pinned:
    """The law and the dates of a request; without one, of what would be received today, or on that day."""
    if request is not None:
        return Pinned(law_of(means=means, request=request), dates_of(means=means, request=request))
    law = law_on(regime_for(means=means, regime=regime), received or means.now.date())
    organisation = means.datamap.organisation
    day = received or rules.day_of(organisation, law, means.now)
    return Pinned(law, rules.due(organisation, law, right, day))


def pinned(*, means: Means, right: Right, regime: str, at: datetime) -> Pinned:
    """What a request received then keeps. Misconfigured where that law does not give the right (X-02)."""
    organisation = means.datamap.organisation
    law = law_on(regime, organisation.local(at).date())
    return Pinned(law, rules.due(organisation, law, right, rules.day_of(organisation, law, at)))


def pin_old(*, means: Means) -> None:
    """Give unfinished requests from before there were packs the law of their day, once. One whose right that
    law does not give stays without, and cannot be planned anew."""
    for request in Request.objects.filter(pack="", finished_at=None, state__in=UNFINISHED).select_related(
        "case"
    ):
        right = Right(request.right)
        try:
            found = pinned(means=means, right=right, regime=request.case.regime, at=request.received_at)
        except Misconfigured:
            continue
        Request.objects.filter(pk=request.pk, pack="").update(**columns(found))


def law_of(*, means: Means, request: Request) -> Pack:
    """The pack the request was received under; for one from before there were packs, that of its day; with
    the proof that the organisation asks. Misconfigured where it is missing, broken or altered."""
    organisation = means.datamap.organisation
    if request.pack:
        return as_asked(organisation, law_pinned(request.pack, request.pack_digest))
    return as_asked(organisation, law_on(request.case.regime, organisation.local(request.received_at).date()))


def dates_of(*, means: Means, request: Request) -> Dates:
    """What is due for the request, as it was computed at receipt, and the extension by the same pack and
    today's calendar. For one from before there were packs all of it is computed."""
    organisation, law = means.datamap.organisation, law_of(means=means, request=request)
    received = request.received_date or rules.day_of(organisation, law, request.received_at)
    computed = rules.due(organisation, law, Right(request.right), received)
    if request.target_date is None or request.legal_date is None:
        return computed
    told = request.acknowledge_target_date
    return Dates(
        received,
        Due(request.target_date, request.legal_date),
        None if told is None else Due(told, request.acknowledge_legal_date),
        computed.extended,
        request.calendar,
    )
