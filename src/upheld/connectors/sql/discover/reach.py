"""Which tables a draft looks into, and which it only knows of."""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

import sqlalchemy as sa

from upheld.connectors.sql.discover.seeing import KINDS
from upheld.connectors.sql.schema import Kind, LiveSchema, LiveTable


@dataclass(frozen=True, slots=True)
class Wish:
    """How a draft is wanted. `most`: rows of a table that are looked at. `include`, `exclude`: patterns of
    tables; what is excluded is not in the draft, and the check will ask for it."""

    on: date
    most: int = 400
    scratch: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


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


def unread(live: LiveSchema, wish: Wish) -> dict[str, dict[str, str]]:
    """Tables that are not looked into, what a search or another server keeps, with their columns."""
    return {
        each.name: {column.name: column.type_text or "any" for column in each.columns.values()}
        for each in live
        if each.kind in (Kind.VIRTUAL, Kind.FOREIGN) and not each.outside and _named(each, wish)
    }


def wanted(table: LiveTable, wish: Wish) -> bool:
    return table.kind in KINDS and not table.outside and _named(table, wish)


def _named(table: LiveTable, wish: Wish) -> bool:
    if wish.include and not any(fnmatchcase(table.name, each) for each in wish.include):
        return False
    return not any(fnmatchcase(table.name, each) for each in wish.exclude)
