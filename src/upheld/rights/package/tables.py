"""One table's rows as CSV, and their description as JSON Schema (spec, sections 4 and 5)."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Final

from upheld.rights.package.gather import Holding
from upheld.rights.package.spool import Strand
from upheld.rights.package.values import Json, escape, mark

dialect: Final = "https://json-schema.org/draft/2020-12/schema"
_number = re.compile(r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?", re.ASCII)
_dangerous: Final = frozenset("=+-@|%＝＋－＠\t\r\n")

_kinds: Final[dict[str, dict[str, Json]]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
    "decimal": {"type": "string", "$comment": "a decimal number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "$comment": "ISO 8601, with an offset where one was recorded"},
    "time": {"type": "string", "$comment": "ISO 8601 time of day"},
    "uuid": {"type": "string", "format": "uuid"},
    "array": {"type": "array"},
    "object": {"type": "object"},
    "bytes": {
        "type": "object",
        "properties": {
            mark + "base64": {"type": "string", "contentEncoding": "base64"},
            mark + "type": {"type": "string"},
        },
        "required": [mark + "base64", mark + "type"],
    },
}
_withheld: Final[Json] = {
    "type": "object",
    "properties": {mark + "withheld": {"type": "string"}},
    "required": [mark + "withheld"],
    "additionalProperties": False,
}


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before it where it could be one, and
    before one that was there already, so that dropping one apostrophe gives the text again."""
    if text.startswith("'"):
        return "'" + text
    first = text.lstrip(" \u00a0")[:1]
    if first in _dangerous and first and not _number.fullmatch(text):
        return "'" + text
    return text


def _cell(value: Json) -> str:
    match value:
        case None:
            return ""
        case str():
            return cell(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case dict() if mark + "withheld" in value:
            return f"[withheld: {value[mark + 'withheld']}]"
        case dict() if mark + "base64" in value:
            return cell(str(value[mark + "base64"]))
    return cell(json.dumps(value, ensure_ascii=False))


def as_csv(holding: Holding) -> Iterator[bytes]:
    """RFC 4180 with a byte order mark and every cell quoted; a NULL is an empty cell."""
    names = [escape(column) for column in holding.columns]
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    seen = [mark + "mine"] if holding.seen else []
    removed = [mark + "recoverable"] if holding.removed else []
    writer.writerow([cell(column) for column in [*holding.columns, *seen, *removed]])
    for number, text in enumerate(holding.strand, 1):
        row = json.loads(text)
        cells = [_cell(row.get(name)) for name in names]
        if seen:
            cells.append("false" if mark + "mine" in row else "true")
        if removed:
            cells.append(str(row.get(mark + "recoverable", "")))
        writer.writerow(cells)
        if number % 500 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def as_jsonl(strand: Strand) -> Iterator[bytes]:
    """The lines as they were set aside."""
    return strand.frames()


def schema(holding: Holding) -> dict[str, Json]:
    """What each line of the JSONL file can hold, with the map's category and purposes of each column."""
    described: dict[str, Json] = {}
    for column in holding.columns.values():
        choices: list[Json] = [_kinds[kind] for kind in sorted(column.kinds)]
        if column.withheld or any(name == column.name for name, _, _ in holding.guard.paths):
            choices.append(_withheld)
        about: dict[str, Json] = {"anyOf": [*choices, {"type": "null"}]}
        for field in holding.table.every_field:
            if field.column == column.name and field.json is None:
                about["x-category"] = field.category
                about["x-purposes"] = list(field.purposes or holding.table.purposes)
                about["x-provided"] = field.provided
        described[escape(column.name)] = about
    described[mark + "mine"] = {"const": False, "$comment": "a row you may see that is somebody else's"}
    if holding.removed:
        described[mark + "recoverable"] = {
            "type": "string",
            "$comment": "removed; it can come back until this day, then it is gone",
        }
    if holding.table.deleted:
        described[mark + "deleted"] = {"type": "string", "$comment": "marked as deleted by this column"}
    if holding.table.restricted:
        described[mark + "restricted"] = {"type": "string", "$comment": "stored and not used, by this column"}
    described[mark + "format"] = {
        "type": "string",
        "$comment": "how texts of this row are written: php, json",
    }
    return {
        "$schema": dialect,
        "title": holding.name,
        "description": f"One line of the table {holding.name} of {holding.system}.",
        "type": "object",
        "properties": described,
        "additionalProperties": False,
    }
