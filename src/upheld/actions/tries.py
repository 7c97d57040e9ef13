"""Tries to log in and codes that were used, as the library for accounts writes them down: kept in the
records, so that a restart or a second web process forgets none, by a keyed digest of what and from where."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from upheld.store.keys import KeyStore
from upheld.store.models import Tries

Content = list[float] | bool | str
"""Times in seconds; that somebody is at them; that a code was used."""


class Tally:
    """What is written down by name, each for its time. `clock` as everywhere."""

    def __init__(self, keys: KeyStore, clock: Callable[[], datetime]) -> None:
        self._keys, self._clock = keys, clock

    @transaction.atomic
    def add(self, name: str, content: Content, *, lasts: timedelta) -> bool:
        """Write it down unless something stands there; whether nothing did."""
        at, digest = self._clock(), self._digest(name)
        Tries.objects.filter(digest=digest, ends_at__lte=at).delete()
        wanted = {"content": content, "ends_at": at + lasts}
        return Tries.objects.get_or_create(digest=digest, defaults=wanted)[1]

    def put(self, name: str, content: Content, *, lasts: timedelta) -> None:
        """Write it down, whatever stands there."""
        wanted = {"content": content, "ends_at": self._clock() + lasts}
        Tries.objects.update_or_create(digest=self._digest(name), defaults=wanted)

    def read(self, name: str) -> Content | None:
        """What stands there."""
        found = Tries.objects.filter(digest=self._digest(name), ends_at__gt=self._clock()).first()
        return None if found is None else found.content

    def strike(self, name: str) -> bool:
        """It goes; whether it was there."""
        many, _ = Tries.objects.filter(digest=self._digest(name)).delete()
        return bool(many)

    def clear(self) -> None:
        """All of it goes."""
        Tries.objects.all().delete()

    def _digest(self, name: str) -> bytes:
        return self._keys.blind("(tries)", name)
