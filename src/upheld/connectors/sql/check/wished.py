"""What a person says is right has to fit its column, before the first write (scenarios 20, 60)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import sqlalchemy as sa

from upheld.connectors.sql.cells import Cells
from upheld.connectors.sql.check.look import Look, look_at
from upheld.connectors.sql.check.values import Given, checks, problem
from upheld.connectors.sql.inside import is_in, values_in
from upheld.connectors.sql.schema import Family
from upheld.datamap.model import Assignment, Constant
from upheld.rights.connector import Severity
from upheld.rights.outcome import Misconfigured
from upheld.rights.subject import Cell


def refuse(cells: Cells, given: Sequence[Cell]) -> None:
    """Misconfigured for the first value that its column, a CHECK or a unique set would refuse; names no
    value."""
    rows = cells.rows
    look = look_at(rows.system, rows.tables.live, cells.connection)
    seen: set[tuple[str, str, object]] = set()
    for each in given:
        place = (each.table, each.column, each.after)
        wrong = next(_wrong(cells, look, each, again=place in seen), None)
        seen.add(place)
        if wrong is not None:
            code, what = wrong
            raise Misconfigured(
                f"{rows.system.name}: {what} [{code}] Nothing was written.",
                "Ask for a value that fits there.",
            )


def _wrong(cells: Cells, look: Look, cell: Cell, *, again: bool) -> Iterator[tuple[str, str]]:
    table, live = look.mapped(cells.rows.tables.known_table(cell.table).name), look.live.get(cell.table)
    column = live.column(cell.column) if live else None
    if table is None or live is None or column is None:
        return
    if cell.json is not None:
        said = _type_of(cell.before)
        if said and said != _type_of(cell.after):
            yield "value.type", f"{cell.table}.{column.name} has {said} at {cell.json}."
        return
    value = cell.after
    if column.family is Family.BOOLEAN and value in ("true", "false"):
        value = value == "true"
    given = Given(column, Assignment(cell.column, Constant(value)), value)
    found = problem(look, table, live, given)
    if found is not None:
        yield found
        return
    for finding in checks(look, table, live, {column.name: given}):
        if finding.severity is Severity.STOP:
            yield finding.code, finding.what
    if (column.name,) in (*live.uniques, live.key) and (again or _taken(cells, cell)):
        yield "value.unique", f"{cell.table}.{column.name} must differ in every row; the value is taken."
    if any(column.name in key.columns for key in live.foreign_keys):
        yield "correct.key", f"{cell.table}.{column.name} refers to another row by a foreign key."
    for reference in look.live.refer(live.name):
        if column.name in reference.key.to_columns:
            yield "correct.key", f"{reference.table} refers to {cell.table}.{column.name} by a foreign key."


def _type_of(value: object) -> str:
    """What kind of value stands in a document; empty where it is null, which says of no kind."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float | Decimal) else "a text"


def _taken(cells: Cells, cell: Cell) -> bool:
    tables = cells.rows.tables
    others = sa.not_(is_in(tables, cell.table, cell.columns, [cell.key]))
    found = sa.select(sa.literal(1)).select_from(tables[cell.table])
    found = found.where(values_in(tables, cell.table, cell.column, [cell.after]), others).limit(1)
    return cells.connection.execute(found).first() is not None
