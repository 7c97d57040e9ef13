"""A column's value as text that the same server reads back to the same bytes (scenario 70).

PostgreSQL's output is what its own dumps rest on, under the settings that a dump sets. MariaDB's is taken
where it is exact, as bytes where it is not; for anything else there is no form, and undo is not offered.
SQLite keeps a storage class with each value, so that stands in front.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import mysql

from upheld.connectors.sql.live import LiveColumn

Text = str | None
"""One value: its text, or None for NULL."""


class Form(StrEnum):
    """TEXT: the server's own words. BYTES: hex of the bytes. TYPED: SQLite's storage class (`i`, `r`, `t`,
    `b`, or `x` for text that is no UTF-8), then the value; reals in hex."""

    TEXT = "text"
    BYTES = "bytes"
    TYPED = "typed"


_WORDS = {
    *("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit", "year"),
    *("date", "datetime", "timestamp", "time", "enum", "set", "json", "inet4", "inet6", "uuid"),
}
_CHARACTERS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"}
_BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
_UNICODE = {"utf8mb4", "utf8mb3", "utf8", "ascii", "latin1"}
"""Character sets that pass through our connection's without loss; others are kept as bytes."""


def _word(column: LiveColumn) -> str:
    return column.type_text.lower().split("(")[0].split(" ")[0]


def form_of(dialect: str, column: LiveColumn) -> Form | None:
    """How the values of a column are written; None where no text of them comes back as it was."""
    if dialect == "postgresql":
        return Form.TEXT
    if dialect == "sqlite":
        return Form.TYPED
    word = _word(column)
    if word in _CHARACTERS:
        return Form.TEXT if _charset(column) in _UNICODE else Form.BYTES
    if word in _BYTES:
        return Form.BYTES
    return Form.TEXT if word in _WORDS else None


def _charset(column: LiveColumn) -> str:
    return str(getattr(column.type, "charset", None) or "").lower()


def reading(dialect: str, target: sa.ColumnElement[Any], column: LiveColumn) -> sa.ColumnElement[Any]:
    """The column in its form, for a SELECT; on SQLite as the driver gives it."""
    if dialect == "postgresql":
        return sa.cast(target, sa.Text())
    if dialect == "sqlite":
        # text that is no UTF-8 would be refused by the driver
        texts = (sa.func.typeof(target) == "text", sa.func.hex(target))
        return sa.type_coerce(sa.case(texts, else_=target), types.NullType())
    word = _word(column)
    if form_of(dialect, column) is Form.BYTES:
        return sa.func.hex(target)
    if word == "float":
        return sa.cast(sa.cast(target, mysql.DOUBLE()), mysql.CHAR())
    if word == "bit":
        return sa.cast(sa.cast(target, mysql.INTEGER(unsigned=True)), mysql.CHAR())
    if word in _CHARACTERS or word in ("enum", "set", "json"):
        return sa.type_coerce(target, types.String())
    return sa.cast(target, mysql.CHAR())


def kind(dialect: str, target: sa.ColumnElement[Any]) -> Sequence[sa.ColumnElement[Any]]:
    """What a SELECT needs besides to tell texts from blobs."""
    return (sa.func.typeof(target),) if dialect == "sqlite" else ()


def as_text(dialect: str, value: Any, storage: str = "") -> Text:
    """What `reading` gave, as an image keeps it."""
    if value is None or dialect != "sqlite":
        return None if value is None else str(value)
    match storage:
        case "integer":
            return f"i{value}"
        case "real":
            return f"r{float(value).hex()}"
        case "blob":
            return f"b{value.hex()}"
    stored = bytes.fromhex(value)
    try:
        return f"t{stored.decode()}"
    except UnicodeDecodeError:
        return f"x{stored.hex()}"


def writing(dialect: str, column: LiveColumn, parameter: str) -> str:
    """The SQL that makes the value of a bound text again."""
    if dialect == "postgresql":
        return f"CAST({parameter} AS {column.type_text})"
    if dialect == "sqlite":
        return parameter
    word = _word(column)
    if word == "bit":
        return f"CAST({parameter} AS UNSIGNED)"
    if form_of(dialect, column) is not Form.BYTES:
        return parameter
    if word in _CHARACTERS:
        return f"CONVERT(UNHEX({parameter}) USING {_charset(column)})"
    return f"UNHEX({parameter})"


def bound(dialect: str, text: Text) -> Any:
    """The parameter for `writing`."""
    if text is None or dialect != "sqlite":
        return text
    letter, rest = text[0], text[1:]
    match letter:
        case "i":
            return int(rest)
        case "r":
            return float.fromhex(rest)
        case "b":
            return bytes.fromhex(rest)
        case "x":
            return _Raw(bytes.fromhex(rest))
    return rest


class _Raw(bytes):
    """Bytes to be stored as text; see `restore`, which casts them."""


def is_raw(value: object) -> bool:
    """Whether a parameter is text that is no UTF-8."""
    return isinstance(value, _Raw)


def shown(form: Form, text: Text) -> object:
    """The value for a person to read: her sealed copy within the window."""
    if text is None or form is Form.TEXT:
        return text
    if form is Form.BYTES:
        return bytes.fromhex(text)
    value = bound("sqlite", text)
    return bytes(value) if is_raw(value) else value


_PINNED = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
}
_MODES = "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES"


@contextmanager
def pinned(connection: sa.Connection) -> Iterator[None]:
    """Settings under which a value has one text and the text one value; afterwards as they were.

    After an error nothing is set back: the transaction and its connection end with it.
    """
    match connection.dialect.name:
        case "postgresql":
            asked = ", ".join(f"current_setting('{name}')" for name in _PINNED)
            before = connection.exec_driver_sql(f"SELECT {asked}").one()
            _configure(connection, list(_PINNED.values()))
            yield
            _configure(connection, list(before))
        case "mariadb" | "mysql":
            connection.exec_driver_sql("SET @upheld_zone = @@SESSION.time_zone")
            connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
            yield
            connection.exec_driver_sql("SET SESSION time_zone = @upheld_zone")
        case _:
            yield


def _configure(connection: sa.Connection, values: Sequence[str]) -> None:
    named = zip(_PINNED, values, strict=True)
    asked = [sa.func.set_config(name, value, sa.true()) for name, value in named]
    connection.execute(sa.select(*asked))


def generous(connection: sa.Connection) -> None:
    """For the rest of this connection the server takes what it once held: zero dates, a zero in an identity.

    What it made of each value is compared afterwards.
    """
    if connection.dialect.name in ("mariadb", "mysql"):
        connection.exec_driver_sql(f"SET SESSION sql_mode = '{_MODES}'")
