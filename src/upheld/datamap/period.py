"""Calendar spans: written `7y`, `6m`, `30d` or together, added with the month's last day as limit (T-02)."""

import calendar
import re
from datetime import date, timedelta

from upheld.datamap.model import Period

_WRITTEN = re.compile(r"(?=\d)(?:(\d{1,3})y)?(?:(\d{1,4})m)?(?:(\d{1,5})d)?\Z")


def parsed(text: str) -> Period | None:
    """The span of `7y`, `1y6m`, `30d`; None when it is not one, or is empty."""
    found = _WRITTEN.match(text.strip())
    if not found or not any(int(part or 0) for part in found.groups()):
        return None
    years, months, days = (int(part or 0) for part in found.groups())
    return Period(years, months, days)


def added(day: date, period: Period) -> date:
    """The day that far away; a date that the month does not have becomes its last day. Clamped to date's range."""
    months = day.year * 12 + day.month - 1 + period.years * 12 + period.months
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    moved = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return moved + timedelta(days=period.days)
