"""Her rows, from one read-only snapshot, row by row in bounded memory (G-15.4), others' data redacted
(G-15.5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.engine import filled
from upheld.connectors.sql.inside import Predicate, is_in
from upheld.connectors.sql.schema import Family
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Tie
from upheld.rights.connector import REDACTED, Attachment, Collected, Row
from upheld.rights.plan import NEVER, SELF, Collect

_PIECE = 65_536


def collect(
    rows: Rows, connection: sa.Connection, steps: Sequence[Collect], secrets: Mapping[str, str]
) -> Iterator[Collected]:
    """The rows of each step, then the files they name. The key sets have to be located before."""
    for step in steps:
        named: dict[str, set[str]] = {file.column: set() for file in step.files}
        for row in _rows(rows, connection, step):
            for column, paths in named.items():
                if row.mine and row.values.get(column):
                    paths.add(str(row.values[column]))
            yield row
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
    table = step.selection.table
    live = rows.tables.known_table(table)
    columns = [_readable(rows, table, name) for name in live.columns]
    flags = _flags(rows, step)
    formats = [
        sa.case((rows.condition(table, condition), 1), else_=0).label(f"_format_{index}")
        for index, (condition, _) in enumerate(step.formats)
    ]
    marks = [sa.case((flag, 1), else_=0).label(f"_{index}") for index, flag in enumerate(flags.values())]
    statement = sa.select(*columns, *marks, *formats).where(rows.where(step.selection))
    names = list(live.columns)
    mapped = rows.system.table(table)
    key = rows.tables.key(table, mapped.key or mapped.person)
    for read in _read(connection, statement):
        values = dict(zip(names, read, strict=False))
        mine = dict(zip(flags, read[len(names) :], strict=False))
        yield replace(_shown(step, values, mine), key=key)


_FEW = 500
"""Rows that are held in memory at once."""


def _read(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Sequence[Any]]:
    """Mostly there are few, and one question is enough. Many are streamed, from the first on: a stream takes
    three questions, each time."""
    few = connection.execute(statement.limit(_FEW + 1)).all()
    if len(few) <= _FEW:
        yield from few
        return
    del few
    with connection.execute(statement.execution_options(stream_results=True, yield_per=_FEW)) as many:
        yield from many


def _readable(rows: Rows, table: str, name: str) -> sa.ColumnElement[Any]:
    """Moments as the server writes them: Python has no infinity and no zero date (scenario 70)."""
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


def _shown(step: Collect, values: dict[str, object], hers: Mapping[str, object]) -> Row:
    hidden = []
    for column, link in step.redact:
        shown = link != NEVER and bool(hers.get(link))
        own = bool(hers.get(SELF)) and link not in (SELF, NEVER, column)
        if values.get(column) is not None and not shown and not own:
            values[column] = REDACTED
            hidden.append(column)
    owning = {source.link.name for source in step.selection.sources if source.link.tie is Tie.OWNS}
    mine = bool(hers.get(SELF)) or (not step.selection.people and any(hers.get(name) for name in owning))
    return Row(step.number, step.selection.table, values, tuple(hidden), mine)
