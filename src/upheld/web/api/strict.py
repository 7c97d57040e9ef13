"""JSON in which nothing can be meant twice: no key twice, no number that is none, no half of a character."""

import json
from typing import Any, NoReturn


class NotStrict(ValueError):
    """Why a body is not taken; never what it holds."""


def read(body: bytes) -> object:
    """The value. Raises NotStrict."""
    try:
        text = body.decode("utf-8", errors="strict")
        found: object = json.loads(text, object_pairs_hook=_once, parse_constant=_no, parse_float=_number)
        _whole(found)
    except NotStrict:
        raise
    except UnicodeDecodeError:
        raise NotStrict("The body is not UTF-8.") from None
    except RecursionError:
        raise NotStrict("The body is nested too deep.") from None
    except ValueError:
        raise NotStrict("The body is no JSON.") from None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotStrict("An object has one key twice.")
    return found


def _no(_name: str) -> NoReturn:
    raise NotStrict("NaN and Infinity are no numbers of JSON.")


def _number(written: str) -> float:
    found = float(written)
    if found in (float("inf"), float("-inf")):
        raise NotStrict("A number is too large.")
    return found


def _whole(value: object) -> None:
    """No lone surrogate: it has no bytes."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotStrict("A text has half of a character.") from None
    elif isinstance(value, dict):
        for key, each in value.items():
            _whole(key)
            _whole(each)
    elif isinstance(value, list):
        for each in value:
            _whole(each)
