"""Values of rows: compared by type, reached inside JSON, cast, normalised, and read as calendar days."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import cast as typing_cast
from uuid import UUID

from upheld.datamap import normalise as identity
from upheld.rights.outcome import Misconfigured
from upheld.rights.rows.splice import spliced

Row = Mapping[str, object]
"""One row: column name to value. In a textual store every value is a text, and an empty text is None."""


def typed(value: object) -> object:
    """The value as a member of a set of keys: True is not 1, '7' is not 7 (scenario 27)."""
    return ("bool", value) if isinstance(value, bool) else value


def written(value: object) -> str:
    """How a textual store, such as a CSV file, writes a value; None is the empty text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def equal(cell: object, value: object, *, textual: bool) -> bool:
    """Whether a stored value is that value, of the same type; in a textual store, written alike."""
    if cell is None or value is None:
        return cell is value
    if textual and isinstance(cell, str):
        return cell == written(value)
    if isinstance(cell, str) and isinstance(value, date | UUID):
        return cell == written(value)
    if isinstance(cell, str) != isinstance(value, str):
        return False
    return bool(typed(cell) == typed(value))


def cast(value: object, how: str | None) -> object:
    """The value in a link's declared type, or None where it is not one: '7abc' is no integer."""
    match how:
        case None:
            return value
        case "integer":
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            return int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,30}", value) else None
        case "text":
            return None if value is None else written(value)
        case "uuid":
            try:
                return value if isinstance(value, UUID) else UUID(str(value))
            except ValueError:
                return None
    raise Misconfigured(f"Nothing here is cast to {how!r}.", "Use one of: integer, text, uuid.")


def normalise(value: object, how: str | None) -> str | None:
    """An identity as it is compared. None for what is empty or not text."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    return identity.normalise(how, written(value)) or None


def document(value: object) -> object:
    """A JSON value, whether it stands as text or is one already. None where it cannot be read."""
    if not isinstance(value, str | bytes):
        return value
    try:
        return typing_cast("object", json.loads(value))
    except ValueError:
        return None


def reach(value: object, path: str) -> Iterator[object]:
    """Every value at a path such as `$.user.email` or `$.parties[*].id`; nothing where it ends early."""
    found = [document(value)]
    for part in parts(path):
        found = [inner for outer in found for inner in _step(outer, part)]
    yield from found


def parts(path: str) -> list[str]:
    """The steps of a path; `$.a[0].b`, `a[0].b` and `a.0.b` are the same."""
    return [part for part in re.split(r"[.\[\]]+", path.removeprefix("$")) if part]


def _step(value: object, part: str) -> list[object]:
    if isinstance(value, dict):
        return list(value.values()) if part == "*" else [value[part]] if part in value else []
    if isinstance(value, list):
        if part == "*":
            return list(value)
        return [value[int(part)]] if part.isdigit() and int(part) < len(value) else []
    return []


def _edited_text(value: str | bytes, path: str, new: object) -> str | bytes:
    if isinstance(value, str) and new is not None:
        return spliced(value, parts(path), new)
    before = document(value)
    after = edited(before, path, new)
    if after == before:
        return value
    tight = b'": ' not in value if isinstance(value, bytes) else '": ' not in value
    dumped = json.dumps(after, ensure_ascii=False, separators=(",", ":") if tight else None)
    return dumped.encode() if isinstance(value, bytes) else dumped


def edited(value: object, path: str, new: object) -> object:
    """The document with the value at `path` replaced, or removed for None; a path that leads nowhere changes
    nothing, and keys keep their order (scenario 28). Text stays text; where a value in it is replaced, no
    other character changes.
    """
    if isinstance(value, str | bytes):
        return _edited_text(value, path, new)
    first, *after_first = parts(path)
    rest = ".".join(after_first)
    if isinstance(value, dict):
        names = list(value) if first == "*" else [first]
        copy = dict(value)
        for name in names:
            if name in copy and rest:
                copy[name] = edited(copy[name], rest, new)
            elif name in copy and new is None:
                del copy[name]
            elif name in copy:
                copy[name] = new
        return copy
    if isinstance(value, list):
        chosen = range(len(value)) if first == "*" else [int(first)] if first.isdigit() else []
        items = list(value)
        for index in sorted((each for each in chosen if each < len(items)), reverse=True):
            if rest:
                items[index] = edited(items[index], rest, new)
            elif new is None:
                del items[index]
            else:
                items[index] = new
        return items
    return value


def day(value: object) -> date | None:
    """The calendar day of a stored date or time; None for an empty one.

    Misconfigured for anything else: a period cannot be counted from it.
    """
    match value:
        case None | "":
            return None
        case datetime():
            return value.date()
        case date():
            return value
        case int() | float() | Decimal() if not isinstance(value, bool):
            raise Misconfigured(
                "A retention period is counted from a number.",
                "Name a column that holds ISO dates in `after`.",
            )
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise Misconfigured(
            "A retention period is counted from something that is no ISO date.",
            "Correct the rows, or name another column.",
        ) from None
