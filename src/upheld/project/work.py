"""What a program does that carries out what is approved, whoever wakes it."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFailed
from django.db import InterfaceError, OperationalError, close_old_connections

from upheld.project import log
from upheld.project.heart import Heart
from upheld.rights.outcome import Failure, Misconfigured

if TYPE_CHECKING:
    from upheld.actions.erasure import Standing
    from upheld.actions.means import Means
    from upheld.actions.rounds import Round
    from upheld.mail.deliver import Server

CERTIFIED = timedelta(seconds=15)
"""After which a certificate that is missing was cut off, and is not being written by another worker."""
_log = logging.getLogger("upheld.work")


class Work:
    """Of the program `name`, runner or worker: one piece of work at a time, its leases prolonged meanwhile.

    Nothing gets out of a piece of work: what goes wrong is told on stderr, without anybody's data, and what
    was begun is given up.
    """

    def __init__(self, name: str) -> None:
        from upheld.actions.lease import SHORT, myself  # lazy: app ready

        self._name, self._lease, self._owner = name, SHORT, myself()
        self._one = threading.Lock()
        self._left = self._cut_off = False
        self._heart = Heart(self._owner, SHORT, name.upper())
        self._heart.start()

    def stop(self, *, follows: bool = False) -> None:
        """Nothing is prolonged any more when this returns. `follows`: another takes its place at once."""
        self._heart.stop(follows=follows)

    def begin(self) -> None:
        """What has to be done once after an upgrade."""
        from upheld.actions.regime import pin_old  # lazy: app ready

        self._guarded(lambda: pin_old(means=self._means()))

    def round(self) -> bool:
        """Everything that is ready, and what follows from it; whether anything was."""
        from upheld.actions import dispatch, rounds  # lazy: app ready

        some = False

        def drain() -> None:
            nonlocal some
            able = self._means()
            dispatch.forget_unheard()
            done = rounds.drain(
                means=able,
                certify=_certified,
                server=_server(able),
                sender=_sender(able),
                progress=self._got_on,
                minutes=settings.UPHELD_TOGETHER_MINUTES,
            )
            some = _counted(done)

        self._guarded(drain)
        return some

    def cases(self, numbers: tuple[UUID, ...]) -> None:
        """The same of these cases, and of others for which a wake waits."""
        from upheld.actions import dispatch, rounds  # lazy: app ready

        def turn() -> None:
            able = self._means()
            done = rounds.some(
                means=able,
                cases=(*numbers, *dispatch.taken_along(dispatch.MOST - len(numbers))),
                certify=_certified,
                server=_server(able),
                sender=_sender(able),
                progress=self._got_on,
                minutes=settings.UPHELD_TOGETHER_MINUTES,
            )
            _counted(done)

        self._guarded(turn)

    def rest(self) -> None:
        """What follows from what is done, by whomever."""
        from upheld.actions import rounds  # lazy: app ready

        def rest() -> None:
            able = self._means()
            rounds.prepare(means=able)
            _counted(rounds.rest(means=able, server=_server(able), sender=_sender(able)))

        self._guarded(rest)

    def sweep(self) -> None:
        """Wake somebody for every case that is ready; done beside a piece of work."""
        from upheld.actions import dispatch, rounds  # lazy: app ready

        def sweep() -> None:
            able = self._means()
            dispatch.forget_dead()
            dispatch.wake_all(rounds.cases_ready(means=able))

        self._told(sweep)
        close_old_connections()

    def due(self) -> None:
        """A look at the systems, and what is due by its date: that once an hour, by one of all programs."""
        from upheld.actions import (  # lazy: app ready
            arrivals,
            checking,
            enclosures,
            errands,
            intake,
            leavings,
            pace,
            signin,
            tokens,
            uploads,
            verifying,
        )
        from upheld.actions.erasure import fulfil  # lazy: app ready
        from upheld.actions.purge import purge  # lazy: app ready
        from upheld.store import database, installation  # lazy: app ready

        def due() -> None:
            able = self._means()
            if errands.ordered():
                from upheld.actions import drafting  # lazy: slow import

                drafting.run(means=able)
            checking.check_due(means=able)
            verifying.go_on(means=able)
            if not installation.due_now(at=able.clock()):
                return
            arrivals.expire(means=able)
            intake.expire(means=able)
            pace.forget(means=able)
            signin.expire(means=able)
            tokens.forget(means=able)
            enclosures.sweep(means=able)
            uploads.sweep(means=able)
            leavings.sweep(means=able)
            released = purge(means=able, progress=_purging).released
            _certified(able, [fulfil(means=able, request=each) for each in released])
            database.refresh_statistics()

        self._guarded(due)

    def rests(self, most: float) -> float:
        """Seconds until something is to be tried by its time, at most so many."""
        from upheld.actions import awaited  # lazy: app ready
        from upheld.store import clock  # lazy: app ready

        until = most

        def look() -> None:
            nonlocal until
            at = clock.now()
            first = awaited.earliest(at=at)
            until = most if first is None else min(most, (first - at).total_seconds())

        self._told(look)
        close_old_connections()
        return until

    def _got_on(self, system: str, what: str) -> None:
        self._heart.felt()
        _progress(system, what)

    def _means(self) -> "Means":
        from upheld.web.means import means  # lazy: app ready

        return replace(means(by=f"the {self._name}", reaching=True), lease=self._lease)

    def _guarded(self, work: Callable[[], None]) -> None:
        with self._one:
            self._heart.felt()
            if not self._given_up():
                return
            self._left = True
            self._cut_off = self._told(work)
            close_old_connections()  # one that broke in it would refuse what comes next
            self._given_up()
            close_old_connections()

    def _given_up(self) -> bool:
        """Whether nothing stays in the name of this program between two pieces of work. Where the records are
        still away, nothing else is begun before it is given up: this program's heart would keep it alive."""
        from upheld.actions import lease  # lazy: app ready
        from upheld.store import clock  # lazy: app ready

        if not self._left:
            return True
        pause = lease.SOON if self._cut_off else lease.PAUSE
        try:
            lease.abandon(owner=self._owner, at=clock.now(), pause=pause)
        except DatabaseFailed:
            _log.warning("work.records")
            close_old_connections()
            return False
        self._left = False
        return True

    def _told(self, work: Callable[[], None]) -> bool:
        """Whether the records went away in it."""
        from upheld.cli.faults import write_report  # lazy: slow import
        from upheld.datamap.fault import Invalid  # lazy: slow import

        try:
            work()
        except Failure as failure:
            _log.error("work.refused", extra={"fields": _refusal(failure)})
        except Invalid:
            _log.error("work.folder")
        except (OperationalError, InterfaceError):
            _log.warning("work.records")
            return True
        except Exception as error:  # noqa: BLE001 - the outermost frame of whatever works
            fields = {"error": type(error).__name__, "report": write_report(error).name}
            _log.error("work.unexpected", extra={"fields": fields})
        return False


def _refusal(failure: Failure) -> dict[str, str]:
    """Words of Misconfigured speak of machines and settings; others are for the journal of the console."""
    words = f"{failure.what} {failure.remedy}" if isinstance(failure, Misconfigured) else "see the journal."
    return {"kind": type(failure).__name__, "where": log.place(failure), "words": words}


def _progress(system: str, what: str) -> None:
    if what in ("failed", "verified"):
        _log.info(f"system.{what}", extra={"fields": {"system": system}})


def _counted(done: "Round") -> bool:
    """Whether there was anything to do, and a line in the log of it."""
    some = any((done.requests, done.copies, done.told, done.sent))
    if some:
        fields = {
            "requests": done.requests,
            "copies": done.copies,
            "told": done.told,
            "sent": done.sent,
        }
        _log.info("round.done", extra={"fields": fields})
    return some


def _purging(system: str, what: str) -> None:
    """A use of restricted data that did not take place (G-18.2)."""
    if "restricted" in what:
        _log.info("system.spared", extra={"fields": {"system": system}})


def _certified(means: "Means", standings: "Iterable[Standing]") -> "Sequence[Path]":
    """The certificate of each request that is answered, and a line in the log."""
    from upheld.cli.certifying import certify_answered  # lazy: app ready

    answered = tuple(standings)
    for each in answered:
        _log.info("request.answered", extra={"fields": {"case": str(each.request.case_id)}})
    return certify_answered(means, answered, pause=CERTIFIED)


def _server(able: "Means") -> "Server | None":
    from upheld.actions import house  # lazy: app ready
    from upheld.mail.deliver import server  # lazy: slow import

    url = house.mail_server(keys=able.keys)
    return server(url) if url else None


def _sender(able: "Means") -> str:
    from upheld.actions import house  # lazy: app ready

    return house.sender() or able.datamap.organisation.contact
