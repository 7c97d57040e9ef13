"""PostgreSQL from 12: pg_catalog in eight queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeEngine

from upheld.connectors.sql.catalogue.columntype import Unknown, family, kind_of, of_postgresql
from upheld.connectors.sql.schema import (
    Kind,
    LiveCheck,
    LiveColumn,
    LiveForeignKey,
    LiveIndex,
    LiveSchema,
    LiveTable,
    LiveTrigger,
    assemble,
)
from upheld.rights.outcome import Misconfigured

ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
EVENTS = ((4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE"))

# Relations of the schemas, those that refer to them, and their partitions and children wherever they stand.
RELATIONS = """
WITH RECURSIVE edge AS (
    SELECT confrelid AS parent, conrelid AS child FROM pg_catalog.pg_constraint WHERE contype = 'f'
    UNION ALL SELECT inhparent, inhrelid FROM pg_catalog.pg_inherits
), wanted AS (
    SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (CAST(:schemas AS text[])) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    UNION SELECT edge.child FROM wanted JOIN edge ON edge.parent = wanted.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, CAST(c.reltuples AS bigint) AS estimate,
       pg_catalog.row_security_active(c.oid) AS hidden
FROM wanted JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
COLUMNS = """
SELECT a.attrelid, a.attname, a.attnum, a.attnotnull, a.attidentity, a.attgenerated,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS words,
       CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS domain_of,
       t.typnotnull, t.typtype, t.oid AS type, t.typbasetype, t.typelem, t.typlen,
       t.typname, tn.nspname AS type_schema,
       CASE WHEN a.atthasdef THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS default_text,
       CASE WHEN a.attcollation <> t.typcollation THEN co.collname END AS collation,
       CASE WHEN a.atttypmod > 4 AND t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4
            WHEN t.typtypmod > 4 AND b.typname IN ('varchar', 'bpchar') THEN t.typtypmod - 4 END AS length
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
WHERE a.attrelid = ANY (CAST(:oids AS oid[])) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
ENUMS = """
SELECT e.enumtypid, t.typname, n.nspname,
       pg_catalog.array_agg(CAST(e.enumlabel AS text) ORDER BY e.enumsortorder)
FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace GROUP BY 1, 2, 3
"""
CONSTRAINTS = """
SELECT conrelid, conname, contype, conkey, confrelid, confkey, confdeltype, confupdtype,
       condeferrable, condeferred,
       CASE WHEN contype = 'c' THEN pg_catalog.pg_get_expr(conbin, conrelid) END AS text
FROM pg_catalog.pg_constraint
WHERE conrelid = ANY (CAST(:oids AS oid[])) AND contype IN ('p', 'u', 'f', 'c')
  AND (contype <> 'f' OR conparentid = 0)
ORDER BY conrelid, contype, conname
"""
DOMAIN_CHECKS = """
SELECT contypid, conname, pg_catalog.pg_get_expr(conbin, 0) FROM pg_catalog.pg_constraint
WHERE contypid <> 0 AND contype = 'c' ORDER BY 1, 2
"""
INDEXES = """
SELECT i.indrelid, c.relname, CAST(i.indkey AS smallint[]) AS numbers, i.indnkeyatts, i.indisunique,
       i.indisprimary, i.indpred IS NOT NULL AS partial, i.indexprs IS NOT NULL AS expression, am.amname,
       CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
            THEN pg_catalog.pg_get_indexdef(i.indexrelid) END AS text
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE i.indrelid = ANY (CAST(:oids AS oid[])) AND i.indisvalid ORDER BY 1, 2
"""
TRIGGERS = """
SELECT t.tgrelid, t.tgname, t.tgtype, p.proname FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = ANY (CAST(:oids AS oid[])) AND NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY 1, 2
"""
RULES = """
SELECT ev_class, rulename, ev_type FROM pg_catalog.pg_rewrite
WHERE ev_class = ANY (CAST(:oids AS oid[])) AND ev_type <> '1' AND ev_enabled <> 'D' ORDER BY 1, 2
"""
INHERITS = (
    "SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits WHERE inhrelid = ANY (CAST(:oids AS oid[]))"
)

Rows = Mapping[int, list[Any]]


def read(connection: sa.Connection, schemas: tuple[str, ...]) -> LiveSchema:
    """Misconfigured for a schema that is not there."""
    schemas = schemas or ("public",)
    _known(connection, schemas)
    relations = connection.execute(sa.text(RELATIONS), {"schemas": list(schemas)}).all()
    default = schemas[0]
    names = {
        each.oid: each.relname if each.nspname == default else f"{each.nspname}.{each.relname}"
        for each in relations
    }
    oids = {"oids": list(names)}

    def by_table(query: str) -> Rows:
        grouped: dict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(sa.text(query), oids):
            grouped[row[0]].append(row)
        return grouped

    enums = {row[0]: row for row in connection.execute(sa.text(ENUMS))}
    domains: dict[int, list[LiveCheck]] = defaultdict(list)
    for type_oid, name, text in connection.execute(sa.text(DOMAIN_CHECKS)):
        domains[type_oid].append(LiveCheck(name, text))
    columns, constraints, indexes = by_table(COLUMNS), by_table(CONSTRAINTS), by_table(INDEXES)
    triggers, rules, inherits = by_table(TRIGGERS), by_table(RULES), by_table(INHERITS)
    numbers = {oid: {row.attnum: row.attname for row in rows} for oid, rows in columns.items()}
    parents = {oid: names.get(rows[0].inhparent) for oid, rows in inherits.items()}
    tables = []
    for each in relations:
        own = {row.attname: _column(row, enums, connection.dialect) for row in columns.get(each.oid, ())}
        named = numbers.get(each.oid, {})
        key, uniques, foreign, checks = _constraints(constraints.get(each.oid, ()), named, numbers, names)
        read_indexes = tuple(
            _index(row, named) for row in indexes.get(each.oid, ()) if row.amname in {"btree", "hash"}
        )
        uniques |= {index.columns: None for index in read_indexes if _differs(index) and index.columns != key}
        checks += _of_domains(columns.get(each.oid, ()), domains)
        tables.append(
            LiveTable(
                name=names[each.oid],
                schema=each.nspname,
                title=each.relname,
                kind=_kind(each, parents.get(each.oid)),
                columns=own,
                key=key,
                uniques=tuple(uniques),
                foreign_keys=foreign,
                indexes=read_indexes,
                checks=tuple(checks),
                triggers=(*map(_trigger, triggers.get(each.oid, ())), *map(_rule, rules.get(each.oid, ()))),
                rows_estimate=each.estimate if each.estimate >= 0 and each.relkind != "v" else None,
                row_security=each.hidden,
                parent=parents.get(each.oid),
                children=tuple(
                    sorted(names[oid] for oid, parent in parents.items() if parent == names[each.oid])
                ),
                outside=each.nspname not in schemas,
            )
        )
    version = tuple(part for part in connection.dialect.server_version_info or () if isinstance(part, int))
    encoding = connection.execute(sa.text("SELECT pg_catalog.getdatabaseencoding()")).scalar_one()
    return assemble("postgresql", version, schemas, tables, unicode=encoding == "UTF8")


def _known(connection: sa.Connection, schemas: tuple[str, ...]) -> None:
    there = set(connection.execute(sa.text("SELECT nspname FROM pg_catalog.pg_namespace")).scalars())
    missing = [name for name in schemas if name not in there]
    if missing:
        own = sorted(name for name in there if not name.startswith("pg_"))
        raise Misconfigured(
            f"The database has no schema {', '.join(missing)}.",
            f"Correct `schemas` in the map; there are: {', '.join(own)}.",
        )


def _kind(row: Any, parent: str | None) -> Kind:
    if row.relkind in "vmfp":
        if row.relkind == "p" and row.relispartition:
            return Kind.PARTITION
        return {"v": Kind.VIEW, "m": Kind.MATERIALISED, "f": Kind.FOREIGN, "p": Kind.PARTITIONED}[row.relkind]
    if row.relispartition:
        return Kind.PARTITION
    return Kind.INHERITANCE_CHILD if parent else Kind.TABLE


def _column(row: Any, enums: Mapping[int, Any], dialect: sa.Dialect) -> LiveColumn:
    base = row.typbasetype if row.typtype == "d" else row.type
    words = row.domain_of or row.words
    element = row.typelem if row.typlen == -1 and row.typelem in enums else 0
    made: TypeEngine[Any]
    if base in enums or element:
        _, name, schema, labels = enums[element or base]
        made = pg.ENUM(*labels, name=name, schema=schema, create_type=False)
        if element:
            made = pg.ARRAY(made)
    elif row.typtype in {"c", "p"}:
        made, labels = Unknown(words), ()
    else:
        made, labels = of_postgresql(words, kind_of(dialect)), ()
    found = family(made)
    return LiveColumn(
        name=row.attname,
        type=made,
        type_text=row.words,
        nullable=not (row.attnotnull or row.typnotnull),
        family=found,
        default=None if row.attgenerated else row.default_text,
        generated=bool(row.attgenerated),
        identity=bool(row.attidentity),
        always=row.attidentity == "a",
        length=row.length,
        collation=row.collation,
        enum_values=tuple(labels),
        array=found.value == "array",
        json=found.value == "json",
        element=family(made.item_type) if isinstance(made, pg.ARRAY) else None,
        position=row.attnum,
    )


def _constraints(
    rows: Iterable[Any],
    named: Mapping[int, str],
    numbers: Mapping[int, Mapping[int, str]],
    names: Mapping[int, str],
) -> tuple[tuple[str, ...], dict[tuple[str, ...], None], tuple[LiveForeignKey, ...], list[LiveCheck]]:
    key: tuple[str, ...] = ()
    uniques: dict[tuple[str, ...], None] = {}
    foreign: list[LiveForeignKey] = []
    checks: list[LiveCheck] = []
    for row in rows:
        own = tuple(named[number] for number in row.conkey or () if number in named)
        if row.contype == "p":
            key = own
        elif row.contype == "u":
            uniques[own] = None
        elif row.contype == "c":
            checks.append(LiveCheck(row.conname, row.text))
        elif row.confrelid in names:  # a reference out of the schemas constrains nothing that we delete
            foreign.append(
                LiveForeignKey(
                    columns=own,
                    to=names[row.confrelid],
                    to_columns=tuple(numbers[row.confrelid][number] for number in row.confkey),
                    on_delete=ACTIONS[row.confdeltype],
                    on_update=ACTIONS[row.confupdtype],
                    deferrable=row.condeferrable and row.confdeltype != "r",
                    deferred=row.condeferred,
                    name=row.conname,
                )
            )
    return key, uniques, tuple(foreign), checks


def _index(row: Any, named: Mapping[int, str]) -> LiveIndex:
    columns: list[str] = []
    for number in list(row.numbers)[: row.indnkeyatts]:
        if number not in named:  # 0 stands for an expression
            break
        columns.append(named[number])
    return LiveIndex(
        row.relname, tuple(columns), row.indisunique, row.partial, row.expression, row.text or ""
    )


def _differs(index: LiveIndex) -> bool:
    return index.unique and not index.partial and not index.expression


def _trigger(row: Any) -> LiveTrigger:
    timing = "INSTEAD OF" if row.tgtype & 64 else "BEFORE" if row.tgtype & 2 else "AFTER"
    events = tuple(word for bit, word in EVENTS if row.tgtype & bit)
    return LiveTrigger(row.tgname, timing, events, f"{row.proname}()")


def _rule(row: Any) -> LiveTrigger:
    return LiveTrigger(row.rulename, "RULE", ({"2": "UPDATE", "3": "INSERT", "4": "DELETE"}[row.ev_type],))


def _of_domains(rows: Iterable[Any], domains: Mapping[int, list[LiveCheck]]) -> list[LiveCheck]:
    """A domain's CHECK, once for each column of that domain."""
    return [
        LiveCheck(check.name, check.text, value_of=row.attname)
        for row in rows
        if row.typtype == "d"
        for check in domains.get(row.type, ())
    ]
