"""What somebody may see of a row (G-15.5)."""

from upheld.connectors.sql.where import Rows
from upheld.datamap.model import Tie
from upheld.rights.connector import REDACTED, Row
from upheld.rights.plan import NEVER, SELF, Collect

Ways = tuple[str, ...]
"""Names of the links by which a row is somebody's, in the step's order."""

Verdict = tuple[tuple[str, ...], bool]


class Copy:
    """How what was read of one step's table becomes a row of somebody's copy. What depends on the ways by
    which a row is hers is worked out once for each set of ways, not for each row."""

    __slots__ = ("_number", "_seen", "_step", "_table", "key", "names", "owning")

    def __init__(self, rows: Rows, step: Collect) -> None:
        self._step = step
        self._seen: dict[Ways, Verdict] = {}
        self._number, self._table = step.number, step.selection.table
        table = self._table
        self.names = tuple(rows.tables.known_table(table).columns)
        mapped = rows.system.table(table)
        self.key = rows.tables.key(table, mapped.key or mapped.person)
        self.owning = {each.link.name for each in step.selection.sources if each.link.tie is Tie.OWNS}

    def row(self, values: dict[str, object], hers: Ways) -> Row:
        """With what is not hers to see replaced by a mark. `hers`: the links that lead to her; SELF where
        the row is she herself. Keeps `values`."""
        hide, mine = self._seen.get(hers) or self.verdict(hers)
        if not hide:
            return Row(self._number, self._table, values, hide, mine, self.key)
        hidden = tuple([column for column in hide if values.get(column) is not None])
        for column in hidden:
            values[column] = REDACTED
        return Row(self._number, self._table, values, hidden, mine, self.key)

    def verdict(self, hers: Ways) -> Verdict:
        """Which columns she may not see, and whether the row is hers."""
        herself = SELF in hers
        hide = tuple(
            column
            for column, link in self._step.redact
            if (link == NEVER or link not in hers) and not (herself and link not in (SELF, NEVER, column))
        )
        mine = herself or (not self._step.selection.people and not self.owning.isdisjoint(hers))
        self._seen[hers] = hide, mine
        return hide, mine
