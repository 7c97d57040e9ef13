"""The two dates of a request, as pages show them: ours, and the law's last (X-04)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from upheld.actions import regime
from upheld.actions.means import Means
from upheld.law import deadline
from upheld.law.right import Right
from upheld.rights.regime import law_on
from upheld.store.models import Request


@dataclass(frozen=True, slots=True)
class Dates:
    """`target` is the one to work by; `legal` the last lawful day."""

    target: date
    legal: date


def of(*, means: Means, request: Request) -> Dates:
    """Those that the request was pinned to at its receipt."""
    return _shown(regime.dates_of(means=means, request=request))


def first_of(*, means: Means, requests: Iterable[Request]) -> Dates:
    """The earliest of several requests: what a case has to be worked by."""
    found = [of(means=means, request=each) for each in requests]
    return min(found, key=lambda each: (each.target, each.legal))


def expected(
    *, means: Means, law: str = "", right: Right = Right.ACCESS, received: date | None = None
) -> Dates:
    """Those of what is asked for now, or was on that day, the same for whoever asks. Misconfigured for a law
    under which the organisation does not answer, or that does not give the right."""
    return _shown(regime.under(means=means, right=right, regime=law or None, received=received).dates)


def since(*, means: Means, law: str = "", right: Right, at: datetime) -> Dates:
    """Those of what reached us at that moment. Misconfigured as for `expected`."""
    known = regime.regime_for(means=means, regime=law or None)
    return _shown(regime.pinned(means=means, right=right, regime=known, at=at).dates)


def is_law(*, means: Means, law: str = "", at: datetime) -> bool:
    """Whether a law sets the last day, and not a promise of the organisation's own (X-03)."""
    return law_on(regime.regime_for(means=means, regime=law or None), at.date()).binding


def _shown(due: deadline.Dates) -> Dates:
    return Dates(due.answer.target, due.legal)
