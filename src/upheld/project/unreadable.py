"""Settings that cannot be read. The first ends a program as it starts; for the one that looks for all of
them they are gathered, and what each would be without its setting stands in its place."""

from collections.abc import Callable
from typing import TypeVar

from upheld.rights.outcome import Misconfigured

T = TypeVar("T")
_gathered: dict[str, Misconfigured] | None = None


def gather() -> dict[str, Misconfigured]:
    """From now on; before the settings are read. Gives what is found then, by the names of settings."""
    global _gathered  # noqa: PLW0603 - Django reads settings once, as a module
    _gathered = {}
    return _gathered


def read(name: str, value: Callable[[], T], otherwise: T) -> T:
    """The value. Misconfigured where it cannot be read, unless those are gathered."""
    try:
        return value()
    except Misconfigured as fault:
        if _gathered is None:
            raise
        _gathered.setdefault(name, fault)
        return otherwise
