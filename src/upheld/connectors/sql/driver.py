"""Statements given to the driver itself: what SQLAlchemy does around each takes longer than most take.

The rest is as it has it: who listens to its events hears these statements, and errors come as its own. On
PostgreSQL statements that do not wait for each other's answers are sent in one go.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

Sending = tuple[str, Any]
"""A statement and its parameters, as the driver takes them: on PostgreSQL `$1` and their sequence."""
_TOGETHER = 64
"""Statements sent in one go: the answers of so many wait in memory."""


def run(connection: sa.Connection, text: str, parameters: Any) -> Any:
    """Run one statement; gives the driver's cursor, whose rows nobody has read. The caller closes it. Raises
    what SQLAlchemy would."""
    cursor = _cursor(connection)
    with _raised(connection, text):
        heard = _told(connection, "before", cursor, text, parameters)
        cursor.execute(text, parameters)
        if heard:
            _told(connection, "after", cursor, text, parameters)
    return cursor


@cache
def worded(dialect: sa.Dialect) -> sa.Dialect:
    """The dialect in which a statement for `run` is written: with parameters as PostgreSQL itself numbers
    them. Its driver looks through each statement that names them otherwise, the longer ones anew each
    time."""
    if dialect.driver != "psycopg":
        return dialect
    numbered: Any = copy(dialect)
    numbered.paramstyle, numbered.positional = "numeric_dollar", True
    numbered.identifier_preparer = numbered.preparer(numbered)  # it doubles no percent sign
    numbering: sa.Dialect = numbered
    return numbering


def _cursor(connection: sa.Connection) -> Any:
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.driver != "psycopg":
        return raw.cursor()
    driver: Any = connection.dialect.loaded_dbapi
    return driver.RawCursor(raw)


def pipes(connection: sa.Connection) -> bool:
    """Whether statements can be sent without waiting for the answers of those before."""
    return connection.dialect.driver == "psycopg"


def run_each(connection: sa.Connection, sendings: Sequence[Sending]) -> Iterator[Any]:
    """Run them in this order; gives a cursor each, whose rows are read before the next is asked for: SQLite
    finds rows only as they are read, and the next statement may change them. The first that fails ends it,
    and with it whatever the transaction did."""
    if len(sendings) < 2 or not pipes(connection):
        for each in sendings:
            yield run(connection, *each)
        return
    for start in range(0, len(sendings), _TOGETHER):
        yield from _piped(connection, sendings[start : start + _TOGETHER])


def _piped(connection: sa.Connection, sendings: Sequence[Sending]) -> list[Any]:
    raw: Any = connection.connection.dbapi_connection
    cursors: list[Any] = []
    heard = False
    with _raised(connection, sendings[0][0]), raw.pipeline():
        for text, parameters in sendings:
            cursor = _cursor(connection)
            heard = _told(connection, "before", cursor, text, parameters)
            cursor.execute(text, parameters)
            cursors.append(cursor)
    if heard:
        for cursor, (text, parameters) in zip(cursors, sendings, strict=True):
            _told(connection, "after", cursor, text, parameters)
    return cursors


def _told(connection: sa.Connection, when: str, cursor: Any, text: str, parameters: Any) -> bool:
    """Whether anybody listens."""
    if not (connection._has_events or connection.engine._has_events):  # noqa: SLF001 - as SQLAlchemy itself asks
        return False
    listeners = getattr(connection.dispatch, f"{when}_cursor_execute")
    for each in listeners:
        each(connection, cursor, text, parameters, None, False)
    return bool(connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute)


@contextmanager
def _raised(connection: sa.Connection, text: str) -> Iterator[None]:
    """Errors of the driver as SQLAlchemy wraps them: without the values, and with a connection that is gone
    given up."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        gone = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if gone:
            connection.invalidate(error)
        raise exc.DBAPIError.instance(
            text,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=connection.dialect,
        ) from error
