"""What a column becomes: the map's values as SQL expressions, or as values worked out row by row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from upheld.connectors.sql.columns import fit
from upheld.connectors.sql.compiled import Unfixed
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Assignment, Constant, Ghost, JsonEdit, Pseudonym, Scalar, Table, Unique
from upheld.rights.connector import Entropy
from upheld.rights.outcome import Misconfigured


@dataclass
class Draw:
    """Random values of one execution: one pseudonym a template, and a unique value for each row."""

    entropy: Entropy
    pseudonyms: dict[str, str] = field(default_factory=dict)

    def unique(self, template: str) -> str:
        """A value never drawn before."""
        return template.replace("{random}", self.entropy())

    def pseudonym(self, template: str) -> str:
        """The same value each time in this execution."""
        if template not in self.pseudonyms:
            self.pseudonyms[template] = self.unique(template)
        return self.pseudonyms[template]


@dataclass(frozen=True)
class Change:
    """`whole`: column to expression, the same statement for all rows. `each`: assignments that need a value
    of their own for every row; `documents`: columns among them whose old value has to be read."""

    whole: Mapping[str, Any]
    each: tuple[Assignment, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """Columns whose old value decides the new one."""
        return tuple(each.column for each in self.each if isinstance(each.value, JsonEdit))


def change(
    rows: Rows, connection: sa.Connection, table: str, assignments: Sequence[Assignment], draw: Draw
) -> Change:
    """The assignments of a step, sorted by how they are done."""
    whole: dict[str, Any] = {}
    each: list[Assignment] = []
    for assignment in assignments:
        column = rows.tables.known(table, assignment.column)
        match assignment.value:
            case Constant(value):
                whole[column.name] = constant(rows, table, assignment.column, value)
            case Pseudonym(template):
                whole[column.name] = draw.pseudonym(template)
            case Ghost(of):
                whole[column.name] = ghost_value(rows, connection, table, of)
            case JsonEdit(edits):
                expression = _edited(rows, table, assignment.column, edits)
                if expression is None:
                    each.append(assignment)
                else:
                    whole[column.name] = expression
            case Unique():
                each.append(assignment)
    return Change(whole, tuple(each))


def same_for_all(assignments: Sequence[Assignment]) -> bool:
    """Whether the map alone says what the columns become, whoever the person is and whatever is drawn."""
    return all(isinstance(each.value, Constant | JsonEdit) for each in assignments)


def constant(rows: Rows, table: str, column: str, value: Scalar) -> Any:
    """A fixed value as the column takes it; Misconfigured, before any write, where it cannot."""
    if value is None:
        return sa.null()
    known = rows.tables.known(table, column)
    document = isinstance(rows.tables[table].c[known.name].type, sa.JSON)
    try:
        if document and isinstance(value, str):
            return json.loads(value)  # as a text it would become a JSON string that holds the document
        return fit(value, known)
    except ValueError:
        raise Misconfigured(
            f"{rows.system.name}: {table}.{column} cannot hold the value that the map gives it.",
            "Give one of the column's type and length; `upheld map check` says which.",
        ) from None


def worked_out(assignment: Assignment, old: object, draw: Draw) -> object:
    """The new value of one row's column."""
    match assignment.value:
        case Unique(template):
            return draw.unique(template)
        case JsonEdit(edits):
            return _document_edited(old, edits)
    raise TypeError(type(assignment.value).__name__)


def ghost_table(rows: Rows, table: str) -> Table:
    """The person table whose ghost row stands in: the table itself, else the one its links lead to."""
    by_name = {each.name: each for each in rows.system.tables}
    seen: list[str] = []
    level = [table]
    while level:
        for name in level:
            if by_name[name].ghost:
                return by_name[name]
        seen.extend(level)
        level = [link.to for name in level for link in by_name[name].links if link.to and link.to not in seen]
    raise Misconfigured(
        f"{rows.system.name}: {table} needs a placeholder row, and no person table above it has `ghost:`.",
        "Add `ghost: {column: value}` to the person table, naming a row that stands for people who left.",
    )


def ghost_value(rows: Rows, connection: sa.Connection, table: str, column: str) -> Any:
    """What the ghost row has in a column. Misconfigured unless there is exactly one such row."""
    if rows.anybody:
        raise Unfixed
    person = ghost_table(rows, table)
    statement = sa.select(rows.tables.column(person.name, column)).where(
        rows.condition(person.name, person.ghost), rows.tenant(person.name)
    )
    found = connection.execute(statement.limit(2)).all()
    if len(found) != 1:
        many = "no row" if not found else "several rows"
        raise Misconfigured(
            f"{rows.system.name}: {many} of {person.name} match its `ghost:`, there has to be one.",
            "Run `upheld map check` for the statement that makes it.",
        )
    return found[0][0]


def ghost_key(rows: Rows, connection: sa.Connection, table: str, key: Sequence[str]) -> list[Any]:
    """The ghost row's key, for columns that may not be NULL."""
    return [ghost_value(rows, connection, table, column) for column in key]


def _edited(rows: Rows, table: str, column: str, edits: Sequence[tuple[str, Scalar]]) -> Any:
    """The edit as the server can do it without disturbing the rest of the document; None where it cannot."""
    dialect = rows.tables.live.dialect
    if dialect == "postgresql":
        return None
    target = rows.tables.column(table, column)
    document: Any = target
    for path, value in edits:
        if value is None:
            document = sa.func.json_remove(document, path)
        else:
            document = sa.func.json_replace(document, path, value)
    return sa.case((sa.func.json_valid(target) == 1, document), else_=target)


def _document_edited(old: object, edits: Sequence[tuple[str, Scalar]]) -> object:
    """The document with the edits done, as text where it was text. What is no JSON object stays as it is."""
    document: Any = old
    if isinstance(old, str):
        try:
            document = json.loads(old)
        except ValueError:
            return old
    for path, value in edits:
        _edit(document, _parts(path), value)
    return json.dumps(document, ensure_ascii=False) if isinstance(old, str) else document


def _edit(document: Any, parts: list[str | int], value: Scalar) -> None:
    for part in parts[:-1]:
        if not _has(document, part):
            return
        document = document[part]
    if not _has(document, parts[-1]):
        return
    if value is None:
        del document[parts[-1]]
    else:
        document[parts[-1]] = value


def _has(document: Any, part: str | int) -> bool:
    if isinstance(document, dict):
        return part in document
    return isinstance(document, list) and isinstance(part, int) and part < len(document)


def _parts(path: str) -> list[str | int]:
    """`$.user.emails[0]` as user, emails, 0."""
    parts: list[str | int] = []
    for name in path.removeprefix("$").replace("[", ".[").split("."):
        if name.startswith("["):
            parts.append(int(name.strip("[]")))
        elif name:
            parts.append(name.strip('"'))
    return parts


def without(old: object, values: Sequence[Scalar]) -> object:
    """A JSON list without these elements, as text where it was text."""
    gone = {*values, *(str(value) for value in values)}
    if isinstance(old, str):
        try:
            items = json.loads(old)
        except ValueError:
            return old
        if not isinstance(items, list):
            return old
        return json.dumps([item for item in items if not _among(item, gone)], ensure_ascii=False)
    return [item for item in old if not _among(item, gone)] if isinstance(old, list) else old


def _among(item: object, gone: set[Any]) -> bool:
    return isinstance(item, str | int) and not isinstance(item, bool) and item in gone
