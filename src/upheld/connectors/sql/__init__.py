"""Relational databases: kind `sql`."""

from upheld.connectors.sql.connector import connector

__all__ = ["connector"]
