"""Connectors that are made when the first is wanted: what they are made with takes more memory, and more
time, than anything else that a program of the server imports."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from upheld.rights.connector import Connector

reached_at: float | None = None
"""When this program last wanted one, by its own clock; None: never."""


class Late(Mapping[str, Connector]):
    """Those of these systems, in their order; `make` makes all, once. To ask for their names does not."""

    def __init__(self, names: Iterable[str], make: Callable[[], Mapping[str, Connector]]) -> None:
        self._names, self._make = tuple(names), make
        self._made: Mapping[str, Connector] | None = None

    def __getitem__(self, name: str) -> Connector:
        global reached_at  # noqa: PLW0603 - of this program
        if name not in self._names:
            raise KeyError(name)
        reached_at = time.monotonic()
        if self._made is None:
            self._made = self._make()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
