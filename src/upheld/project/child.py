"""A program of ours that begins as a copy of the one that starts it: what both imported is in memory once.

Only a program without threads, and without a connection, is copied: what a thread holds at that moment stays
held for ever, and a connection would be two programs'.
"""

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from upheld.project.orphan import end_with

ENDING = (signal.SIGTERM, signal.SIGINT)
_PR_SET_NAME = 15
_M_ARENA_MAX = -8


def begin(name: str, program: Callable[[], None]) -> int:
    """Start it, under that name for `ps`; gives its pid. It ends where `program` does, with its exit code,
    and when whoever started it is gone."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    with undisturbed():
        pid = os.fork()
        if not pid:
            for number in ENDING:  # before one is let through: our handler would end the other programs
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            _live(name, program, parent)
    return pid


@contextmanager
def undisturbed() -> Iterator[None]:
    """Told to end meanwhile, a program learns of it afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(name: str, program: Callable[[], None], parent: int) -> NoReturn:
    code = 1
    try:
        end_with(parent)
        _called(f"upheld-{name}")
        program()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - the outermost frame of a program
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)


def lean() -> None:
    """Before the first copy is made. What is there is never looked at again for what could be freed: looking
    writes into it, and what is written into is no longer shared. Of the arenas that threads allocate in, each
    keeps what was freed in it: two are enough."""
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # glibc's; another library has no arenas
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 2)
        library.malloc_trim(0)


def _called(name: str) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
