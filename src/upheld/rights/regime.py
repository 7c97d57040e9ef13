"""Which law a request is received under, and what is due by it (X-01, X-03, X-04)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from upheld.datamap.model import Organisation
from upheld.law import packs
from upheld.law.deadline import Dates, NotGiven, Pause, dates
from upheld.law.holiday import calendar_for
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured

OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Pinned:
    """The law of a request as it is at its receipt, and what is due by it."""

    law: Pack
    dates: Dates


def chosen(organisation: Organisation, *, regime: str = "", place: str = "") -> str:
    """The regime that is named; else that of the place the person asks from, such as US-CA, as upheld.yaml
    says it; else the first under which the organisation answers. Misconfigured for one that is none."""
    by_place = dict(organisation.regime_by_place)
    if not regime and place:
        nearest = (place, place.partition("-")[0], OTHERWISE)
        regime = next((by_place[each] for each in nearest if each in by_place), "")
    regime = regime or organisation.regimes[0]
    if regime not in organisation.regimes:
        raise Misconfigured(
            f"{organisation.name} does not answer under `{regime}`.",
            f"Choose one of: {', '.join(organisation.regimes)}; they stand in upheld.yaml.",
        )
    return regime


def law_on(regime: str, received: date) -> Pack:
    """The pack for a request received on that day. Misconfigured where there is none, or a broken one."""
    try:
        return packs.in_force(regime, received)
    except packs.PackError as error:
        raise Misconfigured(error.what, error.cure) from None


def law_pinned(pack: str, digest: str) -> Pack:
    """The pack that was pinned. Misconfigured where it is missing, broken or altered."""
    try:
        return packs.pinned(pack, digest)
    except packs.PackError as error:
        raise Misconfigured(error.what, error.cure) from None


def as_asked(organisation: Organisation, law: Pack) -> Pack:
    """The law with what the organisation asks as proof in place of the law's own example (C-39)."""
    own = {
        each.certainty: replace(
            law.levels[each.certainty], data_points=each.data_points, declaration=each.declaration
        )
        for each in organisation.proof
        if each.regime == law.regime
    }
    return replace(law, levels={**law.levels, **own}) if own else law


def cited(law: Pack, right: Right) -> str:
    """The article that gives the right. Misconfigured, with the rights that there are, where none does
    (X-02)."""
    given = law.given(right)
    if given is None:
        raise _not_given(law, right)
    return given.cites


def day_of(organisation: Organisation, law: Pack, moment: datetime) -> date:
    """The day by the organisation's own clock (T-06); where it names no time zone, by the law's usual one
    (T-23)."""
    zone = organisation.time_zone
    return moment.astimezone(ZoneInfo(law.zone if law.zone and zone == "UTC" else zone)).date()


def due(
    organisation: Organisation,
    law: Pack,
    right: Right,
    received: date,
    *,
    pauses: tuple[Pause, ...] = (),
) -> Dates:
    """What is due for a request of that day. Misconfigured where the law does not give the right."""
    calendar = calendar_for(law, country=organisation.country, region=organisation.region)
    try:
        return dates(law, right, received, calendar, pauses=pauses)
    except NotGiven:
        raise _not_given(law, right) from None


def _not_given(law: Pack, right: Right) -> Misconfigured:
    return Misconfigured(
        f"{law.title} ({law.id}) gives no right of {right.value.lower().replace('_', '-')}.",
        f"It gives: {', '.join(each.value.lower() for each in law.rights)}. What the organisation promises "
        "beyond it is given under `voluntary`, named in `regimes` of upheld.yaml.",
    )
