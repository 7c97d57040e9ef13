"""Plain values as YAML that people go on editing: short mappings on one line, comments above what they are
about. What it writes, `datamap.page` reads back as the same values."""

import json
import re
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]

WIDTH = 100
FLOW_FROM = 4
"""Below `tables: table: fields:` a mapping stands on one line where it fits."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*( [A-Za-z0-9_.-]+)*")
_RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def emit(value: Mapping[str, object], comments: Mapping[Path, str]) -> str:
    """A document. A comment stands above the key of its path, on one line."""
    return "\n".join(_mapping(value, (), comments)) + "\n"


def scalar(value: object) -> str:
    """One value; text is quoted wherever any YAML reader could take it for something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
        return value
    return "".join(
        each if each.isprintable() else _escaped(each) for each in json.dumps(value, ensure_ascii=False)
    )


def _escaped(character: str) -> str:
    return f"\\U{ord(character):08X}"


def _mapping(value: Mapping[str, object], path: Path, comments: Mapping[Path, str]) -> Iterator[str]:
    indent = "  " * len(path)
    for key, inner in value.items():
        at = (*path, key)
        if at in comments:
            yield f"{indent}# {' '.join(comments[at].split())}"
        flow = _flow(inner)
        short = len(at) >= FLOW_FROM or isinstance(inner, list) or not isinstance(inner, dict)
        line = f"{indent}{scalar(key)}: {flow}"
        if short and (len(line) <= WIDTH or not isinstance(inner, dict | list)):
            yield line
        elif isinstance(inner, dict):
            yield f"{indent}{scalar(key)}:"
            yield from _mapping(inner, at, comments)
        elif isinstance(inner, list):
            yield f"{indent}{scalar(key)}:"
            yield from (f"{indent}  - {_flow(item)}" for item in inner)


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)
