"""A PostgreSQL of Debian's binaries, in a folder of its own, on loopback, for as long as a `with` lasts."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = "-c fsync=off -c autovacuum=off -c full_page_writes=off -c listen_addresses=127.0.0.1 -c timezone=UTC"


def binary(name: str) -> str:
    """The newest installed PostgreSQL's program of that name."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not found:
        raise FileNotFoundError(f"{name} is missing: install postgresql (tests/apps/indico/apt.txt)")
    return str(found[-1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings the account that may."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def server() -> Iterator[str]:
    """Yields the URL of the server without a database name: postgresql://postgres@127.0.0.1:PORT."""
    folder = Path(tempfile.mkdtemp(prefix="upheld-apps-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    data = folder / "data"
    control = [*_unprivileged(), binary("pg_ctl"), "-D", str(data), "-w"]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": str(folder)}
    try:
        subprocess.run(
            [*_unprivileged(), binary("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], **quiet)  # type: ignore[call-overload]
        subprocess.run([*control, "-l", str(folder / "log"), "-o", f"-p {port} -k {folder} {_OPTIONS}", "start"],
                       **quiet)  # type: ignore[call-overload]
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
