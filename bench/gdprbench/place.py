"""Three databases of one kind on one server, and plain connections of its driver."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import sqlalchemy as sa

from tests.servers import mariadb as on_mariadb
from tests.servers import postgresql as on_postgresql
from tests.servers.server import Server, ServerMissing

KINDS = ("postgresql", "mariadb", "sqlite")


@dataclass
class Base:
    """One database, and a connection of its plain driver."""

    kind: str
    url: str
    connection: Any

    def run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query; none of another statement. Prepared once, where the driver can."""
        if self.kind == "sqlite":
            return list(self.connection.execute(sql.replace("%s", "?"), values))
        cursor = self.connection.cursor()
        if self.kind == "postgresql":
            cursor.execute(sql, values, prepare=True)
        else:
            cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []

    def changed(self, sql: str, *values: object) -> int:
        """How many rows a statement changed."""
        cursor = self.connection.cursor()
        cursor.execute(sql.replace("%s", "?") if self.kind == "sqlite" else sql, values)
        return int(cursor.rowcount)

    def load(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert many rows."""
        listed = list(rows)
        marks = ", ".join(["?" if self.kind == "sqlite" else "%s"] * len(listed[0]))
        self.connection.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", listed)

    def version(self) -> str:
        """The server's own words."""
        query = "SELECT sqlite_version()" if self.kind == "sqlite" else "SELECT version()"
        words = str(self.run(query)[0][0]).split()
        self.commit()
        return words[1] if self.kind == "postgresql" else words[0].partition("-")[0]

    def commit(self) -> None:
        """End the transaction."""
        self.connection.commit()

    def analyse(self, tables: Iterable[str]) -> None:
        """Fresh statistics."""
        for table in tables:
            self.run(f"ANALYZE TABLE {table}" if self.kind == "mariadb" else f"ANALYZE {table}")
        self.commit()


@dataclass
class Place:
    """A kind of database and its server, if it has one."""

    kind: str
    folder: Path
    server: Server | None

    @property
    def pid(self) -> int:
        """The server's process; 0 without one."""
        return self.server.pid if self.server else 0

    def base(self, name: str) -> Base:
        """A new empty database, whose name no other run has."""
        name = f"gdprbench_{os.getpid()}_{name}"
        if self.kind == "sqlite":
            file = self.folder / f"{name}.sqlite3"
            connection: Any = sqlite3.connect(file, cached_statements=500)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            return Base(self.kind, f"sqlite:///{file}", connection)
        if self.server is None:
            raise ServerMissing(f"{self.kind} is not there", "See CONTRIBUTING.md.")
        module = on_mariadb if self.kind == "mariadb" else on_postgresql
        module.create(self.server, name)
        url = sa.make_url(self.server.url(name))
        if self.kind == "mariadb":
            connection = pymysql.connect(
                host=url.host,
                port=url.port or 0,
                user=url.username,
                password=url.password or "",
                database=name,
                charset="utf8mb4",
            )
        else:
            connection = psycopg.connect(self.server.url(name).replace("+psycopg", ""))
        return Base(self.kind, self.server.url(name), connection)


def place(kind: str, folder: Path) -> Place:
    """Start the server of a kind in a run's folder; raises ServerMissing. `stop_all(folder)` ends it."""
    server = None
    if kind == "mariadb":
        server = on_mariadb.mariadb(folder)
    elif kind == "postgresql":
        try:
            server = on_postgresql.postgresql(folder, "postgresql18")
        except ServerMissing:
            server = on_postgresql.postgresql(folder, "postgresql15")
    return Place(kind, folder, server)
