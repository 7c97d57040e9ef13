"""Installs Indico in a virtual environment of its own: its pins never meet ours.

python -m tests.apps.indico.setup
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
VENV = ROOT / ".apps" / "indico" / "venv"
_STAMP = "installed.txt"


def installed() -> bool:
    """Whether what is installed is what the pins name."""
    stamp = VENV / _STAMP
    return stamp.exists() and stamp.read_text() == (HERE / "requirements.txt").read_text()


def install() -> None:
    """Make the virtual environment anew, hashes checked, unless it is already as pinned."""
    if installed():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    program = str(uv if uv.exists() else "uv")
    subprocess.run([program, "venv", "--quiet", "--python", sys.executable, str(VENV)], check=True, cwd=ROOT)
    subprocess.run(
        [
            *(program, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python")),
            *("--require-hashes", "-r", str(HERE / "requirements.txt")),
        ],
        check=True,
        cwd=ROOT,
    )
    shutil.copy(HERE / "requirements.txt", VENV / _STAMP)


if __name__ == "__main__":
    install()
