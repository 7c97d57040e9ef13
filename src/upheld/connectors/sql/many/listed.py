"""Rows that each get values of their own, written by one statement: keys and values go as one bound list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import postgresql

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.inside import is_in, listable
from upheld.connectors.sql.live import Family
from upheld.rights.subject import Key


@dataclass
class Listed:
    """For each key of a table the new values of `columns`."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: list[tuple[Key, tuple[object, ...]]] = field(default_factory=list)

    def add(self, key: Key, values: tuple[object, ...]) -> None:
        """One row."""
        self.rows.append((key, values))


def update_each(tables: Tables, connection: sa.Connection, listed: Listed, whole: Mapping[str, Any]) -> int:
    """Set the values, and `whole` in the same rows; gives how many rows were changed. On PostgreSQL and
    SQLite one statement; on MariaDB, whose optimiser may read the whole table for a joined list, and for keys
    that no list holds (bytes), one statement a row, sent together."""
    if not listed.rows:
        return 0
    if tables.live.dialect == "postgresql":
        return _from_arrays(tables, connection, listed, whole)
    if tables.live.dialect == "sqlite" and _writable(listed):
        return _from_json(tables, connection, listed, whole)
    return _one_by_one(tables, connection, listed, whole)


def _from_arrays(tables: Tables, connection: sa.Connection, listed: Listed, whole: Mapping[str, Any]) -> int:
    table = tables[listed.table]
    names = [*listed.key, *listed.columns]
    kinds = [_kind(tables, listed.table, name) for name in names]
    columns = list(zip(*((*key, *values) for key, values in listed.rows), strict=True))
    arrays = [
        sa.cast(sa.bindparam(None, list(values), type_=postgresql.ARRAY(kind)), postgresql.ARRAY(kind))
        for values, kind in zip(columns, kinds, strict=True)
    ]
    fields = [sa.column(f"part{index}", kind) for index, kind in enumerate(kinds)]
    each = sa.func.unnest(*arrays).table_valued(*fields).render_derived("given")
    given = [each.c[f"part{index}"] for index in range(len(names))]
    same = [tables.column(listed.table, name) == part for name, part in zip(listed.key, given, strict=False)]
    values = {
        name: sa.cast(part, tables.known(listed.table, name).type)
        for name, part in zip(listed.columns, given[len(listed.key) :], strict=True)
    }
    return connection.execute(sa.update(table).where(*same).values({**whole, **values})).rowcount


def _kind(tables: Tables, table: str, name: str) -> types.TypeEngine[Any]:
    """The type in which a value travels: text of any length, JSON as text, else the column's own."""
    known = tables.known(table, name)
    if known.family is Family.TEXT and not known.enum_values:
        return types.Text()
    return known.type


def _writable(listed: Listed) -> bool:
    return all(listable(part) for key, values in listed.rows for part in (*key, *values))


def _from_json(tables: Tables, connection: sa.Connection, listed: Listed, whole: Mapping[str, Any]) -> int:
    table = tables[listed.table]
    document = json.dumps([[*key, *values] for key, values in listed.rows])
    each = sa.func.json_each(document).table_valued("value", name="given")
    parts = [
        sa.func.json_extract(each.c.value, f"$[{index}]")
        for index in range(len(listed.key) + len(listed.columns))
    ]
    same = [tables.column(listed.table, name) == part for name, part in zip(listed.key, parts, strict=False)]
    values = dict(zip(listed.columns, parts[len(listed.key) :], strict=True))
    return connection.execute(sa.update(table).where(*same).values({**whole, **values})).rowcount


def _one_by_one(tables: Tables, connection: sa.Connection, listed: Listed, whole: Mapping[str, Any]) -> int:
    table = tables[listed.table]
    done = 0
    for key, values in listed.rows:
        this = is_in(tables, listed.table, listed.key, [key])
        own: dict[str, Any] = dict(zip(listed.columns, values, strict=True))
        done += connection.execute(sa.update(table).where(this).values({**whole, **own})).rowcount
    return done
