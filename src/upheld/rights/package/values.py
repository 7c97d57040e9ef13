"""Values of rows as JSON holds them (spec, section 4), and what kinds of value a column had."""

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final
from uuid import UUID

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

mark: Final = "$"
"""Keys of our own begin with it; a key of the data that does gets another one in front."""

_signatures: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


def media_type(content: bytes) -> str:
    """What the first bytes say it is."""
    for start, name in _signatures:
        if content.startswith(start):
            return name
    return "application/octet-stream"


def escape(key: str) -> str:
    """A key of the data, told apart from keys of ours."""
    return mark + key if key.startswith(mark) else key


def unescape(key: str) -> str:
    """The key of the data again."""
    return key[1:] if key.startswith(mark + mark) else key


def withheld(why: str) -> Json:
    """The mark that stands where a value was: `another-person`, or a category that is never sent (C-14)."""
    return {mark + "withheld": why}


def _bytes(value: bytes | bytearray | memoryview) -> tuple[str, Json]:
    content = bytes(value)
    return "bytes", {mark + "base64": base64.b64encode(content).decode(), mark + "type": media_type(content)}


def _float(value: float) -> tuple[str, Json]:
    if not math.isfinite(value):
        return "text", {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    return "number", value


def _mapping(value: Mapping[object, object]) -> tuple[str, Json]:
    return "object", {escape(str(key)): plain(item)[1] for key, item in value.items()}


def _list(value: list[object] | tuple[object, ...]) -> tuple[str, Json]:
    return "array", [plain(item)[1] for item in value]


_written: Final[dict[type, Callable[..., tuple[str, Json]]]] = {
    bool: lambda value: ("boolean", value),
    int: lambda value: ("integer", value),
    str: lambda value: ("text", value),
    float: _float,
    Decimal: lambda value: ("decimal", str(value)),
    datetime: lambda value: ("datetime", value.isoformat()),
    date: lambda value: ("date", value.isoformat()),
    time: lambda value: ("time", value.isoformat()),
    timedelta: lambda value: ("text", str(value)),
    UUID: lambda value: ("uuid", str(value)),
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    dict: _mapping,
    list: _list,
    tuple: _list,
}


def plain(value: object) -> tuple[str, Json]:
    """The kind and the written form of one value; None has the kind "" (it tells nothing of the column)."""
    if value is None:
        return "", None
    write = _written.get(type(value))
    if write is None:
        if isinstance(value, Enum):
            return plain(value.value)
        write = next((each for kind, each in _written.items() if isinstance(value, kind)), None)
    # Ranges, network addresses, points: their own text is what the system itself would show.
    return write(value) if write else ("text", str(value))


def line(row: Mapping[str, Json]) -> bytes:
    """One line of JSON. A lone surrogate, which UTF-8 lacks, is written as its JSON escape."""
    return (
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
    )
