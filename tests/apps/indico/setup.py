"""Installs Indico in a virtual environment of its own: its pins never meet ours.

python -m tests.apps.indico.setup
"""

from pathlib import Path

from tests.apps import environment

ROOT = environment.ROOT
VENV = environment.folder("indico")


def install() -> None:
    """Make the virtual environment anew, hashes checked, unless it is already as pinned."""
    environment.install("indico", Path(__file__).with_name("requirements.txt"))


if __name__ == "__main__":
    install()
