"""While a program lives and gets on, what it is at stays its own."""

import threading
import time
from contextlib import suppress
from datetime import timedelta

from django.db import Error as DatabaseFailed
from django.db import close_old_connections

BEAT = 8.0
"""Seconds between two renewals: four of them fit into a lease, so that three may fail."""
TELLS = 20.0
"""Seconds after which it says anew that it lives."""
PATIENCE = 1800.0
"""Seconds without any progress after which a program that still runs is taken for stuck: others take over."""


class Heart(threading.Thread):
    """Renews the leases of this program, and says that it lives; ends with it. `kind`: what it is."""

    def __init__(self, owner: str, lease: timedelta, kind: str) -> None:
        super().__init__(name="heart", daemon=True)
        self._owner, self._lease, self._kind = owner, lease, kind
        self._ended, self._follows = threading.Event(), False
        self._felt = time.monotonic()

    def felt(self, *_: object) -> None:
        """Something got on."""
        self._felt = time.monotonic()

    def run(self) -> None:
        """Until `stop`. A beat that fails, for the database is away, is made up by the next."""
        from upheld.actions import lease, programs  # lazy: app ready
        from upheld.store import clock, installation  # lazy: app ready
        from upheld.store.models import ProgramKind  # lazy: app ready

        kind, told = ProgramKind(self._kind), -TELLS
        while True:
            try:
                clock.measure()
                if time.monotonic() - self._felt < PATIENCE:
                    lease.prolong(owner=self._owner, until=clock.now() + self._lease)
                    if time.monotonic() - told >= TELLS:  # after the leases: on SQLite it may have to wait
                        programs.beat(owner=self._owner, kind=kind, at=clock.now())
                        told = time.monotonic()
            except DatabaseFailed:
                pass
            close_old_connections()
            if self._ended.wait(BEAT):
                break
        with suppress(DatabaseFailed):
            installation.leave(owner=self._owner)
            if self._follows:
                programs.follow(owner=self._owner, at=clock.now())
            else:
                programs.end(owner=self._owner)
        close_old_connections()

    def stop(self, *, follows: bool = False) -> None:
        """The last beat is over when this returns. `follows`: another takes its place at once."""
        self._follows = follows
        self._ended.set()
        self.join()
