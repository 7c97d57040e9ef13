"""People whom identities name, and identities that people's own rows vouch for, over plain rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from upheld.datamap.model import IdentityColumn, System, Table
from upheld.rights.connector import Found
from upheld.rights.rows.select import Scan, Selector, key_of
from upheld.rights.rows.values import Row, normalise, typed
from upheld.rights.subject import Identity, Key, Person, Subject

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # finding people looks at no ages


def find(system: System, scan: Scan, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
    """One pass over each person table. Every person whom a verified identity names is given, however many:
    who is meant is decided elsewhere (scenario 36). An identity is read only from rows of `people`, and only
    where the row vouches for it.
    """
    selector = Selector(system, scan, Subject(tuple(identities), tuple(people)), _ANY_TIME)
    found: dict[Person, None] = {}
    read: dict[Identity, None] = {}
    for table in system.tables:
        if not table.person:
            continue
        own = [each for each in people if (each.system, each.table) == (system.name, table.name)]
        hers = {_typed(each.key) for each in own if each.surely}
        for row in selector.rows(table.name):
            key = key_of(row, table.person)
            if key is None or (table.ghost and selector.meets(table, row, table.ghost)):
                continue
            named = _named_by(selector, table, row)
            if named is not None:
                plain = tuple(row[column] for column in table.person)
                found[Person(system.name, table.name, plain, named)] = None  # type: ignore[arg-type]
            if key in hers:
                for each in table.identities:
                    value = normalise(row.get(each.column), each.normalise)
                    if value is not None and vouched(row, each):
                        read[Identity(each.kind, value, True, f"{system.name}.{table.name}")] = None
    return Found(tuple(found), tuple(read))


def vouched(row: Row, identity: IdentityColumn) -> bool:
    """Whether the row itself says that the identity was verified."""
    if identity.verified_by is None:
        return True
    mark = row.get(identity.verified_by)
    return mark not in (None, False, 0, "", "0", "false", "False", "no")


def _named_by(selector: Selector, table: Table, row: Row) -> Identity | None:
    """What names the row; not verified where only identities do that the row does not vouch for."""
    doubtful: Identity | None = None
    for column in table.identities:
        value = normalise(row.get(column.column), column.normalise)
        for given in selector.subject.identities:
            fits = given.verified and given.kind == column.kind and value is not None
            if fits and normalise(given.value, column.normalise) == value:
                if vouched(row, column):
                    return given
                doubtful = replace(given, verified=False)
    return doubtful


def _typed(key: Key) -> Key:
    return tuple(typed(part) for part in key)  # type: ignore[misc]
