"""Her rows, from one read-only snapshot, row by row in bounded memory (G-15.4), others' data redacted
(G-15.5)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.compiled import Answer, Queue
from upheld.connectors.sql.engine import filled
from upheld.connectors.sql.inside import Predicate, is_in
from upheld.connectors.sql.schema import Family
from upheld.connectors.sql.shown import Copy, Ways
from upheld.connectors.sql.where import Given, Rows
from upheld.rights.connector import Attachment, Collected, Row
from upheld.rights.plan import SELF, Collect

_PIECE = 65_536


def collect(
    rows: Rows, connection: sa.Connection, steps: Sequence[Collect], secrets: Mapping[str, str]
) -> Iterator[Collected]:
    """The rows of each step, then the files they name. The key sets have to be located before."""
    for start in range(0, len(steps), _STEPS):
        some = steps[start : start + _STEPS]
        for step, first in zip(some, _first(rows, connection, some), strict=True):
            named: dict[str, set[str]] = {file.column: set() for file in step.files}
            for row in _rows(rows, connection, step, first):
                if named:
                    note(named, row)
                yield row
            yield from files(rows, step, named, secrets)


def note(named: Mapping[str, set[str]], row: Row) -> None:
    """Remember the files that a row of hers names, by column."""
    for column, paths in named.items():
        if row.mine and row.values.get(column):
            paths.add(str(row.values[column]))


def files(
    rows: Rows, step: Collect, named: Mapping[str, Iterable[str]], secrets: Mapping[str, str]
) -> Iterator[Attachment]:
    """The files of these names, as far as they are there."""
    for file in step.files:
        root = Path(filled(file.root, secrets, rows.system.name)).resolve()
        for path in sorted(named[file.column]):
            yield from _file(step, root, path)


def _file(step: Collect, root: Path, named: str) -> Iterator[Attachment]:
    path = (root / named).resolve()
    if path.is_relative_to(root) and path.is_file():
        yield Attachment(step.number, step.selection.table, named, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


_STEPS = 8
"""Steps whose first rows are asked for together."""
_FEW = 500
"""Rows of a step that are held in memory at once."""

Waiting = Callable[[], Answer]


def _first(rows: Rows, connection: sa.Connection, steps: Sequence[Collect]) -> Iterator[Waiting]:
    """The first rows of each step: mostly there are no more. Each is asked for when it is wanted, or all were
    sent together where that is faster."""
    queue = Queue(connection)
    answers = []
    for step in steps:
        build = partial(_few, step)
        waiting = rows.queue(queue, ("collect", step.number), build) if queue.together else None
        answers.append(waiting or partial(rows.ask, connection, ("collect", step.number), build))
    queue.send()
    yield from answers


def _few(step: Collect, rows: Rows, _: Given) -> sa.Select[Any]:
    return _hers(step, rows).limit(_FEW + 1)


def _links(step: Collect) -> tuple[str, ...]:
    return tuple(dict.fromkeys((SELF, *(each.link.name for each in step.selection.sources))))


def _hers(step: Collect, rows: Rows) -> sa.Select[Any]:
    flags = _flags(rows, step)
    marks = [sa.case((flags[name], 1), else_=0).label(f"_{at}") for at, name in enumerate(_links(step))]
    columns = readable(rows, step.selection.table)
    return sa.select(*columns, *marks).where(rows.where(step.selection))


def _rows(rows: Rows, connection: sa.Connection, step: Collect, first: Waiting) -> Iterator[Row]:
    copy, links = Copy(rows, step), _links(step)
    names, row = copy.names, copy.row
    many = len(names)
    told: dict[tuple[object, ...], Ways] = {}
    for read in _read(rows, connection, step, first):
        marks = tuple(read[many:])
        ways = told.get(marks)
        if ways is None:
            ways = told[marks] = tuple(name for name, is_hers in zip(links, marks, strict=True) if is_hers)
        yield row(dict(zip(names, read, strict=False)), ways)


def _read(rows: Rows, connection: sa.Connection, step: Collect, first: Waiting) -> Iterator[Sequence[Any]]:
    """Many are streamed, from the first on: a stream takes three questions, each time."""
    few = first().rows
    if len(few) <= _FEW:
        yield from few
        return
    del few
    statement = _hers(step, rows)
    with connection.execute(statement.execution_options(stream_results=True, yield_per=_FEW)) as many:
        yield from many


def readable(rows: Rows, table: str) -> list[sa.ColumnElement[Any]]:
    """Every column, moments as the server writes them: Python has no infinity and no zero date (scenario
    70)."""
    return [_readable(rows, table, name) for name in rows.tables.known_table(table).columns]


def _readable(rows: Rows, table: str, name: str) -> sa.ColumnElement[Any]:
    column = rows.tables.column(table, name)
    known = rows.tables.known(table, name)
    dialect = rows.tables.live.dialect
    moment = known.family is Family.MOMENT and dialect != "sqlite"
    if moment or (known.family in (Family.OTHER, Family.JSON) and dialect == "postgresql"):
        return sa.cast(column, sa.Text()).label(name)
    return column.label(name)


def _flags(rows: Rows, step: Collect) -> dict[str, Predicate]:
    """For each link that a redaction names, and for the row itself, whether it leads to her."""
    table = step.selection.table
    flags: dict[str, Predicate] = {SELF: sa.false()}
    if step.selection.people:
        own = rows.sets[step.selection.people]
        flags[SELF] = is_in(rows.tables, table, own.columns, own.keys)
    for source in step.selection.sources:
        hers = rows.hers(table, source)
        name = source.link.name
        flags[name] = sa.or_(flags[name], hers) if name in flags else hers
    return flags
