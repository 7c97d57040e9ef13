"""A schema, its data and what its map says, in words of their own: what generated worlds are made of.

Neither the engine's model nor its plan is used here: the oracle reads these values, the engine reads the YAML
that `written` makes of them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Cell = Any
Record = dict[str, Cell]


@dataclass(frozen=True)
class Delete:
    pass


@dataclass(frozen=True)
class Keep:
    pass


@dataclass(frozen=True)
class Detach:
    ghost: bool = False


@dataclass(frozen=True)
class Uniquely:
    """`removed-{random}@example.invalid`, drawn for each row."""

    prefix: str


@dataclass(frozen=True)
class Pseudonymously:
    """One random value for all her rows."""

    prefix: str


@dataclass(frozen=True)
class OfGhost:
    column: str


@dataclass(frozen=True)
class JsonSet:
    edits: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Anonymise:
    values: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Retain:
    """Seven years after `after`, then `then`; `strip` becomes NULL at once."""

    after: str
    then: "Delete | Anonymise | Detach"
    strip: tuple[str, ...] = ()


@dataclass(frozen=True)
class Follow:
    """As the row that the link leads to; `strip` becomes NULL where that one stays."""

    link: str
    strip: tuple[str, ...] = ()


Act = Delete | Keep | Detach | Anonymise | Retain | Follow


@dataclass(frozen=True)
class Column:
    kind: str = "int"
    null: bool = True
    to: tuple[str, str] | None = None
    """A foreign key of the schema."""


@dataclass(frozen=True)
class Way:
    """A link of the map."""

    columns: tuple[str, ...]
    to: str | None = None
    key: tuple[str, ...] = ("id",)
    array: bool = False
    json: str | None = None
    sees: bool = False
    when: tuple[tuple[str, Cell], ...] = ()

    @property
    def name(self) -> str:
        return ",".join(self.columns)


@dataclass
class Sheet:
    """One table."""

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...] = ("id",)
    unique: tuple[str, ...] = ()
    together: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()
    """Composite foreign keys."""
    person: bool = False
    ways: tuple[Way, ...] = ()
    rules: tuple[tuple[tuple[tuple[str, Cell], ...], Act], ...] = ()
    by: tuple[tuple[str, Act], ...] = ()
    orphan: bool = False
    held: tuple[str, str] | None = None
    replies: tuple[str, str] | None = None
    history: tuple[str, str] | None = None
    recount: tuple[str, str, str] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)

    @property
    def shared(self) -> bool:
        return bool(self.by or self.orphan) and not self.person


Sheets = dict[str, Sheet]

# --- as a schema -------------------------------------------------------------------------------------------

KINDS = {
    "sqlite": {"int": "INTEGER", "text": "VARCHAR(120)", "date": "DATE", "json": "JSON", "list": "JSON"},
    "postgresql": {
        "int": "INTEGER",
        "text": "VARCHAR(120)",
        "date": "DATE",
        "json": "JSONB",
        "list": "INTEGER[]",
    },
    "mariadb": {"int": "INTEGER", "text": "VARCHAR(120)", "date": "DATE", "json": "JSON", "list": "JSON"},
}


def schema(sheets: Sheets, dialect: str) -> Iterator[str]:
    """CREATE TABLE for each, with foreign keys inside on SQLite; INDEX for each column that refers."""
    for sheet in sheets.values():
        parts = [
            f"{name} {KINDS[dialect][column.kind]}{'' if column.null else ' NOT NULL'}"
            for name, column in sheet.columns.items()
        ]
        if sheet.key:
            parts.append(f"PRIMARY KEY ({', '.join(sheet.key)})")
        if sheet.unique:
            parts.append(f"UNIQUE ({', '.join(sheet.unique)})")
        if dialect == "sqlite":
            parts.extend(
                f"FOREIGN KEY ({ours}) REFERENCES {to}({theirs})" for ours, to, theirs in keys(sheet)
            )
        yield f"CREATE TABLE {sheet.name} ({', '.join(parts)})"
        for number, way in enumerate(sheet.ways):
            if not way.array and not way.json:
                yield f"CREATE INDEX {sheet.name}_way{number} ON {sheet.name} ({', '.join(way.columns)})"


def constraints(sheets: Sheets, dialect: str) -> Iterator[str]:
    """Foreign keys, once the rows are in: so that circles can be filled."""
    if dialect != "sqlite":
        for sheet in sheets.values():
            for ours, to, theirs in keys(sheet):
                yield f"ALTER TABLE {sheet.name} ADD FOREIGN KEY ({ours}) REFERENCES {to}({theirs})"


def keys(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    for name, column in sheet.columns.items():
        if column.to:
            yield name, *column.to
    for ours, to, theirs in sheet.together:
        yield ", ".join(ours), to, ", ".join(theirs)


def literal(value: Cell, kind: str, dialect: str) -> str:
    if value is None:
        return "NULL"
    if kind == "int":
        return str(value)
    if kind == "list" and dialect == "postgresql":
        return f"ARRAY[{', '.join(map(str, value))}]::integer[]"
    text = json.dumps(value) if kind in ("json", "list") else str(value)
    return "'" + text.replace("'", "''") + "'"


def inserts(sheets: Sheets, dialect: str) -> Iterator[str]:
    for sheet in sheets.values():
        if not sheet.rows:
            continue
        tuples = [
            "("
            + ", ".join(literal(row[name], column.kind, dialect) for name, column in sheet.columns.items())
            + ")"
            for row in sheet.rows
        ]
        yield f"INSERT INTO {sheet.name} ({', '.join(sheet.columns)}) VALUES {', '.join(tuples)}"


# --- as a map ----------------------------------------------------------------------------------------------


def written(sheets: Sheets) -> str:
    """The tables of the map; JSON is YAML."""
    return "".join(f"{sheet.name}: {json.dumps(_table(sheet))}\n" for sheet in sheets.values())


def _table(sheet: Sheet) -> dict[str, Any]:
    table: dict[str, Any] = dict(sheet.more) | _treatment(sheet)
    for side, sees in (("belongs_to", False), ("visible_to", True)):
        ways = [_way(each) for each in sheet.ways if each.sees is sees]
        if ways:
            table[side] = ways
    if sheet.held:
        table["held_by"] = {sheet.held[0]: {sheet.held[1]: "id"}}
    if sheet.replies:
        table["replies"] = {"column": sheet.replies[0], "erase": sheet.replies[1]}
    if sheet.history:
        table["history_of"] = {sheet.history[1]: f"{sheet.history[0]}.id"}
    if sheet.recount:
        column, of, by_column = sheet.recount
        table["recount"] = {column: {"of": of, "by": by_column}}
    if sheet.key and "person" not in table:
        table["key"] = list(sheet.key)
    return table


def _treatment(sheet: Sheet) -> dict[str, Any]:
    orphan = {"orphan": "delete"} if sheet.orphan else {}
    if sheet.by:
        by = {name: act(each) for name, each in sheet.by}
        own = {"id": act(sheet.rules[0][1])} if sheet.person else {}
        return {"on_erase": {"by": by | own} | orphan}
    if not sheet.rules:
        return {"on_erase": orphan}
    if len(sheet.rules) == 1:
        return {"on_erase": act(sheet.rules[0][1])}
    rows = [
        {"when": _when(when), "on_erase": act(each)} if when else {"otherwise": act(each)}
        for when, each in sheet.rules
    ]
    return {"rows": rows}


def _when(when: tuple[tuple[str, Cell], ...]) -> dict[str, Any]:
    return {column: list(value) if isinstance(value, tuple) else value for column, value in when}


def _way(way: Way) -> dict[str, Any]:
    form: dict[str, Any] = {"columns": list(way.columns)}
    if way.to is None:
        form["identity"] = "email"
    else:
        form |= {"to": way.to, "key": list(way.key)}
    if way.array:
        form["array"] = True
    if way.json:
        form |= {"json": way.json, "cast": "integer"}
    if way.when:
        form["when"] = _when(way.when)
    return form


def act(each: Act) -> Any:
    """As `on_erase` has it."""
    match each:
        case Delete():
            return "delete"
        case Keep():
            return {"keep": "says nothing of anybody"}
        case Detach(ghost):
            return {"detach": {"to": "ghost"}} if ghost else "detach"
        case Anonymise(values):
            return {"anonymise": {column: _value(value) for column, value in values}}
        case Retain(after, then, strip):
            terms = {
                "ground": "legal-obligation",
                "law": "tax records",
                "for": "7y",
                "after": after,
                "then": act(then),
            }
            return {"retain": terms | ({"strip": list(strip)} if strip else {})}
        case Follow(link, strip):
            return {"follow": {"link": link} | ({"strip": list(strip)} if strip else {})}


def _value(value: Cell) -> Any:
    match value:
        case Uniquely(prefix):
            return {"unique": prefix + "{random}@example.invalid"}
        case Pseudonymously(prefix):
            return {"pseudonym": prefix + "{random}"}
        case OfGhost(column):
            return {"ghost": column}
        case JsonSet(edits):
            return {"json": dict(edits)}
    return value
