"""What in somebody's copy is about others (G-15.5)."""

from upheld.datamap.model import Table
from upheld.rights.plan import NEVER, SELF


def redactions(table: Table) -> tuple[tuple[str, str], ...]:
    """Columns that may be about somebody else, each with the link that makes them hers."""
    redact: dict[str, str] = {}
    relational = bool(table.person and table.treatment.by)
    for each in table.every_field:
        if each.of:
            redact[each.column] = NEVER if each.of == "others" else each.of
        elif relational:
            redact[each.column] = SELF
    if relational:
        for name in (*table.person, *(identity.column for identity in table.identities)):
            redact.setdefault(name, SELF)
    if len(table.links) > 1 or relational:
        for link in table.links:
            if link.to and len(link.columns) == 1 and not link.array and not link.json:
                redact.setdefault(link.columns[0], link.name)
    return tuple(redact.items())
