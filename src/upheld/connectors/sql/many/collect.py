"""The rows of many people, in one question a table, each with whom it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.collect import Copy, files, note, readable
from upheld.connectors.sql.many.union import Unattributed, Union, Way
from upheld.rights.connector import Collected, Row
from upheld.rights.plan import Collect, Scope

_AT_ONCE = 2_000
"""Rows that are held in memory at once."""

Known = tuple[str, Way, tuple[int, ...]]
"""A link's name, its way, and where in a row stands what it asks."""


def collect_many(
    union: Union, connection: sa.Connection, steps: Sequence[Collect], secrets: Mapping[str, str]
) -> Iterator[tuple[int, Collected]]:
    """As `collect` for each, with her position. The key sets have to be located before."""
    for step in steps:
        if step.selection.scope is not Scope.ALL:
            raise Unattributed(union.rows.system.name, step.selection.table)
        named: dict[int, dict[str, set[str]]] = {}
        for member, row in _rows(union, connection, step):
            if step.files:
                note(named.setdefault(member, {file.column: set() for file in step.files}), row)
            yield member, row
        for member, paths in named.items():
            for each in files(union.rows, step, paths, secrets):
                yield member, each


def _rows(union: Union, connection: sa.Connection, step: Collect) -> Iterator[tuple[int, Row]]:
    copy = Copy(union.rows, step)
    names, table = copy.names, step.selection.table
    columns, ways = _evidence(union, step)
    statement = sa.select(*columns).where(union.rows.where(step.selection))
    options = statement.execution_options(stream_results=True, yield_per=_AT_ONCE)
    with connection.execute(options) as many:
        for read in many:
            whose: dict[int, dict[str, bool]] = {}
            for name, way, places in ways:
                for member in way.who([read[place] for place in places]):
                    whose.setdefault(member, {})[name] = True
            if not whose:
                raise Unattributed(union.rows.system.name, table)
            for member, hers in whose.items():
                yield member, copy.row(dict(zip(names, read, strict=False)), hers)


def _evidence(union: Union, step: Collect) -> tuple[list[sa.ColumnElement[Any]], list[Known]]:
    """All columns of the table, and those by which a row is somebody's. What is read as it is compared need
    not be read twice."""
    table, tables = step.selection.table, union.tables
    columns = readable(union.rows, table)
    there = {
        id(column.element): place
        for place, column in enumerate(columns)
        if isinstance(column, sa.Label) and column.element is tables.column(table, column.name)
    }
    ways: list[Known] = []
    for name, way in union.named_ways(step.selection):
        places = []
        for each in way.columns:
            if id(each) not in there:
                there[id(each)] = len(columns)
                columns.append(each.label(f"upheld_whose_{len(columns)}"))
            places.append(there[id(each)])
        ways.append((name, way, tuple(places)))
    return columns, ways
