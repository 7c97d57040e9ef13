"""Where the community's databases stand during a run: one kind of database, several equal copies.

The servers are those of the tests, with more memory for their caches; each copy begins byte for byte like
the others, so that two ways of erasing the same people can be compared row by row afterwards.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pymysql

from bench.community import TABLES, Community, Table
from tests.servers import mariadb as on_mariadb
from tests.servers import postgresql as on_postgresql
from tests.servers.server import Server

BATCH = 5_000
CACHE = "1GB"
KINDS = ("postgresql", "mariadb", "sqlite")
SPELLED = (
    "CREATE INDEX ON {table} (lower(trim(email)))",
    "CREATE INDEX ON {table} (email) WHERE sign(octet_length(email) - char_length(email)) = 1",
)
"""What `upheld map check` proposes for large tables of PostgreSQL (`identity.scanned`). Both sides pay."""

Connection = Any
"""Of the driver of each kind."""


class Place(Protocol):
    """One kind of database."""

    kind: str

    @property
    def pids(self) -> tuple[int, ...]:
        """Servers whose work counts."""
        ...

    def version(self) -> str:
        """The server's own words."""
        ...

    def create(self, name: str) -> None:
        """An empty database."""
        ...

    def load(self, name: str, community: Community) -> None:
        """A database of that name with the community in it, its statistics fresh."""
        ...

    def copy(self, name: str, to: str) -> None:
        """A second database like the first."""
        ...

    def url(self, name: str) -> str:
        """Its address, as SQLAlchemy writes it."""
        ...

    def connect(self, name: str) -> Connection:
        """A connection of the plain driver, as somebody who writes SQL by hand would use."""
        ...

    def refresh(self, name: str) -> None:
        """Fresh statistics, as a server that is left alone sees to itself."""
        ...

    def digest(self, name: str) -> str:
        """Of every row of every table, whatever the order."""
        ...


def create_table(table: Table, *, kind: str, references: bool) -> str:
    """The statement that makes a table, in the kind's words."""
    columns = [each if references else each.partition(" REFERENCES")[0] for each in table.columns]
    columns += [f"UNIQUE ({each})" for each in table.unique]
    text = f"CREATE TABLE {table.name} ({', '.join(columns)})"
    return text.replace(" timestamp", " datetime") if kind == "mariadb" else text


def indexes(table: Table) -> Iterator[str]:
    """What makes its indexes."""
    for column in table.indexes:
        yield f"CREATE INDEX {table.name}_{column} ON {table.name} ({column})"


def references(table: Table) -> Iterator[str]:
    """What makes its foreign keys."""
    for each in table.columns:
        column, _, target = each.partition(" REFERENCES ")
        if target:
            name = column.split()[0]
            yield (
                f"ALTER TABLE {table.name} ADD CONSTRAINT {table.name}_{name}_ref "
                f"FOREIGN KEY ({name}) REFERENCES {target}"
            )


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Some rows at a time."""
    while some := list(islice(rows, BATCH)):
        yield some


@dataclass
class Postgresql:
    """PostgreSQL 18, or 15 where 18 is missing."""

    server: Server
    kind: str = "postgresql"

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.server.pid,)

    def version(self) -> str:
        with self.connect("postgres") as connection:
            [(number,)] = connection.execute("SHOW server_version").fetchall()
        return f"PostgreSQL {number.partition(' ')[0]}"

    def url(self, name: str) -> str:
        return self.server.url(name)

    def connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self.url(name).replace("+psycopg", ""))

    def create(self, name: str) -> None:
        on_postgresql.create(self.server, name)

    def load(self, name: str, community: Community) -> None:
        self.create(name)
        with self.connect(name) as connection:
            for table in TABLES:
                connection.execute(create_table(table, kind=self.kind, references=False))
                columns = ", ".join(table.names)
                with connection.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copying:
                    for row in community.rows(table):
                        copying.write_row(row)
            for table in TABLES:
                for statement in (*indexes(table), *references(table)):
                    connection.execute(statement)
            for spelled in ("users", "newsletter"):
                for statement in SPELLED:
                    connection.execute(statement.format(table=spelled))
        with self._alone(name) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def copy(self, name: str, to: str) -> None:
        with self._alone("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{to}" TEMPLATE "{name}" STRATEGY FILE_COPY')

    def refresh(self, name: str) -> None:
        with self._alone(name) as connection:
            connection.execute("ANALYZE")

    def digest(self, name: str) -> str:
        with self.connect(name) as connection:
            found = [
                connection.execute(
                    f"SELECT count(*), sum(hashtextextended(t::text, 7)::numeric) FROM {table.name} t"
                ).fetchone()
                for table in TABLES
            ]
        return sha256(repr(found).encode()).hexdigest()

    def _alone(self, name: str) -> psycopg.Connection:
        """Without transactions."""
        return psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True)


@dataclass
class Mariadb:
    """MariaDB, whose tables are copied as files."""

    server: Server
    kind: str = "mariadb"

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.server.pid,)

    def version(self) -> str:
        [(number,)] = self._ask("mysql", "SELECT VERSION()")
        return f"MariaDB {str(number).partition('-')[0]}"

    def url(self, name: str) -> str:
        return self.server.url(name)

    def connect(self, name: str) -> "pymysql.connections.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=self.server.user,
            password=self.server.password,
            database=name,
            charset="utf8mb4",
            client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS,
        )

    def create(self, name: str) -> None:
        on_mariadb.create(self.server, name)

    def load(self, name: str, community: Community) -> None:
        self.create(name)
        with self.connect(name) as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0, unique_checks = 0")
            for table in TABLES:
                cursor.execute(create_table(table, kind=self.kind, references=False))
                marks = ", ".join(["%s"] * len(table.names))
                insert = f"INSERT INTO {table.name} ({', '.join(table.names)}) VALUES ({marks})"
                for some in batches(community.rows(table)):
                    cursor.executemany(insert, some)
                connection.commit()
                for statement in (*indexes(table), *references(table)):
                    cursor.execute(statement)
            cursor.execute(f"ANALYZE TABLE {', '.join(table.name for table in TABLES)}")

    def copy(self, name: str, to: str) -> None:
        self.create(to)
        folder = Path(self.server.folder)
        with self.connect(to) as connection, connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            for table in TABLES:
                cursor.execute(create_table(table, kind=self.kind, references=False))
                for statement in indexes(table):
                    cursor.execute(statement)
                cursor.execute(f"ALTER TABLE {table.name} DISCARD TABLESPACE")
            with self.connect(name) as source, source.cursor() as reader:
                reader.execute(f"FLUSH TABLES {', '.join(table.name for table in TABLES)} FOR EXPORT")
                for table in TABLES:
                    for end in ("ibd", "cfg"):
                        made = folder / to / f"{table.name}.{end}"
                        shutil.copyfile(folder / name / made.name, made)
                        shutil.chown(made, folder.owner(), folder.group())
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table.name} IMPORT TABLESPACE")
                for statement in references(table):
                    cursor.execute(statement)
            cursor.execute(f"ANALYZE TABLE {', '.join(table.name for table in TABLES)}")

    def refresh(self, name: str) -> None:
        """It does so itself, in the background (innodb_stats_auto_recalc)."""

    def digest(self, name: str) -> str:
        found = []
        for table in TABLES:
            columns = ", ".join(f"COALESCE({column}, '~')" for column in table.names)
            text = f"MD5(CONCAT_WS('|', {columns}))"
            halves = (f"SUM(CAST(CONV(SUBSTR({text}, {start}, 8), 16, 10) AS UNSIGNED))" for start in (1, 9))
            found.append(self._ask(name, f"SELECT COUNT(*), {', '.join(halves)} FROM {table.name}"))
        return sha256(repr(found).encode()).hexdigest()

    def enlarge(self) -> None:
        """Caches that hold the whole community."""
        self._ask("mysql", "SET GLOBAL innodb_buffer_pool_size = 2 * 1024 * 1024 * 1024")
        self._ask("mysql", "SET GLOBAL max_allowed_packet = 64 * 1024 * 1024")

    def _ask(self, name: str, query: str) -> Sequence[tuple[Any, ...]]:
        with self.connect(name) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


@dataclass
class Sqlite:
    """SQLite files in a folder. There is no server: all work is this process's own."""

    folder: Path
    kind: str = "sqlite"
    pids: tuple[int, ...] = field(default=())

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def connect(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file(name), isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def create(self, name: str) -> None:
        self._file(name).touch()

    def load(self, name: str, community: Community) -> None:
        connection = sqlite3.connect(self._file(name), isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        for table in TABLES:
            connection.execute(create_table(table, kind=self.kind, references=True))
            marks = ", ".join("?" * len(table.names))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", community.rows(table))
        for table in TABLES:
            for statement in indexes(table):
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def copy(self, name: str, to: str) -> None:
        shutil.copyfile(self._file(name), self._file(to))

    def refresh(self, name: str) -> None:
        """Its plans hang on no count that an erasure changes."""

    def digest(self, name: str) -> str:
        connection = self.connect(name)
        found = []
        for table in TABLES:
            rows, total = 0, 0
            for row in connection.execute(f"SELECT * FROM {table.name}"):
                rows, total = rows + 1, total + hash(row) % (1 << 61)
            found.append((rows, total))
        connection.close()
        return sha256(repr(found).encode()).hexdigest()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


def place(kind: str, folder: Path) -> Place:
    """Start what is needed, in `folder`; `tests.servers.server.stop_all` ends it. Raises ServerMissing."""
    if kind == "sqlite":
        return Sqlite(folder)
    if kind == "mariadb":
        found = Mariadb(on_mariadb.mariadb(folder))
        found.enlarge()
        return found
    on_postgresql.SETTINGS.update(
        shared_buffers=CACHE, maintenance_work_mem="512MB", max_wal_size="4GB", autovacuum="off"
    )
    return Postgresql(on_postgresql.postgresql(folder, "postgresql18"))
