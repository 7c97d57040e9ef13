"""A program of tests that is the server's own application, with settings of its own, and prints what it saw."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.store.plugin import stored
from tests.web.beginning import copy_records


def told(module: str, folder: Path, *, records: bool = True, **environment: str) -> Any:
    """What the program printed; see `ran`."""
    return json.loads(ran(module, folder, records=records, **environment).stdout)


def ran(
    module: str, folder: Path, *arguments: str, records: bool = True, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`python -m tests.web.<module> <arguments>` over the folder `privacy` in this one, and a new one, `data`. `records`: of
    the kind that `--store` says, or always on SQLite. A file that is left open is a failure."""
    data = folder / "data"
    data.mkdir()
    elsewhere = stored(data) if records else {}
    if not elsewhere:
        copy_records(data)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))}
    ours = {
        "DJANGO_SETTINGS_MODULE": "upheld.project.site",
        "UPHELD_DATA": str(data),
        "UPHELD_DIR": str(folder / "privacy"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-m", f"tests.web.{module}", *arguments],
        cwd=Path(__file__).parents[2],
        env=kept | ours | elsewhere | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done
