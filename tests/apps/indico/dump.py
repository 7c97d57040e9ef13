"""Indico's database as a file: out of a server, and into one."""

import lzma
import os
import re
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.servers.postgresql import DEBIAN

DUMP = Path(__file__).with_name("indico.dump.xz")
# What names a server's version, or is drawn anew for each dump.
_PASSING = re.compile(rb"^(-- Dumped (from|by) .*|\\(un)?restrict .*)\n", re.MULTILINE)


def save(database: str, to: Path = DUMP) -> None:
    """Write the whole database as compressed SQL that says nothing of time, host or account."""
    flags = ("--no-owner", "--no-privileges", "--encoding=UTF8")
    done = subprocess.run(
        [str(DEBIAN / "pg_dump"), *flags, *_address(database)],
        env=_environment(database),
        capture_output=True,
        check=True,
    )
    to.write_bytes(lzma.compress(_PASSING.sub(b"", done.stdout), preset=9 | lzma.PRESET_EXTREME))


def restore(database: str, dump: Path = DUMP) -> None:
    """Read a dump into an empty database; raises CalledProcessError at the first statement that fails."""
    flags = (
        "--quiet",
        "--no-psqlrc",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output",
        os.devnull,
    )
    subprocess.run(
        [str(DEBIAN / "psql"), *flags, *_address(database)],
        env=_environment(database),
        input=lzma.decompress(dump.read_bytes()),
        check=True,
    )


def _address(database: str) -> tuple[str, ...]:
    url = make_url(database)
    return (
        f"--host={url.host}",
        f"--port={url.port}",
        f"--username={url.username}",
        f"--dbname={url.database}",
    )


def _environment(database: str) -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": str(make_url(database).password or "")}
