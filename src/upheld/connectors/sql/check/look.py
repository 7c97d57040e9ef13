"""What every rule looks at: the system's map, the live schema, and a connection that only reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import sqlalchemy as sa

from upheld.connectors.sql.check.codes import CODES
from upheld.connectors.sql.schema import Kind, LiveForeignKey, LiveSchema, LiveTable
from upheld.datamap.model import (
    Action,
    Anonymise,
    Assignment,
    Delete,
    Detach,
    Follow,
    Link,
    NoPersonalData,
    Retain,
    System,
    Table,
    Tie,
)
from upheld.rights.connector import Finding, Severity

LARGE = 200_000
"""Rows beyond which a check looks at no rows: it has two seconds for a schema of millions."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one system. `pairs`: mapped tables that are there, each with what is there; `by_name`: the
    same by the live name."""

    system: System
    live: LiveSchema
    connection: sa.Connection
    pairs: tuple[tuple[Table, LiveTable], ...]
    by_name: Mapping[str, Table]

    def finding(
        self,
        code: str,
        table: str,
        what: str,
        cure: str,
        *,
        column: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        known = CODES[code]
        grave = severity or known.severity
        return Finding(code, grave, self.system.name, table, column, what, cure, known.erasing)

    def mapped(self, name: str) -> Table | None:
        """The map's table for a live name, by the dialect's rule of case."""
        return self.by_name.get(name)

    def declared(self, name: str) -> NoPersonalData | None:
        """The declaration without personal data that fits this name."""
        for each in self.system.no_personal_data:
            if any(self.fits(name, pattern) for pattern in each.tables):
                return each
        return None

    def fits(self, name: str, pattern: str) -> bool:
        if self.live.folds:
            name, pattern = name.lower(), pattern.lower()
        default = self.live.schemas[0]
        return fnmatchcase(name, pattern) or fnmatchcase(f"{default}.{name}", pattern)

    def word(self, name: str) -> str:
        """An identifier as this database writes it."""
        return self.connection.dialect.identifier_preparer.quote(name).replace("%%", "%")

    def words(self, names: Sequence[str]) -> str:
        return ", ".join(map(self.word, names))

    def place(self, table: LiveTable) -> str:
        """The table's name in a statement; its schema only where that is not the default one."""
        bare = self.word(table.title)
        return bare if table.schema == self.live.schemas[0] else f"{self.word(table.schema)}.{bare}"

    def create_index(self, table: LiveTable, columns: Sequence[str]) -> str:
        name = "_".join(["upheld", *table.name.replace(".", "_").split(), *columns])[:60]
        how = (
            "CONCURRENTLY "
            if self.live.dialect == "postgresql" and table.kind is not Kind.PARTITIONED
            else ""
        )
        listed = ", ".join(
            self.word(each) + ("(191)" if self._unlimited(table, each) else "") for each in columns
        )
        prefix = f"{self.word(table.schema)}." if self._index_in_schema(table) else ""
        bare = self.word(table.title) if prefix else self.place(table)
        return f"CREATE INDEX {how}{prefix}{self.word(name)} ON {bare} ({listed})"

    def _unlimited(self, table: LiveTable, name: str) -> bool:
        column = table.column(name)
        return self.live.dialect in {"mariadb", "mysql"} and column is not None and "text" in column.type_text

    def _index_in_schema(self, table: LiveTable) -> bool:
        return self.live.dialect == "sqlite" and table.schema != self.live.schemas[0]


def look_at(system: System, live: LiveSchema, connection: sa.Connection) -> Look:
    """Pair the map's tables with the live ones, once for all rules."""
    pairs = tuple((table, found) for table in system.tables if (found := live.get(table.name)) is not None)
    return Look(system, live, connection, pairs, {found.name: table for table, found in pairs})


def actions(table: Table) -> Iterator[tuple[Action, Link | None]]:
    """What can happen to rows of the table, what follows a retention included; for `by` with its link."""
    for rule in table.treatment.rules:
        yield from _with_sequel(rule.action, None)
    links = {link.name: link for link in table.links}
    for name, action in table.treatment.by:
        yield from _with_sequel(action, links.get(name))
    if table.treatment.orphan:
        yield Delete(), None


def unseen(table: Table) -> Iterator[Link]:
    """Links of `visible_to` that are cut whatever the rules say of a person's own rows, for `by` says nothing
    of them. It happens to rows of others, so it ends no reference but its own."""
    decided = {name for name, _ in table.treatment.by}
    yield from (each for each in table.links if each.tie is Tie.SEES and each.name not in decided)


def _with_sequel(action: Action, link: Link | None) -> Iterator[tuple[Action, Link | None]]:
    yield action, link
    if isinstance(action, Retain):
        yield action.then, link


def assignments(table: Table) -> Iterator[Assignment]:
    """Every value that the map gives to a column of the table."""
    for action, _ in actions(table):
        if isinstance(action, Anonymise | Retain | Follow):
            yield from action.assignments


def deletes(table: Table) -> bool:
    """Whether rows of the table can go."""
    return any(isinstance(action, Delete | Follow) for action, _ in actions(table))


def writes(table: Table) -> bool:
    """Whether an erasure can change the table at all."""
    return any(
        isinstance(action, Delete | Anonymise | Detach | Follow)
        or (isinstance(action, Retain) and action.assignments)
        for action, _ in actions(table)
    ) or bool(table.recounts or any(unseen(table)))


def detached(table: Table) -> Iterator[tuple[Link, Detach]]:
    """The links that an erasure cuts: the one beside the treatment, else all by which rows are hers; and
    those of whoever only sees a row."""
    for action, link in actions(table):
        if isinstance(action, Detach):
            for each in (link,) if link else (each for each in table.links if each.tie is Tie.OWNS):
                yield each, action
    yield from ((each, Detach()) for each in unseen(table))


def covering(look: Look, table: Table, key: LiveForeignKey) -> bool:
    """Whether the map says what these columns mean: as a link, a hold, a reply or a history."""
    columns = set(key.columns)
    said = [set(link.columns) for link in table.links]
    said += [{table.replies.column}] if table.replies else []
    said += [set(table.history_of.columns)] if table.history_of else []
    return held(look, table, key) or any(columns <= each or each <= columns for each in said)


def held(look: Look, table: Table, key: LiveForeignKey) -> bool:
    """Whether the rows referred to stay only as long as such rows hold them."""
    target = look.mapped(key.to)
    return target is not None and any(
        holding.table == table.name and set(holding.columns) == set(key.columns) for holding in target.held_by
    )
