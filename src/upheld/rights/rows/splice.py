"""A value inside the text of a JSON document becomes another, and no other character of the text changes
(scenario 28): not white space, not the order of keys or their doubles, not the digits of a number."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_READ = json.JSONDecoder(parse_float=Decimal)
_BLANK = re.compile(r"[ \t\n\r]*")

Span = tuple[int, int]


def exact(value: object) -> object:
    """A JSON value, whether it stands as text or is one already; decimals digit for digit where it is text.
    None where it cannot be read."""
    if not isinstance(value, str | bytes):
        return value
    try:
        read: object = json.loads(value, parse_float=Decimal)
    except ValueError:
        return None
    return read


def spliced(text: str, path: Sequence[str], new: object) -> str:
    """The text with the value at the path replaced, each of them where the path names several; the same
    text where it leads nowhere, or where the text is no JSON."""
    if exact(text) is None:
        return text
    for start, end in sorted(_spans(text, _after_blank(text, 0), path), reverse=True):
        text = text[:start] + _dumped(new) + text[end:]
    return text


def _dumped(new: object) -> str:
    return str(new) if isinstance(new, Decimal) else json.dumps(new, ensure_ascii=False)


def _spans(text: str, at: int, path: Sequence[str]) -> list[Span]:
    if not path:
        return [(at, _end(text, at))]
    first, rest = path[0], path[1:]
    members = _members(text, at)
    chosen = list(members.values()) if first == "*" else [members[first]] if first in members else []
    return [span for start in chosen for span in _spans(text, start, rest)]


def _members(text: str, at: int) -> dict[str, int]:
    """Where the values of an object or a list begin; of a key that stands there twice the last counts, as
    for whoever reads it."""
    found: dict[str, int] = {}
    opened = text[at]
    if opened not in "{[":
        return found
    at = _after_blank(text, at + 1)
    while text[at] not in "}]":
        name = str(len(found))
        if opened == "{":
            name, at = _READ.raw_decode(text, at)
            at = _after_blank(text, _after_blank(text, at) + 1)  # past the colon
        found[name] = at
        at = _after_blank(text, _end(text, at))
        if text[at] == ",":
            at = _after_blank(text, at + 1)
    return found


def _end(text: str, at: int) -> int:
    read: tuple[Any, int] = _READ.raw_decode(text, at)
    return read[1]


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
