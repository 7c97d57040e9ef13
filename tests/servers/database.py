"""One empty database of one test."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

KINDS = ("sqlite", "postgresql15", "postgresql18", "mariadb")
DIALECTS = {
    "sqlite": "sqlite",
    "postgresql15": "postgresql",
    "postgresql18": "postgresql",
    "mariadb": "mariadb",
}


@dataclass(frozen=True, slots=True)
class Database:
    """A fresh database; it and every engine made here are gone after the test.

    `kind` is one of KINDS, `dialect` one of sqlite, postgresql and mariadb; the account in `url` may do everything.
    """

    kind: str
    dialect: str
    url: str
    engines: list[Engine] = field(default_factory=list, repr=False, compare=False)
    _own: list[Engine] = field(default_factory=list, repr=False, compare=False)

    def engine(self, **options: Any) -> Engine:
        """Make an engine, disposed of with the test; on SQLite its foreign keys are enforced."""
        made = create_engine(self.url, **options)
        if self.dialect == "sqlite":
            event.listen(made, "connect", _enforce_foreign_keys)
        self.engines.append(made)
        return made

    @property
    def own(self) -> Engine:
        """An engine that keeps no connection, made once: each new one asks the server what it is."""
        if not self._own:
            self._own.append(self.engine(poolclass=NullPool))
        return self._own[0]

    def run(self, *statements: str) -> None:
        """Execute plain SQL statements in one transaction, on a connection of their own."""
        with self.own.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Read all rows of a plain SQL query, on a connection of its own."""
        with self.own.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def close(self) -> None:
        """Dispose of every engine made here; the fixture calls it before the database is dropped."""
        for made in self.engines:
            made.dispose()


def _enforce_foreign_keys(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
