"""Change single values of a YAML file and leave every other byte as somebody wrote it: comments, order, line
breaks, keys that are not ours.

The text is cut and joined by the marks of its nodes. Writing the whole document anew (ruamel.yaml's round
trip) would turn `null` into nothing, which in a map means something else, and fold long lists.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node

from upheld.datamap.page import Path, parse

Pair = tuple[Node, Node]
_PLAIN = re.compile(r"[^\W\d_][\w.@+/()'’–-]*( [\w.@+/()’–-]+)*")
_RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


class Unrevisable(Exception):
    """The file is written in a way in which this value cannot be put into its place."""


def revised(text: str, values: Mapping[Path, object]) -> str:
    """The file with these values; None takes a key away. What has its value already is left, so that a file
    to which nothing is to be done comes back as it was. Wants a file that `datamap.page` reads without an
    error; raises Unrevisable rather than change anything else."""
    for path, value in values.items():
        if written_at(text, path) != value:
            changed = _with(text, path, value)
            if written_at(changed, path) != value or _without(changed, path) != _without(text, path):
                raise Unrevisable(".".join(map(str, path)))
            text = changed
    return text


def flow(value: object) -> str:
    """A value on one line; text is quoted wherever a YAML reader could take it for something else."""
    match value:
        case date():
            return value.isoformat()
        case dict():
            return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
            return value
    said = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08X}" for each in said)


def _value(text: str) -> object:
    return parse("", text.encode()).value


def written_at(text: str, path: Path) -> object:
    """The value that stands there; None where nothing does."""
    found: object = _value(text)
    for part in path:
        found = found.get(str(part)) if isinstance(found, dict) else None
    return found


def _without(text: str, path: Path) -> object:
    """Everything else of the document."""
    found = _value(text)
    place = found
    for part in path[:-1]:
        place = place.get(str(part)) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place.pop(str(path[-1]), None)
    return found


def _with(text: str, path: Path, value: object) -> str:
    place = YAML().compose(text)
    for part in path[:-1]:
        place = _inner(place, part)
    if not isinstance(place, MappingNode) or not place.value:
        raise Unrevisable(".".join(map(str, path)))
    pair = next((each for each in place.value if each[0].value == path[-1]), None)
    if pair is None:
        return text if value is None else _added(text, place, str(path[-1]), flow(value))
    return taken(text, place, pair) if value is None else _replaced(text, pair, flow(value))


def _inner(place: Node, part: str | int) -> Node:
    if isinstance(place, MappingNode):
        for pair in place.value:
            key, inner = cast("Pair", pair)
            if key.value == part:
                return inner
    raise Unrevisable(str(part))


def end(node: Node) -> int:
    """Where its last character stands; the end of a block is before the comments that follow it."""
    last = node
    while isinstance(last, CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, MappingNode) else last.value[-1]
    return int(last.end_mark.index)


def _replaced(text: str, pair: Pair, said: str) -> str:
    key, former = pair
    colon = text.index(":", key.end_mark.index)
    start = int(former.start_mark.index)
    if start <= colon or former.start_mark.line != key.start_mark.line:
        start = colon + 1  # nothing was written, or it begins in a line below
        return f"{text[:start]} {said}{text[max(end(former), start) :]}"
    return text[:start] + said + text[end(former) :]


def _added(text: str, place: MappingNode, key: str, said: str) -> str:
    """As its last key, on a line of its own."""
    last = end(place.value[-1][1])
    if place.flow_style:
        return f"{text[:last]}, {flow(key)}: {said}{text[last:]}"
    last = max(last, text.index(":", place.value[-1][0].end_mark.index) + 1)
    line = text.find("\n", last)
    head, tail = (text + "\n", "") if line < 0 else (text[: line + 1], text[line + 1 :])
    return f"{head}{' ' * place.value[0][0].start_mark.column}{flow(key)}: {said}\n{tail}"


def taken(text: str, place: MappingNode, pair: Pair) -> str:
    """Without the key, and without the rest of its line."""
    start, last = int(pair[0].start_mark.index), end(pair[1])
    last = max(last, text.index(":", pair[0].end_mark.index) + 1)
    if not place.flow_style:
        line = text.find("\n", last)
        return text[: text.rfind("\n", 0, start) + 1] + ("" if line < 0 else text[line + 1 :])
    comma = text.find(",", last)
    if place.value[-1][0] is not pair[0]:
        return text[:start] + text[comma + 1 :].lstrip()
    return text[:start].rstrip().rstrip(",") + text[last:]
