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
from pathlib import Path
from typing import NoReturn

from upheld.project.orphan import end_with

ENDING = (signal.SIGTERM, signal.SIGINT)
_PR_SET_NAME = 15
_M_ARENA_MAX = -8
_MADV_DONTNEED = 4


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
    keeps what was freed in it: two are enough. Of the code of libraries only what is called from now on is
    held in memory: much of it was called to import them, and never again."""
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):  # glibc's; another library has no arenas
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 2)
        library.malloc_trim(0)
        _let_go_of_code(library)


def _let_go_of_code(library: ctypes.CDLL) -> None:
    """Pages of files that nobody can have written into: whoever calls what is in one gets it from its file
    again. Where data stand, also those that only the loader wrote, nothing is let go of."""
    if sys.platform != "linux":
        return
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        place, rights, _, _, inode = line.split(maxsplit=5)[:5]
        if rights == "r-xp" and inode != "0":
            start, end = (int(each, 16) for each in place.split("-"))
            library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)


def _called(name: str) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
