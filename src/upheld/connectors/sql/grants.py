"""The rights that exactly this map needs, as statements for the database's owner (design: security).

Two roles: *find* looks for people and copies their rows; *change* does what the treatments say.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect

from upheld.connectors.sql.check.look import assignments, deletes, detached
from upheld.connectors.sql.check.undo import touched
from upheld.connectors.sql.schema import LiveSchema, LiveTable
from upheld.datamap.model import System, Table, Test

FIND, CHANGE = "upheld_find", "upheld_change"


def grants(system: System, live: LiveSchema, *, find: str = FIND, change: str = CHANGE) -> str:
    """Statements that make two roles and give them their rights; on SQLite a comment on what rules there.

    Reading is granted column by column: a column added later stays unread until the grants are printed again.
    Passwords are left to the owner: the roles cannot log in, accounts are made members of them.
    """
    if live.dialect == "sqlite":
        return (
            "-- SQLite has no accounts: whoever may read the file may read all of it, and whoever may write\n"
            "-- it and its folder may change all of it. Give Upheld's account these rights only.\n"
        )
    text = _Words(live, find, change)
    lines = [*text.roles()]
    for name, columns in sorted(_read(system, live).items()):
        lines.append(text.on(name, f"SELECT ({text.listed(name, columns)})", find))
        lines.append(text.on(name, f"SELECT ({text.listed(name, columns)})", change))
    for table in system.tables:
        if live.get(table.name) is not None and not system.read_only:
            lines += list(_changes(text, live, table))
    if system.undo and not system.read_only:
        lines += list(_undo(text, system, live))
    receipt = live.get(system.receipt) if system.receipt else None
    if receipt is not None:
        lines.append(text.on(receipt.name, "SELECT, INSERT", change))
    for view in system.refresh if live.dialect == "postgresql" else ():
        if live.get(view) is not None:
            lines.append(text.refresh(view, change))
    return "\n".join(lines) + "\n"


def _read(system: System, live: LiveSchema) -> dict[str, set[str]]:
    """All columns of mapped tables, since a copy holds whole rows; of others those that are asked for."""
    read: dict[str, set[str]] = defaultdict(set)
    for table in system.tables:
        own = live.get(table.name)
        if own is None:
            continue
        read[own.name] |= set(own.columns)
        for test in _tests(table):
            other = live.get(test.lookup.table) if test.lookup else None
            if other is not None and test.lookup:
                read[other.name] |= {*other.key, *(column for column, _ in test.lookup.match)}
        for holding in table.held_by:
            holder = live.get(holding.table)
            if holder is not None:
                read[holder.name] |= {*holding.columns, *holder.key}
        for recount in table.recounts:
            counted = live.get(recount.of)
            if counted is not None:
                read[counted.name] |= {recount.by, *counted.key}
    return read


def _tests(table: Table) -> Iterator[Test]:
    for link in table.links:
        yield from link.when
    for rule in table.treatment.rules:
        yield from rule.when
    for each in table.stops:
        yield from each.when


def _changes(text: "_Words", live: LiveSchema, table: Table) -> Iterator[str]:
    own = live.get(table.name)
    if own is None:
        return
    written = {each.column for each in assignments(table)}
    written |= {name for link, _ in detached(table) for name in link.columns}
    written |= {recount.column for recount in table.recounts}
    written |= {table.restricted} if table.restricted else set()
    written |= {each.column for each in table.stops}
    written |= set(_corrected(table))
    if deletes(table):  # rings are opened at links that may be empty
        written |= {name for key in own.foreign_keys for name in key.columns if own.columns[name].nullable}
        yield text.on(own.name, "DELETE", text.change)
    columns = {column.name for name in written if (column := own.column(name)) is not None}
    if columns:
        yield text.on(own.name, f"UPDATE ({text.listed(own.name, columns)})", text.change)


def _corrected(table: Table) -> Iterator[str]:
    """Columns that a rectification may set: what people provided, its copies and history, and what is linked
    by an identity."""
    for each in table.every_field:
        if each.provided or each.copy_of or table.history_of:
            yield each.column
    yield from (each.column for each in table.identities)
    yield from (link.columns[0] for link in table.links if link.identity and not (link.array or link.json))


def _undo(text: "_Words", system: System, live: LiveSchema) -> Iterator[str]:
    """To keep rows as they were, and to put them back: also where the database takes rows along by itself."""
    for name, changed in sorted(touched(system, live).items()):
        every = {column.name for column in live.tables[name].columns.values() if not column.generated}
        yield text.on(name, f"SELECT ({text.listed(name, set(live.tables[name].columns))})", text.change)
        columns = every if "*" in changed else changed & every
        yield text.on(name, f"UPDATE ({text.listed(name, columns)})", text.change)
        if "*" in changed:
            yield text.on(name, f"INSERT ({text.listed(name, every)})", text.change)


class _Words:
    """Statements of one dialect."""

    def __init__(self, live: LiveSchema, find: str, change: str) -> None:
        self.live, self.find, self.change = live, find, change
        kinds: dict[str, Any] = {"postgresql": postgresql.dialect}
        dialect: Dialect = kinds.get(live.dialect, mysql.dialect)()
        self.quote = dialect.identifier_preparer.quote_identifier

    def word(self, name: str) -> str:
        return self.quote(name).replace("%%", "%")

    def roles(self) -> Iterator[str]:
        for role in (self.find, self.change):
            yield f"CREATE ROLE {self.word(role)};"
        if self.live.dialect == "postgresql":
            schemas = ", ".join(map(self.word, self.live.schemas))
            yield f"GRANT USAGE ON SCHEMA {schemas} TO {self.word(self.find)}, {self.word(self.change)};"

        else:
            # Without it MariaDB hides foreign keys, or what they do, from whoever has rights on columns or by
            # a role only; nothing can be made with it alone.
            for schema in self.live.schemas:
                for role in (self.find, self.change):
                    yield f"GRANT REFERENCES ON {self.word(schema)}.* TO {self.word(role)};"

    def listed(self, table: str, columns: set[str]) -> str:
        there = self.live.tables[table].columns
        return ", ".join(self.word(name) for name in there if name in columns)

    def on(self, table: str, right: str, role: str) -> str:
        return f"GRANT {right} ON {self.place(self.live.tables[table])} TO {self.word(role)};"

    def place(self, table: LiveTable) -> str:
        return f"{self.word(table.schema)}.{self.word(table.title)}"

    def refresh(self, view: str, role: str) -> str:
        place = self.place(self.live.tables[view])
        if self.live.version >= (17,):
            return f"GRANT MAINTAIN ON {place} TO {self.word(role)};"
        return f"ALTER MATERIALIZED VIEW {place} OWNER TO {self.word(role)};"
