"""Frozen values to JSON and back, each with its type (spec/plan.md).

A dataclass is written as `{"is": "Erase", …}` without the fields that have their default; enums, dates and
other scalars that JSON lacks as `{"is": "date", "value": …}`. Lists are read as tuples. Only the classes
given are read: anything else in the text is an error that names it. A class that says its `form` is written
with it, and read in no other.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from upheld.rights.outcome import Permanent

type_names: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
    "bytes": bytes.fromhex,
    "float": float.fromhex,
}


class Unreadable(Permanent):
    """A stored value that this version cannot read. `why`: `format`, `name` or `form`, or `altered` where the
    digest is another (spec/plan.md). Never names the value."""

    def __init__(self, why: str, what: str) -> None:
        super().__init__(what, "Go on with the version of Upheld that wrote it, or restore it from a copy.")
        self.why = why


def _scalar(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"is": "float", "value": value.hex()}
        case datetime():
            return {"is": "datetime", "value": value.isoformat()}
        case date():
            return {"is": "date", "value": value.isoformat()}
        case Decimal() | UUID():
            return {"is": type(value).__name__.lower(), "value": str(value)}
        case bytes():
            return {"is": "bytes", "value": value.hex()}
    raise Unreadable("name", f"A {type(value).__name__} cannot be stored.")


_PLAIN = frozenset((str, int, bool, type(None)))


@cache
def _written(kind: Hashable) -> tuple[dict[str, object], tuple[tuple[str, object], ...]] | None:
    """How a dataclass is written: what all its values have in common, and its fields with their defaults;
    None for any other class."""
    if not is_dataclass(kind) or not isinstance(kind, type):
        return None
    common: dict[str, object] = {"is": kind.__name__}
    if form := getattr(kind, "form", None):
        common["format"] = form
    return common, tuple((each.name, each.default) for each in fields(kind))


def encode(value: object) -> object:
    """The value as JSON would hold it. Raises Unreadable for a type without a written form."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, tuple | list):
        plain = _PLAIN.issuperset(map(type, value))  # keys of rows, mostly: nothing to look at one by one
        return list(value) if plain else [encode(item) for item in value]
    known = _written(kind)
    if known is not None:
        common, columns = known
        written = dict(common)
        for name, default in columns:
            content = getattr(value, name)
            if default is MISSING or content != default:
                written[name] = content if type(content) in _PLAIN else encode(content)
        return written
    if isinstance(value, Enum):
        return {"is": kind.__name__, "value": value.value}
    return _scalar(value)


def decode(written: object, classes: Iterable[type]) -> object:
    """The value again. Raises Unreadable for anything that none of `classes` explains."""
    known = {each.__name__: each for each in classes}

    def read(part: object) -> object:
        if isinstance(part, list):
            plain = _PLAIN.issuperset(map(type, part))
            return tuple(part) if plain else tuple([read(item) for item in part])
        if not isinstance(part, dict):
            return part
        name = str(part.get("is"))
        if name in type_names:
            return type_names[name](part["value"])
        if name not in known:
            raise Unreadable("name", f"Nothing here is called {name!r}.")
        kind = known[name]
        if issubclass(kind, Enum):
            return kind(part["value"])
        members = {key: read(item) for key, item in part.items() if key != "is"}
        form = getattr(kind, "form", None)
        if form and members.pop("format", None) != form:
            raise Unreadable("format", f"A {name} in another format than {form}, which this version reads.")
        return kind(**members)

    try:
        return read(written)
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("form", "A stored value does not fit the form that it says it has.") from error


def text(value: object) -> str:
    """The one canonical text of a value: keys sorted, no spaces. What digests are taken of."""
    return _TEXT.encode(encode(value))


_TEXT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: object) -> str:
    """SHA-256 of the canonical text, in hex."""
    return sha256(text(value).encode()).hexdigest()
