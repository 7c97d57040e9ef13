"""What is held but not sent: other people's data (G-15.5), and values that would harm her if they got into
the wrong hands (C-14). Fails closed: what cannot be cut out of a document withholds the whole of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from upheld.datamap.model import Field
from upheld.rights.connector import Row
from upheld.rights.package.values import Json, escape, plain, withheld

never_sent: Final = frozenset(
    {
        "government-number",
        "financial-account",
        "password",
        "security-answer",
        "biometric",
        "health-insurance-number",
    }
)
"""Categories whose values are never disclosed; that they are held is said (C-14)."""

another_person: Final = "another-person"


@dataclass(frozen=True, slots=True)
class Guard:
    """Rules of one table. `columns`: whole columns and why; `paths`: places inside a JSON column and why."""

    columns: tuple[tuple[str, str], ...]
    paths: tuple[tuple[str, tuple[str, ...], str], ...]

    def apply(self, row: Row) -> tuple[dict[str, tuple[str, Json]], tuple[str, ...]]:
        """Each column with its kind and written value, and the categories withheld in this row."""
        written = {column: plain(value) for column, value in row.values.items()}
        why = dict.fromkeys(row.redacted, another_person) | dict(self.columns)
        stopped = []
        for column, reason in why.items():
            if column in written and (column in row.redacted or written[column][1] is not None):
                written[column] = ("", withheld(reason))
                stopped.append(reason)
        for column, path, reason in self.paths:
            if column in written and column not in why and written[column][1] is not None:
                written[column], cut = _cut(written[column], path, reason)
                stopped += [reason] * cut
        return written, tuple(stopped)


def guard(fields: Iterable[Field]) -> Guard:
    """The rules that follow from the fields of a table."""
    columns: dict[str, str] = {}
    paths = []
    for field in fields:
        reason = _reason(field)
        if reason and field.json is None:
            columns[field.column] = reason
        elif reason and field.json is not None:
            steps = field.json.removeprefix("$").replace("[", ".").replace("]", "").split(".")
            paths.append((field.column, tuple(step for step in steps if step), reason))
    return Guard(tuple(columns.items()), tuple(paths))


def _reason(field: Field) -> str | None:
    if field.category in never_sent:
        return field.category
    return another_person if "others" in (field.of, field.category) else None


def _cut(value: tuple[str, Json], path: tuple[str, ...], reason: str) -> tuple[tuple[str, Json], bool]:
    _, content = value
    if isinstance(content, str):
        try:
            _, document = plain(json.loads(content))
        except (ValueError, RecursionError):
            return ("", withheld(reason)), True
    else:
        document = content
    cut, changed = _without(document, path, reason)
    if not changed:
        return value, False
    # A document kept as text comes back as a document: the mark must not look like her own data.
    return ("array" if isinstance(cut, list) else "object", cut), True


def _without(document: Json, path: tuple[str, ...], reason: str) -> tuple[Json, bool]:
    if document is None:
        return None, False
    if not path:
        return withheld(reason), True
    if isinstance(document, list):
        # A path may name a place of the list, or go through all of them (`[*]`, or no number at all).
        rest = path[1:] if path[0] == "*" or path[0].isdigit() else path
        done = [
            _without(item, rest, reason) if path[0] in ("*", str(place)) or rest is path else (item, False)
            for place, item in enumerate(document)
        ]
        return [item for item, _ in done], any(changed for _, changed in done)
    key = escape(path[0])
    if not isinstance(document, dict) or key not in document:
        return document, False
    inner, changed = _without(document[key], path[1:], reason)
    return {**document, key: inner}, changed
