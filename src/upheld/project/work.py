"""What a program does that carries out what is approved, whoever wakes it."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFailed
from django.db import InterfaceError, OperationalError, close_old_connections

from upheld.project.heart import Heart

if TYPE_CHECKING:
    from upheld.actions.means import Means
    from upheld.mail.deliver import Server


class Work:
    """Of the program `name`: one piece of work at a time, and its leases prolonged while it lives.

    Nothing gets out of a piece of work: what goes wrong is told on stderr, without anybody's data, and what
    was begun is given up.
    """

    def __init__(self, name: str) -> None:
        from upheld.actions.lease import SHORT, myself  # lazy: app ready

        self._name, self._lease, self._owner = name, SHORT, myself()
        self._one = threading.Lock()
        self._heart = Heart(self._owner, SHORT)
        self._heart.start()

    def stop(self) -> None:
        """Nothing is prolonged any more when this returns."""
        self._heart.stop()

    def begin(self) -> None:
        """What has to be done once after an upgrade."""
        from upheld.actions.regime import pin_old  # lazy: app ready

        self._guarded(lambda: pin_old(means=self._means()))

    def round(self) -> None:
        """Everything that is ready, and what follows from it."""
        from upheld.actions import rounds  # lazy: app ready
        from upheld.cli.certifying import certify_answered  # lazy: app ready

        def drain() -> None:
            able = self._means()
            rounds.drain(
                means=able,
                certify=certify_answered,
                server=_server(),
                sender=_sender(able),
                progress=self._heart.felt,
                minutes=settings.UPHELD_TOGETHER_MINUTES,
            )

        self._guarded(drain)

    def case(self, number: UUID) -> None:
        """The same of one case."""
        from upheld.actions import rounds  # lazy: app ready
        from upheld.cli.certifying import certify_answered  # lazy: app ready

        def one() -> None:
            able = self._means()
            rounds.one(
                means=able,
                case=number,
                certify=certify_answered,
                server=_server(),
                sender=_sender(able),
                progress=self._heart.felt,
                minutes=settings.UPHELD_TOGETHER_MINUTES,
            )

        self._guarded(one)

    def rest(self) -> None:
        """What follows from what is done, by whomever."""
        from upheld.actions import rounds  # lazy: app ready

        def rest() -> None:
            able = self._means()
            rounds.prepare(means=able)
            rounds.rest(means=able, server=_server(), sender=_sender(able))

        self._guarded(rest)

    def sweep(self) -> None:
        """Wake somebody for every case that is ready; done beside a piece of work."""
        from upheld.actions import dispatch, rounds  # lazy: app ready

        def sweep() -> None:
            able = self._means()
            dispatch.forget_dead()
            for case in rounds.cases_ready(means=able):
                dispatch.wake(case)

        self._told(sweep)
        close_old_connections()

    def due(self) -> None:
        """A look at the systems, and what is due by its date: that once an hour, by one of all programs."""
        from upheld.actions import arrivals, checking, enclosures, intake, pace, tokens  # lazy: app ready
        from upheld.actions.erasure import fulfil  # lazy: app ready
        from upheld.actions.purge import purge  # lazy: app ready
        from upheld.cli.certifying import certify_answered  # lazy: app ready
        from upheld.store import installation  # lazy: app ready

        def due() -> None:
            able = self._means()
            checking.check_due(means=able)
            if not installation.due_now(at=able.clock()):
                return
            arrivals.expire(means=able)
            intake.expire(means=able)
            pace.forget(means=able)
            tokens.forget(means=able)
            enclosures.sweep(means=able)
            released = purge(means=able).released
            certify_answered(able, [fulfil(means=able, request=each) for each in released])

        self._guarded(due)

    def _means(self) -> "Means":
        from upheld.web.means import means  # lazy: app ready

        return replace(means(by=f"the {self._name}", reaching=True), lease=self._lease)

    def _guarded(self, work: Callable[[], None]) -> None:
        from upheld.actions import lease  # lazy: app ready
        from upheld.store import clock  # lazy: app ready

        with self._one:
            self._heart.felt()
            self._told(work)
            try:
                lease.abandon(owner=self._owner, at=clock.now())
            except DatabaseFailed:
                self._say("the database of our own records is away; what was begun waits for it.")
            close_old_connections()

    def _told(self, work: Callable[[], None]) -> None:
        from upheld.cli.faults import write_report  # lazy: slow import
        from upheld.datamap.fault import Invalid  # lazy: slow import
        from upheld.rights.outcome import Failure  # lazy: slow import

        try:
            work()
        except Failure as failure:
            self._say(f"{failure.what} {failure.remedy}")
        except Invalid:
            self._say("the privacy folder cannot be read; see `upheld map check`.")
        except (OperationalError, InterfaceError):
            self._say("the database of our own records is away or busy; it is tried again.")
        except Exception as error:  # noqa: BLE001 - the outermost frame of whatever works
            self._say(f"{type(error).__name__}; the report {write_report(error)} names no person.")

    def _say(self, what: str) -> None:
        print(f"{self._name}: {what}", file=sys.stderr, flush=True)


def _server() -> "Server | None":
    from upheld.mail.deliver import server  # lazy: slow import

    url = settings.UPHELD_SMTP_URL
    return server(url) if url else None


def _sender(able: "Means") -> str:
    return settings.UPHELD_MAIL_FROM or able.datamap.organisation.contact
