"""Until when a request has to be answered, at the latest."""

import calendar
from datetime import date, timedelta

CALIFORNIA_DAYS = 45


def legal_date(regime: str, received: date) -> date:
    """The last lawful day for a request received on that day, by the organisation's own clock (T-06).

    One month, on the same day of the next or its last (Art. 12(3) GDPR, T-02); 45 days under Cal. Civ. Code
    1798.130 (T-20). Neither an extension nor the roll over a weekend is counted in: both only make it later.
    """
    if regime == "ccpa":
        return received + timedelta(days=CALIFORNIA_DAYS)
    year, month = divmod(received.year * 12 + received.month, 12)
    return date(year, month + 1, min(received.day, calendar.monthrange(year, month + 1)[1]))
