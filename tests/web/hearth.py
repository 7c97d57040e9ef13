"""The warm process that begins servers (`tests.web.warm`), as those who give it orders see it."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[2]


class Running:
    """A child of the warm process, by the methods of `subprocess.Popen`."""

    def __init__(self, told: BinaryIO, stdout: BinaryIO) -> None:
        self._told, self.stdout = told, stdout
        self.pid = int(told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code. TimeoutError where it goes on for longer."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            left = until - time.monotonic()
            if left < 0:
                raise TimeoutError(f"{self.pid} has not ended")
            select.select([self._told], [], [], left)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Hearth:
    """The warm process; it ends with `stop`, and with whoever started it."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("UPHELD_", "DJANGO_"))
        }
        settings = {
            "DJANGO_SETTINGS_MODULE": "upheld.project.site",
            "UPHELD_DATA": str(folder / "data"),
            "UPHELD_DIR": str(folder / "privacy"),
        }
        self._orders = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.web.warm", str(theirs.fileno())],
                cwd=ROOT,
                env=kept | settings,
                pass_fds=[theirs.fileno()],
            )

    def begin(
        self, arguments: list[str], environment: dict[str, str], errors: BinaryIO, *, seat: bool = False
    ) -> Running:
        """A program of these arguments; `seat`: the one that makes an account."""
        order = {"arguments": arguments, "environment": environment, "seat": seat}
        said, says = os.pipe()
        hears, told = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        given = [nothing, says, errors.fileno(), told]
        socket.send_fds(self._orders, [json.dumps(order).encode()], given)
        for each in (nothing, says, told):
            os.close(each)
        return Running(os.fdopen(hears, "rb", buffering=0), os.fdopen(said, "rb", buffering=0))

    def stop(self) -> None:
        self._orders.close()
        self._process.wait(60)
