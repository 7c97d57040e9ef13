"""Canonical JSON (RFC 8785), the part that the ledger needs: every value has exactly one spelling (P-04).

Objects, arrays, strings, booleans, null and integers up to 2^53 - 1. Fractions are refused: two languages
may print the same one differently, and nothing in the ledger needs them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

_HELD = "Canonical JSON holds objects, arrays, strings, whole numbers, true, false and null"
MAX_INTEGER = 2**53 - 1
_MAX_DEPTH = 32
# What json.dumps(…, ensure_ascii=False) calls in the end; the way there was half the cost of an entry.
_QUOTE = json.encoder.encode_basestring

Value = None | bool | int | str | Sequence["Value"] | Mapping[str, "Value"]


class Spelled(str):
    """A value in its canonical form already, to stand within another: it is not put into quotes."""

    __slots__ = ()


class NotCanonical(ValueError):
    """The value has no canonical form here, or the text is not in it."""


def string(text: str) -> str:
    """A string in canonical form; raises NotCanonical for half of a surrogate pair."""
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise NotCanonical(
                "A string holds half of a surrogate pair, which is not a character."
            ) from error
    # json escapes exactly what RFC 8785 §3.2.2.2 does when ensure_ascii is off: short forms and \u00xx.
    return _QUOTE(text)


def _utf16(key: str) -> bytes:
    # RFC 8785 §3.2.3 sorts keys by UTF-16 code units, which differs from code points above U+FFFF.
    return key.encode("utf-16-be", "surrogatepass")


_WORDS = {None: "null", True: "true", False: "false"}


def _render(value: object, depth: int) -> str:
    kind = type(value)  # the plainest first: most of what is written are short strings and small numbers
    if kind is int and -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
        return repr(value)
    if kind is str and value.isascii():  # type: ignore[attr-defined]
        return _QUOTE(value)  # type: ignore[arg-type]
    if depth > _MAX_DEPTH:
        raise NotCanonical(f"The value is nested more than {_MAX_DEPTH} levels deep.")
    if value is None or value is True or value is False:
        return _WORDS[value]
    if kind is Spelled:
        return str(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("A number is beyond 2^53 - 1, which not every reader holds exactly.")
        return str(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("The keys of an object must be strings.")
        plain = all(map(str.isascii, value))  # then both orders are the same, and the built-in one is faster
        keys = sorted(value) if plain else sorted(value, key=_utf16)
        members = [f"{string(key)}:{_render(value[key], depth + 1)}" for key in keys]
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_render(item, depth + 1) for item in value]) + "]"
    raise NotCanonical(f"{_HELD}, not {type(value).__name__}.")


def encode(value: Value) -> bytes:
    """The one canonical form of `value`; raises NotCanonical for fractions and whatever else has none."""
    return _render(value, 0).encode("utf-8")


def _no_fraction(text: str) -> NoReturn:
    raise NotCanonical(f"{_HELD}; {text[:30]} is not one of them.")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("An object has the same key twice.")
    return members


def _integer(text: str) -> int:
    if len(text) > 17:
        raise NotCanonical("A number is beyond 2^53 - 1, which not every reader holds exactly.")
    return int(text)


def decode(data: bytes) -> object:
    """Reads canonical JSON and nothing else: other spellings of the same value raise NotCanonical."""
    try:
        value: object = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
        spelled = _render(value, 0).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotCanonical("The text is not valid UTF-8.") from error
    except json.JSONDecodeError as error:
        raise NotCanonical(f"The text is not JSON: {error.msg} at character {error.pos + 1}.") from error
    except RecursionError as error:
        raise NotCanonical("The value is nested too deep.") from error
    if spelled != data:
        raise NotCanonical(
            "The text is JSON but not in its canonical form: "
            "it was changed or re-formatted since it was written."
        )
    return value
