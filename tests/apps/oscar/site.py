"""One shop on a given database: its own Python, its settings, a folder for its files."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.apps.oscar.setup import ROOT, VENV

INSIDE = Path(__file__).with_name("inside")


@dataclass(frozen=True, slots=True)
class Site:
    """A shop that is ready to run commands; the folder holds its stored files."""

    folder: Path
    database: str

    def run(self, *arguments: str | Path) -> str:
        """Run the shop's own Python with these arguments and give what it printed.

        Raises RuntimeError with the last lines of its output if it fails.
        """
        url = make_url(self.database)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(INSIDE),
            "PYTHONWARNINGS": "ignore",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            "SHOP_FOLDER": str(self.folder),
            "SHOP_DATABASE": str(url.database),
            "SHOP_PORT": str(url.port),
            "SHOP_USER": str(url.username),
            "SHOP_PASSWORD": str(url.password),
        }
        done = subprocess.run(
            [str(VENV / "bin" / "python"), *map(str, arguments)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
            raise RuntimeError(f"The shop ended with {done.returncode}:\n{tail}")
        return done.stdout


@contextmanager
def site(database: str) -> Iterator[Site]:
    """A shop on this database."""
    folder = Path(tempfile.mkdtemp(prefix="upheld-oscar-"))
    (folder / "media").mkdir()
    try:
        yield Site(folder, database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
