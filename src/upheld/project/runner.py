"""The embedded runner, a program of its own: one round after the other, until it is told to end."""

import os
import signal
import threading
import time

from django.conf import settings

from upheld.project import log
from upheld.project.work import Work
from upheld.web import late

LOOK = 0.25
"""Seconds between two looks whether anything is new."""
AT_LEAST, AT_MOST, TIMES = 0.5, 2.0, 10
"""After a round in which there was nothing to do it rests so many times as long as that took, so many seconds
at least and at most: others may write into the records, or into another database of the same server, at any
time. After one with something to do it only waits for a look."""
REST = 60.0
"""Seconds without anything to do in any system after which it ends, to begin anew."""
IDLE = 30.0
"""Seconds between two rounds while nothing is: what is due by its date is noticed then. Less than
`installation.MINDED`, so that who sees to what only one has to stays it."""


def run() -> None:
    """Rounds until SIGTERM, until whoever started it is gone, or until it rests. The round at hand is
    finished first; one that fails is told, and the next tries again."""
    from upheld.project.stirred import Stirred  # lazy: app ready

    log.begin("runner", form=settings.UPHELD_LOG)
    ended, parent = threading.Event(), os.getppid()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    work, stirred, due, free, rests = Work("runner"), Stirred(), 0.0, 0.0, False
    work.begin()
    while not ended.is_set() and os.getppid() == parent and not (rests := _rests()):
        if time.monotonic() >= free and (time.monotonic() >= due or stirred.since()):
            begun = time.monotonic()
            some = work.round()
            took = time.monotonic() - begun
            work.due()
            due = time.monotonic() + work.rests(IDLE)
            rest = 0.0 if some else min(max(TIMES * took, AT_LEAST), AT_MOST)
            free = time.monotonic() + rest
        ended.wait(LOOK)
    stirred.close()
    work.stop(follows=rests)


def _rests() -> bool:
    """Whether nothing was to be done in any system for a while. What reaching them takes, some 30 MB, a
    program never gives back; the one that is started next has not taken it yet."""
    return late.reached_at is not None and time.monotonic() - late.reached_at > REST
