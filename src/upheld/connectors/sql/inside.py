"""`column IN keys`, in the form that each database answers from an index and compares exactly (scenarios 27,
63)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql, postgresql

from upheld.connectors.sql.awaited import Numbers, awaited_keys, awaited_values, element, within
from upheld.connectors.sql.columns import Tables, fitting
from upheld.connectors.sql.compiled import Slot
from upheld.connectors.sql.live import Family
from upheld.datamap.model import Scalar
from upheld.rights.subject import Key

Predicate = sa.ColumnElement[bool]

_MANY = 200
"""From this many keys on, PostgreSQL and SQLite get one bound list instead of one parameter a key."""


_SOME = 10_000


@dataclass(frozen=True)
class KeySet:
    """Keys of rows of `table`, in its `columns`, distinct."""

    table: str
    columns: tuple[str, ...]
    keys: tuple[Key, ...]


def is_in(tables: Tables, table: str, columns: Sequence[str], keys: Sequence[Key]) -> Predicate:
    """Rows of `table` whose `columns` equal one of `keys`. Keys that the columns could not hold equal
    none."""
    if isinstance(keys, Slot):
        return awaited_keys(tables, table, columns, keys)
    if len(columns) == 1:
        return values_in(tables, table, columns[0], [key[0] for key in keys])
    known = [tables.known(table, column) for column in columns]
    fitted = []
    for key in keys:
        parts = [fitting([value], column) for value, column in zip(key, known, strict=True)]
        if all(parts):
            fitted.append(tuple(part[0] for part in parts))
    if not fitted:
        return sa.false()
    together = _together(tables, table, columns, fitted)
    exact = [
        binary(tables, table, column, [key[index] for key in fitted]) for index, column in enumerate(columns)
    ]
    return sa.and_(together, *(each for each in exact if each is not None))


def _together(
    tables: Tables, table: str, columns: Sequence[str], keys: list[tuple[Scalar, ...]]
) -> Predicate:
    """The columns together equal one of the keys. Many keys are few parameters: servers take thousands."""
    row = sa.tuple_(*(tables.column(table, column) for column in columns))
    dialect, single = tables.live.dialect, any(isinstance(part, bytes) for key in keys for part in key)
    if len(keys) < _MANY or dialect not in ("postgresql", "sqlite"):
        return row.in_(keys)
    if dialect == "postgresql":
        kinds = [element(tables.known(table, column).type) for column in columns]
        lists = [
            sa.cast(
                sa.bindparam(None, [key[index] for key in keys], type_=postgresql.ARRAY(kind)),
                postgresql.ARRAY(kind),
            )
            for index, kind in enumerate(kinds)
        ]
        names = [sa.column(f"part{index}", kind) for index, kind in enumerate(kinds)]
        listed = sa.func.unnest(*lists).table_valued(*names).render_derived()
        return row.in_(sa.select(*listed.c))
    if single:
        return sa.or_(*(row.in_(keys[start : start + _SOME]) for start in range(0, len(keys), _SOME)))
    each = sa.func.json_each(json.dumps(keys, default=_json)).table_valued("value")
    parts = [sa.func.json_extract(each.c.value, f"$[{index}]") for index in range(len(columns))]
    return row.in_(sa.select(*parts))


def values_in(tables: Tables, table: str, column: str, values: Sequence[Scalar]) -> Predicate:
    """Rows of `table` whose `column` equals one of `values`, byte for byte where it is text."""
    if isinstance(values, Slot):
        return awaited_values(tables, table, column, values)
    known = tables.known(table, column)
    fitted = fitting(values, known)
    target = tables.column(table, column)
    if not fitted:
        return sa.false()
    if len(fitted) == 1:
        plain: Predicate = target == _bound(fitted[0], known.type)
    elif len(fitted) < _MANY or tables.live.dialect not in ("postgresql", "sqlite"):
        plain = target.in_([_bound(value, known.type) for value in fitted])
    elif tables.live.dialect == "postgresql":
        number = isinstance(known.type, types.Integer)
        kind = Numbers(known.type) if number else postgresql.ARRAY(element(known.type))
        plain = target == sa.any_(sa.bindparam(None, within(fitted, known.type), type_=kind))
    elif bytes in set(map(type, fitted)):
        plain = target.in_(fitted)
    else:
        listed = sa.func.json_each(json.dumps(fitted, default=_json)).table_valued("value")
        plain = target.in_(sa.select(listed.c.value))
    exact = binary(tables, table, column, fitted)
    return plain if exact is None else sa.and_(plain, exact)


def binary(tables: Tables, table: str, column: str, values: Sequence[Scalar]) -> Predicate | None:
    """The further test that MariaDB needs, whose collations call 'jose' and 'José ' equal, and a column of
    SQLite that folds case or blanks; None elsewhere."""
    known = tables.known(table, column)
    if tables.live.dialect == "postgresql" or known.family is not Family.TEXT:
        return None
    if tables.live.dialect == "sqlite":
        if known.collation is None:
            return None
        listed = sa.func.json_each(json.dumps(list(values), default=_json)).table_valued("value")
        exact = sa.collate(tables.column(table, column), "BINARY").in_(sa.select(listed.c.value))
        return cast("Predicate", exact)
    text = sa.cast(tables.column(table, column), mysql.CHAR(charset="utf8mb4"))
    return cast("Predicate", sa.collate(text, "utf8mb4_nopad_bin").in_([str(value) for value in values]))


def _bound(value: Scalar, kind: types.TypeEngine[Any]) -> Any:
    return sa.bindparam(None, value, type_=kind)


def _json(value: Scalar) -> str:
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A {type(value).__name__} is no key in a list.")


def listable(value: object) -> bool:
    """Whether a list in JSON text holds the value as it is."""
    return value is None or (isinstance(value, int | str) and not isinstance(value, bool))
