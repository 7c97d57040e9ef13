"""Calendar spans, added with the month's last day as limit (T-02)."""

import calendar
from datetime import date, timedelta

from upheld.datamap.model import Period


def added(day: date, period: Period) -> date:
    """The day that far away; a day that the month does not have becomes its last. Clamped to date's range."""
    months = day.year * 12 + day.month - 1 + period.years * 12 + period.months
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    moved = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return moved + timedelta(days=period.days)
