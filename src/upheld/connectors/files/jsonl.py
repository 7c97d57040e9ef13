"""JSONL files line by line: a changed line keeps its keys, their order, and its other values' bytes."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from upheld.rights.rows.values import written

_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"


class Unreadable(ValueError):
    """Why a line is no JSON object of ours."""


def row(line: bytes) -> dict[str, object] | None:
    """The object on a line; None for an empty line. Unreadable for anything else, and for an object that has
    the same key twice: what stands in the first one could not be seen.
    """
    text = _text(line)
    if not text.strip():
        return None
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("is not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("is not an object")
    return cast("dict[str, object]", found)


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig" if line.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("has a key twice")
    return found


def changed(line: bytes, before: Mapping[str, object], after: Mapping[str, object]) -> bytes:
    """The line with the values that differ written anew, everything else as it stood."""
    text = line.decode("utf-8")
    ascii_only = text.isascii()
    pieces, position = [], 0
    for key, start, end in _members(text):
        if after.get(key) != before.get(key) or type(after.get(key)) is not type(before.get(key)):
            tight = ": " not in text[:end] and '", ' not in text
            new = json.dumps(
                after.get(key),
                ensure_ascii=ascii_only,
                separators=(",", ":") if tight else None,
                default=written,
            )
            pieces += [text[position:start], new]
            position = end
    return ("".join(pieces) + text[position:]).encode("utf-8")


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """Keys of the object on the line, and where their values stand."""
    position = _skip(text, text.index("{") + 1)
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        start = _skip(text, _skip(text, position) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, start, end
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    while text[position] in _BLANK:
        position += 1
    return position
