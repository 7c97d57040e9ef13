"""In which schemas of a database tables stand, where nobody said it."""

import sqlalchemy as sa

_POSTGRESQL = """
SELECT n.nspname, n.nspname = current_schema()
FROM pg_namespace n
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p'))
ORDER BY 2 DESC, 1
"""


def homes(connection: sa.Connection) -> tuple[str, ...]:
    """Every schema that has tables, the connection's own first: names without a schema mean the first.

    Empty where all tables stand where they are looked for anyway; on MariaDB and SQLite a database is one
    schema.
    """
    if connection.dialect.name != "postgresql":
        return ()
    found = tuple(str(name) for name, _ in connection.execute(sa.text(_POSTGRESQL)))
    return () if found in ((), ("public",)) else found
