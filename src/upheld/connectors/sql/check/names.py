"""What the map names has to be there."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import Look, actions, assignments
from upheld.connectors.sql.schema import Family, Kind, LiveColumn, LiveTable
from upheld.datamap.model import JsonEdit, ReplyRule, Retain, Table
from upheld.rights.connector import Finding, Severity

TOKEN_LENGTH = 64


def tables(look: Look) -> Iterator[Finding]:
    for table in look.system.tables:
        if look.live.get(table.name) is None:
            yield look.finding(
                "table.absent",
                table.name,
                f"The map names table {table.name}, and the database has none of that name.",
                _nearest(table.name, list(look.live.tables), f"Remove `{table.name}:` from `tables:`."),
            )


def columns(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        for name in dict.fromkeys(named(table)):
            if live.column(name) is None:
                yield _absent(look, live, table.name, name)
        for holding in table.held_by:
            yield from _elsewhere(look, holding.table, holding.columns)
        for recount in table.recounts:
            yield from _elsewhere(look, recount.of, (recount.by,))
        for link in table.links:
            if link.to is not None:
                yield from _elsewhere(look, link.to, link.key)
        chosen = [*(each.when for each in table.links), *(each.when for each in table.treatment.rules)]
        for test in chain(*chosen, *(each.when for each in table.stops)):
            if test.lookup is not None:
                yield from _elsewhere(look, test.lookup.table, [column for column, _ in test.lookup.match])


def _elsewhere(look: Look, name: str, wanted: object) -> Iterator[Finding]:
    live = look.live.get(name)
    if live is None:
        if look.mapped(name) is None and all(table.name != name for table in look.system.tables):
            yield look.finding(
                "table.absent",
                name,
                f"The map refers to table {name}, and the database has none of that name.",
                _nearest(name, list(look.live.tables), f"Remove the reference to `{name}`."),
            )
        return
    for column in wanted if isinstance(wanted, tuple | list) else ():
        if live.column(column) is None:
            yield _absent(look, live, name, column)


def _absent(look: Look, live: LiveTable, table: str, column: str) -> Finding:
    return look.finding(
        "column.absent",
        table,
        f"The map names column {table}.{column}, and the table has none of that name.",
        _nearest(column, list(live.columns), f"Remove `{column}` from `{table}:`."),
        column=column,
    )


def _nearest(name: str, there: list[str], otherwise: str) -> str:
    near = get_close_matches(name, there, n=1, cutoff=0.7)
    return f"Write `{near[0]}` instead of `{name}`." if near else otherwise


def named(table: Table) -> Iterator[str]:
    """Every column that the map names of this table itself."""
    yield from (*table.person, *table.key)
    for identity in table.identities:
        yield identity.column
        if identity.verified_by:
            yield identity.verified_by
    yield from (field.column for field in table.fields)
    for link in table.links:
        yield from link.columns
        yield from (test.column for test in link.when)
    for rule in table.treatment.rules:
        yield from (test.column for test in rule.when)
        yield from (field.column for field in rule.fields)
    yield from (assignment.column for assignment in assignments(table))
    for action, _ in actions(table):
        if isinstance(action, Retain) and action.after:
            yield action.after
    for holding in table.held_by:
        yield from holding.key
    if table.replies:
        yield table.replies.column
    if table.history_of:
        yield from table.history_of.columns
    yield from (file.column for file in table.files)
    yield from (recount.column for recount in table.recounts)
    yield from (name for name in (table.deleted, table.restricted, table.tenant) if name)
    for each in table.stops:
        yield from (each.column, *(test.column for test in each.when))
    yield from (test.column for test in table.ghost)


def keys(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        walked = table.replies is not None and table.replies.rule is not ReplyRule.KEEP
        if not (walked or table.treatment.orphan) or table.key or live.key or _unique(live):
            continue
        columns = [name for name, column in live.columns.items() if not column.nullable] or list(live.columns)
        yield look.finding(
            "key.absent",
            table.name,
            f"Rows of {table.name} have to be told apart, and the table has no key.",
            edit(table.name, {"key": columns}),
        )


def _unique(live: LiveTable) -> bool:
    return any(not any(live.columns[name].nullable for name in unique) for unique in live.uniques)


def tenants(look: Look) -> Iterator[Finding]:
    tenant = look.system.tenant
    if tenant is None:
        return
    for table, live in look.pairs:
        if table.tenant is None and live.column(tenant.column) is None:
            yield look.finding(
                "tenant.absent",
                table.name,
                f"{table.name} has no column {tenant.column} to tell tenants apart.",
                edit(table.name, {"tenant": "none"}),
                column=tenant.column,
            )


def receipt(look: Look) -> Iterator[Finding]:
    name = look.system.receipt
    if name is None:
        return
    live = look.live.get(name)
    word = ".".join(look.word(part) for part in name.split("."))
    engine = " ENGINE=InnoDB" if look.live.dialect in {"mariadb", "mysql"} else ""
    create = f"CREATE TABLE {word} (token VARCHAR(100) NOT NULL PRIMARY KEY){engine}"
    if live is None:
        yield look.finding("receipt.absent", name, f"The receipt table {name} is not there.", create)
        return
    token = live.column("token")
    unique = live.key == ("token",) or ("token",) in live.uniques
    holds = (
        token is not None
        and token.family is Family.TEXT
        and (token.length is None or token.length >= TOKEN_LENGTH)
    )
    others = [
        c for c in live.columns.values() if c is not token and not (c.nullable or c.default or c.identity)
    ]
    if not (unique and holds) or others:
        yield look.finding(
            "receipt.shape",
            name,
            f"The receipt table {name} cannot hold our tokens.",
            f"DROP TABLE {word}; {create}",
        )


def views(look: Look) -> Iterator[Finding]:
    for name in look.system.refresh:
        live = look.live.get(name)
        if live is None or live.kind is not Kind.MATERIALISED:
            yield look.finding(
                "view.absent",
                name,
                f"`refresh` names {name}, which is no materialised view of this database.",
                f"Remove `{name}` from `refresh`; "
                "a table that repeats data of people belongs under `tables`.",
            )


def documents(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        paths = [link.columns[0] for link in table.links if link.json]
        paths += [field.column for field in table.fields if field.json]
        paths += [each.column for each in assignments(table) if isinstance(each.value, JsonEdit)]
        for name in dict.fromkeys(paths):
            column = live.column(name)
            if column is not None and not column.json:
                yield from _document(look, table.name, live, column)
        for link in table.links:
            column = live.column(link.columns[0])
            text = look.live.dialect == "sqlite" and column is not None and column.family is Family.TEXT
            if link.array and column is not None and not (column.array or column.json or text):
                yield look.finding(
                    "array.column",
                    table.name,
                    f"{table.name}.{column.name} is {column.type_text} and holds no list.",
                    f"Remove `array` from the link of `{column.name}`.",
                    column=column.name,
                )


def _document(look: Look, name: str, live: LiveTable, column: LiveColumn) -> Iterator[Finding]:
    text = column.family is Family.TEXT
    if text and look.live.dialect == "sqlite":
        return
    place, word = look.place(live), look.word(column.name)
    cures = {
        "postgresql": f"ALTER TABLE {place} ALTER COLUMN {word} TYPE jsonb USING CAST({word} AS jsonb)",
        "mariadb": f"ALTER TABLE {place} MODIFY {word} JSON",
        "mysql": f"ALTER TABLE {place} MODIFY {word} JSON",
    }
    yield look.finding(
        "json.column",
        name,
        f"{name}.{column.name} is {column.type_text}, and the map asks a path of it.",
        cures[look.live.dialect] if text else f"Remove the path from `{column.name}`.",
        column=column.name,
        severity=Severity.DOUBT if text else None,
    )


def patterns(look: Look) -> Iterator[Finding]:
    for declared in look.system.no_personal_data:
        for pattern in declared.tables:
            if not any(look.fits(live.name, pattern) for live in look.live):
                yield look.finding(
                    "pattern.unused",
                    pattern,
                    f"`{pattern}` in `no_personal_data` fits no table.",
                    f"Remove `{pattern}` from `no_personal_data`.",
                )


RULES = (tables, columns, keys, tenants, receipt, views, documents, patterns)
