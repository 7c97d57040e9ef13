"""`upheld map check` for databases: the live schema against the map and the rules of planning (design: plan).

Every rule reads only, and says names and counts, never a value of a row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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
BY_ROWS: tuple[tuple[Rule, Callable[[Look], bool]], ...] = rows.RULES
"""They ask the rows, too, and are asked each time on a schema on which they may find anything."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the map and the live schema alone say: the same for as long as both are. `whole`: all findings, in
    their order, where no rule has to ask the rows; else `asking` has to."""

    findings: tuple[Finding, ...]
    whole: tuple[Finding, ...]
    asking: tuple[Rule, ...]


def check_schema(system: System, live: LiveSchema, connection: sa.Connection) -> Checked:
    """What the rules find that look at the schema alone."""
    look = look_at(system, live, connection)
    found = tuple(each for rule in BY_SCHEMA for each in rule(look))
    asking = tuple(rule for rule, may_find in BY_ROWS if may_find(look))
    return Checked(found, _ordered(system, found), asking)


def check_all(
    system: System, live: LiveSchema, connection: sa.Connection, known: Checked | None = None
) -> tuple[Finding, ...]:
    """All findings, the gravest first. `known`: what `check_schema` said when it looked at this schema
    before. What a table accepts by its code becomes a NOTE with the reason; a STOP that would do harm stays
    one, whatever is accepted."""
    known = known or check_schema(system, live, connection)
    if not known.asking:
        return known.whole
    look = look_at(system, live, connection)
    by_rows = (each for rule in known.asking for each in rule(look))
    return _ordered(system, (*known.findings, *by_rows))


def _ordered(system: System, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    found = dict.fromkeys(_accepted(system, each) for each in findings)
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
