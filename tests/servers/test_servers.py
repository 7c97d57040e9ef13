"""The servers that the other tests stand on."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.database import Database
from tests.servers.memory import has_room, keep_files

NewDatabase = Callable[[str], Database]
INSIDE = """
SELECT (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'),
    (SELECT count(*) FROM pg_namespace WHERE oid >= 16384 AND nspname NOT IN ('public') AND nspname !~ '^pg_'),
    (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) - 1 FROM pg_extension),
    (SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_largeobject_metadata),
    (SELECT count(*) FROM pg_publication) + (SELECT count(*) FROM pg_default_acl),
    (SELECT count(*) FROM pg_cast WHERE oid >= 16384)
"""


def test_each_kind_gives_an_empty_database_that_keeps_what_is_committed(database: Database) -> None:
    database.run("CREATE TABLE people (id INTEGER PRIMARY KEY)", "INSERT INTO people VALUES (7)")
    assert database.rows("SELECT id FROM people") == [(7,)]


def test_each_kind_starts_empty_again(database: Database) -> None:
    database.run("CREATE TABLE people (id INTEGER PRIMARY KEY)")
    assert database.rows("SELECT id FROM people") == []


@pytest.mark.parametrize("turn", ["that leaves something", "after it"])
@pytest.mark.parametrize(
    "left",
    [
        "CREATE TABLE people (id serial PRIMARY KEY)",
        "CREATE SCHEMA elsewhere CREATE TABLE people (id serial)",
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('glad')",
        "SELECT lo_create(7)",
        "CREATE PUBLICATION everything FOR ALL TABLES",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        "CREATE CAST (bigint AS boolean) WITH INOUT",
    ],
)
def test_what_a_test_leaves_in_a_database_the_next_does_not_find(
    postgresql: Database, left: str, turn: str
) -> None:
    """A database of PostgreSQL is used again where it is as good as new."""
    assert postgresql.rows(INSIDE) == [
        ("{pg_database_owner=UC/pg_database_owner,=U/pg_database_owner}", *[0] * 7)
    ]
    postgresql.run(left)


def test_the_dialect_is_the_one_sqlalchemy_speaks(each_database: Database) -> None:
    assert each_database.engine().dialect.name == each_database.dialect


def test_two_databases_of_one_test_do_not_know_each_other(new_database: NewDatabase) -> None:
    one, other = new_database("postgresql"), new_database("postgresql")
    one.run("CREATE TABLE people (id INTEGER PRIMARY KEY)")
    assert one.url != other.url
    assert other.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_sqlite_enforces_foreign_keys(sqlite: Database) -> None:
    assert sqlite.rows("PRAGMA foreign_keys") == [(1,)]


def test_the_versions_are_the_promised_ones(postgresql15: Database, postgresql18: Database) -> None:
    query = "SELECT current_setting('server_version_num')::int / 10000"
    assert [postgresql15.rows(query), postgresql18.rows(query)] == [[(15,)], [(18,)]]


def test_postgresql_15_has_contrib(postgresql15: Database) -> None:
    postgresql15.run("CREATE EXTENSION citext", "CREATE EXTENSION pg_trgm", "CREATE EXTENSION unaccent")


def test_mariadb_is_strict_and_writes_each_commit(mariadb: Database) -> None:
    [(mode, flush)] = mariadb.rows("SELECT @@sql_mode, @@innodb_flush_log_at_trx_commit")
    assert "STRICT_ALL_TABLES" in mode
    assert flush == 1


def test_a_connection_left_open_does_not_keep_a_database_from_being_dropped(database: Database) -> None:
    database.run("CREATE TABLE people (id INTEGER PRIMARY KEY)")
    left_open = database.engine().connect()
    left_open.exec_driver_sql("SELECT * FROM people")
    left_open.detach()
    left_open.close()


@pytest.mark.parametrize("required", ["0", "1"])
def test_a_missing_server_is_skipped_with_its_remedy_or_fails_where_required(
    required: str, tmp_path: Path
) -> None:
    """The same test file on a machine without PostgreSQL 15 and MariaDB, asked with and without the requirement."""
    (tmp_path / "conftest.py").write_text(
        "import pathlib, pytest\n"
        "pytest_plugins = ['tests.servers.plugin']\n"
        "from tests.servers import mariadb, postgresql\n"
        "postgresql.DEBIAN = pathlib.Path('/nowhere')\n"
        "mariadb._program = lambda *names: (_ for _ in ()).throw("
        "mariadb.ServerMissing('MariaDB is not installed', mariadb.REMEDY))\n"
    )
    (tmp_path / "test_wants.py").write_text(
        "def test_old(postgresql15): pass\ndef test_maria(mariadb): pass\ndef test_lite(sqlite): pass\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("UPHELD_TEST_")},
        "UPHELD_REQUIRE_SERVERS": required,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-c", "/dev/null", str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if required == "1":
        assert "1 passed, 2 errors" in done.stdout
        assert "UPHELD_REQUIRE_SERVERS=1 wants it: apt install mariadb-server" in done.stdout
    else:
        assert "1 passed, 2 skipped" in done.stdout
        assert "1 tests: MariaDB is not installed (apt install mariadb-server)" in done.stdout
        assert "1 tests: PostgreSQL 15 is not installed (apt install postgresql-15" in done.stdout


def test_the_servers_end_with_the_run_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tests.servers.plugin']\n")
    (tmp_path / "test_wants.py").write_text(
        "import pathlib, os\n"
        "def test_all(database):\n"
        "    pids = pathlib.Path(os.environ['UPHELD_TEST_SERVERS']).glob('*.pid')\n"
        "    with open('pids', 'w') as kept:\n"
        "        kept.write(' '.join(path.read_text() for path in pids))\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("UPHELD_TEST_")},
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-c", "/dev/null", str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    pids = (tmp_path / "pids").read_text().split()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_a_run_keeps_its_files_where_it_fits_and_where_tmpdir_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [has_room(tmp_path, room) for room in (1, 2**60)] == [True, False]
    assert not has_room(tmp_path / "no such folder", 1)

    monkeypatch.setenv("TMPDIR", "elsewhere")
    keep_files(tmp_path)

    assert os.environ["TMPDIR"] == "elsewhere"
