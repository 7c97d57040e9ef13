"""Records on PostgreSQL that begin from a file are those that all migrations make."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.servers.database import Database
from tests.servers.plugin import new_server_database
from tests.servers.postgresql import DEBIAN
from tests.store.plugin import _connect, _disconnect
from tests.store.test_beginning import BEHIND
from tools.beginning import dumped
from upheld.store import beginning, release

pytestmark = pytest.mark.store("postgresql")

Empty = Callable[[], Database]


@pytest.fixture
def empty(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Empty]:
    """Goes over to an empty database each time."""
    drops: list[Callable[[], None]] = []

    def made() -> Database:
        if drops:
            _disconnect()
        data = tmp_path / str(len(drops))
        data.mkdir()
        database, drop = new_server_database("postgresql15", data)
        drops.extend((database.close, drop))
        _connect(database.url, data)
        return database

    with django_db_blocker.unblock():
        yield made
        if drops:
            _disconnect()
    for each in drops:
        each()


def held(database: Database) -> list[str]:
    """All that PostgreSQL's own program says of it, rows too; but for the moments of migrations."""
    command = [DEBIAN / "pg_dump", "--inserts", "--exclude-table-data=django_migrations", address(database)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    with psycopg.connect(address(database)) as asked:
        done = asked.execute("SELECT app, name FROM django_migrations").fetchall()
    lines = [each for each in said.splitlines() if not each.startswith(("\\", "SELECT pg_catalog.setval"))]
    return [*lines, *sorted(map(str, done))]


def address(database: Database) -> str:
    return database.url.replace("+psycopg", "")


def test_the_file_makes_what_the_migrations_make(empty: Empty) -> None:
    one_by_one = empty()
    call_command("migrate", verbosity=0)
    from_the_file = empty()
    release.make()

    assert held(from_the_file) == held(one_by_one)
    assert release.release().missing == ()


def test_what_came_after_an_older_file_is_done_to_it(empty: Empty, tmp_path: Path) -> None:
    """A file that nobody wrote anew is as good."""
    whole = empty()
    call_command("migrate", verbosity=0)
    older = empty()
    call_command("migrate", "store", "0024", verbosity=0)
    with psycopg.connect(address(older)) as database:
        (tmp_path / "older.sql").write_text("\n".join(dumped(database)))
    begun = empty()

    beginning.begin(tmp_path / "older.sql")
    assert "store.0025_hostile" in release.release().missing
    call_command("migrate", verbosity=0)

    assert held(begun) == held(whole)


def test_the_file_is_not_far_behind(empty: Empty) -> None:
    """`python -m tools.beginning` writes it anew."""
    empty()
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == "store"}

    beginning.begin()

    done = MigrationLoader(connection).applied_migrations
    assert {name for _, name in done} <= known
    assert len(known) - len(done) <= BEHIND


def test_records_that_are_there_are_left_alone(empty: Empty) -> None:
    database = empty()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (id integer)")

    beginning.begin()

    with psycopg.connect(address(database)) as asked:
        tables = asked.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("somebodys",)]


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
