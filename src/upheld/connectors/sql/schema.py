"""The live schema of a database as frozen values, named as the map names it.

A table of the default schema has its bare name, any other is `schema.table`. The default schema is the first
of the system's `schemas`, else `public` (PostgreSQL), `main` (SQLite) or the connected database (MariaDB).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name
from sqlalchemy.types import TypeEngine


class Kind(StrEnum):
    """What stands behind a name. PARTITIONED is the parent; its partitions are PARTITION."""

    TABLE = "table"
    VIEW = "view"
    MATERIALISED = "materialised"
    PARTITIONED = "partitioned"
    PARTITION = "partition"
    INHERITANCE_CHILD = "inheritance-child"
    FOREIGN = "foreign"
    VIRTUAL = "virtual"


class Family(StrEnum):
    """Column types that compare with each other without a cast."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    UUID = "uuid"
    BINARY = "binary"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    JSON = "json"
    ARRAY = "array"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """One column. `length` is in characters (bytes for binary types), None where there is no limit.

    `identity`: the server gives the value (IDENTITY, AUTO_INCREMENT, SQLite's row id); `always` when it
    refuses any other. `type_text` is the server's own words. `json` is also true of MariaDB's JSON, which the
    server stores as text. `element`: the family of an array's elements.
    """

    name: str
    type: TypeEngine[Any] = field(compare=False)
    type_text: str
    nullable: bool
    family: Family
    default: str | None = None
    generated: bool = False
    identity: bool = False
    always: bool = False
    length: int | None = None
    collation: str | None = None
    enum_values: tuple[str, ...] = ()
    array: bool = False
    json: bool = False
    element: Family | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class LiveForeignKey:
    """`columns` refer to `to_columns` of the table `to`. `deferrable`: its check can wait for the commit
    (never for RESTRICT; always on SQLite, by a pragma). `deferred`: it waits without being told."""

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    deferrable: bool = False
    deferred: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """An index over rows. `columns` end before the first expression; `partial`: not all rows."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    partial: bool = False
    expression: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """A CHECK: an SQL expression over the row, without the word CHECK and its outer brackets.

    `value_of`: the check is a PostgreSQL domain's, and its word VALUE stands for this column."""

    name: str
    text: str
    value_of: str | None = None


@dataclass(frozen=True, slots=True)
class LiveTrigger:
    """Code of the server's own that a write starts. `timing`: BEFORE, AFTER, INSTEAD OF or RULE."""

    name: str
    timing: str
    events: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class LiveTable:
    """One table, view or the like. `schema` and `title` are the server's two words for it, `name` the map's.

    `key`: the primary key. `uniques`: sets of columns that together differ in every row, the key not among
    them. `rows_estimate`: the server's own guess, None where it has none. `engine`: MariaDB's storage engine.
    `row_security`: policies hide rows from the account we are connected as. `parent`: the table that this one
    is a partition or an inheritance child of. `outside`: not in the system's schemas, here because it refers
    to one that is. `folds`: names of columns are found whatever their case.
    `versioned`: the server keeps earlier versions of rows by itself (MariaDB's system versioning).
    """

    name: str
    schema: str
    title: str
    kind: Kind
    columns: Mapping[str, LiveColumn]
    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[LiveForeignKey, ...] = ()
    indexes: tuple[LiveIndex, ...] = ()
    checks: tuple[LiveCheck, ...] = ()
    triggers: tuple[LiveTrigger, ...] = ()
    rows_estimate: int | None = None
    engine: str | None = None
    row_security: bool = False
    parent: str | None = None
    children: tuple[str, ...] = ()
    outside: bool = False
    folds: bool = False
    versioned: bool = False
    made: list[sa.TableClause] = field(default_factory=list, repr=False, compare=False)

    @property
    def stores(self) -> bool:
        """Whether rows stand here of their own: a view has none."""
        return self.kind is not Kind.VIEW

    @property
    def writable(self) -> bool:
        """Whether our statements may name it as their target."""
        return self.kind in {Kind.TABLE, Kind.PARTITIONED, Kind.PARTITION, Kind.INHERITANCE_CHILD}

    def column(self, name: str) -> LiveColumn | None:
        """The column of that name by the dialect's own rule of case; None where there is none."""
        found = self.columns.get(name)
        if found is None and self.folds:
            found = next((each for each in self.columns.values() if each.name.lower() == name.lower()), None)
        return found

    def indexed(self, columns: Iterable[str]) -> bool:
        """Whether an index over all rows begins with these columns, in any order."""
        wanted = {name.lower() if self.folds else name for name in columns}
        for index in self.indexes:
            start = index.columns[: len(wanted)]
            if not index.partial and {name.lower() if self.folds else name for name in start} == wanted:
                return True
        return False

    def clause(self) -> sa.TableClause:
        """The table for statements: always with its schema, every name quoted. One and the same each time, so
        that parts of a statement made apart name one table."""
        if not self.made:
            columns = (
                sa.column(quoted_name(each.name, quote=True), each.type) for each in self.columns.values()
            )
            schema = quoted_name(self.schema, quote=True)
            self.made.append(sa.table(quoted_name(self.title, quote=True), *columns, schema=schema))
        return self.made[0]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key seen from the table it points at: `table` holds the referring rows."""

    table: str
    key: LiveForeignKey


@dataclass(frozen=True, slots=True)
class LiveSchema:
    """A database as it stands. `dialect`: sqlite, postgresql, mariadb or mysql. `schemas`: those read, the
    default one first. `folds`: names of tables are found whatever their case. `fingerprint` changes with
    anything a statement or a finding depends on, except estimates. `unicode`: text is stored in UTF-8."""

    dialect: str
    version: tuple[int, ...]
    schemas: tuple[str, ...]
    tables: Mapping[str, LiveTable]
    referring: Mapping[str, tuple[Reference, ...]] = field(repr=False)
    fingerprint: str
    folds: bool = False
    unicode: bool = True

    def get(self, name: str) -> LiveTable | None:
        """The table as the map may write it, bare or with the default schema; None where absent."""
        found = self.tables.get(name)
        if found is not None:
            return found
        start, dot, rest = name.partition(".")
        if dot and start == self.schemas[0] and rest in self.tables:
            return self.tables[rest]
        if self.folds:
            return next((each for each in self.tables.values() if each.name.lower() == name.lower()), None)
        return None

    def refer(self, name: str) -> tuple[Reference, ...]:
        """Who refers to this table by a foreign key, itself included."""
        return self.referring.get(name, ())

    def __iter__(self) -> Iterator[LiveTable]:
        return iter(self.tables.values())


def assemble(
    dialect: str,
    version: tuple[int, ...],
    schemas: tuple[str, ...],
    tables: Iterable[LiveTable],
    *,
    folds: bool = False,
    unicode: bool = True,
) -> LiveSchema:
    """Put tables, the index of who refers to whom, and the fingerprint together."""
    ordered = sorted(tables, key=lambda each: (each.outside, each.name))
    referring: dict[str, list[Reference]] = {}
    for table in ordered:
        for key in table.foreign_keys:
            referring.setdefault(key.to, []).append(Reference(table.name, key))
    return LiveSchema(
        dialect=dialect,
        version=version,
        schemas=schemas,
        tables=MappingProxyType({each.name: each for each in ordered}),
        referring=MappingProxyType({name: tuple(found) for name, found in referring.items()}),
        fingerprint=_fingerprint(dialect, version, ordered),
        folds=folds,
        unicode=unicode,
    )


def _fingerprint(dialect: str, version: tuple[int, ...], tables: Iterable[LiveTable]) -> str:
    digest = sha256(repr((dialect, version)).encode())
    for table in tables:
        columns = [
            (
                *(each.name, each.type_text, each.nullable, each.default, each.generated, each.identity),
                *(each.always, each.length, each.collation, each.enum_values, each.array, each.json),
            )
            for each in table.columns.values()
        ]
        what = (
            *(table.name, table.schema, table.title, table.kind.value, table.key, table.uniques),
            *(table.foreign_keys, table.indexes, table.checks, table.triggers, table.engine),
            *(table.row_security, table.parent, table.children, table.outside, table.versioned),
        )
        digest.update(repr((what, columns)).encode())
    return digest.hexdigest()
