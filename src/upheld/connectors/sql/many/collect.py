"""The rows of many people, in one question a table, each with whom it belongs to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.collect import files, note, readable
from upheld.connectors.sql.live import Family
from upheld.connectors.sql.many.union import NOBODY, Members, Unattributed, Union, Way
from upheld.connectors.sql.shown import Copy
from upheld.rights.connector import Row
from upheld.rights.many import Block
from upheld.rights.plan import Collect, Scope

_AT_ONCE = 2_000
"""Rows of a block."""

_LONG = 1_000
"""Characters above which a column's texts are weighed."""

Read = Sequence[Any]
Known = tuple[str, Callable[[Read], Members]]
"""A link's name, and whose a row is by it."""


def collect_many(
    union: Union, connection: sa.Connection, steps: Sequence[Collect], secrets: Mapping[str, str]
) -> Iterator[Block]:
    """As `collect` for each, with her position. The key sets have to be located before."""
    for step in steps:
        if step.selection.scope is not Scope.ALL:
            raise Unattributed(union.rows.system.name, step.selection.table)
        named: dict[int, dict[str, set[str]]] = {}
        for block in _rows(union, connection, step):
            for member, given in block.given.items() if step.files else ():
                paths = named.setdefault(member, {file.column: set() for file in step.files})
                for row in given:
                    if isinstance(row, Row):
                        note(paths, row)
            yield block
        for member, paths in named.items():
            yield Block({member: list(files(union.rows, step, paths, secrets))}, 0)


def _rows(union: Union, connection: sa.Connection, step: Collect) -> Iterator[Block]:
    copy = Copy(union.rows, step)
    columns, ways = _evidence(union, step)
    heavy = _heavy(union, step.selection.table)
    attributed = _by_one if len(ways) == 1 else _by_several
    statement = sa.select(*columns).where(union.rows.where(step.selection))
    options = statement.execution_options(stream_results=True, yield_per=_AT_ONCE)
    with connection.execute(options) as many:
        for reads in many.partitions():
            given = attributed(copy, ways, reads)
            if given is None:
                raise Unattributed(union.rows.system.name, step.selection.table)
            yield Block(given, sum(_size(read[place]) for place in heavy for read in reads))


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | list) else 0


Given = dict[int, list[Row]]


def _by_one(copy: Copy, ways: Sequence[Known], reads: Sequence[Read]) -> Given | None:
    """Rows that are somebody's by one link; None where one is nobody's."""
    [(name, who)] = ways
    names, row, hers = copy.names, copy.row, (name,)
    given: Given = {}
    for read in reads:
        members = who(read)
        if not members:
            return None
        for member in members:
            given.setdefault(member, []).append(row(dict(zip(names, read, strict=False)), hers))
    return given


def _by_several(copy: Copy, ways: Sequence[Known], reads: Sequence[Read]) -> Given | None:
    """The same, where several links may lead to one person, and each to another."""
    names, row = copy.names, copy.row
    given: Given = {}
    for read in reads:
        whose: dict[int, tuple[str, ...]] = {}
        for name, who in ways:
            for member in who(read):
                before = whose.get(member, ())
                whose[member] = before if name in before else (*before, name)
        if not whose:
            return None
        for member, hers in whose.items():
            given.setdefault(member, []).append(row(dict(zip(names, read, strict=False)), hers))
    return given


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
        ways.append((name, _whose(way, places)))
    return columns, ways


def _whose(way: Way, places: Sequence[int]) -> Callable[[Read], Members]:
    if way.known is not None:
        known, place = way.known.get, places[0]
        return lambda read: known(read[place], NOBODY)
    return lambda read: tuple(way.who([read[place] for place in places]))


def _heavy(union: Union, table: str) -> list[int]:
    """Columns whose values may be long."""
    known = union.tables.known_table(table).columns.values()
    slight = (Family.BOOLEAN, Family.INTEGER, Family.NUMBER, Family.UUID, Family.MOMENT)
    return [
        place
        for place, each in enumerate(known)
        if each.family not in slight and not (each.length and each.length <= _LONG)
    ]
