"""Makes the dump anew: a tracker of Roundup's classic template, filled through Roundup's own API.

python -m tests.apps.roundup.remake [FILE]

The dump is an SQLite database, compressed. Roundup notes the time of each change, so that two dumps differ in those.
"""

import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.apps import environment

DUMP = Path(__file__).with_name("roundup.sqlite.xz")
_INSIDE = Path(__file__).with_name("inside")
_CONFIG = {
    "web": "http://tracker.example.org/",
    "domain": "tracker.example.org",
    "password_pbkdf2_default_rounds": "1000",
}


def remake(to: Path = DUMP) -> None:
    """Write the dump; raises CalledProcessError where Roundup ends badly."""
    environment.install("roundup", Path(__file__).with_name("requirements.txt"))
    with tempfile.TemporaryDirectory(prefix="upheld-roundup-") as place:
        home = Path(place) / "tracker"
        _roundup(place, "roundup-admin", "-i", str(home), "install", "classic", "sqlite")
        config = home / "config.ini"
        written = config.read_text()
        for name, value in _CONFIG.items():
            written = re.sub(rf"^#?{name} = .*$", f"{name} = {value}", written, flags=re.MULTILINE)
        config.write_text(written)
        _roundup(place, "roundup-admin", "-i", str(home), "initialise", "slow-harbour-lamp-61")
        _roundup(place, "python", str(_INSIDE / "populate.py"), str(home))
        database = home / "db" / "db"
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("VACUUM")
        connection.close()
        to.write_bytes(lzma.compress(database.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def _roundup(folder: str, program: str, *arguments: str) -> None:
    """Mail that Roundup would send goes into a file."""
    subprocess.run(
        [str(environment.folder("roundup") / "bin" / program), *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "SENDMAILDEBUG": str(Path(folder) / "sent.txt"),
        },
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    remake(Path(sys.argv[1]) if len(sys.argv) > 1 else DUMP)
