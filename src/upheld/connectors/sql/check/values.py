"""What a column is to become has to fit it, before the first write (scenarios 20, 60)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from uuid import UUID

from upheld.connectors.sql.check.constraint import refused, violated
from upheld.connectors.sql.check.edit import Written, edit
from upheld.connectors.sql.check.look import Look, actions, detached
from upheld.connectors.sql.schema import Family, LiveCheck, LiveColumn, LiveTable
from upheld.datamap.model import (
    Anonymise,
    Assignment,
    Constant,
    Follow,
    Ghost,
    JsonEdit,
    Link,
    Pseudonym,
    Retain,
    Scalar,
    Table,
    Tie,
    Unique,
)
from upheld.rights.connector import Finding, Severity

RANDOM_LENGTH = 26
"""Letters that `{random}` may take: 96 bits need 19, some sources of chance give more."""

UNSAID = object()


@dataclass(frozen=True, slots=True)
class Given:
    """One column and the value that it would get; UNSAID where only the ghost row knows it."""

    column: LiveColumn
    assignment: Assignment
    value: object

    @property
    def templated(self) -> bool:
        return isinstance(self.assignment.value, Unique | Pseudonym)


def groups(table: Table, live: LiveTable) -> Iterator[dict[str, Given]]:
    """The assignments that are made together, by the live column's name."""
    for action, _ in actions(table):
        if isinstance(action, Anonymise | Retain | Follow) and action.assignments:
            found = {}
            for assignment in action.assignments:
                column = live.column(assignment.column)
                if column is not None and not isinstance(assignment.value, JsonEdit):
                    found[column.name] = Given(column, assignment, _value(assignment))
            yield found


def _value(assignment: Assignment) -> object:
    match assignment.value:
        case Constant(value):
            return value
        case Unique(template) | Pseudonym(template):
            return template.replace("{random}", "a" * RANDOM_LENGTH)
    return UNSAID


def fitting(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        for group in groups(table, live):
            sound = {}
            for name, given in group.items():
                wrong = problem(look, table, live, given)
                if wrong is None:
                    sound[name] = given
                else:
                    code, what = wrong
                    yield look.finding(code, table.name, what, _cure(table, live, given, code), column=name)
            yield from checks(look, table, live, sound)
            yield from _repeated(look, table, live, sound)


def problem(look: Look, table: Table, live: LiveTable, given: Given) -> tuple[str, str] | None:
    """The code and the words of what is wrong with one value for one column; None when it fits."""
    column, value = given.column, given.value
    where = f"{table.name}.{column.name}"
    if column.generated or column.always or (column.identity and (column.name,) == live.key):
        return "value.generated", f"{where} gets its value from the server; nothing can be assigned to it."
    if value is UNSAID:
        return None
    if value is None:
        return (
            None if column.nullable else ("value.null", f"{where} may not be empty, and would become NULL.")
        )
    if column.enum_values:
        fits = value in column.enum_values and not given.templated
        return (
            None
            if fits
            else ("value.enum", f"The value for {where} is none of its {len(column.enum_values)}.")
        )
    if not _of_family(value, column, templated=given.templated):
        return "value.type", f"The value for {where} is no {column.type_text}."
    length = len(value.encode() if column.family is Family.BINARY else value) if isinstance(value, str) else 0
    if column.length is not None and length > column.length:
        return "value.long", f"The value for {where} takes {length} of {column.length} characters."
    if refused(look, column, value):
        return "value.type", f"The database does not take the value for {where} as {column.type_text}."
    return None


def _of_family(value: object, column: LiveColumn, *, templated: bool) -> bool:
    """Whether the value is of the column's kind. A template is of no kind but text."""
    match column.family:
        case Family.TEXT:
            return isinstance(value, str | UUID | date) or (
                isinstance(value, int) and not isinstance(value, bool)
            )
        case Family.INTEGER:
            return isinstance(value, int) or (isinstance(value, str) and not templated and _is(int, value))
        case Family.NUMBER:
            return isinstance(value, int | float | Decimal) or (not templated and _is(Decimal, value))
        case Family.BOOLEAN:
            return isinstance(value, bool) or value in {0, 1}
        case Family.UUID:
            return isinstance(value, UUID) or (not templated and _is(UUID, value))
        case Family.MOMENT:
            return isinstance(value, date) or (not templated and _is(datetime.fromisoformat, value))
        case Family.BINARY:
            return isinstance(value, str | bytes)
    return True


def _is(kind: object, value: object) -> bool:
    try:
        kind(value)  # type: ignore[operator]
    except (ValueError, TypeError, AttributeError, InvalidOperation):
        return False
    return True


def _cure(table: Table, live: LiveTable, given: Given, code: str) -> str:
    name = given.assignment.column
    if code == "value.generated":
        return f"{table.name}: remove `{name}` from `anonymise`."
    unique = any(columns == (given.column.name,) for columns in live.uniques)
    return edit(table.name, {"on_erase": {"anonymise": {name: sample(given.column, unique=unique)}}})


def sample(column: LiveColumn, *, unique: bool = False) -> Written:
    """A value that fits the column, as the map writes it."""
    if column.nullable and not unique:
        return None
    if column.enum_values:
        return column.enum_values[0]
    room = column.length if column.length is not None else 1000
    if unique and column.family is Family.TEXT and room >= RANDOM_LENGTH:
        template = "removed-{random}@example.invalid"
        fits = len(template) - len("{random}") + RANDOM_LENGTH <= room
        return {"unique": template if fits else "{random}"}
    plain: dict[Family, Written] = {
        Family.TEXT: "[removed]" if room >= len("[removed]") else "-" * min(room, 1),
        Family.MOMENT: "1970-01-01",
        Family.BOOLEAN: False,
        Family.UUID: "00000000-0000-0000-0000-000000000000",
        Family.JSON: "{}",
        Family.BINARY: "",
    }
    return plain.get(column.family, 0)


def checks(look: Look, table: Table, live: LiveTable, given: Mapping[str, Given]) -> Iterator[Finding]:
    """Constraints of the table that refuse these values together, or may."""
    values = {name: each.value for name, each in given.items() if each.value is not UNSAID}
    for check in live.checks:
        touched = [name for name in values if mentions(check, name)]
        if not touched:
            continue
        answer = violated(look, live, check, {name: values[name] for name in touched})
        if answer is False:
            continue
        column = touched[0]
        alone = "refuses" if answer else "may refuse"
        yield look.finding(
            "value.check",
            table.name,
            f"CHECK {check.name or '(no name)'} {alone} the value for {table.name}.{', '.join(touched)}.",
            f"{table.name}: give `{column}` a value for which this holds: {check.text}",
            column=column,
            severity=None if answer else Severity.DOUBT,
        )


def mentions(check: LiveCheck, name: str) -> bool:
    """Whether the check may speak of this column. Text comparison errs on the side of asking the server."""
    return check.value_of == name if check.value_of else name.lower() in check.text.lower()


def _repeated(look: Look, table: Table, live: LiveTable, given: Mapping[str, Given]) -> Iterator[Finding]:
    """A unique set of columns that all get values which another row may get too."""
    sets = (*live.uniques, *((live.key,) if live.key else ()))
    for columns in sets:
        each = [given.get(name) for name in columns]
        if not all(part is not None and _repeats(table, part) for part in each):
            continue
        column = columns[0]
        room = live.columns[column]
        yield look.finding(
            "value.unique",
            table.name,
            f"{table.name}.{', '.join(columns)} must differ in every row; many would get the same.",
            edit(table.name, {"on_erase": {"anonymise": {column: sample(room, unique=True)}}}),
            column=column,
        )


def _repeats(table: Table, given: Given) -> bool:
    match given.assignment.value:
        case Constant(value):
            return value is not None
        case Pseudonym():
            return not table.person
        case Ghost():
            return True
    return False


def detaching(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        said = set()
        for link, action in detached(table):
            if link.array or link.json or action.to_ghost or link.name in said:
                continue
            said.add(link.name)
            firm = [name for name in link.columns if (column := live.column(name)) and not column.nullable]
            if len(firm) == len(link.columns):
                yield look.finding(
                    "detach.null",
                    table.name,
                    f"{table.name}.{link.name} is to be cut, and it may not be empty.",
                    _turned(table, link),
                    column=link.name,
                )


def _turned(table: Table, link: Link) -> str:
    to_ghost: Written = {"detach": {"to": "ghost"}}
    if link.tie is Tie.OWNS:
        return edit(table.name, {"on_erase": to_ghost})
    instead = edit(table.name, {"on_erase": {"by": {link.name: to_ghost}}})
    return f"In place of what `on_erase` says there: {instead}; or let the column be empty."


def ghost_tables(look: Look) -> Iterator[str]:
    """Live names of the tables whose ghost row somebody is turned to."""
    for table, _ in look.pairs:
        ways = (link.to for link, action in detached(table) if action.to_ghost)
        values = (
            to
            for action, link in actions(table)
            if isinstance(action, Anonymise | Retain | Follow)
            and any(isinstance(each.value, Ghost) for each in action.assignments)
            for to in _ghosts_of(table, link)
        )
        yield from (name for name in chain(ways, values) if name)


def _ghosts_of(table: Table, link: Link | None) -> list[str | None]:
    """A person's own row follows the ghost of its own table, any other that of the table it links to."""
    if link is not None:
        return [link.to]
    return [table.name] if table.person else [each.to for each in table.links]


def scalar_text(value: Scalar) -> str:
    """A value of the map as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


RULES = (fitting, detaching)
