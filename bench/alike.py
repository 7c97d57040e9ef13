"""Whether two ways read the same rows: not how many, but which, and what stands in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.community import TABLES
from upheld.rights.connector import Row

PLACES = {table.name: {name: place for place, name in enumerate(table.names)} for table in TABLES}
"""Where each column stands in a row of its table."""


def alike(theirs: Mapping[str, Sequence[Sequence[Any]]], ours: Sequence[Row]) -> bool:
    """Their rows as the database has them, by table; ours as a copy shows them. A copy leaves out columns and
    covers what belongs to others: compared is every value that it shows."""
    mine: dict[str, list[Row]] = {}
    for each in ours:
        mine.setdefault(each.table, []).append(each)
    if {name: len(rows) for name, rows in theirs.items() if rows} != {
        k: len(rows) for k, rows in mine.items()
    }:
        return False
    return all(_same(PLACES[name], theirs[name], rows) for name, rows in mine.items())


def _same(places: Mapping[str, int], theirs: Sequence[Sequence[Any]], ours: Sequence[Row]) -> bool:
    """Each of ours beside the one of theirs that agrees in what is shown, and none twice."""
    left: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}
    for row in ours:
        shown = sorted(set(row.values) & set(places) - set(row.redacted))
        key = (frozenset(shown), tuple(str(row.values[name]) for name in shown))
        left[key] = left.get(key, 0) + 1
    kinds = sorted({tuple(sorted(shown)) for shown, _ in left}, key=len, reverse=True)
    for them in theirs:
        for shown in kinds:
            key = (frozenset(shown), tuple(str(them[places[name]]) for name in shown))
            if left.get(key):
                left[key] -= 1
                break
        else:
            return False
    return True
