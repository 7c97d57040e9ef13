"""Quiet hours by the clock on the wall: over midnight, and in the nights in which the clock is changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upheld.datamap.quiet import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")


def quiet(written: str) -> QuietHours:
    begins, _, ends = written.partition("-")
    return QuietHours(time.fromisoformat(begins), time.fromisoformat(ends))


@pytest.mark.parametrize(
    ("hours", "local", "begins"),
    [
        ("01:00-05:00", "2026-11-26T03:00", "2026-11-26T02:00"),
        ("01:00-05:00", "2026-11-26T05:00", "2026-11-27T00:00"),
        ("22:00-04:00", "2026-11-26T23:30", "2026-11-26T22:30"),
        ("22:00-04:00", "2026-11-26T12:00", "2026-11-26T21:00"),
        ("01:00-05:00", "2027-03-27T12:00", "2027-03-28T00:00"),
        ("02:15-02:45", "2027-03-27T12:00", "2027-03-29T00:15"),  # left out on the 28th
        ("02:00-03:00", "2026-10-24T12:00", "2026-10-25T00:00"),  # comes twice on the 25th; the first
    ],
)
def test_they_begin_when_the_wall_clock_says_so(hours: str, local: str, begins: str) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=BERLIN)

    assert quiet(hours).next(moment) == datetime.fromisoformat(begins).replace(tzinfo=UTC)


@given(
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_waits_for_them_begins_within_them_and_never_earlier_than_now(
    begins: time, ends: time, moment: datetime
) -> None:
    hours, local = QuietHours(begins, ends), moment.astimezone(BERLIN)

    found = hours.next(local)

    assert moment <= found <= moment + timedelta(days=3)
    assert hours.hold(local) == (found == moment)
    if timedelta(hours=1) < timedelta(hours=ends.hour - begins.hour) % timedelta(days=1):
        assert hours.hold(found.astimezone(BERLIN))
