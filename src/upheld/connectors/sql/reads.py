"""Through what each purpose may read: views that leave restricted rows out, and a role that may read
nothing else (G-18.2, G-18.3).

The organisation's own software reads, not Upheld: so the refusal has to stand in the database.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect

from upheld.connectors.sql.schema import LiveSchema, LiveTable
from upheld.connectors.sql.where import marked
from upheld.datamap.model import Purpose, System, Table

LONGEST = 60
ROLE, VIEW = "upheld_for_", "upheld_for_"


def reads(system: System, live: LiveSchema, purposes: Sequence[Purpose], *, role: str = ROLE) -> str:
    """Statements that make, for each purpose that this system serves, a role and one view a table with the
    columns of that purpose. Restricted rows are in a view only where the purpose says why
    (`while_restricted`). A table without a mark is in none: what cannot be told apart is not read. On
    SQLite, which has no roles, the views alone.

    Tables on which the purpose's software has rights of its own are read past the views: take those away."""
    words = _Words(live, role)
    lines: list[str] = []
    for purpose in purposes:
        views = [each for table in system.tables for each in words.view(table, purpose)]
        if not views:
            continue
        why = purpose.while_restricted
        said = f"restricted rows too ({why.value})" if why else "without restricted rows"
        lines.append(f"-- {purpose.name}: {said}")
        lines += [*words.role(purpose), *views]
    if live.dialect == "sqlite" and lines:
        lines.insert(
            0,
            "-- SQLite has no accounts: whoever may read the file can read past these views. Let\n"
            "-- software that serves a purpose read them, and nothing else.",
        )
    return "\n".join(lines) + "\n" if lines else "-- no field of this system names a purpose\n"


class _Words:
    """Statements of one dialect."""

    def __init__(self, live: LiveSchema, role: str) -> None:
        self.live, self.prefix = live, role
        kinds: dict[str, Any] = {"postgresql": postgresql.dialect, "sqlite": sqlite.dialect}
        self.dialect: Dialect = kinds.get(live.dialect, mysql.dialect)()

    def word(self, name: str) -> str:
        return self.dialect.identifier_preparer.quote_identifier(name).replace("%%", "%")

    def name(self, *parts: str) -> str:
        """As short as every server wants it, and never the same for two."""
        whole = "_".join(re.sub("[^a-z0-9]+", "_", part.lower()) for part in parts)
        return (
            whole
            if len(whole) <= LONGEST
            else f"{whole[: LONGEST - 9]}_{sha256(whole.encode()).hexdigest()[:8]}"
        )

    def role_name(self, purpose: Purpose) -> str:
        return self.name(f"{self.prefix}{purpose.name}")

    def role(self, purpose: Purpose) -> Iterator[str]:
        if self.live.dialect == "sqlite":
            return
        name = self.word(self.role_name(purpose))
        yield f"CREATE ROLE {name};"
        if self.live.dialect == "postgresql":
            schemas = ", ".join(map(self.word, self.live.schemas))
            yield f"GRANT USAGE ON SCHEMA {schemas} TO {name};"

    def view(self, table: Table, purpose: Purpose) -> Iterator[str]:
        """The view of one table and the right to read it; a comment where there can be none."""
        live = self.live.get(table.name)
        columns = self.columns(table, purpose)
        if live is None or not columns:
            return
        told_apart = table.restricted or "restriction.absent" in dict(table.accept)
        if purpose.while_restricted is None and not told_apart:
            yield f"-- {table.name}: no mark (`restriction:`), so that nothing of it is read"
            return
        shown = [name for name in live.columns if name in {*live.key, *columns}]
        listed = ", ".join(map(self.word, shown))
        place = f"{self.word(live.schema)}.{self.word(self.name(VIEW + purpose.name, table.name))}"
        barrier = " WITH (security_barrier)" if self.live.dialect == "postgresql" else ""
        where = "" if purpose.while_restricted or not table.restricted else f" WHERE {self.free(table, live)}"
        source = f"{self.word(live.schema)}.{self.word(live.title)}"
        # text for a person to read and run; nothing here runs it
        yield f"CREATE VIEW {place}{barrier} AS SELECT {listed} FROM {source}{where};"  # noqa: S608
        if self.live.dialect != "sqlite":
            yield f"GRANT SELECT ON {place} TO {self.word(self.role_name(purpose))};"

    def columns(self, table: Table, purpose: Purpose) -> set[str]:
        """Columns whose every field serves the purpose: of a document only some places may."""
        by_column: dict[str, list[bool]] = {}
        for each in table.every_field:
            by_column.setdefault(each.column, []).append(purpose.name in each.purposes)
        return {name for name, serve in by_column.items() if all(serve)}

    def free(self, table: Table, live: LiveTable) -> str:
        """Rows without the mark, NULL included."""
        column = live.clause().c[live.columns[table.restricted or ""].name]
        bare = sa.column(column.key, column.type)
        unmarked = sa.not_(sa.func.coalesce(marked(bare), sa.false()))
        compiled = unmarked.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        return str(compiled).replace("%%", "%")
