"""Single cells: read as the server writes them, locked, compared, set and put back exactly (G-16.1,
G-18.4)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import SQLAlchemyError

from upheld.connectors.sql.inside import Predicate, is_in
from upheld.connectors.sql.schema import Family, LiveColumn
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Scalar
from upheld.rights.outcome import Misconfigured
from upheld.rights.rows.splice import exact, spliced
from upheld.rights.rows.values import parts, reach
from upheld.rights.subject import Cell, Key

MARK = "restricted"
"""What a mark says where it is a text."""

_TRUTH = {"true": 1, "1": 1, "yes": 1, "false": 0, "0": 0, "no": 0}

KEPT = """
SELECT COLUMN_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = :schema AND TABLE_NAME = :title AND EXTRA LIKE '%on update%'
"""


class ServersOwn(types.UserDefinedType[Any]):
    """A type in the server's own words, for CAST."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        return self.text


@dataclass(frozen=True)
class Cells:
    """The cells of one system, in one open transaction. With `lock` nobody else changes what was read."""

    rows: Rows
    connection: sa.Connection
    lock: bool = False

    @property
    def dialect(self) -> str:
        return self.rows.tables.live.dialect

    def key(self, table: str) -> tuple[str, ...]:
        """Misconfigured where rows of the table cannot be told apart."""
        mapped = self.rows.system.table(table)
        key = self.rows.tables.key(table, mapped.key or mapped.person)
        if not key:
            raise Misconfigured(
                f"{self.rows.system.name}: {table} has no key, so its rows cannot be told apart.",
                "Declare `key:` in the map.",
            )
        return key

    # --- reading ---

    def read(
        self, table: str, columns: Sequence[str], where: Predicate, *, most: int | None = None
    ) -> list[tuple[Key, tuple[Scalar, ...]]]:
        """Keys and values of the rows that meet the condition, at most `most` of them, in the order of
        their keys."""
        key = self.key(table)
        wanted: list[sa.ColumnElement[Any]] = [self.rows.tables.column(table, each) for each in key]
        wanted += [self.readable(table, each) for each in columns]
        statement = sa.select(*wanted).where(where).order_by(*wanted[: len(key)])
        if most is not None:
            statement = statement.limit(most)
        if self.lock and self.dialect != "sqlite":
            statement = statement.with_for_update()
        found = self.connection.execute(statement).all()
        return [(tuple(row[: len(key)]), tuple(row[len(key) :])) for row in found]

    def readable(self, table: str, name: str) -> sa.ColumnElement[Any]:
        """The value as it can be put back to the byte: the server's own text, or what the file holds."""
        column = self.rows.tables.column(table, name)
        known = self.rows.tables.known(table, name)
        if self.dialect == "sqlite":
            return sa.type_coerce(column, types.NullType())
        if self.dialect == "postgresql" and known.family is not Family.BINARY:
            return sa.cast(column, sa.Text())
        if known.family in (Family.MOMENT, Family.NUMBER) and not _exact(known):
            return sa.cast(column, mysql.CHAR())
        return sa.type_coerce(column, types.NullType())

    def now(self, cells: Sequence[Cell]) -> dict[tuple[str, str, Key], Scalar]:
        """What stands there now, by table, column and key; a row that is gone is missing."""
        found: dict[tuple[str, str, Key], Scalar] = {}
        for (table, columns), group in _together(cells):
            keys = tuple(dict.fromkeys(each.key for each in group))
            where = sa.and_(is_in(self.rows.tables, table, group[0].columns, keys), self.rows.tenant(table))
            for key, values in self.read(table, columns, where):
                found.update(
                    ((table, column, key), value) for column, value in zip(columns, values, strict=True)
                )
        return found

    # --- writing ---

    def spelled(self, table: str, column: str, value: Scalar) -> str:
        """A value of the map as a person would write it there: false in a column of numbers is 0."""
        family = self.rows.tables.known(table, column).family
        if isinstance(value, bool):
            texts = ("false", "true") if family in (Family.BOOLEAN, Family.TEXT) else ("0", "1")
            return texts[value]
        return str(value)

    def fitted(self, cell: Cell) -> Cell:
        """The cell with what a person wrote as the column will have it, as far as its type says that."""
        known, text = self.rows.tables.known(cell.table, cell.column), cell.after
        if cell.json or not isinstance(text, str):
            return cell
        value: Scalar = text
        if self.dialect == "postgresql":
            value = self._canonical(known, text)
        elif known.family is Family.INTEGER and re.fullmatch(r"-?[0-9]{1,19}", text):
            value = int(text)
        elif known.family is Family.BOOLEAN and text.lower() in _TRUTH:
            value = _TRUTH[text.lower()]
        elif known.family is Family.NUMBER and re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", text):
            value = float(text) if self.dialect == "sqlite" else Decimal(text)
        return replace(cell, after=value)

    def _canonical(self, known: LiveColumn, text: str) -> Scalar:
        """As the server writes it back; the text itself where the server does not take it."""
        if known.family in (Family.TEXT, Family.BINARY, Family.JSON) or known.array:
            return text
        if known.family is Family.MOMENT and not _is_moment(text):  # it would take `yesterday`
            return text
        cast = sa.cast(sa.cast(sa.literal(text, sa.Text()), ServersOwn(known.type_text)), sa.Text())
        try:
            with self.connection.begin_nested():
                return cast_scalar(self.connection.execute(sa.select(cast)).scalar())
        except SQLAlchemyError:
            return text

    def put(self, cells: Sequence[Cell]) -> None:
        """Each cell becomes its `after`, nothing else in its row changes."""
        if self.dialect in ("mysql", "mariadb"):
            # a zero date that stood there has to be put back
            self.connection.exec_driver_sql(
                "SET SESSION sql_mode ="
                " REPLACE(REPLACE(@@sql_mode, 'NO_ZERO_IN_DATE', ''), 'NO_ZERO_DATE', '')"
            )
        whole = [each for each in cells if each.json is None]
        inside = [each for each in cells if each.json is not None]
        for first, keys in _alike([*whole, *(self._documents(inside) if inside else ())]):
            table = first.table
            target = self.rows.tables.known(table, first.column).name
            values = {**self._stamps(table), target: self._value(first)}
            where = is_in(self.rows.tables, table, first.columns, keys)
            done = self.connection.execute(
                sa.update(self.rows.tables[table]).where(where).values(values)
            ).rowcount
            if done != len(keys):
                raise Misconfigured(
                    f"{self.rows.system.name}: {table} changed {done} rows where {len(keys)} were meant.",
                    "Its key does not tell its rows apart, or a trigger writes; nothing was committed.",
                )

    def _stamps(self, table: str) -> dict[str, Any]:
        """Columns that MariaDB would set to the present with any change of the row: they keep their value."""
        if self.dialect not in ("mysql", "mariadb"):
            return {}
        live = self.rows.tables.known_table(table)
        names = self.connection.execute(sa.text(KEPT), {"schema": live.schema, "title": live.title}).scalars()
        return {name: self.rows.tables.column(table, name) for name in names}

    def _value(self, cell: Cell) -> Any:
        known, value = self.rows.tables.known(cell.table, cell.column), cell.after
        if value is None:
            return sa.null()
        if self.dialect == "postgresql" and isinstance(value, str):
            words = "text" if known.family is Family.TEXT and not known.enum_values else known.type_text
            return sa.cast(sa.literal(value, sa.Text()), ServersOwn(words))
        return sa.bindparam(None, value, type_=types.NullType())

    def _documents(self, cells: Sequence[Cell]) -> Iterator[Cell]:
        """A cell for each document, with all that becomes right in it: its own text but for those values."""
        now = self.now(cells)
        texts: dict[tuple[str, str, Key], Cell] = {}
        for each in cells:
            place = (each.table, each.column, each.key)
            value = texts[place].after if place in texts else now.get(place)
            path = parts(each.json or "")
            after: Scalar = value
            if isinstance(value, bytes):
                after = spliced(value.decode(), path, each.after).encode()
            elif isinstance(value, str):
                after = spliced(value, path, each.after)
            texts[place] = replace(each, after=after, json=None)
        yield from texts.values()


def _is_moment(text: str) -> bool:
    with suppress(ValueError):
        return bool(datetime.fromisoformat(text))
    return False


def cast_scalar(value: object) -> Scalar:
    """What a column gave, as the type says that it can be."""
    return cast("Scalar", value)


def mark(cells: Cells, table: str, column: str, now: datetime) -> Scalar:
    """What sets a mark in a column of this type. Misconfigured for a type that can hold none."""
    known = cells.rows.tables.known(table, column)
    found: Scalar = None
    match known.family:
        case Family.BOOLEAN:
            found = "true" if cells.dialect == "postgresql" else 1
        case Family.INTEGER | Family.NUMBER:
            found = "1" if cells.dialect == "postgresql" else 1
        case Family.MOMENT:
            found = _moment(known, now)
        case Family.TEXT:
            found = _word(known)
    if found is None:
        raise Misconfigured(
            f"{cells.rows.system.name}: {table}.{column} is of the type {known.type_text}, "
            "in which no mark can be set.",
            "Name in `restriction:` a column that holds true or false, a number, a time or a text.",
        )
    return found


def _word(known: LiveColumn) -> str | None:
    if known.enum_values:
        return MARK if MARK in known.enum_values else None
    return MARK if known.length is None or known.length >= len(MARK) else "1"


def _moment(known: LiveColumn, now: datetime) -> str | None:
    kind = known.type_text.lower()
    if kind.startswith("date") and "time" not in kind:
        return now.date().isoformat()
    if kind.startswith("time") and "stamp" not in kind:
        return None
    zoned = "with time zone" in kind
    return now.replace(microsecond=0).isoformat(sep=" ") if zoned else f"{now:%Y-%m-%d %H:%M:%S}"


def _exact(known: LiveColumn) -> bool:
    return known.family is Family.NUMBER and "decimal" in known.type_text.lower()


def _together(cells: Sequence[Cell]) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[Cell]]]:
    """By table, with all columns concerned."""
    by_table: dict[str, list[Cell]] = {}
    for each in cells:
        by_table.setdefault(each.table, []).append(each)
    for table, group in by_table.items():
        yield (table, tuple(dict.fromkeys(each.column for each in group))), group


def _alike(cells: Sequence[Cell]) -> Iterator[tuple[Cell, list[Key]]]:
    """One of those that become the same in the same column, and the keys of all of them: one statement
    each."""

    def what(each: Cell) -> tuple[str, ...]:
        return (each.table, each.column, each.json or "", type(each.after).__name__, repr(each.after))

    for _, group in groupby(sorted(cells, key=what), key=what):
        same = list(group)
        yield same[0], [each.key for each in same]


def stands(cell: Cell, value: Scalar) -> Scalar:
    """What of a column's value the cell is about: all of it, or what stands at its path."""
    if cell.json is None:
        return value
    found = next(reach(exact(value), cell.json), None)
    return None if found is None or isinstance(found, list | dict) else cast("Scalar", found)
