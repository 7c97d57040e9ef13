"""Looking for an identity under every spelling without reading a large table from end to end.

MariaDB's collations do it by the plain index. PostgreSQL needs two of their own, in the very words of
`spelling`; SQLite has no index for it.
"""

from collections.abc import Iterator

from upheld.connectors.sql.check.look import Look
from upheld.connectors.sql.schema import Family, LiveTable
from upheld.datamap.model import Table
from upheld.rights.connector import Finding

LARGE = 100_000
"""Rows up to which a walk through the table costs less than it is worth to speak of."""


def scanned(look: Look) -> Iterator[Finding]:
    if look.live.dialect != "postgresql":
        return
    for table, live in look.pairs:
        if (live.rows_estimate or 0) <= LARGE:
            continue
        for name in _spelled(table):
            column = live.column(name)
            if column is None or column.family is not Family.TEXT or _answered(live, column.name):
                continue
            word, where = look.word(column.name), look.place(live)
            folded = f"CREATE INDEX CONCURRENTLY ON {where} (lower(trim({word})))"
            beyond = f"sign(octet_length({word}) - char_length({word})) = 1"
            yield look.finding(
                "identity.scanned",
                table.name,
                f"{table.name} has about {live.rows_estimate} rows, and all of them are read to find "
                f"{table.name}.{column.name} under every spelling.",
                f"{folded}; CREATE INDEX CONCURRENTLY ON {where} ({word}) WHERE {beyond}",
                column=column.name,
            )


def _spelled(table: Table) -> Iterator[str]:
    """Columns in which an identity is looked for under every spelling."""
    found = [(each.column, each.normalise) for each in table.identities]
    found += [(link.columns[0], link.normalise) for link in table.links if link.identity]
    yield from dict.fromkeys(column for column, rule in found if rule in ("email", "casefold"))


def _answered(live: LiveTable, name: str) -> bool:
    plain = [each.text.replace('"', "").replace("::text", "").lower() for each in live.indexes]
    texts = [each.replace(f"({name.lower()})", name.lower()) for each in plain]
    return any(f"lower(trim(both from {name.lower()}" in each for each in texts)


RULES = (scanned,)
