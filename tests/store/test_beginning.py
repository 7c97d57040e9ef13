"""Records that begin from a file are those that all migrations make."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

from tests.store.plugin import NAME, _connect, _disconnect
from upheld.store import beginning, release

pytestmark = pytest.mark.store("sqlite")

BEHIND = 10
"""Steps that are done one by one after the file's: more make the first start slow again."""
Empty = Callable[[str], Path]


@pytest.fixture
def empty(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Empty]:
    """Goes over to an empty database in a folder of that name; gives its file."""
    connected = []

    def made(name: str) -> Path:
        while connected:
            connected.pop()
            _disconnect()
        (tmp_path / name).mkdir()
        _connect("", tmp_path / name)
        connected.append(name)
        return tmp_path / name / NAME

    with django_db_blocker.unblock():
        yield made
        if connected:
            _disconnect()


def held(file: Path) -> list[str]:
    """Every table, column, index, constraint and trigger, and every row; but for the moments of migrations, which are
    told by their names."""
    with closing(sqlite3.connect(file)) as database:
        made = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
        rows = [
            each
            for each in database.iterdump()
            if each.startswith("INSERT") and "sqlite_sequence" not in each
        ]
        done = database.execute("SELECT app, name FROM django_migrations").fetchall()
    return sorted([*made, *(each for each in rows if '"django_migrations"' not in each), *map(str, done)])


def test_the_file_makes_what_the_migrations_make(empty: Empty) -> None:
    one_by_one = empty("one by one")
    call_command("migrate", verbosity=0)
    from_the_file = empty("from the file")
    release.make()

    assert held(from_the_file) == held(one_by_one)
    assert release.release().missing == ()


def test_what_came_after_an_older_file_is_done_to_it(empty: Empty, tmp_path: Path) -> None:
    """A file that nobody wrote anew is as good."""
    whole = empty("whole")
    call_command("migrate", verbosity=0)
    older = empty("older")
    call_command("migrate", "store", "0024", verbosity=0)
    with closing(sqlite3.connect(older)) as database:
        (tmp_path / "older.sql").write_text(beginning.written(database))
    begun = empty("begun")

    beginning.begin(tmp_path / "older.sql")
    assert "store.0025_hostile" in release.release().missing
    call_command("migrate", verbosity=0)

    assert held(begun) == held(whole)


def test_the_file_is_not_far_behind(empty: Empty) -> None:
    """`python -m tools.beginning` writes it anew."""
    empty("database")
    known = {name for app, name in MigrationLoader(None).disk_migrations if app == "store"}

    beginning.begin()

    done = MigrationLoader(connection).applied_migrations
    assert {name for _, name in done} <= known
    assert len(known) - len(done) <= BEHIND


def test_records_that_are_there_are_left_alone(empty: Empty) -> None:
    file = empty("records")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (id INTEGER)")

    beginning.begin()

    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("somebodys",)]


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER a BEFORE UPDATE ON b BEGIN\nSELECT 1;\nSELECT 2;\nEND;\n"

    assert list(beginning.statements([*trigger.splitlines(keepends=True), "SELECT 3;\n"])) == [
        trigger.strip(),
        "SELECT 3;",
    ]
