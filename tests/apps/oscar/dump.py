"""The shop's database as a file: out of a server, and into one."""

import lzma
import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

DUMP = Path(__file__).with_name("oscar.dump.xz")


def save(database: str, to: Path = DUMP) -> None:
    """Write the whole database as compressed SQL that says nothing of time, host or account."""
    flags = (
        "--no-defaults",
        "--skip-comments",
        "--skip-dump-date",
        "--order-by-primary",
        "--hex-blob",
        "--no-tablespaces",
    )
    done = _run("mariadb-dump", database, *flags)
    to.write_bytes(lzma.compress(done, preset=9 | lzma.PRESET_EXTREME))


def restore(database: str, dump: Path = DUMP) -> None:
    """Read a dump into an empty database; raises CalledProcessError at the first statement that fails."""
    _run("mariadb", database, "--no-defaults", "--batch", said=lzma.decompress(dump.read_bytes()))


def _run(program: str, database: str, *flags: str, said: bytes | None = None) -> bytes:
    url = make_url(database)
    found = shutil.which(program)
    assert found is not None, f"{program} is not installed: apt install mariadb-client"
    return subprocess.run(
        [
            *(found, *flags, "--protocol=tcp", f"--host={url.host}", f"--port={url.port}"),
            *(f"--user={url.username}", "--default-character-set=utf8mb4", str(url.database)),
        ],
        env={**os.environ, "MYSQL_PWD": str(url.password or "")},
        input=said,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
