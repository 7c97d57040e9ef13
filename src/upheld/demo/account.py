"""Database servers refuse root: then they run as somebody else, in a folder that others may enter."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upheld.rights.outcome import Misconfigured


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs a server; no name for whoever runs the demo."""

    name: str = ""

    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess` that run a command as this account."""
        if not self.name:
            return {"umask": 0o077}
        entry = pwd.getpwnam(self.name)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "umask": 0o077}

    def folder(self, wanted: Path) -> Path:
        """An empty folder of this account: `wanted`, or a temporary one where it could not enter that."""
        if not self.name:
            wanted.mkdir(parents=True, mode=0o700)
            return wanted.resolve()
        made = Path(tempfile.mkdtemp(prefix=f"upheld-demo-{wanted.name}-"))
        self.own(made)
        return made

    def own(self, path: Path) -> None:
        """Give it to this account, and to nobody else."""
        if self.name:
            shutil.chown(path, self.name)
        path.chmod(0o700 if path.is_dir() else 0o600)

    def call(self, command: Sequence[str | Path], folder: Path) -> None:
        """Run a command to its end; Misconfigured, with the last that it said, when it fails."""
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=folder,
            check=False,
            **self.options(),
        )
        if done.returncode:
            raise Misconfigured(
                f"{Path(command[0]).name} failed: {done.stdout[-800:].strip()}",
                "Repair that, then run it again.",
            )


def choose(*names: str) -> Account:
    """Who runs the demo, or, when that is root, the first of these accounts that exists."""
    if os.geteuid() != 0:
        return Account()
    for name in (*names, "nobody"):
        with suppress(KeyError):
            return Account(pwd.getpwnam(name).pw_name)
    raise Misconfigured(
        "Root needs an account to run a database server as.", "Make one: adduser --system nobody."
    )


def others_may_enter(folder: Path) -> bool:
    """Whether every folder on the way can be entered by everybody."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))
