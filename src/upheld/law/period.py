"""Reckoning with days: pure functions of dates and a calendar. The day of an event is never counted
(T-01)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from upheld.law.holiday import Calendar
from upheld.law.pack import Period

DAY = timedelta(days=1)
BREACH = timedelta(hours=72)
OLDEST_KNOWN = date(2022, 1, 1)
"""How far back the right to know reaches, where more than twelve months are asked for (C-10)."""


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last (T-02). Backwards for less than none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rolled(day: date, calendar: Calendar) -> date:
    """That day, or the next working one (T-03)."""
    while not calendar.working(day):
        day += DAY
    return day


def add_working_days(day: date, count: int, calendar: Calendar, *, saturdays: bool = False) -> date:
    """The last of so many working days after that day; before it for less than none."""
    step = DAY if count > 0 else -DAY
    left = abs(count)
    while left:
        day += step
        left -= calendar.working(day, saturdays=saturdays)
    return day


def raw_end(period: Period, start: date, calendar: Calendar) -> date:
    """The last day as it is counted, before it rolls, pauses or leaves a margin."""
    if period.working_days is not None:
        return add_working_days(start, period.working_days, calendar, saturdays=period.saturdays)
    if period.days is not None:
        return start + timedelta(days=period.days)
    day = start
    for months in period.months:
        day = add_months(day, months)
    return day


def end(period: Period, start: date, calendar: Calendar, *, paused: int = 0) -> date:
    """The last day. `paused`: days waited for proof of identity (T-09)."""
    day = raw_end(period, start, calendar)
    if period.pause:
        day += timedelta(days=paused)
    if period.roll:
        day = rolled(day, calendar)
    # Never before the day of receipt itself.
    return max(start, add_working_days(day, -period.margin, calendar)) if period.margin else day


def breach_due(aware: datetime) -> datetime:
    """72 hours of the clock after awareness, over weekends and a change of the clock (T-08), in the same
    zone."""
    return (aware.astimezone(UTC) + BREACH).astimezone(aware.tzinfo)


def lookback_start(received: date, *, beyond: date | None = None) -> date:
    """From which day the right to know reaches: twelve months, or from `beyond`, at the earliest 2022
    (T-24)."""
    year_before = add_months(received, -12)
    return year_before if beyond is None else min(year_before, max(beyond, OLDEST_KNOWN))


def may_ask_again(opted_out: date) -> date:
    """The first day on which somebody who opted out may be asked again: the day after the anniversary, which
    for 29 February is 28 February's next (T-24)."""
    return add_months(opted_out, 12) + DAY


def keep_record_through(answered: date) -> date:
    """Until when the record of a Californian request is kept at least (C-63, T-24)."""
    return add_months(answered, 24)
