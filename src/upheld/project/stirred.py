"""Whether anybody wrote into our records: one statement that reads no row, asked again and again."""

import sqlite3
from typing import Any

from django.db import Error as DatabaseFailed
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

MARKS = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}
"""Each answers otherwise after somebody wrote: SQLite when another connection committed, PostgreSQL when any
transaction of the server that writes began or ended."""


class Stirred:
    """Asks by a connection of its own, so that what this program wrote itself counts too."""

    def __init__(self) -> None:
        self._connection: BaseDatabaseWrapper | None = None
        self._known: Any = None

    def since(self) -> bool:
        """Whether something was written since this was asked before. Yes the first time, and as long as
        nobody can tell: a look in vain costs little, and one that is not taken lets somebody wait."""
        try:
            now = self._mark()
        except (DatabaseFailed, sqlite3.Error):
            self.close()
            self._known = None
            return True
        before, self._known = self._known, now
        return bool(now != before)

    def close(self) -> None:
        """The connection is given back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _mark(self) -> Any:
        if self._connection is None:
            self._connection = connection.copy()
        with self._connection.cursor() as cursor:
            cursor.execute(MARKS[self._connection.vendor])
            return cursor.fetchone()
