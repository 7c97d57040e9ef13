"""A YAML file as plain values, each with the line where it stands.

YAML 1.2, core types and calendar dates, one document. Refused: tags, aliases (a map says things once; an
alias could also blow a small file up), merge keys, keys that are not text, nesting beyond `DEPTH`, files
beyond `SIZE` bytes.
"""

import math
import re
import warnings
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from upheld.datamap.fault import MapError
from upheld.datamap.model import Place, Proposal

Path = tuple[str | int, ...]

DEPTH = 40
REFUSED = object()
"""Stands for a value that was complained about; its key is left out."""
SIZE = 4 * 2**20

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


@dataclass(slots=True)
class Page:
    """One file. `value` is None for an empty one.

    `positions` gives line and column of each path: of the key for entries of a mapping, of the item for
    items of a list. `errors` collects whatever is found; `damaged` are the paths that were taken out of
    `value` because they could not be understood. `proposals` are those that were met while reading.
    """

    file: str
    value: object = None
    positions: dict[Path, tuple[int, int]] = field(default_factory=dict)
    errors: list[MapError] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def names(self, key: str) -> tuple[str, ...]:
        """The keys written below a top-level key, understood or not."""
        return tuple(str(path[1]) for path in self.positions if len(path) == 2 and path[0] == key)

    def is_damaged(self, path: Path) -> bool:
        """Whether anything at, below or above `path` was taken out."""
        return any(gone[: len(path)] == path or path[: len(gone)] == gone for gone in self.damaged)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside a page, to read on from and to complain about."""

    page: Page
    path: Path = ()

    def down(self, *parts: str | int) -> "Spot":
        """The place below; it need not be written."""
        return replace(self, path=(*self.path, *parts))

    @property
    def position(self) -> tuple[int, int]:
        """Line and column of the nearest thing that is written."""
        path = self.path
        while path and path not in self.page.positions:
            path = path[:-1]
        return self.page.positions.get(path, (1, 1))

    @property
    def place(self) -> Place:
        """As the map keeps it."""
        return Place(self.page.file, self.position[0])

    def complain(self, code: str, what: str, cure: str = "") -> None:
        """Add an error at this place."""
        line, column = self.position
        self.page.errors.append(MapError(self.page.file, line, column, code, what, cure))


def parse(file: str, data: bytes) -> Page:
    """Read one YAML file. Never raises for any bytes: errors are in the page."""
    page = Page(file)
    if len(data) > SIZE:
        page.errors.append(MapError(file, 0, 0, "syntax", f"The file is larger than {SIZE >> 20} MB."))
        return page
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        page.errors.append(MapError(file, line, 1, "encoding", "The file is not UTF-8.", "Save it as UTF-8."))
        return page
    node = _compose(page, text)
    if node is not None and not page.errors:
        value = _plain(page, node, ())
        page.value = None if value is REFUSED else value
    return page


def _compose(page: Page, text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEPTH
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a repeated anchor only warns; anchors are of no use here
            node: Node | None = yaml.compose(text)
    except MaxDepthExceededError as error:
        _syntax(page, error, f"Nested deeper than {DEPTH} levels.")
    except MarkedYAMLError as error:
        parts = [error.context] if (error.problem or "but").startswith("but ") else []
        said = ", ".join(part for part in (*parts, error.problem) if part) or "cannot be read"
        _syntax(page, error, f"Not valid YAML: {said}.")
    except YAMLError:
        page.errors.append(MapError(page.file, 1, 1, "syntax", "Not valid YAML: a character is not allowed."))
    except (
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
        NotImplementedError,
        OverflowError,
    ):
        # ruamel.yaml leaves some malformed directives and escapes to Python's own errors
        page.errors.append(MapError(page.file, 1, 1, "syntax", "Not valid YAML: cannot be read."))
    else:
        return node
    return None


def _syntax(page: Page, error: MarkedYAMLError, what: str) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    cure = "Indent with spaces." if "\\t" in what else ""
    page.errors.append(MapError(page.file, line, column, "syntax", " ".join(what.split()), cure))


def _mark(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _plain(page: Page, node: Node, path: Path) -> object:
    """The node's value; what cannot be one is an error and becomes REFUSED."""
    page.positions.setdefault(path, _mark(node))
    if node.anchor is not None:
        _wrong(page, node, "syntax", "Anchors and aliases are not read.", "Write the value out.")
        return REFUSED
    if getattr(node.ctag, "handle", None):
        _wrong(page, node, "syntax", "Tags (`!…`) are not read.", "Leave the tag out; quote what is text.")
        return REFUSED
    if isinstance(node, MappingNode):
        return _mapping(page, node, path)
    if isinstance(node, SequenceNode):
        items = []
        for number, item in enumerate(node.value):
            page.positions[(*path, number)] = _mark(item)
            items.append(_plain(page, item, (*path, number)))
        return REFUSED if REFUSED in items else items
    return _scalar(page, cast("ScalarNode", node))


def _mapping(page: Page, node: MappingNode, path: Path) -> dict[str, object]:
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode) or key_node.anchor or getattr(key_node.ctag, "handle", None):
            _wrong(page, key_node, "syntax", "A key must be plain text.", "Write `key: value`.")
            continue
        key: str = key_node.value
        if key == "<<" and key_node.style is None:
            _wrong(page, key_node, "syntax", "Merge keys (`<<`) are not read.", "Write the keys out.")
        elif (*path, key) in page.positions:
            first = page.positions[(*path, key)][0]
            _wrong(
                page,
                key_node,
                "duplicate-key",
                f"`{key}` stands here twice, first in line {first}.",
                "Join the two, or rename one.",
            )
        else:
            page.positions[(*path, key)] = _mark(key_node)
            value = _plain(page, value_node, (*path, key))
            if value is REFUSED:
                page.damaged.append((*path, key))
            else:
                values[key] = value
    return values


def _wrong(page: Page, node: Node, code: str, what: str, cure: str) -> None:
    page.errors.append(MapError(page.file, *_mark(node), code, what, cure))


def _scalar(page: Page, node: ScalarNode) -> object:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return _integer(page, node, text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if infinite := _INFINITE.fullmatch(text):
        return math.nan if infinite[3] else float(f"{infinite[1]}inf")
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text  # the text of no day: whatever wants a date says so
    return text


def _integer(page: Page, node: ScalarNode, text: str) -> object:
    if len(text) > 40:
        _wrong(page, node, "wrong-value", "The number is too long.", "Quote it if it is text.")
        return REFUSED
    digits = text.lstrip("+-")
    return int(text, {"0o": 8, "0x": 16}.get(digits[:2], 10))
