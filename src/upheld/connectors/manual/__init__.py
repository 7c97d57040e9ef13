"""Systems that a person looks after: a name, an owner, an address, and a task for each request."""

from upheld.connectors.manual.system import ManualConnector, connector

__all__ = ["ManualConnector", "connector"]
