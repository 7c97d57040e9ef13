"""Tables of the target as SQLAlchemy sees them, and values in the exact type of the column they meet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.sql import quoted_name

from upheld.connectors.sql.compiled import Programs
from upheld.connectors.sql.live import Family, LiveColumn, LiveSchema, LiveTable
from upheld.datamap.model import Scalar
from upheld.rights.outcome import Misconfigured

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,19}\Z")


@dataclass(frozen=True)
class Tables:
    """The live tables of one system, ready for statements. `programs`: those made for them so far. `wrote`:
    PostgreSQL's transactions in which rows of theirs were written by us, and no schema."""

    live: LiveSchema
    made: dict[str, sa.TableClause] = field(default_factory=dict)
    programs: Programs = field(default_factory=Programs, compare=False)
    wrote: set[int] = field(default_factory=set, compare=False)

    def __getitem__(self, name: str) -> sa.TableClause:
        """Misconfigured when there is no such table."""
        if name not in self.made:
            self.made[name] = _table(self.live.dialect, self.known_table(name))
        return self.made[name]

    def known_table(self, name: str) -> LiveTable:
        """What the live schema says of a table; Misconfigured when there is none."""
        table = self.live.get(name)
        if table is None:
            raise Misconfigured(f"There is no table {name}.", "Run `upheld map check`.")
        return table

    def known(self, table: str, column: str) -> LiveColumn:
        """What the live schema says of a column; Misconfigured when there is none."""
        found = self.known_table(table).column(column)
        if found is None:
            raise Misconfigured(f"Table {table} has no column {column}.", "Run `upheld map check`.")
        return found

    def column(self, table: str, column: str) -> sa.ColumnClause[Any]:
        """The column for statements; Misconfigured when there is none."""
        return self[table].c[self.known(table, column).name]

    def has(self, table: str, column: str) -> bool:
        """Whether the live table has that column."""
        return self.known_table(table).column(column) is not None

    def key(self, table: str, declared: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The row key: the schema's, else the first unique one without NULLs, else what the map declares."""
        live = self.known_table(table)
        if live.key:
            return live.key
        for unique in live.uniques:
            if all(not live.columns[name].nullable for name in unique):
                return tuple(unique)
        return declared


def _table(dialect: str, table: LiveTable) -> sa.TableClause:
    """Columns carry a type that reads and writes the server's own text where Python has none (scenario
    70)."""
    return sa.table(
        quoted_name(table.title, quote=True),
        *(
            sa.column(quoted_name(each.name, quote=True), _type(dialect, each))
            for each in table.columns.values()
        ),
        schema=quoted_name(table.schema, quote=True),
    )


def _type(dialect: str, column: LiveColumn) -> types.TypeEngine[Any]:
    if dialect == "sqlite" and column.family in (Family.MOMENT, Family.JSON, Family.UUID):
        return types.String()
    if isinstance(column.type, types.Enum) and dialect != "postgresql":
        return types.String()
    return column.type


class NotFitting(ValueError):
    """The value cannot be one of that column: it equals no row there."""


def fit(value: Scalar, column: LiveColumn) -> Scalar:
    """The value in the column's own type, or NotFitting. Never a guess: '7abc' is no integer, 7 is '7' only
    in a text column (scenario 27)."""
    if value is None:
        return None
    match column.family:
        case Family.BOOLEAN:
            return _boolean(value)
        case Family.INTEGER:
            return _integer(value, column)
        case Family.UUID:
            return _uuid(value)
        case Family.TEXT:
            return _text(value, column)
        case Family.NUMBER:
            return _decimal(value)
        case _:
            return value


def _boolean(value: Scalar) -> Scalar:
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise NotFitting


def _integer(value: Scalar, column: LiveColumn) -> Scalar:
    if isinstance(value, str) and _WHOLE.match(value) and str(int(value)) == value:
        value = int(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, int) and -(2**63) <= value < 2 ** (
        64 if "unsigned" in column.type_text.lower() else 63
    ):
        return int(value)
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
    if not storable(written) or (column.length and len(written) > column.length):
        raise NotFitting
    return written


def storable(text: str) -> bool:
    """Whether a text column could hold it: no NUL, no half of a character pair."""
    return not _UNSTORABLE.search(text)


def _decimal(value: Scalar) -> Scalar:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", value):
        return Decimal(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and Decimal(value).is_finite():
        return value
    raise NotFitting


_SEVERAL = 4


def fits(values: Sequence[Scalar], column: LiveColumn) -> bool:
    """Whether all of them are in the column's own type as they are, told of many at once; False may only mean
    that each has to be looked at."""
    kinds = set(map(type, values))
    if column.family is Family.INTEGER and kinds == {int}:
        numbers: Any = values
        return bool(min(numbers) >= -(2**63) and max(numbers) < 2**63)
    if column.family is Family.TEXT and kinds == {str}:
        texts: Any = values
        return storable("".join(texts)) and (not column.length or max(map(len, texts)) <= column.length)
    return column.family is Family.UUID and kinds == {UUID}


def fitting(values: Iterable[Scalar], column: LiveColumn) -> list[Scalar]:
    """Those of the values that the column could hold, each in its type; NULL is no key."""
    values = tuple(values)
    if len(values) > _SEVERAL and fits(values, column):
        return list(dict.fromkeys(values))
    fitted = []
    for value in values:
        if value is None:
            continue
        try:
            fitted.append(fit(value, column))
        except NotFitting:
            continue
    return list(dict.fromkeys(fitted))
