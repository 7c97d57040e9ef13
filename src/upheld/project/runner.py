"""The embedded runner, a program of its own: one round after the other, until it is told to end."""

import os
import signal
import threading
import time

import django
from django.conf import settings

from upheld.project import log
from upheld.project.work import Work

PERIOD = 2.0
"""Seconds between two looks whether anything is new."""
IDLE = 30.0
"""Seconds between two rounds while nothing is: what is due by its date is noticed then. Less than
`installation.MINDED`, so that who sees to what only one has to stays it."""


def run() -> None:
    """Rounds until SIGTERM, or until whoever started it is gone. The round at hand is finished first; one
    that fails is told, and the next tries again."""
    from upheld.project.stirred import Stirred  # lazy: app ready

    ended, parent = threading.Event(), os.getppid()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    work, stirred, due = Work("runner"), Stirred(), 0.0
    work.begin()
    while not ended.is_set() and os.getppid() == parent:
        if stirred.since() or time.monotonic() >= due:
            work.round()
            work.due()
            due = time.monotonic() + work.rests(IDLE)
        ended.wait(PERIOD)
    stirred.close()
    work.stop()


if __name__ == "__main__":
    os.umask(0o077)
    django.setup()
    log.begin("runner", form=settings.UPHELD_LOG)
    run()
