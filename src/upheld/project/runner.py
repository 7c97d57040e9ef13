"""The embedded runner, a program of its own: one round after the other, until it is told to end."""

import os
import signal
import threading

import django
from django.conf import settings

from upheld.project import log
from upheld.project.work import Work

PERIOD = 2.0
"""Seconds between two looks for what is ready."""


def run() -> None:
    """Rounds until SIGTERM, or until whoever started it is gone. The round at hand is finished first; one
    that fails is told, and the next tries again."""
    ended, parent = threading.Event(), os.getppid()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    work = Work("runner")
    work.begin()
    while not ended.is_set() and os.getppid() == parent:
        work.round()
        work.due()
        ended.wait(PERIOD)
    work.stop()


if __name__ == "__main__":
    os.umask(0o077)
    django.setup()
    log.begin("runner", form=settings.UPHELD_LOG)
    run()
