"""The product as people start it, and what a ready map says when it is read as plain YAML."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.servers.plugin import MISSING_MARK, servers_required


def privacy(folder: Path, system: Path) -> None:
    """A privacy folder with one system in it."""
    systems = folder / "privacy" / "systems"
    systems.mkdir(parents=True)
    about = "organisation: {name: Harbour House, contact: privacy@harbour.example.org}\n"
    (folder / "privacy" / "upheld.yaml").write_text(about)
    shutil.copy(system, systems / system.name)


def upheld(folder: Path, variables: dict[str, str], *arguments: str) -> str:
    """The program as people start it, in a process of its own; fails the test unless it ends well."""
    done = subprocess.run(
        [sys.executable, "-m", "upheld.cli.main", *arguments],
        env={**os.environ, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def retained(system: Path) -> set[str]:
    """Tables in which the map keeps something."""
    tables = YAML(typ="safe").load(system)["tables"]
    return {
        name
        for name, table in tables.items()
        if "retain" in json.dumps(table.get("on_erase", {}), default=str)
    }


def missing(why: str, remedy: str) -> None:
    if servers_required():
        pytest.fail(f"{why}: {remedy}", pytrace=False)
    pytest.skip(f"{MISSING_MARK}{why} ({remedy})")
