"""Rows of one system, before they stand anywhere."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

Value = str | int | bool | None | date | datetime
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table, in the order in which they are written."""

    columns: tuple[str, ...]
    rows: Sequence[Row]


Tables = Mapping[str, Rows]
"""By name, parents before children."""


def count(tables: Tables) -> int:
    """All rows of a system."""
    return sum(len(table.rows) for table in tables.values())


def digest(tables: Tables) -> str:
    """The same for the same rows, on every machine."""
    whole = hashlib.sha256()
    for name, table in tables.items():
        whole.update(repr((name, table.columns)).encode())
        for row in table.rows:
            whole.update(repr(row).encode())
    return whole.hexdigest()


class Days:
    """Moments of the past, drawn for an organisation that is ten years old today."""

    def __init__(self, chance: Random, today: date) -> None:
        self.chance = chance
        self.today = today

    def day(self, at_most: int = 3600) -> date:
        """A day within the last `at_most` days."""
        return self.today - timedelta(days=self.chance.randint(1, at_most))

    def moment(self, at_most: int = 3600) -> datetime:
        """A moment of such a day."""
        seconds = self.chance.randint(6 * 3600, 23 * 3600)
        return datetime.combine(self.day(at_most), time(), UTC) + timedelta(seconds=seconds)
