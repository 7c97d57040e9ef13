"""A program that is nothing without the one that started it."""

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """When the starting program ends, even by SIGKILL, this one is told to (Linux). Without that a web server
    whose supervisor was killed would keep the port from the next. Not inherited: each says it for itself."""
    end_with(os.getppid())


def end_with(parent: int) -> None:
    """The same, of a parent that may have ended already."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended in between
        os.kill(os.getpid(), signal.SIGTERM)
