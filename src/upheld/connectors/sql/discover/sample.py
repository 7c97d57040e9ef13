"""Look at some rows of a table: bounded in rows, in letters a value and in time, and only in a transaction
that
reads."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.schema import Family, LiveColumn, LiveTable

LETTERS = 400
"""Of a value, so many are enough to tell what it is."""
DOCUMENT = 8_000
"""Of a text that may be JSON, more are needed."""
SECONDS = 5
"""A table that cannot be looked at in this time is drafted by its names alone."""
LARGE = 20
"""A table with so many times more rows than are wanted is looked at in scattered pages, where that is
cheap."""

_SORTED = (Family.INTEGER, Family.TEXT, Family.UUID)

Values = Mapping[str, Sequence[str | None]]
"""Column to the text of its values, row by row. Lives as long as one look; nothing of it is kept or shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """A connection that reads, and how many rows of each table are wanted."""

    connection: sa.Connection
    tables: Tables
    most: int

    def sample(self, live: LiveTable) -> Values | None:
        """Some rows; None where they cannot be read, or not in time."""
        columns = list(live.columns.values())
        rows: list[tuple[Any, ...]] = []
        for statement in self._statements(live, columns):
            found = self.ask(statement)
            if found is None:
                return None
            rows.extend(tuple(row) for row in found)
        rows = list(dict.fromkeys(rows))[: self.most]
        return {column.name: [_text(row[number]) for row in rows] for number, column in enumerate(columns)}

    def ask(self, statement: sa.Select[Any]) -> Sequence[Sequence[Any]] | None:
        """The rows of a statement; None where the database refuses it or takes too long."""
        connection = self.connection
        apart = connection.begin_nested() if connection.dialect.name == "postgresql" else nullcontext()
        try:
            with apart, in_time(connection):
                return connection.execute(statement).all()
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return None

    def _statements(self, live: LiveTable, columns: Sequence[LiveColumn]) -> Iterator[sa.Select[Any]]:
        table = self.tables[live.name]
        shown = [_shown(self.connection.dialect.name, column, table.c[column.name]) for column in columns]
        many = live.rows_estimate or 0
        if many > LARGE * self.most and self.connection.dialect.name == "postgresql" and not live.children:
            share = min(100.0, 400.0 * self.most / many)
            yield (
                sa.select(*shown)
                .select_from(table.tablesample(sa.func.system(share), seed=sa.literal(1)))
                .limit(self.most)
            )
            return
        first = self._order(live)
        if first is None:
            yield sa.select(*shown).limit(self.most)
            return
        yield sa.select(*shown).order_by(first).limit(self.most // 2)
        last = sa.select(*shown).where(first.is_not(None)).order_by(first.desc())
        yield last.limit(self.most - self.most // 2)

    def _order(self, live: LiveTable) -> sa.ColumnElement[Any] | None:
        """By what the first and the last rows are found without reading the others."""
        if not live.key and self.connection.dialect.name == "sqlite":
            return sa.literal_column("rowid", sa.Integer())
        firsts = [live.key[0]] if len(live.key) == 1 else []
        if not live.key:
            firsts = [each.columns[0] for each in live.indexes if each.columns and not each.partial]
        fit = (name for name in firsts if live.columns[name].family in _SORTED)
        name = next(fit, None)
        return self.tables[live.name].c[name] if name else None


def _shown(dialect: str, column: LiveColumn, clause: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if column.family is Family.BINARY:
        return sa.case((clause.is_(None), sa.null()), else_=sa.literal("x")).label(column.name)
    text: sa.ColumnElement[Any] = sa.cast(clause, sa.Text())
    if dialect == "sqlite" and column.family is Family.OTHER:
        text = sa.case((sa.func.typeof(clause) == "blob", sa.literal("x")), else_=text)
    wide = column.family in (Family.JSON, Family.TEXT, Family.ARRAY)
    return sa.func.substr(text, 1, DOCUMENT if wide else LETTERS).label(column.name)


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@contextmanager
def in_time(connection: sa.Connection) -> Iterator[None]:
    """On SQLite a statement is stopped by us; servers do it themselves (`patience`)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    end = monotonic() + SECONDS
    raw.set_progress_handler(lambda: monotonic() > end, 20_000)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def patience(connection: sa.Connection) -> None:
    """From now on the server stops what takes longer than a look may."""
    match connection.dialect.name:
        case "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{SECONDS}s'")
        case "mariadb":
            connection.exec_driver_sql(f"SET SESSION max_statement_time = {SECONDS}")
        case "mysql":
            connection.exec_driver_sql(f"SET SESSION max_execution_time = {SECONDS * 1000}")


def some(values: Sequence[str | None], most: int) -> list[str]:
    """Different values, at most so many, the same ones each time."""
    different = sorted({value for value in values if value not in (None, "", "0")})
    return random.Random(0).sample(different, most) if len(different) > most else different  # noqa: S311
