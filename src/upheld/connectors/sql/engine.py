"""Connections to foreign databases, with the settings under which they tell the truth (scenarios 63, 64)."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import NullPool, QueuePool

from upheld.connectors.sql.spelling import FOLD, fold
from upheld.datamap.model import System
from upheld.rights.outcome import Misconfigured

TESTED = ("sqlite", "postgresql", "mariadb", "mysql")
"""Dialects that the suite runs against real servers; others work as far as SQLAlchemy carries them."""

_LOCK_SECONDS = 10
_STATEMENT_SECONDS = 120


def filled(template: str, secrets: Mapping[str, str], system: str) -> str:
    """`${NAME}` replaced from `secrets`. Misconfigured names the variable and the places tried."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in secrets:
            raise Misconfigured(
                f"{system}: ${{{name}}} has no value.",
                f"Say the address on the system's page in the console, set the environment variable {name}, "
                "or write it to a file of that name in the secrets folder.",
            )
        return secrets[name]

    return re.sub(r"\$\{(\w+)\}", value, template)


def make_engine(system: System, secrets: Mapping[str, str]) -> sa.Engine:
    """An engine that keeps one connection for the next call, for as long as its owner lives: on a server,
    opening one costs more than an erasure by hand. One that was closed there meanwhile is replaced. SQLite's
    costs nothing, and kept it would hold a lock for a result that nobody read to its end. Opens none."""
    try:
        url = _with_driver(make_url(filled(system.connect, secrets, system.name)))
    except (ArgumentError, ValueError) as error:
        raise Misconfigured(
            f"{system.name}: `connect` is not a database address.", "Write one like postgresql://host/name."
        ) from error
    options: dict[str, Any] = {"hide_parameters": True, "poolclass": NullPool}
    backend = url.get_backend_name()
    if backend in ("postgresql", "mysql", "mariadb"):
        options |= {"poolclass": QueuePool, "pool_size": 1, "max_overflow": -1}
    if backend == "sqlite":
        options["connect_args"] = {"isolation_level": None, "timeout": _LOCK_SECONDS}
    elif backend == "postgresql":
        options["connect_args"] = {"application_name": "upheld", "connect_timeout": _LOCK_SECONDS}
    elif backend in ("mysql", "mariadb"):
        options["connect_args"] = {"connect_timeout": _LOCK_SECONDS, "charset": "utf8mb4"}
    try:
        engine = sa.create_engine(url, **options)
    except ModuleNotFoundError as error:
        package = "'upheld[mariadb]'" if backend in ("mysql", "mariadb") else error.name
        raise Misconfigured(
            f"{system.name}: the driver {error.name} is not installed.",
            f"Install it: pip install {package}.",
        ) from error
    _settings(engine, backend, system.limits.timeout)
    if engine.pool.__class__ is QueuePool:
        _ask_whether_alive(engine)
    if backend == "sqlite":
        event.listen(engine, "do_connect", lambda *_: _refuse_absent(url, system.name))
    return engine


def _refuse_absent(url: URL, system: str) -> None:
    """SQLite would make a database where there is none, and nobody would be found in it."""
    name = url.database or ":memory:"
    if name != ":memory:" and not name.startswith("file:") and not Path(name).exists():
        raise Misconfigured(
            f"{system}: there is no database file at that address.",
            "Correct the address, or make the database.",
        )


def _with_driver(url: URL) -> URL:
    drivers = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
    return url.set(drivername=drivers.get(url.drivername, url.drivername))


def _settings(engine: sa.Engine, backend: str, timeout: int | None) -> None:
    statements = {
        "sqlite": ["PRAGMA foreign_keys = ON"],
        "postgresql": [
            f"SET lock_timeout = '{_LOCK_SECONDS}s'",
            f"SET statement_timeout = '{timeout or _STATEMENT_SECONDS}s'",
            "SET row_security = off",
            "SET standard_conforming_strings = on",
            "SET datestyle = 'ISO'",
        ],
        "mysql": [
            f"SET SESSION innodb_lock_wait_timeout = {_LOCK_SECONDS}",
            "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
            "SET SESSION in_predicate_conversion_threshold = 0",
        ],
    }.get("mysql" if backend == "mariadb" else backend, [])
    if timeout and backend in ("mysql", "mariadb"):
        statements.append(f"SET SESSION max_statement_time = {timeout}")

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        if backend == "postgresql":
            connection.autocommit = True
        if backend == "sqlite":
            connection.create_function(FOLD, 1, fold, deterministic=True)
            if timeout:
                _give_up_after(connection, timeout)
        cursor = connection.cursor()
        for statement in statements:
            try:
                cursor.execute(statement)
            except Exception:
                # MySQL lacks two MariaDB variables; nothing else may fail here
                if not any(each in statement for each in _MARIADB_ALONE):
                    raise
        cursor.close()
        if backend == "postgresql":
            connection.autocommit = False
            connection.prepared_max, connection.prepare_threshold = _PREPARED, _AGAIN


_PREPARED = 500
"""Statements that a connection keeps prepared: an erasure and a copy of a large map take some hundred."""
_AGAIN = 1
"""What is asked a second time is prepared: it will be asked for each person. PostgreSQL plans it five times
more before it may keep one plan for all."""
_MARIADB_ALONE = ("in_predicate_conversion_threshold", "max_statement_time")
_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: some milliseconds."""


def _give_up_after(connection: Any, seconds: int) -> None:
    """SQLite has no time-out for statements: it asks now and then whether to go on."""
    begun = time.monotonic()

    def begin(_statement: str) -> None:
        nonlocal begun
        begun = time.monotonic()

    connection.set_trace_callback(begin)
    connection.set_progress_handler(lambda: int(time.monotonic() - begun > seconds), _STEPS)


IDLE_SECONDS = 2.0
"""After so long without use a connection is asked whether it is still there, before it is used again."""


def _ask_whether_alive(engine: sa.Engine) -> None:
    """One that was closed meanwhile is replaced by the pool."""

    @event.listens_for(engine, "checkin")
    def used(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def alive(connection: Any, record: Any, _proxy: object) -> None:
        idle = time.monotonic() - record.info.get("used", math.inf)
        if math.inf > idle > IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that may write. Rolled back unless the caller commits."""
    isolation = "READ COMMITTED" if engine.dialect.name != "sqlite" else None
    with engine.connect() as connection:
        if isolation:
            connection.execution_options(isolation_level=isolation)
            connection.begin()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in one read-only snapshot. It ends with a commit of nothing: after a rollback psycopg
    forgets which statements it has prepared."""
    name = engine.dialect.name
    with engine.connect() as connection:
        if name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.begin()
        elif name == "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield connection
        connection.commit()
