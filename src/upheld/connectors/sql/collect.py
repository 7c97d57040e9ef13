"""Her rows, from one read-only snapshot, row by row in bounded memory (G-15.4), others' data redacted
(G-15.5)."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.engine import filled
from upheld.connectors.sql.inside import Predicate, is_in
from upheld.connectors.sql.schema import Family
from upheld.connectors.sql.shown import Copy
from upheld.connectors.sql.where import Given, Rows
from upheld.rights.connector import Attachment, Collected, Row
from upheld.rights.plan import SELF, Collect

_PIECE = 65_536


def collect(
    rows: Rows, connection: sa.Connection, steps: Sequence[Collect], secrets: Mapping[str, str]
) -> Iterator[Collected]:
    """The rows of each step, then the files they name. The key sets have to be located before."""
    for step in steps:
        named: dict[str, set[str]] = {file.column: set() for file in step.files}
        for row in _rows(rows, connection, step):
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


def _rows(rows: Rows, connection: sa.Connection, step: Collect) -> Iterator[Row]:
    copy = Copy(rows, step)
    names, links = (
        copy.names,
        tuple(dict.fromkeys((SELF, *(each.link.name for each in step.selection.sources)))),
    )
    many = len(names)

    def hers(rows: Rows, _: Given) -> sa.Select[Any]:
        flags = _flags(rows, step)
        marks = [sa.case((flags[name], 1), else_=0).label(f"_{at}") for at, name in enumerate(links)]
        columns = readable(rows, step.selection.table)
        return sa.select(*columns, *marks).where(rows.where(step.selection))

    for read in _read(rows, connection, ("collect", step.number), hers):
        ways = tuple(name for name, is_hers in zip(links, read[many:], strict=True) if is_hers)
        yield copy.row(dict(zip(names, read, strict=False)), ways)


_FEW = 500
"""Rows that are held in memory at once."""


def _read(
    rows: Rows, connection: sa.Connection, site: Hashable, hers: Callable[[Rows, Given], sa.Select[Any]]
) -> Iterator[Sequence[Any]]:
    """Mostly there are few, and one question is enough. Many are streamed, from the first on: a stream takes
    three questions, each time."""

    def first(rows: Rows, given: Given) -> sa.Select[Any]:
        return hers(rows, given).limit(_FEW + 1)

    few = rows.ask(connection, site, first).rows
    if len(few) <= _FEW:
        yield from few
        return
    del few
    statement = hers(rows, {})
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
