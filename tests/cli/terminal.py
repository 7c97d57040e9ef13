"""A command on a terminal of its own: what somebody sees of it, and what she types."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.program import environment


def on_a_terminal(folder: Path, *arguments: str, at: str, types: bytes, **more: str) -> tuple[int, str]:
    """Types once `at` can be read. Gives the exit code, and everything that was shown."""
    keyboard, screen = pty.openpty()
    program = subprocess.Popen(
        # Whoever runs the tests in the background may have them ignore what Ctrl-C sends.
        [
            "setsid",
            "--ctty",
            "--wait",
            "env",
            "--default-signal=INT,QUIT",
            sys.executable,
            "-m",
            "upheld.cli.main",
            *arguments,
        ],
        cwd=folder,
        env=environment(folder, TERM="xterm", COLUMNS="150", **more),
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    shown = b""
    try:
        while piece := _read(keyboard):
            shown += piece
            if types and at.encode() in shown:
                os.write(keyboard, types)
                types = b""
    finally:
        os.close(keyboard)
        code = program.wait()
    return code, shown.decode()


def _read(keyboard: int) -> bytes:
    """Nothing once everybody has closed the terminal, which Linux says by an error."""
    try:
        return os.read(keyboard, 1 << 16)
    except OSError:
        return b""
