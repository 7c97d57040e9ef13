"""Questions to a system that belong together, answered from one look at it."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol, runtime_checkable

from upheld.rights.connector import Connector


@runtime_checkable
class Glancing(Protocol):
    """A connector that can answer several reading calls of one thread from one snapshot."""

    def glance(self) -> AbstractContextManager[None]:
        """Until it ends. A write inside is none of its business: it looks anew."""
        ...


@contextmanager
def at_a_glance(connectors: Iterable[Connector]) -> Iterator[None]:
    """What is found, counted and checked inside is of one moment in each system that can say so. Nothing that
    reads without end belongs here: the snapshot stays open."""
    with ExitStack() as stack:
        for each in connectors:
            if isinstance(each, Glancing):
                stack.enter_context(each.glance())
        yield
