"""MariaDB from 10.6 (MySQL 8 by the same views, untested): information_schema in eight queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.catalogue.columntype import family, kind_of, of_mariadb, quoted
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

OUTSIDE = """
SELECT DISTINCT TABLE_SCHEMA AS s, TABLE_NAME AS relation FROM information_schema.KEY_COLUMN_USAGE
WHERE REFERENCED_TABLE_SCHEMA IN :schemas AND TABLE_SCHEMA NOT IN :schemas
"""
TABLES = """
SELECT TABLE_SCHEMA AS s, TABLE_NAME AS relation, TABLE_TYPE AS kind, ENGINE AS engine,
       TABLE_ROWS AS estimate, CREATE_OPTIONS AS options
FROM information_schema.TABLES WHERE TABLE_SCHEMA IN :schemas
"""
COLUMNS = """
SELECT TABLE_SCHEMA AS s, TABLE_NAME AS relation, COLUMN_NAME AS name, ORDINAL_POSITION AS position,
       COLUMN_DEFAULT AS default_text, IS_NULLABLE AS nullable, DATA_TYPE AS word, COLUMN_TYPE AS words,
       CHARACTER_MAXIMUM_LENGTH AS length, CHARACTER_SET_NAME AS charset,
       COLLATION_NAME AS collation, EXTRA AS extra
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN :schemas ORDER BY 1, 2, 4
"""
FOREIGN_KEYS = """
SELECT k.TABLE_SCHEMA AS s, k.TABLE_NAME AS relation, k.CONSTRAINT_NAME AS name, k.COLUMN_NAME AS own,
       k.REFERENCED_TABLE_SCHEMA AS to_schema, k.REFERENCED_TABLE_NAME AS to_table,
       k.REFERENCED_COLUMN_NAME AS to_column
FROM information_schema.KEY_COLUMN_USAGE k
WHERE k.TABLE_SCHEMA IN :schemas AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY 1, 2, 3, k.ORDINAL_POSITION
"""
# Put together here: the server's own join of the two views takes ten times as long.
REFERENCE_RULES = """
SELECT CONSTRAINT_SCHEMA AS s, TABLE_NAME AS relation, CONSTRAINT_NAME AS name, DELETE_RULE AS on_delete,
       UPDATE_RULE AS on_update
FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA IN :schemas
"""
INDEXES = """
SELECT TABLE_SCHEMA AS s, TABLE_NAME AS relation, INDEX_NAME AS name, NON_UNIQUE AS repeats,
       COLUMN_NAME AS own, SUB_PART AS part, INDEX_TYPE AS kind
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA IN :schemas ORDER BY 1, 2, 3, SEQ_IN_INDEX
"""
CHECKS_OF_MARIADB = """
SELECT CONSTRAINT_SCHEMA AS s, TABLE_NAME AS relation, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS text
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA IN :schemas
"""
CHECKS_OF_MYSQL = """
SELECT c.CONSTRAINT_SCHEMA AS s, t.TABLE_NAME AS relation, c.CONSTRAINT_NAME AS name, c.CHECK_CLAUSE AS text
FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t
  ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
WHERE c.CONSTRAINT_SCHEMA IN :schemas
"""
TRIGGERS = """
SELECT EVENT_OBJECT_SCHEMA AS s, EVENT_OBJECT_TABLE AS relation, TRIGGER_NAME AS name,
       ACTION_TIMING AS timing, EVENT_MANIPULATION AS event, ACTION_STATEMENT AS text
FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA IN :schemas ORDER BY 1, 2, 3
"""

Where = tuple[str, str]
Grouped = Mapping[Where, list[Any]]


def read(connection: sa.Connection, schemas: tuple[str, ...]) -> LiveSchema:
    """Misconfigured without a connected database, or for a schema that is not there."""
    schemas = schemas or connected(connection)
    default, folds = (
        schemas[0],
        connection.execute(sa.text("SELECT @@lower_case_table_names")).scalar_one() != 0,
    )
    outside = {(row.s, row.relation) for row in rows(connection, OUTSIDE, schemas)}
    wide = tuple(dict.fromkeys((*schemas, *sorted(schema for schema, _ in outside))))

    def by_table(query: str) -> Grouped:
        grouped: dict[Where, list[Any]] = defaultdict(list)
        for row in rows(connection, query, wide):
            grouped[row.s, row.relation].append(row)
        return grouped

    def named(where: Where) -> str:
        return where[1] if where[0] == default else ".".join(where)

    relations = {where: rows[0] for where, rows in by_table(TABLES).items()}
    _known(connection, schemas, {schema for schema, _ in relations})
    mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
    columns, foreign, indexes = by_table(COLUMNS), by_table(FOREIGN_KEYS), by_table(INDEXES)
    checks, triggers = by_table(CHECKS_OF_MARIADB if mariadb else CHECKS_OF_MYSQL), by_table(TRIGGERS)
    rules = {
        (where[0], where[1], str(row.name)): row
        for where, rows in by_table(REFERENCE_RULES).items()
        for row in rows
    }
    read_schemas = set(schemas) | {schema for schema, _ in outside}
    tables = []
    for where, each in relations.items():
        if each.kind not in {"BASE TABLE", "VIEW", "SYSTEM VERSIONED"} or (
            where[0] not in schemas and where not in outside
        ):
            continue
        documents = {name for check in checks.get(where, ()) for name in _json_valid(check.text)}
        own = {row.name: _column(row, documents, connection.dialect) for row in columns.get(where, ())}
        read_indexes = _indexes(indexes.get(where, ()))
        key = next((index.columns for index in read_indexes if index.name == "PRIMARY"), ())
        tables.append(
            LiveTable(
                name=named(where),
                schema=where[0],
                title=where[1],
                kind=_kind(each),
                columns=own,
                key=key,
                uniques=tuple(
                    index.columns for index in read_indexes if index.unique and index.name != "PRIMARY"
                ),
                foreign_keys=_foreign_keys(foreign.get(where, ()), named, read_schemas, rules),
                indexes=read_indexes,
                checks=tuple(LiveCheck(row.name, row.text) for row in checks.get(where, ())),
                triggers=tuple(
                    LiveTrigger(row.name, row.timing, (row.event,), " ".join(row.text.split())[:120])
                    for row in triggers.get(where, ())
                ),
                rows_estimate=each.estimate,
                engine=each.engine,
                outside=where[0] not in schemas,
                folds=True,
                versioned=each.kind == "SYSTEM VERSIONED",
            )
        )
    version = tuple(part for part in connection.dialect.server_version_info or () if isinstance(part, int))
    return assemble("mariadb" if mariadb else "mysql", version, schemas, tables, folds=folds)


def rows(connection: sa.Connection, query: str, schemas: tuple[str, ...]) -> Iterable[Any]:
    """What a query of the catalogues finds in these schemas."""
    statement = sa.text(query).bindparams(sa.bindparam("schemas", expanding=True))
    return connection.execute(statement, {"schemas": list(schemas)})


def connected(connection: sa.Connection) -> tuple[str, ...]:
    """The database that the connection is in; Misconfigured where it is in none."""
    name = connection.execute(sa.text("SELECT DATABASE()")).scalar()
    if name is None:
        raise Misconfigured(
            "The connection names no database.", "Add it to `connect`: mariadb+pymysql://…/NAME."
        )
    return (str(name),)


def _known(connection: sa.Connection, schemas: tuple[str, ...], filled: set[str]) -> None:
    if filled.issuperset(schemas):
        return
    there = set(connection.execute(sa.text("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA")).scalars())
    missing = [name for name in schemas if name not in there]
    if missing:
        raise Misconfigured(
            f"The server has no database {', '.join(missing)}.",
            f"Correct `schemas` in the map; this account sees: {', '.join(sorted(there))}.",
        )


def _kind(row: Any) -> Kind:
    if row.kind == "VIEW":
        return Kind.VIEW
    return Kind.PARTITIONED if "partitioned" in (row.options or "") else Kind.TABLE


def _json_valid(text: str) -> Iterable[str]:
    """MariaDB keeps JSON as text with the check json_valid(`column`)."""
    words = text.strip()
    if words.startswith("json_valid(`") and words.endswith("`)"):
        yield words.removeprefix("json_valid(`").removesuffix("`)").replace("``", "`")


def _column(row: Any, documents: set[str], dialect: sa.Dialect) -> LiveColumn:
    made = of_mariadb(row.words, kind_of(dialect), charset=row.charset, collation=row.collation)
    extra = (row.extra or "").upper()
    document = row.word == "json" or (row.name in documents and row.word == "longtext")
    return LiveColumn(
        name=row.name,
        type=made,
        type_text="json" if document else row.words,
        nullable=row.nullable == "YES",
        family=Family.JSON if document else family(made),
        default=None if row.default_text in {None, "NULL"} else row.default_text,
        generated="VIRTUAL GENERATED" in extra or "STORED GENERATED" in extra,
        identity="AUTO_INCREMENT" in extra,
        length=row.length if row.word in {"char", "varchar", "binary", "varbinary"} else None,
        collation=row.collation,
        enum_values=quoted(row.words) if row.word in {"enum", "set"} else (),
        json=document,
        position=row.position,
    )


def _foreign_keys(
    rows: Iterable[Any], named: Any, read: set[str], rules: Mapping[tuple[str, str, str], Any]
) -> tuple[LiveForeignKey, ...]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.name].append(row)
    unseen = next((parts[0] for name, parts in grouped.items() if (*_at(parts[0]), name) not in rules), None)
    if unseen is not None:
        raise Misconfigured(
            f"Our account may not see what a foreign key of {unseen.relation} does when rows go.",
            f"GRANT REFERENCES ON `{unseen.s}`.* to it or its role, as `upheld map grants` prints.",
        )
    return tuple(
        LiveForeignKey(
            columns=tuple(row.own for row in parts),
            to=named((parts[0].to_schema, parts[0].to_table)),
            to_columns=tuple(row.to_column for row in parts),
            on_delete=rules[parts[0].s, parts[0].relation, name].on_delete,
            on_update=rules[parts[0].s, parts[0].relation, name].on_update,
            name=name,
        )
        for name, parts in grouped.items()
        if parts[0].to_schema in read
    )


def _at(row: Any) -> Where:
    return row.s, row.relation


def _indexes(rows: Iterable[Any]) -> tuple[LiveIndex, ...]:
    """A prefix index (`name(10)`) ends the columns: it finds rows, and says nothing of whole values."""
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.kind in {"BTREE", "HASH"}:
            grouped[row.name].append(row)
    made = []
    for name, parts in grouped.items():
        whole = [row.own for row in parts if row.own is not None]
        partly = any(row.part is not None for row in parts)
        made.append(
            LiveIndex(
                name, tuple(whole), not parts[0].repeats and not partly, expression=len(whole) < len(parts)
            )
        )
    return tuple(made)
