"""The server's statistics after a large change: outdated ones mislead its optimiser (scenario 59)."""

from collections.abc import Iterable
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy import exc

from upheld.connectors.sql.columns import Tables

LARGE = 10_000
"""From so many rows of a table changed in one transaction on, they are made anew."""

_STATEMENTS = {
    "postgresql": "ANALYZE {}",
    "sqlite": "ANALYZE {}",
    "mariadb": "ANALYZE NO_WRITE_TO_BINLOG TABLE {}",
    "mysql": "ANALYZE NO_WRITE_TO_BINLOG TABLE {}",
}


def refresh_statistics(engine: sa.Engine, tables: Tables, names: Iterable[str]) -> None:
    """Outside any transaction of ours, after the commit. A role that may not leaves it to the server."""
    chosen = sorted(set(names))
    statement = _STATEMENTS.get(engine.dialect.name)
    if not chosen or statement is None:
        return
    with suppress(exc.DBAPIError), engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        preparer = alone.dialect.identifier_preparer
        for name in chosen:
            live = tables.known_table(name)
            place = ".".join(map(preparer.quote_identifier, (live.schema, live.title)))
            alone.exec_driver_sql(statement.format(place))
