"""The double in memory passes the kit that every connector has to pass."""

from upheld.connectors.conformance import ConnectorConformance, Rows, standard_system
from upheld.datamap.model import System
from upheld.rights.testing import InMemoryConnector


class TestInMemory(ConnectorConformance):
    def make(self, rows: Rows) -> tuple[System, InMemoryConnector]:
        system = standard_system()
        self.connector = InMemoryConnector(system, rows)
        return system, self.connector

    def connect(self, system: System) -> InMemoryConnector:
        self.connector = InMemoryConnector(system, self.connector.tables)
        return self.connector

    def stored(self) -> Rows:
        return self.connector.tables
