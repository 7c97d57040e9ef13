"""What a draft only proposes, and the file with decisions in its place; every other byte stays (`revise`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from upheld.datamap.page import Path, parse
from upheld.datamap.revise import Unrevisable, end, flow, taken


@dataclass(frozen=True, slots=True)
class Open:
    """One decision that nobody took. `path` leads to it in the file, `value` is what is proposed."""

    path: Path
    value: Any
    confidence: float
    because: str
    line: int

    @property
    def name(self) -> str:
        """As a form calls it."""
        return "__".join(map(str, self.path))

    @property
    def table(self) -> str:
        """The table that it is about; empty where it is about several."""
        return str(self.path[1]) if self.path[0] == "tables" and len(self.path) > 1 else ""

    @property
    def about(self) -> str:
        """What of the table is proposed, and of which column."""
        return ".".join(map(str, self.path[2:] if self.table else self.path[:1]))


def left_open(text: str) -> tuple[Open, ...]:
    """Each in the order of the file. Nothing of a file that cannot be read."""
    page = parse("", text.encode())
    found = _below(page.value, ())
    return tuple(
        Open(path, one["proposed"], float(one.get("confidence", 0)), str(one.get("because", "")), line)
        for path, one in found
        for line in (page.positions.get(path, (0, 0))[0],)
    )


def decided(text: str, answers: Mapping[Path, Any]) -> str:
    """The file with these in the place of what was proposed; None: neither that nor anything else, its key
    goes, and what would be empty without it. Raises Unrevisable rather than change anything else."""
    wanted, root = _wanted(text, answers), YAML().compose(text)
    pieces = sorted(
        (_piece(text, root, path, answer) for path, answer in answers.items() if answer is not None),
        reverse=True,
    )
    for start, last, said in pieces:
        text = text[:start] + said + text[last:]
    for path in (path for path, answer in answers.items() if answer is None):
        text = _without(text, path)
    if parse("", text.encode()).value != wanted:
        raise Unrevisable("what is proposed")
    return text


def _wanted(text: str, answers: Mapping[Path, Any]) -> object:
    """What the file is to say then."""
    whole: Any = parse("", text.encode()).value
    for path, answer in answers.items():
        places = [whole]
        for part in path[:-1]:
            places.append(places[-1][part])
        if answer is not None:
            places[-1][path[-1]] = answer
            continue
        for part, place in zip(reversed(path), reversed(places), strict=True):
            del place[part]
            if place:
                break
    return whole


def _below(value: object, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict) and "proposed" in value and "because" in value:
        yield path, value
        return
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in inside:
        yield from _below(inner, (*path, part))


def _node(place: Node, path: Path) -> tuple[Node, Node | None]:
    """What stands there, and its key where it has one."""
    key: Node | None = None
    for part in path:
        if isinstance(place, SequenceNode) and isinstance(part, int):
            place, key = place.value[part], None
            continue
        found = place.value if isinstance(place, MappingNode) else ()
        pair = next((each for each in found if each[0].value == part), None)
        if pair is None:
            raise Unrevisable(".".join(map(str, path)))
        key, place = pair
    return place, key


def _piece(text: str, root: Node, path: Path, answer: object) -> tuple[int, int, str]:
    """From where to where, and what stands there instead."""
    node, key = _node(root, path)
    start, last = int(node.start_mark.index), end(node)
    if key is None or node.start_mark.line == key.start_mark.line:
        return start, last, flow(answer)
    colon = text.index(":", int(key.end_mark.index)) + 1
    return colon, last, f" {flow(answer)}"


def _without(text: str, path: Path) -> str:
    root = YAML().compose(text)
    while len(path) > 1:
        place, _ = _node(root, path[:-1])
        if not isinstance(place, MappingNode):
            raise Unrevisable(".".join(map(str, path)))
        if len(place.value) > 1:
            pair = next(each for each in place.value if each[0].value == path[-1])
            return taken(text, place, pair)
        path = path[:-1]
    raise Unrevisable(".".join(map(str, path)))
