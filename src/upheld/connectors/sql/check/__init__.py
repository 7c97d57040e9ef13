"""`upheld map check` for databases: the live schema against the map and the rules of planning (design: plan).

Every rule reads only, and says names and counts, never a value of a row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from upheld.connectors.sql.check import (
    drafted,
    links,
    names,
    references,
    rows,
    server,
    spelled,
    undeclared,
    undo,
    values,
)
from upheld.connectors.sql.check.codes import BEARABLE
from upheld.connectors.sql.check.look import Look, look_at
from upheld.connectors.sql.schema import LiveSchema
from upheld.datamap.model import System
from upheld.rights.connector import Finding, Severity

Rule = Callable[[Look], Iterator[Finding]]
BY_SCHEMA: tuple[Rule, ...] = (
    *names.RULES,
    *undeclared.RULES,
    *drafted.RULES,
    *links.RULES,
    *spelled.RULES,
    *values.RULES,
    *references.RULES,
    *server.RULES,
    *undo.RULES,
)
"""They depend on the map and the live schema alone."""
BY_ROWS: tuple[Rule, ...] = rows.RULES
"""They ask the rows, too, and are asked each time."""


def check_schema(system: System, live: LiveSchema, connection: sa.Connection) -> tuple[Finding, ...]:
    """What the rules find that look at the schema alone: the same for as long as it is the same."""
    look = look_at(system, live, connection)
    return tuple(each for rule in BY_SCHEMA for each in rule(look))


def check_all(
    system: System, live: LiveSchema, connection: sa.Connection, known: Sequence[Finding] | None = None
) -> tuple[Finding, ...]:
    """All findings, the gravest first. `known`: those of `check_schema`, where it looked at this schema
    before. What a table accepts by its code becomes a NOTE with the reason; a STOP that would do harm stays
    one, whatever is accepted."""
    look = look_at(system, live, connection)
    by_schema = check_schema(system, live, connection) if known is None else known
    by_rows = (each for rule in BY_ROWS for each in rule(look))
    found = dict.fromkeys(_accepted(system, each) for each in (*by_schema, *by_rows))
    order = list(Severity)
    return tuple(
        sorted(found, key=lambda each: (order.index(each.severity), each.table, each.column, each.code))
    )


def _accepted(system: System, finding: Finding) -> Finding:
    for table in system.tables:
        reason = dict(table.accept).get(finding.code) if table.name == finding.table else None
        if reason is not None and finding.severity is Severity.STOP and finding.code not in BEARABLE:
            return replace(finding, what=f"{finding.what} This cannot be accepted.")
        if reason is not None:
            return replace(finding, severity=Severity.NOTE, what=f"{finding.what} Accepted: {reason}")
    return finding
