"""`upheld map check` for databases: the live schema against the map and the rules of planning (design: plan).

Every rule reads only, and says names and counts, never a value of a row.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import sqlalchemy as sa

from upheld.connectors.sql.check import links, names, references, rows, server, undeclared, undo, values
from upheld.connectors.sql.check.codes import BEARABLE
from upheld.connectors.sql.check.look import Look, look_at
from upheld.connectors.sql.schema import LiveSchema
from upheld.datamap.model import System
from upheld.rights.connector import Finding, Severity

Rule = Callable[[Look], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    *names.RULES,
    *undeclared.RULES,
    *links.RULES,
    *values.RULES,
    *references.RULES,
    *server.RULES,
    *rows.RULES,
    *undo.RULES,
)


def check_all(system: System, live: LiveSchema, connection: sa.Connection) -> tuple[Finding, ...]:
    """All findings, the gravest first. What a table accepts by its code becomes a NOTE with the reason; a
    STOP that would do harm stays one, whatever is accepted."""
    look = look_at(system, live, connection)
    found = dict.fromkeys(_accepted(system, each) for rule in RULES for each in rule(look))
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
