"""Whether an erasure here could be undone: said before the first write, not found out afterwards (S-70).

Looked at only where the map sets a window. Each finding stops the writes of such an erasure: whoever wants
them all the same writes `undo: none` for the system, which is a decision that stands in the map.
"""

from collections.abc import Iterator

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import Look
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.schema import Family, Kind, LiveSchema, LiveTable
from upheld.connectors.sql.undo.arrange import arranged
from upheld.connectors.sql.undo.capture import SILENT, changes
from upheld.connectors.sql.undo.text import form_of
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.rights.connector import Finding
from upheld.rights.plan import Anonymise, Detach, Erase, Recount, Retain, Step
from upheld.rights.planner import plan_system

NONE = "Or write `undo: none` for this system: what is erased there is then gone at once."
KEYS = {Family.INTEGER, Family.NUMBER, Family.TEXT, Family.UUID, Family.BINARY, Family.BOOLEAN}
"""Families whose values are compared exactly, and have no member that Python lacks."""
INEXACT = ("real", "float", "double")


def touched(system: System, live: LiveSchema) -> dict[str, set[str]]:
    """Live names of the tables that an erasure changes, by the map or by the database's own cascades, with
    the columns that it changes; rows of a table with `*` can go."""
    found: dict[str, set[str]] = {}
    for step in plan_system(system, Right.ERASURE):
        if isinstance(step, Recount):
            _note(live, found, step.table, {step.column})
        elif isinstance(step, Erase | Anonymise | Detach | Retain) and changes(step):
            _note(live, found, step.selection.table, _columns(step))
    waiting = [name for name, columns in found.items() if "*" in columns]
    while waiting:
        for reference in live.refer(waiting.pop()):
            child = live.tables[reference.table]
            if reference.key.on_delete not in SILENT or child.kind is Kind.PARTITION:
                continue
            goes = reference.key.on_delete == "CASCADE"
            if goes and "*" not in found.get(child.name, ()):
                waiting.append(child.name)
            found.setdefault(child.name, set()).update({"*"} if goes else reference.key.columns)
    return found


def _note(schema: LiveSchema, found: dict[str, set[str]], table: str, columns: set[str]) -> None:
    live = schema.get(table)
    if live is not None:
        known = {name: column.name for name in columns if (column := live.column(name)) is not None}
        found.setdefault(live.name, set()).update(known.get(name, name) for name in columns)


def _columns(step: Step) -> set[str]:
    if isinstance(step, Anonymise | Retain):
        return {each.column for each in step.assignments}
    if isinstance(step, Detach):
        return {name for source in step.selection.sources for name in source.link.columns}
    return {"*"}


def keys(look: Look) -> Iterator[Finding]:
    tables = Tables(look.live)
    for name, columns in touched(look.system, look.live).items():
        live, key = look.live.tables[name], tables.key(name)
        wrong = [each for each in key if not _exact(live, each)]
        if not key:
            cure = f"Give {name} a primary key. {NONE}"
            yield look.finding("undo.key", name, f"Nothing in the database tells rows of {name} apart.", cure)
        elif wrong:
            what = f"Rows of {name} have a key of the type {live.columns[wrong[0]].type_text}."
            cure = f"Give {name} a key of another type. {NONE}"
            yield look.finding("undo.key", name, what, cure, column=wrong[0])
        for column in sorted(columns & set(key)):
            what = f"An erasure changes the key of {name}: its rows would not be found again."
            yield look.finding("undo.key", name, what, f"Delete those rows instead. {NONE}", column=column)


def _exact(live: LiveTable, name: str) -> bool:
    column = live.columns[name]
    return column.family in KEYS and not column.type_text.lower().startswith(INEXACT)


def columns(look: Look) -> Iterator[Finding]:
    for name in touched(look.system, look.live):
        for column in look.live.tables[name].columns.values():
            if form_of(look.live.dialect, column) is None and not column.generated:
                what = f"A value of the type {column.type_text} has no text that gives it back."
                cure = f"Keep it in a column of another type. {NONE}"
                yield look.finding("undo.column", name, what, cure, column=column.name)


def triggers(look: Look) -> Iterator[Finding]:
    for name in touched(look.system, look.live):
        found = look.live.tables[name].triggers
        if found:
            said = ", ".join(each.name for each in found)
            reason = f"say why {found[0].name} changes no row when rows come back"
            yield look.finding(
                "undo.trigger",
                name,
                f"Writing to {name} starts code of the server's own, when it is undone as well: {said}.",
                edit(name, {"accept": [{"finding": "undo.trigger", "reason": reason}]}),
            )


def relations(look: Look) -> Iterator[Finding]:
    for name in touched(look.system, look.live):
        live = look.live.tables[name]
        if live.kind is Kind.INHERITANCE_CHILD or (live.kind is Kind.TABLE and live.children):
            what = f"Rows of {name} stand in tables that inherit from it, and would not come back there."
            yield look.finding("undo.relation", name, what, NONE)
    if look.live.dialect == "sqlite":
        encoding = look.connection.exec_driver_sql("PRAGMA encoding").scalar_one()
        if encoding != "UTF-8":
            what = f"The database keeps its texts in {encoding}: not every one would come back as it was."
            yield look.finding("undo.relation", "", what, NONE)


def references(look: Look) -> Iterator[Finding]:
    there = touched(look.system, look.live)
    for name, changed in there.items():
        for reference in look.live.refer(name):
            moved = set(reference.key.to_columns) & changed
            if moved and reference.key.on_update in ("SET NULL", "SET DEFAULT"):
                changing = f"{', '.join(sorted(moved))} of {name}"
                what = f"When {changing} changes, {reference.table} loses its reference."
                yield look.finding(
                    "undo.reference", reference.table, what, NONE, column=",".join(reference.key.columns)
                )
    stuck = arranged(Tables(look.live), sorted(there)).stuck
    if stuck:
        what = f"Rows of {', '.join(stuck)} refer to each other in a circle that nothing opens."
        yield look.finding("undo.reference", stuck[0], what, f"Let one of the links be empty. {NONE}")


def whole(look: Look) -> Iterator[Finding]:
    """All of it, where the map sets a window and the system is written to."""
    if look.system.undo and not look.system.read_only:
        for rule in (keys, columns, triggers, relations, references):
            yield from rule(look)


RULES = (whole,)
