"""MariaDB, where the machine has it: the contact book may stand on it."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from upheld.demo.account import choose
from upheld.demo.server import Server, new_password, start
from upheld.rights.outcome import Misconfigured


def run(wanted: Path) -> Server:
    """A new server with an empty database `crm`. Misconfigured where it or its driver is missing."""
    try:
        import pymysql  # lazy: optional dependency
    except ModuleNotFoundError as error:
        raise Misconfigured(
            "The driver of MariaDB is not installed.", "Install it: pip install 'upheld[mariadb]'."
        ) from error
    program, installer = _program("mariadbd"), _program("mariadb-install-db")
    account = choose("mysql")
    folder = account.folder(wanted)
    data = folder / "data"
    account.call(
        [
            *(installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", "--skip-name-resolve"),
        ],
        folder,
    )
    password, accounts = new_password(), folder / "accounts.sql"
    accounts.write_text(
        f"CREATE USER IF NOT EXISTS 'upheld'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        "GRANT ALL PRIVILEGES ON *.* TO 'upheld'@'127.0.0.1';\n"
        "CREATE DATABASE IF NOT EXISTS crm CHARACTER SET utf8mb4;\n"
    )
    account.own(accounts)

    def attempt(port: int) -> tuple[Sequence[str | Path], Callable[[], bool]]:
        def answers() -> bool:
            try:
                pymysql.connect(
                    host="127.0.0.1", port=port, user="upheld", password=password, database="crm"
                ).close()
            except pymysql.err.OperationalError:
                return False
            return True

        command = [
            *(program, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1"),
            *(
                f"--socket={folder / 'mariadb.sock'}",
                f"--pid-file={folder / 'mariadb.pid'}",
                "--skip-name-resolve",
            ),
            *(f"--init-file={accounts}", "--character-set-server=utf8mb4", "--innodb-buffer-pool-size=64M"),
        ]
        return command, answers

    return start(attempt, folder, account, password)


def address(server: Server) -> str:
    """The URL of the contact book's database."""
    return f"mysql://upheld:{server.password}@127.0.0.1:{server.port}/crm"


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Misconfigured(
            "MariaDB is not installed.",
            "Install it (Debian: apt install mariadb-server), or leave out --mariadb.",
        )
    return found
