"""The draft as a file: YAML that the reader takes as it is, and the doubts that it holds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from upheld.datamap import model
from upheld.datamap.consistency import Known, check_system
from upheld.datamap.discover.draft import Drafter
from upheld.datamap.discover.judge import Case, Judged
from upheld.datamap.discover.noted import Noted
from upheld.datamap.discover.role import Sort as Kind
from upheld.datamap.document.system import SystemFile
from upheld.datamap.fault import Invalid
from upheld.datamap.meaning.system import system
from upheld.datamap.page import Spot, parse
from upheld.datamap.shape import shaped

WIDTH = 118
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([.\-][A-Za-z_][A-Za-z0-9_]*)*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"}


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of the system as a whole. `connect` names an environment variable, never an address.
    `unread`: tables that were not looked into, with their columns and types."""

    system: str
    connect: str
    on: date
    scratch: bool = False
    schemas: tuple[str, ...] = ()
    refresh: tuple[str, ...] = ()
    unread: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def document(judged: Judged, head: Head) -> dict[str, object]:
    """The content of the system's file."""
    drafter = Drafter(judged, head.on)
    tables = drafter.tables()
    whole: dict[str, object] = {"system": head.system, "connect": head.connect}
    if head.schemas:
        whole["schemas"] = list(head.schemas)
    if head.scratch:
        whole["scratch"] = True
    if head.refresh:
        whole["refresh"] = list(head.refresh)
    without = [*_without(drafter.rest()), *_unread(head.unread)]
    if without:
        whole["no_personal_data"] = without
    if tables:
        whole["tables"] = tables
    whole["drafted"] = {
        "on": head.on,
        "tables": {
            name: {column.name: column.type_text or "any" for column in table.columns.values()}
            for name, table in judged.seen.tables.items()
        }
        | {name: dict(columns) for name, columns in head.unread.items()},
    }
    return whole


def _without(cases: Sequence[Case]) -> list[object]:
    """Tables without people: what frameworks keep for themselves is known, the rest is proposed by how much
    was
    seen."""
    groups: dict[tuple[float, str, str], list[str]] = {}
    for case in cases:
        groups.setdefault(_reason(case), []).append(case.table.name)
    found: list[object] = []
    for (confidence, reason, because), names in sorted(groups.items(), reverse=True):
        entry = {"tables": [pattern(name) for name in names], "reason": reason}
        found.append(entry if confidence == 1.0 else _doubted(entry, confidence, because))
    return found


def _unread(tables: Mapping[str, object]) -> list[object]:
    """A table of which nothing is known is a doubt of its own, and no reason to refuse all others."""
    if not tables:
        return []
    entry = {"tables": [pattern(name) for name in sorted(tables)], "reason": "nobody looked into it yet"}
    return [
        _doubted(entry, 0.1, "it was not looked into: no rows of its own stand there, or on another server")
    ]


def _doubted(entry: object, confidence: float, because: str) -> object:
    return {"proposed": entry, "confidence": confidence, "because": because}


def _reason(case: Case) -> tuple[float, str, str]:
    if case.kind is Kind.FRAMEWORK:
        return 1.0, "what the framework keeps for itself", ""
    if case.personal:
        what = "its columns look personal, and nothing leads from it to a person"
        return 0.3, "nothing leads from it to a person", what
    if not case.table.sampled:
        return 0.6, "no column speaks of people", "there were no rows to look at"
    return 0.9, "no column speaks of people", "no column's name and no value seen looks like a person's"


def pattern(name: str) -> str:
    """A table's name where * stands for anything: signs that a pattern knows are left to it."""
    return re.sub(r"[\[\]?]", "*", name)


def read_back(text: str) -> model.System:
    """The draft as the reader understands it by itself. Raises Invalid for one that it refuses."""
    page = parse("draft", text.encode())
    form = shaped(page, SystemFile)
    if form is not None:
        read = system(form, Spot(page))
        check_system(read, Known(None, None, None), Spot(page))
        if not page.errors:
            return read
    raise Invalid(page.errors)


def tables_at(text: str, lines: Iterable[int]) -> frozenset[str]:
    """The tables in which these lines of a draft stand."""
    page, found = parse("draft", text.encode()), set()
    starts = sorted(
        (line, str(path[1]))
        for path, (line, _) in page.positions.items()
        if len(path) == 2 and path[0] == "tables"
    )
    for line in lines:
        above = [name for start, name in starts if start <= line]
        found.update(above[-1:])
    return frozenset(found)


def dump(whole: Mapping[str, object]) -> str:
    """The file's text. Long things go down, short ones stay on a line."""
    return "\n".join(_block(whole, 0)) + "\n"


def _block(value: Mapping[str, object], depth: int) -> list[str]:
    lines: list[str] = []
    start = "  " * depth
    for key, each in value.items():
        head = f"{start}{word(key)}:"
        flat = f"{head} {flow(each)}"
        if isinstance(each, Noted):
            lines.append(f"{flat}  # {each.note}")
        elif (
            not isinstance(each, Mapping | list)
            or not each
            or (depth > 0 and len(flat) <= WIDTH and _leaf(key, each))
        ):
            lines.append(flat)
        elif isinstance(each, Mapping):
            lines += [head, *_block(each, depth + 1)]
        else:
            lines.append(head)
            lines += [f"{start}  - {flow(item)}" for item in each]
    return lines


def _leaf(key: str, value: object) -> bool:
    """Whether it may stand on one line: a table of people never, its parts when they fit, and what has a note
    beside it never."""
    if isinstance(value, Mapping) and any(isinstance(each, Noted) for each in value.values()):
        return False
    return (
        not (isinstance(value, Mapping) and {"person", "on_erase", "proposed"} & set(value))
        or key == "person"
    )


def flow(value: object) -> str:
    """YAML on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case date():
            return value.isoformat()
        case str():
            return word(value)
        case Mapping():
            return "{" + ", ".join(f"{word(str(key))}: {flow(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(flow, value)) + "]"
    raise TypeError(f"A draft holds no {type(value).__name__}.")


def word(text: str) -> str:
    """A string as YAML has it anywhere: plain where it can be read as nothing else, quoted elsewhere."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.startswith("${") and text.endswith("}") and text[2:-1].replace("_", "A").isalnum():
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable() and letter not in "\ufeff\u2028\u2029\x85":
        return letter
    number = ord(letter)
    return (
        f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    )
