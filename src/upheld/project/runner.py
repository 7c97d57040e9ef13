"""The embedded runner, a program of its own: one round after the other, until it is told to end."""

import os
import signal
import sys
import threading

import django
from django.conf import settings
from django.db import close_old_connections

PERIOD = 2.0
"""Seconds between two looks for what is ready."""
PURGE_EVERY = 1800
"""Rounds between two looks for what is due: about an hour."""
BY = "the runner"


def run() -> None:
    """Rounds until SIGTERM, or until whoever started it is gone. The round at hand is finished first; one
    that fails is told, and the next tries again."""
    from upheld.cli.faults import write_report  # lazy: slow import
    from upheld.datamap.fault import Invalid  # lazy: slow import
    from upheld.rights.outcome import Failure  # lazy: slow import

    ended, parent, number = threading.Event(), os.getppid(), 0
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: ended.set())
    while not ended.is_set() and os.getppid() == parent:
        try:
            one(purging=number % PURGE_EVERY == 0)
        except Failure as failure:
            print(f"runner: {failure.what} {failure.remedy}", file=sys.stderr)
        except Invalid:
            print("runner: the privacy folder cannot be read; see `upheld map check`.", file=sys.stderr)
        except Exception as error:  # noqa: BLE001 - the runner's outermost frame
            print(
                f"runner: {type(error).__name__}; the report {write_report(error)} names no person.",
                file=sys.stderr,
            )
        close_old_connections()
        number += 1
        ended.wait(PERIOD)


def one(*, purging: bool) -> None:
    """One round."""
    from upheld.actions import arrivals, checking, enclosures, intake, pace, rounds, signin  # lazy: app ready
    from upheld.actions.erasure import fulfil  # lazy: app ready
    from upheld.actions.purge import purge  # lazy: app ready
    from upheld.cli.certifying import certify_answered  # lazy: app ready
    from upheld.mail.deliver import server  # lazy: slow import
    from upheld.web.means import means  # lazy: app ready

    able = means(by=BY, reaching=True)
    url = settings.UPHELD_SMTP_URL
    rounds.drain(
        means=able,
        certify=certify_answered,
        server=server(url) if url else None,
        sender=settings.UPHELD_MAIL_FROM or able.datamap.organisation.contact,
    )
    checking.check_due(means=able)
    if purging:
        arrivals.expire(means=able)
        intake.expire(means=able)
        pace.forget(means=able)
        signin.expire(means=able)
        enclosures.sweep(means=able)
        released = purge(means=able).released
        certify_answered(able, [fulfil(means=able, request=each) for each in released])


if __name__ == "__main__":
    os.umask(0o077)
    django.setup()
    run()
