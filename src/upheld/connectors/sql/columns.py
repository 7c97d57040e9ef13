"""Tables of the target as SQLAlchemy sees them, and values in the exact type of the column they meet."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import types

from upheld.connectors.sql.live import LiveColumn, LiveSchema, LiveTable
from upheld.datamap.model import Scalar
from upheld.rights.outcome import Misconfigured

_WHOLE = re.compile(r"-?[0-9]{1,19}\Z")


@dataclass(frozen=True)
class Tables:
    """The live tables of one system, ready for statements."""

    live: LiveSchema
    tables: Mapping[str, sa.Table]

    def __getitem__(self, name: str) -> sa.Table:
        if name not in self.tables:
            raise Misconfigured(f"There is no table {name}.", "Run `upheld map check`.")
        return self.tables[name]

    def column(self, table: str, column: str) -> sa.Column[Any]:
        """Misconfigured when the live table has no such column."""
        columns = self[table].c
        if column not in columns:
            raise Misconfigured(f"Table {table} has no column {column}.", "Run `upheld map check`.")
        return columns[column]

    def known(self, table: str, column: str) -> LiveColumn:
        """What the live schema says of a column."""
        self.column(table, column)
        return self.live.tables[table].columns[column]

    def key(self, table: str, declared: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The row key: the schema's, else the first unique one without NULLs, else what the map declares."""
        live = self.live.tables[table]
        if live.key:
            return live.key
        for unique in live.uniques:
            if all(not live.columns[name].nullable for name in unique):
                return tuple(unique)
        return declared


def make_tables(live: LiveSchema) -> Tables:
    """Columns carry a type that reads and writes the server's own text where Python has none (scenario 70)."""
    metadata = sa.MetaData()
    made = {name: _table(metadata, live, table) for name, table in live.tables.items()}
    return Tables(live, made)


def _table(metadata: sa.MetaData, live: LiveSchema, table: LiveTable) -> sa.Table:
    columns = [sa.Column(column.name, _type(live.dialect, column)) for column in table.columns.values()]
    bare = table.name.rsplit(".", 1)[-1] if table.name.startswith(f"{table.schema}.") else table.name
    return sa.Table(bare, metadata, *columns, schema=table.schema or None, quote=None)


def _type(dialect: str, column: LiveColumn) -> types.TypeEngine[Any]:
    temporal = isinstance(column.type, types.DateTime | types.Date | types.Time)
    if dialect == "sqlite" and (temporal or isinstance(column.type, types.JSON | types.Enum | types.Uuid)):
        return types.String()
    if isinstance(column.type, types.Enum):
        return types.String() if dialect != "postgresql" else column.type
    return column.type


class NotFitting(ValueError):
    """The value cannot be one of that column: it equals no row there."""


def fit(value: Scalar, column: LiveColumn) -> Scalar:
    """The value in the column's own type, or NotFitting. Never a guess: '7abc' is no integer, 7 is '7' only in
    a text column (scenario 27)."""
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, types.Boolean):
        return _boolean(value)
    if isinstance(kind, types.Integer):
        return _integer(value)
    if isinstance(kind, types.Uuid):
        return _uuid(value)
    if isinstance(kind, types.String | types.Enum):
        return _text(value, column)
    if isinstance(kind, types.Numeric):
        return _decimal(value)
    return value


def _boolean(value: Scalar) -> Scalar:
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise NotFitting


def _integer(value: Scalar) -> Scalar:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else _raise()
    if isinstance(value, str) and _WHOLE.match(value) and str(int(value)) == value:
        return _integer(int(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    raise NotFitting


def _raise() -> Scalar:
    raise NotFitting


def _uuid(value: Scalar) -> Scalar:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            raise NotFitting from None
    raise NotFitting


def _text(value: Scalar, column: LiveColumn) -> Scalar:
    if isinstance(value, bool | float | bytes):
        raise NotFitting
    written = value.isoformat() if isinstance(value, date | datetime) else str(value)
    if "\x00" in written or (column.length and len(written) > column.length):
        raise NotFitting
    return written


def _decimal(value: Scalar) -> Scalar:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return Decimal(value) if re.fullmatch(r"-?\d{1,40}(\.\d{1,40})?", value) else _raise()
        except ArithmeticError:
            raise NotFitting from None
    raise NotFitting


def fitting(values: Iterable[Scalar], column: LiveColumn) -> list[Scalar]:
    """Those of the values that the column could hold, each in its type; NULL is no key."""
    fitted = []
    for value in values:
        if value is None:
            continue
        try:
            fitted.append(fit(value, column))
        except NotFitting:
            continue
    return list(dict.fromkeys(fitted))
