"""A virtual environment for one application, made from its pins: they never meet ours."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_STAMP = "installed.txt"


def folder(name: str) -> Path:
    return ROOT / ".apps" / name / "venv"


def install(name: str, pins: Path) -> None:
    """Make the virtual environment anew, hashes checked, unless it is already as pinned."""
    venv = folder(name)
    stamp = venv / _STAMP
    if stamp.exists() and stamp.read_text() == pins.read_text():
        return
    shutil.rmtree(venv, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    program = str(uv if uv.exists() else "uv")
    subprocess.run([program, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True, cwd=ROOT)
    subprocess.run(
        [
            *(program, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python")),
            *("--require-hashes", "-r", str(pins)),
        ],
        check=True,
        cwd=ROOT,
    )
    shutil.copy(pins, stamp)
