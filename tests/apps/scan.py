"""A brute-force look into a whole database. It shares no code with the product, on purpose.

`find` reads every row of every table and looks for texts, so it also finds what no map mentions. `digests`
gives one digest per row, so that two of them tell which rows an erasure touched.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from psycopg.types.string import TextLoader
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.reflection import Inspector

_SYSTEM_SCHEMAS = {"information_schema", "pg_catalog", "mysql", "performance_schema", "sys"}
_AT_ONCE = 2000

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A needle in one column of one row (`*`: spread over several); `key` is the row's primary key as texts,
    else all its columns."""

    table: str
    column: str
    key: Row
    needle: str


@dataclass(frozen=True, slots=True)
class Needles:
    """What to look for. `texts` are found anywhere, unless a letter, digit, dot, hyphen or underscore (for an
    address also a plus or an at) stands beside them: amara.lindqvist@ is not mara.lindqvist@. `together`: words that
    say who she is when one row has them all (a first name and a last name in two columns). `references`: by (table,
    column), values looked for in the columns with a foreign key to that column, compared as a whole."""

    texts: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    references: Mapping[tuple[str, str], frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the scanner sees it: columns in order, what tells its rows apart, and where single columns refer to."""

    name: str
    quoted: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    refers: Mapping[str, tuple[str, str]]


def shapes(engine: Engine) -> Iterator[Shape]:
    """Every table of every schema but the server's own, in name order."""
    inspector = inspect(engine)
    with_schemas = engine.dialect.name == "postgresql"
    for schema in sorted(inspector.get_schema_names()) if with_schemas else [None]:
        if schema is not None and (schema in _SYSTEM_SCHEMAS or schema.startswith("pg_")):
            continue
        for table in sorted(inspector.get_table_names(schema=schema)):
            yield _shape(engine, inspector, schema, table)


def _shape(engine: Engine, inspector: Inspector, schema: str | None, table: str) -> Shape:
    quote = engine.dialect.identifier_preparer.quote_identifier
    columns = tuple(column["name"] for column in inspector.get_columns(table, schema=schema))
    key = tuple(inspector.get_pk_constraint(table, schema=schema)["constrained_columns"])
    refers: dict[str, tuple[str, str]] = {}
    for constraint in inspector.get_foreign_keys(table, schema=schema):
        target = constraint["referred_table"]
        home = constraint["referred_schema"] or (inspector.default_schema_name if schema else None)
        for column, referred in zip(
            constraint["constrained_columns"], constraint["referred_columns"], strict=True
        ):
            refers[column] = (f"{home}.{target}" if home else target, referred)
    if not key and engine.dialect.name == "sqlite":
        key = ("rowid",)  # by which a row without a key stays the same when it changes
    name = f"{schema}.{table}" if schema else table
    quoted = ".".join(quote(part) for part in ([schema, table] if schema else [table]))
    return Shape(name, quoted, columns, key or columns, refers)


def find(engine: Engine, needles: Needles) -> list[Found]:
    """Every place where a needle stands, in order. Reads every column of every row of the database."""
    patterns = [(needle, pattern_of(needle)) for needle in needles.texts]
    groups = [(words, [pattern_of(word) for word in words]) for words in needles.together]
    found: list[Found] = []
    with engine.connect() as connection:
        for shape in shapes(engine):
            for row in rows_of(connection, shape):
                key = tuple(as_text(row[column]) for column in shape.key)
                for column in shape.columns:
                    value = row[column]
                    if value is None:
                        continue
                    found += [
                        Found(shape.name, column, key, needle)
                        for needle in _in_value(as_text(value), patterns, needles, shape, column)
                    ]
                whole = "\n".join(as_text(row[column]) for column in shape.columns)
                found += [
                    Found(shape.name, "*", key, " + ".join(words))
                    for words, each in groups
                    if all(pattern.search(whole) for pattern in each)
                ]
    return sorted(found)


def _in_value(
    value: str, patterns: list[tuple[str, re.Pattern[str]]], needles: Needles, shape: Shape, column: str
) -> Iterator[str]:
    for needle, pattern in patterns:
        if pattern.search(value):
            yield needle
    target = shape.refers.get(column)
    if target is not None and needles.references and value in needles.references.get(target, ()):
        yield f"{target[0]}.{target[1]}={value}"


def pattern_of(needle: str) -> re.Pattern[str]:
    beside = r"[\w.+@-]" if "@" in needle else r"[\w-]"
    after = r"(?!\.\w)" if "@" in needle else ""
    return re.compile(rf"(?<!{beside}){re.escape(needle)}(?![\w@-]){after}", re.IGNORECASE)


def digests(engine: Engine) -> dict[str, dict[Row, str]]:
    """One digest a row, by table and key. Rows alike in a table without a key share one entry that counts them."""
    found: dict[str, dict[Row, str]] = {}
    with engine.connect() as connection:
        for shape in shapes(engine):
            rows: dict[Row, str] = {}
            for row in rows_of(connection, shape):
                key = tuple(as_text(row[column]) for column in shape.key)
                whole = json.dumps(
                    [None if row[column] is None else as_text(row[column]) for column in shape.columns]
                )
                earlier = rows.get(key, "")
                rows[key] = hashlib.sha256((earlier + whole).encode()).hexdigest()
            found[shape.name] = rows
    return found


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different between two `digests`: keys of rows by table, tables without a difference left out."""

    gone: dict[str, set[Row]]
    new: dict[str, set[Row]]
    other: dict[str, set[Row]]


def changes(before: Mapping[str, Mapping[Row, str]], after: Mapping[str, Mapping[Row, str]]) -> Changes:
    tables = sorted({*before, *after})

    def by_table(pick: Iterable[tuple[str, set[Row]]]) -> dict[str, set[Row]]:
        return {table: keys for table, keys in pick if keys}

    def was(table: str) -> Mapping[Row, str]:
        return before.get(table, {})

    def now(table: str) -> Mapping[Row, str]:
        return after.get(table, {})

    return Changes(
        by_table((table, was(table).keys() - now(table).keys()) for table in tables),
        by_table((table, now(table).keys() - was(table).keys()) for table in tables),
        by_table(
            (
                table,
                {key for key in was(table).keys() & now(table).keys() if was(table)[key] != now(table)[key]},
            )
            for table in tables
        ),
    )


def rows_of(connection: Connection, shape: Shape) -> Iterator[Mapping[str, object]]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(quote(column) for column in dict.fromkeys((*shape.columns, *shape.key)))
    if connection.dialect.driver == "psycopg":
        for kind in ("date", "timestamp", "timestamptz"):  # for which Python has no infinity
            connection.connection.adapters.register_loader(kind, TextLoader)  # type: ignore[attr-defined]
    result = connection.execution_options(stream_results=True).execute(
        text(f"SELECT {columns} FROM {shape.quoted}")
    )
    for block in result.mappings().partitions(_AT_ONCE):
        yield from block  # type: ignore[misc]


def as_text(value: object) -> str:
    """Any value as a text in which needles can be seen: JSON unescaped, lists spelled out, bytes as far as legible."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)
