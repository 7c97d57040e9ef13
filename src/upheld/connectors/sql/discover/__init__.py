"""Draft the map of a database from what stands in it. Reads only, bounded; nothing that was read is given
back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from upheld.connectors.sql.check import check_all
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.discover.reach import Wish, unread, wanted
from upheld.connectors.sql.discover.sample import Look, patience
from upheld.connectors.sql.discover.seeing import Told, see
from upheld.connectors.sql.schema import Kind, LiveSchema
from upheld.datamap.discover.file import Head, document, dump, read_back, tables_at
from upheld.datamap.discover.judge import Judged, Limits, judge
from upheld.datamap.fault import Invalid
from upheld.datamap.model import System
from upheld.rights.connector import Finding, Severity

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """The file's text, what it means, how it was judged, and what a check still finds."""

    text: str
    system: System
    judged: Judged
    findings: tuple[Finding, ...]


def discover(system: System, live: LiveSchema, connection: sa.Connection, wish: Wish, told: Told) -> Draft:
    """Look, judge, and try the draft against the live schema until that refuses none of it."""
    patience(connection)
    tables = [each for each in live if wanted(each, wish)]
    seen = see(Look(connection, Tables(live), wish.most), tables, told)
    head = Head(system.name, system.connect, wish.on, wish.scratch, system.schemas)
    views = tuple(each.name for each in live if each.kind is Kind.MATERIALISED)
    head = replace(head, refresh=views, unread=unread(live, wish))
    limits = Limits()
    for left in reversed(range(ROUNDS)):
        judged = judge(seen, limits)
        whole = document(judged, head)
        text = dump({key: each for key, each in whole.items() if key != "drafted"})
        try:
            read = read_back(text)
        except Invalid as invalid:
            broken = tables_at(text, [error.line for error in invalid.errors])
            if not left or broken <= limits.dropped:
                raise
            limits = replace(limits, dropped=limits.dropped | broken)
            continue
        findings = check_all(read, live, connection)
        further = _learnt(limits, findings, live)
        if further == limits or not left:
            break
        limits = further
    return Draft(dump(whole), read, judged, findings)


def _learnt(limits: Limits, findings: Sequence[Finding], live: LiveSchema) -> Limits:
    """What the live schema would not bear: rows that have to stay, columns that take no value of ours."""
    staying, unassigned, unempty = set(limits.staying), set(limits.unassigned), set(limits.unempty)
    for each in findings:
        if each.code.startswith("value."):
            told = {(each.table, name) for name in each.column.split(", ")}
            unassigned |= told & unempty
            unempty |= told
        elif each.code in ("delete.refused", "cascade.loss", "cascade.null"):
            referring = live.get(each.table)
            for key in referring.foreign_keys if referring else ():
                if ",".join(key.columns) == each.column:
                    staying.add(key.to)
        elif each.code == "cycle.stuck" and each.severity is Severity.STOP:
            staying.add(each.table)
    return replace(
        limits,
        staying=frozenset(staying),
        unassigned=frozenset(unassigned),
        unempty=frozenset(unempty),
    )
