"""Two programs side by side, the web server and the runner: started, kept up, ended together."""

import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from types import FrameType

from upheld.project import child

QUICK = 3.0
"""Seconds: who dies earlier than this three times in a row will not get well by itself."""
TRIES = 3
PAUSE = 1.0
_log = logging.getLogger("upheld.supervisor")


class Pair:
    """The programs by name. Each begins as a copy of this one, which therefore has imported what both need,
    and must have no threads (`child`)."""

    def __init__(self, programs: Mapping[str, Callable[[], None]]) -> None:
        self._programs = programs
        self._running: dict[int, tuple[str, float]] = {}
        self._failed = dict.fromkeys(programs, 0)
        self._ending = False

    def run(self) -> int:
        """Until SIGTERM or Ctrl-C: 0; or until one of them cannot be kept up: 1. One that ended well wants to
        begin anew, as lean as at first."""
        for number in child.ENDING:
            signal.signal(number, self._end)
        for name in self._programs:
            self._start(name)
        code = 0
        while self._running:
            pid, status = os.waitpid(-1, 0)
            if pid not in self._running:
                continue
            name, begun = self._running.pop(pid)
            if self._ending:
                continue
            ended, quick = os.waitstatus_to_exitcode(status), time.monotonic() - begun < QUICK
            if not ended and not quick:
                self._start(name)
                continue
            self._failed[name] = self._failed[name] + 1 if quick else 1
            if self._failed[name] >= TRIES:
                _log.critical("program.failing", extra={"fields": {"child": name}})
                code = 1
                self._end(signal.SIGTERM, None)
            else:
                fields = {"child": name, "code": ended}
                _log.error("program.ended", extra={"fields": fields})
                time.sleep(PAUSE)
                self._start(name)
        return code

    def _start(self, name: str) -> None:
        with child.undisturbed():
            if not self._ending:
                pid = child.begin(name.partition(" ")[0], self._programs[name])
                self._running[pid] = (name, time.monotonic())

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True
        for pid in tuple(self._running):
            os.kill(pid, signal.SIGTERM)
