"""The database of our records at one moment, while programs work on it, and back into an empty one."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.bundle import Moved, unseen

SQLITE, POSTGRESQL = "upheld.sqlite3", "upheld.pgdump"
PAGES = 2_000
CHECKPOINT = "SELECT signed FROM store_checkpoint ORDER BY size DESC LIMIT 1"
MIGRATIONS = "SELECT app, name FROM django_migrations"
DJANGO = frozenset({"cursor_factory", "context", "prepare_threshold"})
"""What Django adds for connections of its own."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file with the database as it was; `checkpoint` is the ledger's newest in it, empty where none is."""

    path: Path
    checkpoint: str
    applied: frozenset[tuple[str, str]]


def take(folder: Path, moved: Moved = unseen) -> Snapshot:
    """Into a new file of the folder. Nobody waits for it, and it holds one moment, whatever is written
    meanwhile."""
    if connection.vendor == "postgresql":
        return _dumped(folder / POSTGRESQL)
    return _copied(folder / SQLITE, moved)


def _copied(path: Path, moved: Moved) -> Snapshot:
    source = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=30, isolation_level=None)
    with closing(source), closing(sqlite3.connect(path, isolation_level=None)) as target:
        # A read transaction of our own: without it each write of a running server would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (page,) = source.execute("PRAGMA page_size").fetchone()
        through = 0

        def told(_status: int, remaining: int, total: int) -> None:
            nonlocal through
            moved((total - remaining - through) * page)
            through = total - remaining

        source.backup(target, pages=PAGES, progress=told)
        target.execute("PRAGMA journal_mode = DELETE")
        (sound,) = target.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise Misconfigured(
                "The database of our records is damaged; no backup of it was made.",
                "Stop everything and restore the newest backup.",
            )
        row = target.execute(CHECKPOINT).fetchone()
        applied = frozenset(target.execute(MIGRATIONS))
    path.chmod(0o600)
    return Snapshot(path, row[0] if row else "", applied)


def _dumped(path: Path) -> Snapshot:
    import psycopg  # lazy: slow import

    given = connection.get_connection_params()
    kept = {name: value for name, value in given.items() if name not in DJANGO}
    with psycopg.connect(**kept) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((shared,),) = session.execute("SELECT pg_export_snapshot()").fetchall()
        row = session.execute(CHECKPOINT).fetchone()
        applied = frozenset((app, name) for app, name in session.execute(MIGRATIONS).fetchall())
        _program(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={shared}",
            f"--file={path}",
        )
    path.chmod(0o600)
    return Snapshot(path, row[0] if row else "", applied)


def refuse_filled() -> None:
    """Permanent where the database that a backup would be restored into has tables."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        if path.exists() and path.stat().st_size:
            raise _filled(str(path))
        return
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise _filled(str(connection.settings_dict["NAME"]))
    connection.close()


def _filled(what: str) -> Permanent:
    return Permanent(f"The database {what} is not empty; nothing was written.", "Name an empty one.")


def bring_back(file: Path) -> None:
    """Into the database of the settings, which must be empty. `file` is used up."""
    if file.name == SQLITE:
        target = Path(connection.settings_dict["NAME"])
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(file, target)
        target.chmod(0o600)
        return
    _program(
        "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={_name()}", str(file)
    )
    file.unlink()


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _environment() -> dict[str, str]:
    settings: dict[str, Any] = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    given = {to: str(settings[name]) for name, to in names.items() if settings[name]}
    options = {
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
    }
    given |= {
        to: str(settings["OPTIONS"][name]) for name, to in options.items() if name in settings["OPTIONS"]
    }
    return {**os.environ, **given}


def _program(name: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs. What it says is not shown: it may quote values."""
    found = shutil.which(name)
    if found is None:
        raise Misconfigured(
            f"{name} is not installed here; it is PostgreSQL's own program for this.",
            "Install the client programs of the server's version (Debian: apt install postgresql-client).",
        )
    done = subprocess.run([found, *arguments], env=_environment(), capture_output=True, check=False)
    if done.returncode:
        version = b"server version" in done.stderr
        raise Misconfigured(
            f"{name} failed (exit code {done.returncode})"
            + (": it is older than the server." if version else "."),
            "Install the client programs of the server's version."
            if version
            else "Check that the server runs, that the disk has room, and what its account may do.",
        )
