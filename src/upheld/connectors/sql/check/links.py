"""Links and identities: types that compare, indexes that find, collations that mislead."""

from collections.abc import Iterator

from upheld.connectors.sql.check.edit import edit
from upheld.connectors.sql.check.look import Look
from upheld.connectors.sql.schema import Family, LiveColumn, LiveTable
from upheld.datamap.model import Link, Tie
from upheld.law.right import Right
from upheld.rights.connector import Finding, Severity
from upheld.rights.plan import Collect
from upheld.rights.planner import plan_system

CASTS = {Family.INTEGER: "integer", Family.TEXT: "text", Family.UUID: "uuid"}


def optional(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        links = [link for link in table.links if link.tie is Tie.OWNS]
        if (
            table.person
            or table.history_of
            or table.held_by
            or not links
            or any(link.identity for link in links)
        ):
            continue
        if all(_nullable(live, link) for link in links):
            names = ", ".join(link.name for link in links)
            yield look.finding(
                "link.optional",
                table.name,
                f"Every link of {table.name} may be empty ({names}): such rows belong to nobody.",
                edit(
                    table.name,
                    {
                        "accept": [
                            {"finding": "link.optional", "reason": f"say whose rows without {names} are"}
                        ]
                    },
                ),
                column=links[0].name,
            )


def _nullable(live: LiveTable, link: Link) -> bool:
    found = [live.column(name) for name in link.columns]
    return any(column is not None and column.nullable for column in found)


def unreached(look: Look) -> Iterator[Finding]:
    """Tables that the planner passes over: their rows would be in no copy, and no erasure would take them."""
    steps = plan_system(look.system, Right.ACCESS)
    reached = {step.selection.table for step in steps if isinstance(step, Collect)}
    for table, _ in look.pairs:
        if table.name not in reached and (table.links or table.held_by or table.history_of):
            above = ", ".join(dict.fromkeys(link.to for link in table.links if link.to)) or "another table"
            yield look.finding(
                "table.unreached",
                table.name,
                f"No row of {table.name} is ever anybody's: the rows of {above} are shared, "
                "and every link of theirs is only cut.",
                f"Give {table.name} a link of its own to people, or in `by` of {above} another action than "
                "`detach` to the link through which its rows are hers.",
            )


def kinds(look: Look) -> Iterator[Finding]:
    loose = look.live.dialect in {"mariadb", "mysql"}
    for table, live in look.pairs:
        for link in table.links:
            target = look.live.get(link.to) if link.to else None
            if target is None or link.json or link.cast:
                continue
            for name, key_name in zip(link.columns, link.key, strict=True):
                column, key = live.column(name), target.column(key_name)
                if column is None or key is None or _compare(column, key, link):
                    continue
                cast = CASTS.get(key.family, key.family.value)
                yield look.finding(
                    "link.type",
                    table.name,
                    f"{table.name}.{name} is {column.type_text}, and {target.name}.{key_name} is"
                    f" {key.type_text}.",
                    edit(
                        table.name,
                        {
                            "belongs_to": [
                                {"columns": link.columns, "to": link.to, "key": link.key, "cast": cast}
                            ]
                        },
                    ),
                    column=name,
                    severity=Severity.STOP if loose else None,
                )


def _compare(column: LiveColumn, key: LiveColumn, link: Link) -> bool:
    own = column.element if link.array and column.array else column.family
    if (
        own in {Family.OTHER, Family.JSON, None}
        or key.family is Family.OTHER
        or (link.array and not column.array)
    ):
        return True
    numbers = {Family.INTEGER, Family.NUMBER}
    return own is key.family or {own, key.family} <= numbers


def indexes(look: Look) -> Iterator[Finding]:
    for table, live in look.pairs:
        if not live.writable:
            continue
        for link in table.links:
            columns = [live.column(name) for name in link.columns]
            if link.json or link.array or None in columns or live.indexed(link.columns):
                continue
            yield look.finding(
                "link.index",
                table.name,
                f"No index finds rows of {table.name} by {link.name}.",
                look.create_index(live, [column.name for column in columns if column is not None]),
                column=link.name,
            )
        for identity in table.identities:
            column = live.column(identity.column)
            if column is not None and not live.indexed([column.name]) and not _lowered(live, column.name):
                yield look.finding(
                    "identity.index",
                    table.name,
                    f"No index finds people by {table.name}.{column.name}.",
                    look.create_index(live, [column.name]),
                    column=column.name,
                )


def _lowered(live: LiveTable, name: str) -> bool:
    return any(
        index.expression and not index.partial and f"lower({name}" in _plain(index.text)
        for index in live.indexes
    )


def _plain(text: str) -> str:
    return text.lower().replace('"', "").replace("((", "(").replace("( ", "(")


def collations(look: Look) -> Iterator[Finding]:
    if look.live.dialect not in {"mariadb", "mysql"}:
        return
    for table, live in look.pairs:
        names = [name for link in table.links for name in link.columns]
        names += [identity.column for identity in table.identities]
        for name in dict.fromkeys(names):
            column = live.column(name)
            if (
                column is None
                or not column.collation
                or column.collation.endswith("_bin")
                or column.enum_values
            ):
                continue
            null = "" if column.nullable else " NOT NULL"
            yield look.finding(
                "collation.loose",
                table.name,
                f"{table.name}.{name} is compared by {column.collation}, which calls different texts equal.",
                f"ALTER TABLE {look.place(live)} MODIFY {look.word(column.name)} {column.type_text}"
                f" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin{null}",
                column=name,
            )


RULES = (optional, unreached, kinds, indexes, collations)
