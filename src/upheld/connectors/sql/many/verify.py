"""Look again for many people at once. What is left of anybody is then looked for among fewer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from upheld.connectors.sql.columns import storable
from upheld.connectors.sql.traces import loaded, merged
from upheld.connectors.sql.verify import Verifier, speaking
from upheld.connectors.sql.where import Rows
from upheld.datamap.model import System
from upheld.rights.outcome import Verified
from upheld.rights.plan import Step
from upheld.rights.subject import Subject

Written = Sequence[Sequence[bytes]]
Open = Callable[[Sequence[Subject]], Rows]
"""The rows of these people, in the snapshot that is open."""


def verify_many(
    opened: Open,
    connection: sa.Connection,
    members: Sequence[Subject],
    traces: Written,
    reach: tuple[Step, ...],
    erasure: tuple[Step, ...],
    on_hold: frozenset[str],
) -> tuple[Verified, ...]:
    """Each one's result. Nothing left of all is nothing left of anybody; otherwise the set is halved until
    it is known of whom. One alone is looked at exactly as if she had been erased alone."""
    rows = opened(members)
    remembered = merged(loaded([part for each in traces for part in each]))
    whole = Verifier(rows, connection, remembered, reach, erasure, on_hold)
    seen = whole.look()
    if len(members) == 1:
        return (seen,)
    if not seen.remnants:
        searched = _Searched(rows.system, whole, seen)
        return tuple(map(searched.of, members))
    half = len(members) // 2
    return (
        *verify_many(opened, connection, members[:half], traces[:half], reach, erasure, on_hold),
        *verify_many(opened, connection, members[half:], traces[half:], reach, erasure, on_hold),
    )


@dataclass
class _Searched:
    """Where each one's own values were searched: a column is named only if she had a value to search it for.
    The same for all who have identities of the same kinds."""

    system: System
    whole: Verifier
    seen: Verified
    known: dict[object, Verified] = field(default_factory=dict)

    def of(self, member: Subject) -> Verified:
        """What was looked at for one of them."""
        kinds = frozenset(each.kind for each in member.identities if each.verified and storable(each.value))
        shape = (kinds, bool(speaking(member)))
        if shape not in self.known:
            columns = replace(self.whole, rows=replace(self.whole.rows, subject=member)).value_columns()
            self.known[shape] = Verified(
                self.system.name,
                (),
                tuple(each for each in self.seen.searched if each in columns),
                tuple(each for each in self.seen.not_searched if each in columns),
            )
        return self.known[shape]
