"""Turns frozen dataclasses into canonical JSON values and back, strictly: no missing and no further members,
where a member that has a default is written only when it differs.

Knows strings, whole numbers, booleans, dates, times, enums, optional values, tuples and nested records.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from upheld.ledger.canonical import Value
from upheld.ledger.entry import format_time, parse_date, parse_time

R = TypeVar("R")


class MalformedRecord(ValueError):
    """The value does not have the members that the format declares. The message names the place."""


def to_value(record: object) -> Value:
    """The JSON value of a record. Dates and times become RFC 3339 strings, enums their values."""
    if record is None or isinstance(record, (bool, int, str)):
        return record
    if isinstance(record, Enum):
        return str(record.value)
    if isinstance(record, datetime):
        return format_time(record)
    if isinstance(record, date):
        return record.isoformat()
    if isinstance(record, tuple):
        return [to_value(item) for item in record]
    shape = type(record)
    if shape not in _MEMBERS:
        if not is_dataclass(shape):
            raise TypeError(f"A record cannot hold {shape.__name__}.")
        _MEMBERS[shape] = tuple((field.name, field.default) for field in fields(shape))
    values = [(name, getattr(record, name), default) for name, default in _MEMBERS[shape]]
    return {name: to_value(each) for name, each, default in values if each != default}


_MEMBERS: dict[type, tuple[tuple[str, object], ...]] = {}
"""What a record of each class holds, and what goes without saying."""


def from_value(shape: type[R], value: object, where: str) -> R:
    """The record of this class, or MalformedRecord; `where` names the value for people."""
    if not isinstance(value, Mapping):
        raise MalformedRecord(f"{where} must be an object.")
    hints = get_type_hints(shape)
    defaults = {field.name: field.default for field in fields(shape) if field.default is not MISSING}  # type: ignore[arg-type]
    given, value = value, {**defaults, **value}
    missing, further = sorted(set(hints) - set(value)), sorted(set(value) - set(hints))
    if missing:
        raise MalformedRecord(f"{where} lacks {', '.join(missing)}.")
    if further:
        raise MalformedRecord(f"{where} has members that are not declared, such as {further[0][:40]!r}.")
    if idle := [
        name for name, default in defaults.items() if name in given and given[name] == to_value(default)
    ]:
        raise MalformedRecord(f"{where}.{idle[0]} says what goes without saying.")
    members = {
        name: _read(hint, value[name], f"{where}.{name}") if name in given else defaults[name]
        for name, hint in hints.items()
    }
    try:
        return shape(**members)
    except ValueError as error:
        raise MalformedRecord(f"{where} contradicts itself: {error}") from error


def _read(hint: Any, value: object, where: str) -> object:
    if isinstance(hint, UnionType):
        if value is None:
            return None
        return _read(next(part for part in get_args(hint) if part is not type(None)), value, where)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise MalformedRecord(f"{where} must be a list.")
        return tuple(_read(get_args(hint)[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if is_dataclass(hint):
        return from_value(hint, value, where)  # type: ignore[arg-type]
    if hint in (str, int, bool):
        if type(value) is not hint:
            raise MalformedRecord(f"{where} must be of type {hint.__name__}.")
        return value
    return _read_spelled(hint, value, where)


def _read_spelled(hint: Any, value: object, where: str) -> object:
    """Values that JSON spells as strings: times, dates, enums."""
    if not isinstance(value, str):
        raise MalformedRecord(f"{where} must be a string.")
    try:
        if hint is datetime:
            return parse_time(value)
        if hint is date:
            return parse_date(value)
        return hint(value)
    except ValueError as error:
        raise MalformedRecord(f"{where} is not a {hint.__name__} that this format knows.") from error
