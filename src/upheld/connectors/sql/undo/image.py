"""Before-images: rows as they were, in the server's own text, and what the erasure left of them
(spec/before-images.md)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.undo.text import Form, Text, as_text, form_of, kind, reading
from upheld.rights import codec
from upheld.rights.subject import Key

FORMAT = "upheld.sql.before-images/v1"

Texts = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was: its name, the server's words for its type, and how its values are written."""

    name: str
    type: str
    form: Form


@dataclass(frozen=True, slots=True)
class Image:
    """One row. `left`: what the erasure made of the columns that it changed, by position; None: the row
    went. `whose`: 1 hers, 2 somebody's whose row she may see, 0 anybody's, such as a counter. `adrift`: links
    by which it led, before the erasure, to a row that was not there."""

    before: Texts
    left: Mapping[int, Text] | None
    whose: int = 1
    adrift: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableImages:
    """Rows of one table by their key."""

    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Mapping[Key, Image] = field(default_factory=dict)


def columns_of(tables: Tables, table: str) -> tuple[Column, ...]:
    """The columns of a live table that have a form, in its order."""
    live = tables.known_table(table)
    formed = ((each, form_of(tables.live.dialect, each)) for each in live.columns.values())
    return tuple(Column(each.name, each.type_text, form) for each, form in formed if form)


def texts(
    tables: Tables,
    connection: sa.Connection,
    table: str,
    key: Sequence[str],
    keys: Sequence[Key],
    columns: Sequence[Column],
    *,
    lock: bool = False,
) -> dict[Key, Texts]:
    """Rows of these keys as they stand now, in one statement. To be called with the settings pinned."""
    if not keys:
        return {}
    dialect, many = tables.live.dialect, len(key)
    named = [tables.column(table, name) for name in key]
    statement = sa.select(*named, *readable(tables, table, columns)).where(is_in(tables, table, key, keys))
    if lock and dialect != "sqlite":
        statement = statement.with_for_update()
    made = maker(dialect)
    return {row[:many]: made(row[many:]) for row in map(tuple, connection.execute(statement))}


def readable(tables: Tables, table: str, columns: Sequence[Column]) -> list[sa.ColumnElement[Any]]:
    """What a SELECT needs to read these columns; `maker` makes texts of what it gives."""
    dialect = tables.live.dialect
    read: list[sa.ColumnElement[Any]] = []
    for each in columns:
        target = tables.column(table, each.name)
        read += [reading(dialect, target, tables.known(table, each.name)), *kind(dialect, target)]
    return [each.label(f"_t{number}") for number, each in enumerate(read)]


def maker(dialect: str) -> Callable[[tuple[Any, ...]], Texts]:
    """From the values of `readable` to texts. Servers give texts already; this runs for every row."""
    if dialect != "sqlite":
        return tuple
    return lambda values: tuple(map(as_text, values[::2], values[1::2]))


def dumped(dialect: str, images: Iterable[TableImages]) -> bytes:
    """As bytes for the caller to seal. The same images give the same bytes."""
    written = {
        "format": FORMAT,
        "dialect": dialect,
        "tables": [
            {
                "table": each.table,
                "key": list(each.key),
                "columns": [[column.name, column.type, column.form.value] for column in each.columns],
                "rows": [
                    [_encoded(key), image.before, _left(image.left), image.whose, *_adrift(image)]
                    for key, image in each.rows.items()
                ],
            }
            for each in sorted(images, key=lambda each: each.table)
            if each.rows
        ],
    }
    return json.dumps(written, separators=(",", ":"), ensure_ascii=False).encode()


def _encoded(key: Key) -> object:
    return key if {*map(type, key)} <= {int, str} else codec.encode(key)


def _adrift(image: Image) -> list[list[str]]:
    return [sorted(image.adrift)] if image.adrift else []


def _left(left: Mapping[int, Text] | None) -> object:
    return None if left is None else [[position, text] for position, text in sorted(left.items())]


def loaded(parts: Sequence[bytes]) -> dict[str, TableImages]:
    """The images of all transactions of a system, in their order, as one: of a row that two of them changed,
    what it was before the first and what the last left. Raises Unreadable for another format."""
    whole: dict[str, TableImages] = {}
    for part in parts:
        for each in _read(part):
            known = whole.get(each.table)
            if known is not None and (known.key, known.columns) != (each.key, each.columns):
                raise codec.Unreadable(
                    "form", f"The images of {each.table} were made under two different schemas."
                )
            rows = dict(known.rows) if known else {}
            for key, image in each.rows.items():
                rows[key] = _joined(rows[key], image) if key in rows else image
            whole[each.table] = TableImages(each.table, each.key, each.columns, rows)
    return whole


def _joined(first: Image, then: Image) -> Image:
    if first.left is None or then.left is None:
        return Image(first.before, None, first.whose, first.adrift)
    left = {**first.left, **then.left}
    changed = {at: text for at, text in left.items() if text != first.before[at]}
    return Image(first.before, changed, first.whose, first.adrift)


def _read(part: bytes) -> list[TableImages]:
    try:
        written = json.loads(part)
        if written.get("format") != FORMAT:
            raise codec.Unreadable("format", f"Before-images that are not in the format {FORMAT}.")
        return [_table(each) for each in written["tables"]]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise codec.Unreadable(
            "form", "Before-images do not fit the form that they say they have."
        ) from error


def _table(written: Any) -> TableImages:
    columns = tuple(Column(name, words, Form(form)) for name, words, form in written["columns"])
    rows: dict[Key, Image] = {}
    for key, before, left, whose, *more in written["rows"]:
        decoded: Any = codec.decode(key, ())
        if len(before) != len(columns):
            raise ValueError("a row has other columns than its table")
        changed = None if left is None else {int(position): text for position, text in left}
        [adrift] = more or [[]]
        rows[tuple(decoded)] = Image(tuple(before), changed, int(whose), frozenset(map(str, adrift)))
    return TableImages(written["table"], tuple(written["key"]), columns, rows)
