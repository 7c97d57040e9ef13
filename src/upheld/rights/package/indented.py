"""JSON for people who open it: one member a line."""

import json

_quoted = json.encoder.encode_basestring


def indented(value: object, depth: int = 0) -> str:
    """As `json.dumps(value, ensure_ascii=False, indent=1)`, which does not go the library's fast way with an
    indent: it took a fifth of a package's time. Keys are strings."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict) and value:
        return _lines(
            "{}", [f"{_quoted(key)}: {indented(each, depth + 1)}" for key, each in value.items()], depth
        )
    if isinstance(value, list | tuple) and value:
        return _lines("[]", [indented(each, depth + 1) for each in value], depth)
    return json.dumps(value)


def _lines(ends: str, members: list[str], depth: int) -> str:
    start = "\n" + " " * (depth + 1)
    return f"{ends[0]}{start}{f',{start}'.join(members)}\n{' ' * depth}{ends[1]}"
