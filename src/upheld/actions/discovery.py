"""Draft the map of a system from the system itself. Opens no case and writes nothing, there or here."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from upheld.actions.reach import reached
from upheld.connectors.sql.discover import Draft
from upheld.connectors.sql.discover.reach import Wish
from upheld.connectors.sql.discover.seeing import Told
from upheld.datamap.model import System
from upheld.rights.outcome import Misconfigured


@runtime_checkable
class Discovering(Protocol):
    """A connector that can draft the map of its system."""

    def discover(self, wish: Wish, told: Told) -> Draft:
        """Reads only."""


def discover(*, system: System, secrets: Mapping[str, str], wish: Wish, told: Told) -> Draft:
    """The draft. Misconfigured where the system cannot be reached, or its kind cannot be discovered."""
    connector = reached(system, secrets)
    if not isinstance(connector, Discovering):
        raise Misconfigured(
            f"Systems of kind {system.kind} cannot be discovered.", "Databases can; write the others by hand."
        )
    return connector.discover(wish, told)
