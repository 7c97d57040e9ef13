"""The records of a server that nobody has used yet: made once a run, copied for each test whose subject is not the first
start. Making them takes a second, and all apps' migrations."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers.plugin import RUN_FOLDER
from tests.servers.server import locked
from tests.store.plugin import NAME

MAKE = """
import django
django.setup()
from django.db import connection
from upheld.store import release
release.make()
connection.close()
"""


def copy_records(data: Path) -> None:
    """Into that data folder, on SQLite."""
    data.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(_made(), data / NAME)


def _made() -> Path:
    folder = Path(os.environ[RUN_FOLDER]) / "records"
    with locked(folder.with_suffix(".lock")):
        if not folder.exists():
            _make(folder)
    return folder / NAME


def _make(folder: Path) -> None:
    fresh = folder.with_suffix(".fresh")
    fresh.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    settings = {
        "DJANGO_SETTINGS_MODULE": "upheld.project.site",
        "UPHELD_DATA": str(fresh),
        "UPHELD_DIR": str(fresh / "privacy"),
    }
    subprocess.run([sys.executable, "-c", MAKE], env=kept | settings, check=True)
    assert [each.name for each in fresh.glob(f"{NAME}*")] == [NAME], "nothing waits in a log beside it"
    fresh.rename(folder)
