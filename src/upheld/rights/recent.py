"""What was made lately of the very same things, to be had again without making it anew.

For things that hardly ever change while a program runs, such as a map and the plans made of it: to compare
two that are equal takes as long as to make what is made of them.
"""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_KEPT = 15


class Recent(Generic[T]):
    """Keeps the last few. Things that cannot change are meant; `same` are compared by who they are, `equal`
    by what they say."""

    def __init__(self) -> None:
        self._made: list[tuple[tuple[Any, ...], tuple[Hashable, ...], T]] = []

    def of(self, *same: Any, equal: tuple[Hashable, ...] = (), make: Callable[[], T]) -> T:
        """What `make` gave for these before, or gives now."""
        for known, alike, made in self._made:
            if all(mine is own for mine, own in zip(known, same, strict=True)) and alike == equal:
                return made
        fresh = make()
        self._made = [*self._made[-_KEPT:], (same, equal, fresh)]
        return fresh
