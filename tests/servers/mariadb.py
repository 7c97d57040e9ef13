"""MariaDB from Debian, for one run of the tests."""

import os
import secrets
import shutil
from pathlib import Path

import pymysql

from tests.servers.server import (
    Server,
    ServerMissing,
    account_for,
    free_port,
    launch,
    owned_folder,
    set_up,
    shared,
    wait_until,
)

REMEDY = "apt install mariadb-server"
ADMIN_PATH = "/usr/sbin:/usr/local/sbin"
SQL_MODE = "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"


def mariadb(run_folder: Path) -> Server:
    """Give the run's MariaDB; ServerMissing where there is none."""
    return shared(run_folder, "mariadb", _start)


def create(server: Server, name: str) -> None:
    """Make an empty database."""
    _administer(server, f"CREATE DATABASE `{name}`")


def drop(server: Server, name: str) -> None:
    """Drop a database, ending sessions that would make it wait for their locks."""
    with _connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (name,))
        for (session,) in cursor.fetchall():
            try:
                cursor.execute(f"KILL {int(session)}")
            except pymysql.err.OperationalError:  # it went by itself meanwhile
                continue
        cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")


def _administer(server: Server, statement: str) -> None:
    with _connect(server) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _connect(server: Server) -> "pymysql.connections.Connection[pymysql.cursors.Cursor]":
    return pymysql.connect(
        host="127.0.0.1",
        port=server.port,
        user=server.user,
        password=server.password,
        autocommit=True,
        connect_timeout=5,
    )


def _program(*names: str) -> str:
    path = f"{os.environ.get('PATH', '')}:{ADMIN_PATH}"
    for name in names:
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    raise ServerMissing("MariaDB is not installed", REMEDY)


def _start(run_folder: Path) -> Server:
    server_program, installer = _program("mariadbd"), _program("mariadb-install-db")
    account = account_for("mysql")
    folder = owned_folder(run_folder / "mariadb", account)
    set_up(
        [
            *(installer, "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", "--innodb-log-file-size=32M", "--skip-name-resolve"),
        ],
        run_folder,
        account,
    )
    password = secrets.token_hex(12)
    accounts = folder / "accounts.sql"
    accounts.write_text(
        f"CREATE USER IF NOT EXISTS 'upheld'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        "GRANT ALL PRIVILEGES ON *.* TO 'upheld'@'127.0.0.1' WITH GRANT OPTION;\n"
        "DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';\n"
    )
    shutil.chown(accounts, account or os.getuid())
    for _ in range(5):  # a port that was free may be taken by now
        server = _try(server_program, folder, password, account)
        if server is not None:
            return server
    message = f"MariaDB does not start: {(folder / 'server.log').read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def _try(program: str, folder: Path, password: str, account: str | None) -> Server | None:
    port = free_port()
    running = launch(
        [
            *(program, "--no-defaults", f"--datadir={folder}", f"--port={port}", "--bind-address=127.0.0.1"),
            *(
                f"--socket={folder / 'mysqld.sock'}",
                f"--pid-file={folder / 'mysqld.pid'}",
                "--skip-name-resolve",
            ),
            *(
                f"--init-file={folder / 'accounts.sql'}",
                f"--sql-mode={SQL_MODE}",
                "--default-time-zone=+00:00",
            ),
            *(
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-flush-method=nosync",
                "--innodb-log-file-size=32M",
            ),
            *("--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4", "--max-connections=200"),
            *("--innodb-lock-wait-timeout=20", "--innodb-fast-shutdown=1", "--loose-performance-schema=0"),
        ],
        folder,
        account,
    )
    server = Server("mariadb", running.pid, port, str(folder), "upheld", password)

    def answers() -> bool:
        try:
            _connect(server).close()
        except pymysql.err.OperationalError:
            return False
        return True

    return server if wait_until(answers, running, folder) else None
