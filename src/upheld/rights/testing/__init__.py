"""Doubles that ship: a connector and a journal in memory, for tests of whatever stands above the port.

tables = {"users": [{"id": 7, "email": "ada@example.org"}]}
connector = InMemoryConnector(system, tables)
journal = InMemoryJournal()
drive(connector.execute(steps, subject, now=now, entropy=entropy, allow=frozenset()), journal)
"""

from upheld.rights.testing.connector import POINTS, Died, InMemoryConnector, serial_entropy
from upheld.rights.testing.journal import InMemoryJournal, drive

__all__ = ["POINTS", "Died", "InMemoryConnector", "InMemoryJournal", "drive", "serial_entropy"]
