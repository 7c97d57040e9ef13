"""Read the live schema in a few catalogue queries, however many tables there are (ADR 0007)."""

from collections.abc import Sequence

import sqlalchemy as sa

from upheld.connectors.sql.catalogue import mariadb, postgresql, sqlite
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
    Reference,
)
from upheld.rights.outcome import Misconfigured

__all__ = [
    "Family",
    "Kind",
    "LiveCheck",
    "LiveColumn",
    "LiveForeignKey",
    "LiveIndex",
    "LiveSchema",
    "LiveTable",
    "LiveTrigger",
    "Reference",
    "read_live",
]

READERS = {
    "postgresql": postgresql.read,
    "mariadb": mariadb.read,
    "mysql": mariadb.read,
    "sqlite": sqlite.read,
}


def read_live(connection: sa.Connection, schemas: Sequence[str] = ()) -> LiveSchema:
    """The tables of these schemas, and any table elsewhere whose foreign key points into them.

    Reads catalogues only, in the connection's current transaction. Misconfigured for a dialect without a
    reader and for a schema that does not exist.
    """
    name = connection.dialect.name
    if name not in READERS:
        known = ", ".join(sorted(READERS))
        raise Misconfigured(f"Upheld cannot read the schema of {name} databases.", f"It can of: {known}.")
    return READERS[name](connection, tuple(schemas))
