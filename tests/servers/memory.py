"""Where a run keeps its files: in memory where there is room, for our records write each commit through to the disk, some
ten thousand times in a run. A process that is killed loses nothing in memory either; power cuts are no test's matter."""

import os
import tempfile
from pathlib import Path

SHARED = Path("/dev/shm")  # noqa: S108 - a file system; pytest and `parent_folder` make folders for their owner alone
ROOM = 6 * 2**30
"""Bytes: four times what a whole run leaves behind."""


def keep_files(folder: Path = SHARED) -> None:
    """In that file system, unless somebody says by TMPDIR where they belong. Whoever is started inherits it."""
    if "TMPDIR" not in os.environ and has_room(folder):
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def has_room(folder: Path, room: int = ROOM) -> bool:
    """Whether a run fits there and into the memory, and programs may be started there."""
    try:
        seen = os.statvfs(folder)
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return False
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), 0)
    free = min(seen.f_bavail * seen.f_frsize, kilobytes * 1024)
    return free > room and os.access(folder, os.W_OK) and not seen.f_flag & os.ST_NOEXEC
