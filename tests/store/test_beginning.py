"""Records that begin from a file are those that all migrations make."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.servers.plugin import new_server_database
from tests.servers.postgresql import DEBIAN
from tests.store.plugin import NAME, _connect, _disconnect
from tools.beginning import dumped
from upheld.store import beginning, release

BEHIND = 10
"""Steps that are done one by one after the file's: more make the first start slow again."""


@dataclass(frozen=True)
class OnSqlite:
    """Records in a file."""

    file: Path

    def held(self) -> list[str]:
        """Every table, column, index, constraint and trigger, and every row; but for the moments of migrations, which are
        told by their names."""
        with closing(sqlite3.connect(self.file)) as database:
            made = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
            rows = [
                each
                for each in database.iterdump()
                if each.startswith("INSERT") and "sqlite_sequence" not in each
            ]
            done = database.execute("SELECT app, name FROM django_migrations").fetchall()
        return sorted([*made, *(each for each in rows if '"django_migrations"' not in each), *map(str, done)])

    def written(self) -> str:
        """As `tools.beginning` writes it."""
        with closing(sqlite3.connect(self.file)) as database:
            return beginning.written(database)

    def tables(self) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute("SELECT name FROM sqlite_master").fetchall()


@dataclass(frozen=True)
class OnPostgresql:
    """Records on a server."""

    address: str

    def held(self) -> list[str]:
        """All that PostgreSQL's own program says of it, rows too; but for the moments of migrations."""
        command = [DEBIAN / "pg_dump", "--inserts", "--exclude-table-data=django_migrations", self.address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        with psycopg.connect(self.address) as asked:
            done = asked.execute("SELECT app, name FROM django_migrations").fetchall()
        lines = [
            each for each in said.splitlines() if not each.startswith(("\\", "SELECT pg_catalog.setval"))
        ]
        return [*lines, *sorted(map(str, done))]

    def written(self) -> str:
        """As `tools.beginning` writes it."""
        with psycopg.connect(self.address) as database:
            return "\n".join(dumped(database))

    def tables(self) -> list[tuple[str, ...]]:
        with psycopg.connect(self.address) as asked:
            return asked.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()


Empty = Callable[[], OnSqlite | OnPostgresql]
KINDS = [pytest.param(kind, marks=pytest.mark.store(kind)) for kind in ("sqlite", "postgresql")]


@pytest.fixture(params=KINDS)
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Empty]:
    """Goes over to an empty database each time."""
    drops: list[Callable[[], None]] = []
    many = 0

    def made() -> OnSqlite | OnPostgresql:
        nonlocal many
        if many:
            _disconnect()
        many += 1
        data = tmp_path / str(many)
        data.mkdir()
        if request.param == "sqlite":
            _connect("", data)
            return OnSqlite(data / NAME)
        database, drop = new_server_database("postgresql15", data)
        drops.extend((database.close, drop))
        _connect(database.url, data)
        return OnPostgresql(database.url.replace("+psycopg", ""))

    with django_db_blocker.unblock():
        yield made
        if many:
            _disconnect()
    for each in drops:
        each()


def test_the_file_makes_what_the_migrations_make(empty: Empty) -> None:
    one_by_one = empty()
    call_command("migrate", verbosity=0)
    from_the_file = empty()
    release.make()

    assert from_the_file.held() == one_by_one.held()
    assert release.release().missing == ()


def test_what_came_after_an_older_file_is_done_to_it(empty: Empty, tmp_path: Path) -> None:
    """A file that nobody wrote anew is as good."""
    whole = empty()
    call_command("migrate", verbosity=0)
    older = empty()
    call_command("migrate", "store", "0024", verbosity=0)
    (tmp_path / "older.sql").write_text(older.written())
    begun = empty()

    beginning.begin(tmp_path / "older.sql")
    assert "store.0025_hostile" in release.release().missing
    call_command("migrate", verbosity=0)

    assert begun.held() == whole.held()


def test_the_file_is_not_far_behind(empty: Empty) -> None:
    """`python -m tools.beginning` writes it anew."""
    empty()
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == "store"}

    beginning.begin()

    done = MigrationLoader(connection).applied_migrations
    assert {name for _, name in done} <= known
    assert len(known) - len(done) <= BEHIND


def test_records_that_are_there_are_left_alone(empty: Empty) -> None:
    records = empty()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (id integer)")

    beginning.begin()

    assert records.tables() == [("somebodys",)]


@pytest.mark.parametrize("empty", KINDS[1:], indirect=True)
def test_migrations_that_come_later_are_numbered_after_those_of_the_file(empty: Empty) -> None:
    empty()

    beginning.begin()

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM django_migrations")
        ((last,),) = cursor.fetchall()
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now()) RETURNING id"
        )
        assert cursor.fetchall() == [(last + 1,)]


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER a BEFORE UPDATE ON b BEGIN\nSELECT 1;\nSELECT 2;\nEND;\n"

    assert list(beginning.statements([*trigger.splitlines(keepends=True), "SELECT 3;\n"])) == [
        trigger.strip(),
        "SELECT 3;",
    ]
