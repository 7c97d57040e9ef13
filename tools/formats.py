"""The words of the plan's written form, from the classes that are written: what spec/plan.md lists."""

import json
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any

from upheld.rights.codec import encode
from upheld.rights.plan import Plan


def reachable(kind: type) -> Iterator[type]:
    """The class and every class that its members can hold, each once, in the order in which they appear."""
    seen: dict[type, None] = {}

    def visit(hint: object) -> None:
        inner = typing.get_args(hint)
        if inner or isinstance(hint, UnionType):
            for each in inner:
                visit(each)
        elif isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, Enum)) and hint not in seen:
            seen[hint] = None
            for each in typing.get_type_hints(hint).values() if is_dataclass(hint) else ():
                visit(each)

    visit(kind)
    yield from seen


def _members(kind: type) -> str:
    if issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{each.value}`" for each in kind)
    return ", ".join(map(_member, fields(kind))) if is_dataclass(kind) else "none"


def _member(each: Field[Any]) -> str:
    if each.default is MISSING:
        return f"**{each.name}**"
    if each.default in (None, ()):
        return each.name
    default = encode(each.default)
    if isinstance(default, dict):
        return f"{each.name} (`{default['value']}`)" if "value" in default else f"{each.name} (nowhere)"
    return f"{each.name} (`{json.dumps(default)}`)"


def markdown(kind: type = Plan) -> str:
    """One row a word: its members, bold when always written, else with the default that is left out."""
    rows = [f"| `{each.__name__}` | {_members(each)} |" for each in reachable(kind)]
    return "\n".join(["| word | members, or values |", "|---|---|", *rows]) + "\n"
