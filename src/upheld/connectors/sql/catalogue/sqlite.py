"""SQLite from 3.37: pragma functions joined to the list of tables, and what only the CREATE text says."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql import driver
from upheld.connectors.sql.catalogue.columntype import family, kind_of, of_sqlite
from upheld.connectors.sql.schema import (
    Family,
    Kind,
    LiveCheck,
    LiveColumn,
    LiveForeignKey,
    LiveIndex,
    LiveSchema,
    LiveTable,
    LiveTrigger,
    assemble,
)
from upheld.rights.outcome import Misconfigured

RELATIONS = """
SELECT l.name, l.type, l.wr, m.sql FROM pragma_table_list AS l
JOIN {schema}.sqlite_schema AS m ON m.name = l.name AND m.type IN ('table', 'view')
WHERE l.schema = :schema AND l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""
COLUMNS = """
SELECT m.name AS relation, c.name, c.cid, c.type AS words, c."notnull" AS filled,
       c.dflt_value AS default_text, c.pk, c.hidden
FROM {schema}.sqlite_schema AS m, pragma_table_xinfo(m.name, :schema) AS c
WHERE m.type IN ('table', 'view') AND c.hidden <> 1 ORDER BY m.name, c.cid
"""
FOREIGN_KEYS = """
SELECT m.name AS relation, f.id, f.seq, f."table" AS to_table, f."from" AS own, f."to" AS to_column,
       f.on_delete, f.on_update
FROM {schema}.sqlite_schema AS m, pragma_foreign_key_list(m.name, :schema) AS f WHERE m.type = 'table'
ORDER BY m.name, f.id, f.seq
"""
INDEXES = """
SELECT m.name AS relation, i.name, i."unique" AS differs, i.origin, i.partial, x.cid, x.name AS own
FROM {schema}.sqlite_schema AS m, pragma_index_list(m.name, :schema) AS i,
     pragma_index_xinfo(i.name, :schema) AS x
WHERE m.type = 'table' AND x.key = 1 ORDER BY m.name, i.name, x.seqno
"""
TRIGGERS = (
    "SELECT tbl_name AS relation, name, sql FROM {schema}.sqlite_schema WHERE type = 'trigger' ORDER BY 1, 2"
)
HEAD = re.compile(r"\b(BEFORE|AFTER|INSTEAD\s+OF)?\s*\b(DELETE|INSERT|UPDATE)\b", re.IGNORECASE)
TOKENS = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|\S""", re.DOTALL
)
GENERATED = (2, 3)
UNIONS = 200  # SQLite takes 500 parts in one compound SELECT

Grouped = Mapping[str, list[Any]]


FOLDING = re.compile(r"\bCOLLATE\s+[\"'`\[]?(?!BINARY\b)\w", re.IGNORECASE)
"""SQLite does not say which column folds case or blanks; where one does, all are compared exactly."""


def read(connection: sa.Connection, schemas: tuple[str, ...]) -> LiveSchema:
    """`schemas` names `main` and attached databases. Misconfigured for one that is not attached."""
    schemas = schemas or ("main",)
    there = [row.name for row in connection.execute(sa.text("SELECT name FROM pragma_database_list"))]
    missing = [name for name in schemas if name not in there]
    if missing:
        raise Misconfigured(
            f"The SQLite connection has no database {', '.join(missing)}.",
            f"Correct `schemas` in the map; attached are: {', '.join(there)}.",
        )
    tables = [
        table
        for name in schemas
        for table in _tables(connection, name, "" if name == schemas[0] else f"{name}.")
    ]
    version = tuple(part for part in connection.dialect.server_version_info or () if isinstance(part, int))
    return assemble("sqlite", version, schemas, tables, folds=True)


def _tables(connection: sa.Connection, schema: str, prefix: str) -> Iterator[LiveTable]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)

    def by_table(query: str) -> Grouped:
        grouped: dict[str, list[Any]] = defaultdict(list)
        for row in connection.execute(sa.text(query.format(schema=quoted)), {"schema": schema}):
            grouped[row.relation].append(row)
        return grouped

    relations = connection.execute(sa.text(RELATIONS.format(schema=quoted)), {"schema": schema}).all()
    columns, foreign, indexes = by_table(COLUMNS), by_table(FOREIGN_KEYS), by_table(INDEXES)
    triggers = defaultdict(list)
    for row in connection.execute(sa.text(TRIGGERS.format(schema=quoted))):
        triggers[row.relation.lower()].append(row)
    keys = {name: _key(found) for name, found in columns.items()}
    real = {each.name.lower(): each.name for each in relations}
    estimates = _estimates(
        connection, schema, [each.name for each in relations if each.type == "table" and not each.wr]
    )
    for each in relations:
        own = {
            row.name: _column(row, keys[each.name], each, connection.dialect) for row in columns[each.name]
        }
        read_indexes = _indexes(indexes.get(each.name, ()))
        if keys[each.name] and any(column.identity for column in own.values()):
            read_indexes = (LiveIndex("rowid", keys[each.name], unique=True), *read_indexes)
        yield LiveTable(
            name=prefix + each.name,
            schema=schema,
            title=each.name,
            kind={"view": Kind.VIEW, "virtual": Kind.VIRTUAL}.get(each.type, Kind.TABLE),
            columns=own,
            key=keys[each.name],
            uniques=tuple(
                index.columns
                for index in read_indexes
                if index.unique
                and not index.partial
                and not index.expression
                and index.columns != keys[each.name]
            ),
            foreign_keys=tuple(_foreign_keys(foreign.get(each.name, ()), real, keys, prefix)),
            indexes=read_indexes,
            checks=tuple(checks(each.sql or "")),
            triggers=tuple(_trigger(row) for row in triggers.get(each.name.lower(), ())),
            rows_estimate=estimates.get(each.name),
            folds=True,
        )


def _key(rows: Iterable[Any]) -> tuple[str, ...]:
    return tuple(row.name for row in sorted((row for row in rows if row.pk), key=lambda row: row.pk))


def _column(row: Any, key: tuple[str, ...], table: Any, dialect: sa.Dialect) -> LiveColumn:
    made = of_sqlite(row.words, kind_of(dialect))
    found = (
        Family.JSON
        if row.words.upper() == "JSON"
        else Family.UUID
        if row.words.upper() == "UUID"
        else family(made)
    )
    length = re.search(r"\((\d+)\)", row.words) if found in {Family.TEXT, Family.BINARY} else None
    row_id = key == (row.name,) and row.words.upper() == "INTEGER" and not table.wr
    return LiveColumn(
        name=row.name,
        type=made,
        type_text=row.words,
        nullable=not row.filled and not row_id and not (table.wr and row.pk),
        family=found,
        default=row.default_text,
        generated=row.hidden in GENERATED,
        identity=row_id,
        length=int(length[1]) if length else None,
        collation="NOCASE" if found is Family.TEXT and FOLDING.search(table.sql or "") else None,
        json=found is Family.JSON,
        position=row.cid + 1,
    )


def _foreign_keys(
    rows: Iterable[Any], real: Mapping[str, str], keys: Mapping[str, tuple[str, ...]], prefix: str
) -> Iterator[LiveForeignKey]:
    """SQLite matches names whatever their case, and a reference without columns means the key."""
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.id].append(row)
    for parts in grouped.values():
        to = real.get(parts[0].to_table.lower(), parts[0].to_table)
        named = tuple(row.to_column for row in parts)
        on_delete = parts[0].on_delete
        yield LiveForeignKey(
            columns=tuple(row.own for row in parts),
            to=prefix + to,
            to_columns=keys.get(to, ()) if None in named else named,
            on_delete=on_delete,
            on_update=parts[0].on_update,
            deferrable=on_delete != "RESTRICT",
        )


def _indexes(rows: Iterable[Any]) -> tuple[LiveIndex, ...]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.name].append(row)
    made = []
    for name, parts in grouped.items():
        columns: list[str] = []
        for row in parts:
            if row.cid < 0:  # -2 is an expression, -1 the row id
                break
            columns.append(row.own)
        made.append(
            LiveIndex(
                name,
                tuple(columns),
                bool(parts[0].differs),
                bool(parts[0].partial),
                len(columns) < len(parts),
            )
        )
    return tuple(made)


def _trigger(row: Any) -> LiveTrigger:
    text = " ".join(row.sql.split())
    head = HEAD.search(row.sql.split(row.name, 1)[-1])
    timing, event = (head[1] or "BEFORE", head[2]) if head else ("AFTER", "UPDATE")
    return LiveTrigger(row.name, " ".join(timing.upper().split()), (event.upper(),), text[:120])


def checks(sql: str) -> Iterator[LiveCheck]:
    """The CHECK constraints of a CREATE TABLE text; quotes, comments and brackets inside are no matter."""
    tokens = [found for found in TOKENS.finditer(sql) if not found[0].startswith(("--", "/*"))]
    for place, token in enumerate(tokens[:-1]):
        if token[0].upper() != "CHECK" or tokens[place + 1][0] != "(":
            continue
        depth = 0
        for found in tokens[place + 1 :]:
            depth += (found[0] == "(") - (found[0] == ")")
            if depth == 0:
                named = place > 1 and tokens[place - 2][0].upper() == "CONSTRAINT"
                name = tokens[place - 1][0].strip("\"`[]'") if named else ""
                yield LiveCheck(name, sql[tokens[place + 1].end() : found.start()].strip())
                break


_SIZED = """
SELECT m.name FROM pragma_table_list AS l JOIN {schema}.sqlite_schema AS m ON m.name = l.name
WHERE l.schema = ? AND l.type = 'table' AND NOT l.wr AND m.type = 'table'
AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""


_WRITTEN = "SELECT name, sql FROM {schema}.sqlite_schema WHERE type = 'table'"
_KEPT = 32
_sized: dict[tuple[Any, ...], tuple[str, ...]] = {}
"""The tables that have row ids, by all that is written of tables: on which nothing else has a say, and which
is read in a tenth of the time."""


def sizes(connection: sa.Connection, schema: str) -> dict[str, int]:
    """The estimates of all tables of a schema."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    written = (schema, *_rows(connection, _WRITTEN.format(schema=quoted), ()))
    names = _sized.get(written)
    if names is None:
        names = tuple(name for (name,) in _rows(connection, _SIZED.format(schema=quoted), (schema,)))
        if len(_sized) >= _KEPT:
            _sized.clear()
        _sized[written] = names
    return _estimates(connection, schema, names)


def _rows(connection: sa.Connection, statement: str, given: tuple[str, ...]) -> list[tuple[Any, ...]]:
    cursor = driver.run(connection, statement, given)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return rows


def _estimates(connection: sa.Connection, schema: str, names: Sequence[str]) -> dict[str, int]:
    """The highest row id: read at the end of the tree, no table is walked."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    found: dict[str, int] = {}
    for start in range(0, len(names), UNIONS):
        some = names[start : start + UNIONS]
        places = (f"{quote(schema)}.{quote(name)}" for name in some)
        parts = (f"SELECT {at}, max(rowid) FROM {place}" for at, place in enumerate(places))  # noqa: S608 - quoted
        for at, highest in _rows(connection, " UNION ALL ".join(parts), ()):
            found[some[at]] = max(highest or 0, 0)
    return found
