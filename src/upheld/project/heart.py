"""While a program lives and gets on, what it is at stays its own."""

import threading
import time
from datetime import timedelta

from django.db import Error as DatabaseFailed
from django.db import close_old_connections

BEAT = 10.0
"""Seconds between two renewals: four of them fit into a lease, so that three may fail."""
PATIENCE = 1800.0
"""Seconds without any progress after which a program that still runs is taken for stuck: others take over."""


class Heart(threading.Thread):
    """Renews the leases of this program; ends with it."""

    def __init__(self, owner: str, lease: timedelta) -> None:
        super().__init__(name="heart", daemon=True)
        self._owner, self._lease = owner, lease
        self._ended = threading.Event()
        self._felt = time.monotonic()

    def felt(self, *_: object) -> None:
        """Something got on."""
        self._felt = time.monotonic()

    def run(self) -> None:
        """Until `stop`. A beat that fails, for the database is away, is made up by the next."""
        from upheld.actions import lease  # lazy: app ready
        from upheld.store import clock  # lazy: app ready

        while not self._ended.wait(BEAT):
            try:
                clock.measure()
                if time.monotonic() - self._felt < PATIENCE:
                    lease.prolong(owner=self._owner, until=clock.now() + self._lease)
            except DatabaseFailed:
                pass
            close_old_connections()

    def stop(self) -> None:
        """The last beat is over when this returns."""
        self._ended.set()
        self.join()
