"""Draft the map of a database from what stands in it. Reads only, bounded; nothing that was read is given
back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

import sqlalchemy as sa

from upheld.connectors.sql.check import check_all
from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.discover.sample import Look, patience
from upheld.connectors.sql.discover.seeing import KINDS, Told, see
from upheld.connectors.sql.schema import Kind, LiveSchema, LiveTable
from upheld.datamap.discover.file import Head, document, dump, read_back, tables_at
from upheld.datamap.discover.judge import Judged, Limits, judge
from upheld.datamap.fault import Invalid
from upheld.datamap.model import System
from upheld.rights.connector import Finding, Severity

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """How a draft is wanted. `most`: rows of a table that are looked at. `include`, `exclude`: patterns of
    tables; what is excluded is not in the draft, and the check will ask for it."""

    on: date
    most: int = 400
    scratch: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


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
    wanted = [each for each in live if _wanted(each, wish)]
    seen = see(Look(connection, Tables(live), wish.most), wanted, told)
    head = Head(system.name, system.connect, wish.on, wish.scratch, system.schemas)
    views = tuple(each.name for each in live if each.kind is Kind.MATERIALISED)
    head = replace(head, refresh=views, unread=_unread(live, wish))
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


def own_schemas(connection: sa.Connection) -> tuple[str, ...]:
    """On PostgreSQL, where an application often has several: all that hold tables, the usual one first. None
    where that is the only one, and on other servers, whose schemas are databases of their own."""
    if connection.dialect.name != "postgresql":
        return ()
    usual, *_ = connection.exec_driver_sql("SELECT current_schema()").one()
    found = connection.exec_driver_sql(
        "SELECT DISTINCT n.nspname FROM pg_catalog.pg_namespace n"
        " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')"
        " WHERE left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema' ORDER BY n.nspname"
    )
    others = [name for (name,) in found if name != usual]
    return tuple(filter(None, (usual, *others))) if others else ()


def _unread(live: LiveSchema, wish: Wish) -> dict[str, dict[str, str]]:
    """Tables that are not looked into, what a search or another server keeps, with their columns."""
    return {
        each.name: {column.name: column.type_text or "any" for column in each.columns.values()}
        for each in live
        if each.kind in (Kind.VIRTUAL, Kind.FOREIGN) and not each.outside and _named(each, wish)
    }


def _wanted(table: LiveTable, wish: Wish) -> bool:
    return table.kind in KINDS and not table.outside and _named(table, wish)


def _named(table: LiveTable, wish: Wish) -> bool:
    if wish.include and not any(fnmatchcase(table.name, each) for each in wish.include):
        return False
    return not any(fnmatchcase(table.name, each) for each in wish.exclude)


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
