"""How many rows a table has, counted no further than somebody needs to know."""

import sqlalchemy as sa

from upheld.connectors.sql.where import Rows


def size_of(rows: Rows, connection: sa.Connection, table: str, enough: int | None) -> int:
    """One tenant's, where the map names one; at most `enough`."""
    counted = sa.select(sa.literal(1)).select_from(rows.tables[table]).where(rows.tenant(table))
    some = counted.limit(enough).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())
