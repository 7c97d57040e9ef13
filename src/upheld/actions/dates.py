"""The two dates of a request: ours, and the law's last (X-04)."""

from dataclasses import dataclass
from datetime import date, timedelta

from upheld.law.deadline import legal_date

TARGET = {"gdpr": 28, "ccpa": 44}
"""Days until our own date: the shortest month, and 45 days with the day of receipt counted in."""


@dataclass(frozen=True, slots=True)
class Dates:
    """`target` is the one to work by; `legal` the last lawful day."""

    target: date
    legal: date


def dates(*, regime: str, received: date) -> Dates:
    """Both, for a request received on that day by the organisation's clock (G-12.9)."""
    legal = legal_date(regime, received)
    return Dates(min(legal, received + timedelta(days=TARGET.get(regime, TARGET["gdpr"]))), legal)
