"""The two dates of a request, as pages show them: ours, and the law's last (X-04)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from upheld.actions import regime
from upheld.actions.means import Means
from upheld.law import deadline
from upheld.law.right import Right
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


def expected(*, means: Means) -> Dates:
    """Those of a copy that is asked for now, the same for whoever asks."""
    return _shown(regime.under(means=means, right=Right.ACCESS).dates)


def _shown(due: deadline.Dates) -> Dates:
    return Dates(due.answer.target, due.legal)
