"""The time, of one clock for all hosts: the database's."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

EVERY = 60.0
"""Seconds after which the database is asked again. Between, time is counted by a clock that nobody sets."""

_asked: dict[str, tuple[float, datetime]] = {}


def measure() -> None:
    """Ask the database, unless that was done within the last minute. Hosts whose clocks differ then agree
    within the time of one round trip: on leases, on dates, on what is ready.

    SQLite has no clock of its own, and no second host.
    """
    known = _asked.get(connection.alias)
    if connection.vendor != "postgresql" or (known and time.monotonic() - known[0] < EVERY):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    _asked[connection.alias] = (time.monotonic(), told.astimezone(UTC))


def now() -> datetime:
    """The time, without asking; the host's own before the first `measure` and on SQLite."""
    known = _asked.get(connection.alias) if connection.vendor == "postgresql" else None
    if known is None:
        return datetime.now(UTC)
    return known[1] + timedelta(seconds=time.monotonic() - known[0])
