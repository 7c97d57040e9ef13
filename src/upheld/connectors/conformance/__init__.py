"""The kit that every connector has to pass: ours, and a stranger's (docs/connectors.md).

    from upheld.connectors.conformance import ConnectorConformance, Rows, standard_system

    class TestMine(ConnectorConformance):
        def make(self, rows: Rows): ...     # put the rows into an empty system, return (System, Connector)
        def stored(self): ...               # read them back, not through the connector

It needs pytest, which Upheld itself does not install.
"""

import pytest

pytest.register_assert_rewrite(
    *(f"upheld.connectors.conformance.{name}" for name in ("many", "setting", "suite", "waiting"))
)

from upheld.connectors.conformance.many import ManyConformance  # noqa: E402 - asserts are rewritten first
from upheld.connectors.conformance.suite import ConnectorConformance  # noqa: E402 - asserts are rewritten first
from upheld.connectors.conformance.waiting import WaitingConformance  # noqa: E402
from upheld.connectors.conformance.world import (  # noqa: E402
    Rows,
    as_text,
    standard_rows,
    standard_system,
)

__all__ = [
    "ConnectorConformance",
    "ManyConformance",
    "Rows",
    "WaitingConformance",
    "as_text",
    "standard_rows",
    "standard_system",
]
