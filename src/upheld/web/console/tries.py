"""Where the library for accounts counts tries to log in and of second factors: in the records. Django calls
that a cache; nothing else of ours uses one."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from upheld.actions.tries import Tally
from upheld.store import clock
from upheld.store.keys import KeyStore

LASTS = 300.0
"""Seconds, where the library says nothing else."""


class Stored(BaseCache):
    """As much of a cache as the library asks for. It is never full: what is in it is evidence of guessing,
    and goes when its time is over (`pace.forget`)."""

    def __init__(self, _place: str, given: dict[str, Any]) -> None:
        super().__init__(given)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _tally().add(self._name(key, version), value, lasts=self._lasts(timeout))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = _tally().read(self._name(key, version))
        return default if found is None else found

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _tally().put(self._name(key, version), value, lasts=self._lasts(timeout))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _tally().strike(self._name(key, version))

    def clear(self) -> None:
        _tally().clear()

    def _name(self, key: Any, version: int | None) -> str:
        return str(self.make_key(key, version=version))

    def _lasts(self, timeout: Any) -> timedelta:
        return timedelta(seconds=LASTS if timeout is DEFAULT_TIMEOUT else timeout)


def _tally() -> Tally:
    return Tally(KeyStore(settings.UPHELD_KEYS), clock.now)
