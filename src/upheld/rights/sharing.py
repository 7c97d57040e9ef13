"""Whether rows of a table may be several people's, by the map alone: then a value in one is hers only where
the map says so."""

from upheld.datamap.model import Field, Link, System, Table, Tie


def several(system: System, table: Table, below: frozenset[str] = frozenset()) -> bool:
    """Whether a row may be more than one person's: by two links of its own, by one that holds a list, by
    memberships, or because what it hangs on, however far above, may be. `below`: tables from which this one
    was reached. A person's own row is hers."""
    if table.person:
        return False
    owners = [link for link in table.links if link.tie is Tie.OWNS]
    if len(owners) > 1 or table.held_by or any(map(_lists, owners)):
        return True
    above = {link.to for link in owners if link.to is not None}
    above |= {table.history_of.table} if table.history_of else set()
    below |= {table.name}
    return any(several(system, system.table(name), below) for name in above - below)


def anybodys(system: System, table: Table, each: Field) -> bool:
    """Whether the field may say what another owner of the row gave: the row may be several people's, and
    `of` names no link that leads to one person alone."""
    if not several(system, table):
        return False
    named = [link for link in table.links if link.name == each.of]
    return not named or any(
        _lists(link) or (link.to is not None and several(system, system.table(link.to))) for link in named
    )


def _lists(link: Link) -> bool:
    return link.array or "*" in (link.json or "")
