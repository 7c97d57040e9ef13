"""Two programs side by side, the web server and the runner: started, kept up, ended together.

Each is a fresh program. The web server forks its worker, and a fork of a program with a running thread may
inherit locks that nobody will ever release.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

QUICK = 3.0
"""Seconds: who dies earlier than this three times in a row will not get well by itself."""
TRIES = 3
PAUSE = 1.0
_log = logging.getLogger("upheld.supervisor")


class Pair:
    """The programs by name, each with its arguments."""

    def __init__(self, programs: Mapping[str, Sequence[str]]) -> None:
        self._programs = programs
        self._running: dict[int, tuple[str, subprocess.Popen[bytes], float]] = {}
        self._failed = dict.fromkeys(programs, 0)
        self._ending = False

    def run(self) -> int:
        """Until SIGTERM or Ctrl-C: 0; or until one of them cannot be kept up: 1."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        for name in self._programs:
            self._start(name)
        code = 0
        while self._running:
            pid, status = os.waitpid(-1, 0)
            if pid not in self._running:
                continue
            name, program, begun = self._running.pop(pid)
            program.returncode = os.waitstatus_to_exitcode(status)
            if self._ending:
                continue
            self._failed[name] = self._failed[name] + 1 if time.monotonic() - begun < QUICK else 1
            if self._failed[name] >= TRIES:
                _log.critical("program.failing", extra={"fields": {"child": name}})
                code = 1
                self._end(signal.SIGTERM, None)
            else:
                fields = {"child": name, "code": program.returncode}
                _log.error("program.ended", extra={"fields": fields})
                time.sleep(PAUSE)
                self._start(name)
        return code

    def _start(self, name: str) -> None:
        if not self._ending:
            program = subprocess.Popen([sys.executable, *self._programs[name]])
            self._running[program.pid] = (name, program, time.monotonic())

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True
        for pid in tuple(self._running):
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(Pair(json.loads(sys.argv[1])).run())
