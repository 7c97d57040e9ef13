"""Fixtures that give a test an empty database on a real server.

`database` runs a test on SQLite, PostgreSQL 15, PostgreSQL 18 and MariaDB; `each_database` on SQLite, PostgreSQL
and MariaDB; `new_database(kind)` makes as many as a test wants. A test that wants a server this machine has not
is skipped, and the run's last lines say how to get it; with UPHELD_REQUIRE_SERVERS=1 it fails.
"""

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import mariadb as on_mariadb
from tests.servers import postgresql as on_postgresql
from tests.servers import reuse
from tests.servers.database import DIALECTS, KINDS, Database
from tests.servers.server import Server, ServerMissing, new_run_folder, stop_all
from tests.servers.tls import share_context

RUN_FOLDER = "UPHELD_TEST_SERVERS"  # workers and child runs inherit it; who set it stops the servers
REQUIRED = "UPHELD_REQUIRE_SERVERS"
MISSING_MARK = "no server: "
NewDatabase = Callable[[str], Database]

_owned: pytest.StashKey[Path] = pytest.StashKey()
_numbers = itertools.count(1)


def servers_required() -> bool:
    """Whether a missing server is a failure: in CI it is."""
    return os.environ.get(REQUIRED) == "1"


def pytest_configure(config: pytest.Config) -> None:
    share_context()
    if RUN_FOLDER not in os.environ:
        config.stash[_owned] = new_run_folder()
        os.environ[RUN_FOLDER] = str(config.stash[_owned])


def pytest_unconfigure(config: pytest.Config) -> None:
    owned = config.stash.get(_owned, None)
    if owned is not None:
        stop_all(owned)
        os.environ.pop(RUN_FOLDER, None)


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[NewDatabase]:
    """Make empty databases: `new_database("mariadb")`; "postgresql" is 15, or 18 where 15 is missing."""
    made: list[tuple[Database, Callable[[], None]]] = []

    def make(kind: str) -> Database:
        database, drop = new_server_database(kind, tmp_path)
        made.append((database, drop))
        return database

    yield make
    for database, drop in reversed(made):
        database.close()
        drop()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, new_database: NewDatabase) -> Database:
    """An empty database of each kind in turn, both versions of PostgreSQL included."""
    return new_database(request.param)


@pytest.fixture(params=("sqlite", "postgresql", "mariadb"))
def each_database(request: pytest.FixtureRequest, new_database: NewDatabase) -> Database:
    """An empty database of each of the three dialects in turn: what scenario tests run on."""
    return new_database(request.param)


@pytest.fixture
def sqlite(new_database: NewDatabase) -> Database:
    """An empty SQLite file with foreign keys enforced."""
    return new_database("sqlite")


@pytest.fixture
def postgresql(new_database: NewDatabase) -> Database:
    """An empty database on PostgreSQL 15 (with contrib), or on 18 where 15 is missing and not required."""
    return new_database("postgresql")


@pytest.fixture
def postgresql15(new_database: NewDatabase) -> Database:
    """An empty database on PostgreSQL 15, with contrib."""
    return new_database("postgresql15")


@pytest.fixture
def postgresql18(new_database: NewDatabase) -> Database:
    """An empty database on PostgreSQL 18; of the extensions it has only plpgsql and vector."""
    return new_database("postgresql18")


@pytest.fixture
def mariadb(new_database: NewDatabase) -> Database:
    """An empty database on MariaDB, in strict mode."""
    return new_database("mariadb")


def new_server_database(
    kind: str, tmp_path: Path, *, template: str = ""
) -> tuple[Database, Callable[[], None]]:
    """An empty database of that kind and how to drop it; skips or fails where its server is missing.
    `template`: on PostgreSQL, the database it is like."""
    if kind == "sqlite":
        path = tmp_path / f"database{next(_numbers)}.sqlite"
        path.touch()
        return Database(kind, "sqlite", f"sqlite:///{path}"), path.unlink
    try:
        server = _server(kind)
    except ServerMissing as missing:
        if servers_required():
            pytest.fail(f"{missing.why}; {REQUIRED}=1 wants it: {missing.remedy}", pytrace=False)
        pytest.skip(f"{MISSING_MARK}{missing.why} ({missing.remedy})")
    if server.kind != "mariadb":
        taken = reuse.take(server, template)
        made = Database(server.kind, DIALECTS[server.kind], server.url(taken))
        return made, lambda: reuse.give_back(server, taken, template)
    name = f"test_{os.getpid()}_{next(_numbers)}"
    on_mariadb.create(server, name)
    return Database(server.kind, "mariadb", server.url(name)), lambda: on_mariadb.drop(server, name)


def _server(kind: str) -> Server:
    run_folder = Path(os.environ[RUN_FOLDER])
    if kind == "mariadb":
        return on_mariadb.mariadb(run_folder)
    if kind == "postgresql":
        try:
            return on_postgresql.postgresql(run_folder, "postgresql15")
        except ServerMissing:
            if servers_required():
                raise
        return on_postgresql.postgresql(run_folder, "postgresql18")
    return on_postgresql.postgresql(run_folder, kind)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        found = re.search(rf"{MISSING_MARK}(.*)", reason)
        if found:
            skipped[found[1]] = skipped.get(found[1], 0) + 1
    if skipped:
        terminalreporter.section("skipped, since this machine lacks a server")
        for reason, count in sorted(skipped.items()):
            terminalreporter.line(f"{count} tests: {reason}")
