"""A mark of the live schema in one cheap query: while it stays the same, so does everything that `read_live`
reads, and what was read and checked before still holds.

It covers too much rather than too little: another mark costs one more reading, the same mark for another
schema would let a write go by what is no longer so (scenario 57). Estimates of rows count only by the limits
that somebody decides by (`LIMITS`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql import driver
from upheld.connectors.sql.catalogue import mariadb, sqlite
from upheld.connectors.sql.catalogue.quiet import Counted, counted

LIMITS = (100_000, 200_000)
"""Verification searches columns without index up to the first; a check counts rows up to the second."""

# Each row version of a catalogue has its own (xmin, ctid); objects of the server itself do not change.
_CATALOGUES = {
    "pg_class": "oid",
    "pg_attribute": "attrelid",
    "pg_attrdef": "oid",
    "pg_constraint": "oid",
    "pg_index": "indexrelid",
    "pg_trigger": "oid",
    "pg_rewrite": "oid",
    "pg_inherits": "inhrelid",
    "pg_type": "oid",
    "pg_enum": "oid",
    "pg_namespace": "oid",
    "pg_proc": "oid",
    "pg_policy": "oid",
    "pg_collation": "oid",
}
_FIRST = 16_384
"""Below stand the server's own objects; `public` is among them, and its name is read by itself."""


@dataclass(slots=True)
class Seen:
    """Which transactions of a PostgreSQL server a snapshot sees: all below `high` but those that `running`.
    `own`: transactions in which we ourselves wrote rows and nothing else."""

    high: int
    running: frozenset[int]
    own: set[int] = field(default_factory=set)

    def shows_nothing_new(self, later: "Seen") -> bool:
        """Whether a later snapshot sees no transaction of anybody else's that this one does not. One that was
        rolled back counts as seen, and so does a part of one that still runs: that costs a reading."""
        if later.high - self.high > _FOLLOWED:
            return False
        ended = self.running | set(range(self.high, later.high))
        return ended - later.running <= self.own


_FOLLOWED = 1_000


def seen(connection: sa.Connection) -> Seen | Counted | None:
    """What this statement sees of the transactions there, or of what MariaDB counts; None where a server
    cannot say, as one that follows another cannot.

    What changes a schema is a transaction, so that where no other was seen meanwhile the schema is the same.
    Only estimates of rows are changed without one, by VACUUM.
    """
    if getattr(connection.dialect, "is_mariadb", False):
        return counted(connection)
    if connection.dialect.name != "postgresql" or connection.dialect.driver != "psycopg":
        return None
    cursor = driver.run(connection, _SEEN, None)
    [(snapshot, follows)] = cursor.fetchall()
    cursor.close()
    _, high, running = snapshot.split(":")
    return None if follows else Seen(int(high), frozenset(map(int, filter(None, running.split(",")))))


_SEEN = "SELECT pg_catalog.pg_current_snapshot()::text, pg_catalog.pg_is_in_recovery()"


def mark(connection: sa.Connection, schemas: tuple[str, ...]) -> str | None:
    """None where there is no cheap way to tell: then everything is read anew each time."""
    name = connection.dialect.name
    if name == "postgresql":
        return _of_postgresql(connection, schemas)
    if name == "sqlite":
        return _of_sqlite(connection, schemas or ("main",))
    if name in ("mariadb", "mysql"):
        return _of_mariadb(connection, schemas)
    return None


def _of_postgresql(connection: sa.Connection, schemas: tuple[str, ...]) -> str:
    return "|".join(map(str, (schemas, *connection.exec_driver_sql(_POSTGRESQL).one())))


def _postgresql() -> str:
    parts = []
    for catalogue, oid in _CATALOGUES.items():
        version = "hashint8((xmin::text || translate(ctid::text, '(,)', '00'))::bigint)"
        parts.append(
            f"(SELECT count(*) || ':' || coalesce(sum({version}::bigint), 0)"  # noqa: S608 - names of ours
            f" FROM pg_catalog.{catalogue} WHERE {oid} >= {_FIRST})"
        )
    sizes = " + ".join(f"(reltuples > {limit})::int" for limit in LIMITS)
    hidden = "SELECT string_agg(oid || ':' || row_security_active(oid), ',' ORDER BY oid)"
    large = f"SELECT string_agg(oid || ':' || {sizes}, ',' ORDER BY oid)"
    parts += [
        "current_user",
        "(SELECT string_agg(nspname, ',' ORDER BY oid) FROM pg_catalog.pg_namespace)",
        f"({hidden} FROM pg_catalog.pg_class WHERE relrowsecurity)",
        f"({large} FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm') AND reltuples > {LIMITS[0]})",
    ]
    return f"SELECT {', '.join(parts)}"


_POSTGRESQL = _postgresql()


def _of_sqlite(connection: sa.Connection, schemas: tuple[str, ...]) -> str:
    """SQLite counts the changes of each file's schema itself. Which tables are large is read as ever."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    there = {row[1]: row[2] for row in _asked(connection, "PRAGMA database_list")}
    counts = [
        _asked(connection, f"PRAGMA {quote(name)}.schema_version")[0][0] for name in there if name != "temp"
    ]
    sizes = [
        (schema, name, *(estimate > limit for limit in LIMITS))
        for schema in schemas
        if schema in there
        for name, estimate in sqlite.sizes(connection, schema).items()
    ]
    return repr((schemas, there, counts, sizes))


def _asked(connection: sa.Connection, statement: str) -> Sequence[tuple[Any, ...]]:
    cursor = driver.run(connection, statement, ())
    rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return rows


_MARIADB: Mapping[str, tuple[str, ...]] = {
    mariadb.TABLES: (
        "s",
        "relation",
        "kind",
        "engine",
        "options",
        *(f"estimate > {each}" for each in LIMITS),
    ),
    mariadb.COLUMNS: (
        *("s", "relation", "name", "position", "default_text", "nullable", "word", "words", "length"),
        *("charset", "collation", "extra"),
    ),
    mariadb.FOREIGN_KEYS: ("s", "relation", "name", "own", "to_schema", "to_table", "to_column"),
    mariadb.REFERENCE_RULES: ("s", "relation", "name", "on_delete", "on_update"),
    mariadb.INDEXES: ("s", "relation", "name", "repeats", "own", "part", "kind"),
    mariadb.TRIGGERS: ("s", "relation", "name", "timing", "event", "text"),
}
_CHECKS = ("s", "relation", "name", "text")


def _of_mariadb(connection: sa.Connection, schemas: tuple[str, ...]) -> str:
    """The reader's own queries, added up by the server: what costs is to carry their rows over and read
    them."""
    schemas = schemas or mariadb.connected(connection)
    outside = sorted((row.s, row.relation) for row in mariadb.rows(connection, mariadb.OUTSIDE, schemas))
    wide = tuple(dict.fromkeys((*schemas, *(schema for schema, _ in outside))))
    known = getattr(connection.dialect, "is_mariadb", False)
    checks = mariadb.CHECKS_OF_MARIADB if known else mariadb.CHECKS_OF_MYSQL
    parts = " UNION ALL ".join(
        _summed(query, names) for query, names in {**_MARIADB, checks: _CHECKS}.items()
    )
    summed = [tuple(row) for row in mariadb.rows(connection, parts, wide)]
    [(folds, account)] = connection.exec_driver_sql("SELECT @@lower_case_table_names, CURRENT_USER()").all()
    return repr((schemas, outside, summed, folds, account))


def _summed(query: str, names: tuple[str, ...]) -> str:
    words = ", ".join(f"QUOTE({each})" for each in names)
    digest = f"MD5(CONCAT_WS('|', {words}))"
    halves = (f"SUM(CAST(CONV(SUBSTR({digest}, {start}, 12), 16, 10) AS UNSIGNED))" for start in (1, 13))
    return f"SELECT COUNT(*), {', '.join(halves)} FROM ({query}) AS q"  # noqa: S608 - our own words
