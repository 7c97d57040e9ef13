"""Whether anybody can have changed a schema of a MariaDB server since it was read: the server counts the
statements of each kind that it was given.

All kinds count as a change but those that are known to be none, so that a kind that a later release has costs
a reading and nothing else. A statement is counted before it is carried out: where another thread works while
we look, nothing is believed. The threads of replication and of events work always, a cluster's need not be
seen, so with these nothing is believed either.
"""

import time
from dataclasses import dataclass

import sqlalchemy as sa

from upheld.connectors.sql import driver

LASTS = 60.0
"""Seconds after which everything is read anew all the same: estimates of rows change without a statement."""

_HARMLESS = (
    *("SELECT", "INSERT", "INSERT_SELECT", "REPLACE", "REPLACE_SELECT", "UPDATE", "UPDATE_MULTI"),
    *("DELETE", "DELETE_MULTI", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "ROLLBACK_TO_SAVEPOINT"),
    *("RELEASE_SAVEPOINT", "SET_OPTION", "CHANGE_DB", "ADMIN_COMMANDS"),
    *("STMT_PREPARE", "STMT_EXECUTE", "STMT_FETCH", "STMT_RESET", "STMT_CLOSE", "STMT_SEND_LONG_DATA"),
    *("SHOW_FIELDS", "SHOW_KEYS", "SHOW_TABLES", "SHOW_STATUS", "SHOW_VARIABLES", "SHOW_WARNINGS"),
)
"""What is executed by STMT_EXECUTE is counted by its own kind, too; and so is what a procedure does."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a server had counted when a connection asked. `raw`: the driver's connection, which a restart of
    the server does not outlive; `flushed`: seconds from the start to the last reset of its counters."""

    raw: object
    statements: int
    flushed: int
    at: float

    def shows_nothing_new(self, later: "Counted") -> bool:
        """Whether no statement came in between that can have changed a schema."""
        same = (self.statements, self.flushed) == (later.statements, later.flushed)
        return same and self.raw is later.raw and 0 <= later.at - self.at < LASTS


def counted(connection: sa.Connection) -> Counted | None:
    """None where somebody else is at work, or works unseen."""
    cursor = driver.run(connection, _COUNTED, None)
    [(statements, running, replicas, nodes, uptime, since, events)] = cursor.fetchall()
    cursor.close()
    if (running, replicas, nodes or 0, events) != (1, 0, 0, "OFF"):
        return None
    raw = connection.connection.dbapi_connection
    return Counted(raw, int(statements), int(uptime) - int(since), time.monotonic())


def _value(name: str) -> str:
    return f"CAST(MAX(IF(VARIABLE_NAME = '{name}', VARIABLE_VALUE, NULL)) AS SIGNED)"


_SINGLE = ("THREADS_RUNNING", "SLAVES_RUNNING", "WSREP_CLUSTER_SIZE", "UPTIME", "UPTIME_SINCE_FLUSH_STATUS")
_HARMLESS_NAMES = ", ".join(f"'COM_{each}'" for each in _HARMLESS)
_OTHERS = f"VARIABLE_NAME LIKE 'COM\\_%' AND VARIABLE_NAME NOT IN ({_HARMLESS_NAMES})"
_COUNTED = (
    f"SELECT SUM(IF({_OTHERS}, VARIABLE_VALUE, 0)), {', '.join(map(_value, _SINGLE))}, "  # noqa: S608 - our words
    "@@GLOBAL.event_scheduler FROM information_schema.GLOBAL_STATUS "
    f"WHERE VARIABLE_NAME LIKE 'COM\\_%' OR VARIABLE_NAME IN ({', '.join(map(repr, _SINGLE))})"
)
