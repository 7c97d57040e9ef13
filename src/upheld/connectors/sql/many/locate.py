"""The key sets of many people at once, each key with whom it belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import sqlalchemy as sa

from upheld.connectors.sql.columns import fitting
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.locate import prepare, refuse_misfits, selections
from upheld.connectors.sql.many.union import Owners, Union, key_set
from upheld.datamap.model import Scalar
from upheld.rights.plan import Keep, Locate, Scope, Selection, Step
from upheld.rights.subject import Key


def prepare_many(
    union: Union, connection: sa.Connection, steps: Sequence[Step], *, lock: bool = False
) -> None:
    """Fill the union with all that the steps' conditions refer to. With `lock`, people's own rows are locked
    first, in one order, so that two sets of people cannot wait for each other in a circle."""
    for step in steps:
        if isinstance(step, Locate) and step.name not in union.owners:
            if step.selection is None:
                owners = _own(union, connection, step, lock=lock)
            else:
                owners = _behind(union, connection, step, step.selection)
                union.rows.located[step.name] = step.selection
            union.owners[step.name] = owners
            union.rows.sets[step.name] = key_set(step.table, step.key, owners)
    acting = [step for step in steps if not isinstance(step, Locate)]
    prepare(union.rows, connection, acting)
    for selection in selections(acting):
        if selection.scope in (Scope.LEAVES, Scope.SUBTREE) and selection not in union.trees:
            union.trees[selection] = _walked(union, connection, selection)


def _own(union: Union, connection: sa.Connection, step: Locate, *, lock: bool) -> Owners:
    known = [union.tables.known(step.table, column) for column in step.key]
    owners: dict[Key, list[int]] = {}
    for index, member in enumerate(union.members):
        for key in member.keys(union.rows.system.name, step.table):
            parts = [fitting([value], column) for value, column in zip(key, known, strict=True)]
            if all(parts):
                owners.setdefault(tuple(part[0] for part in parts), []).append(index)
    if lock and owners and connection.dialect.name != "sqlite":
        columns = [union.tables.column(step.table, each) for each in step.key]
        theirs = is_in(union.tables, step.table, step.key, tuple(owners))
        locking = sa.select(*columns).where(theirs).order_by(*columns).with_for_update()
        connection.execute(locking).all()
    return {key: tuple(who) for key, who in owners.items()}


def _behind(union: Union, connection: sa.Connection, step: Locate, selection: Selection) -> Owners:
    # Lookups and spellings that the selection needs; the sets that it refers to were located before.
    prepare(union.rows, connection, [Keep(step.number, step.system, selection, "", step.reason)])
    owners = union.keyed(connection, step.table, step.key, selection, union.rows.where(selection))
    refuse_misfits(union.tables, union.rows.system.name, step.table, step.key, owners)
    return owners


# --- trees ----------------------------------------------------------------------------------------------


def _walked(union: Union, connection: sa.Connection, selection: Selection) -> Owners:
    """Whose each row of the scope is: with LEAVES its author's; with SUBTREE everybody's above whom it
    stands."""
    rows, key = union.rows, union.rows.trees[selection].columns
    plain = replace(selection, scope=Scope.ALL, replies=None)
    own = union.keyed(connection, selection.table, key, plain, rows.where(plain))
    reached = set(rows.trees[selection].keys)
    if selection.scope is Scope.LEAVES:
        return {each: who for each, who in own.items() if each in reached}
    above = parents(union, connection, selection, key, tuple(reached))
    whose: dict[Scalar, set[int]] = {each[0]: set(own.get(each, ())) for each in reached}
    for each in reached:
        for answered in _above(each[0], above):
            whose[each[0]].update(own.get((answered,), ()))
    return {(each,): tuple(sorted(who)) for each, who in whose.items()}


def parents(
    union: Union, connection: sa.Connection, selection: Selection, key: Sequence[str], keys: Sequence[Key]
) -> dict[Scalar, Scalar]:
    """What each of these rows answers."""
    table = selection.table
    columns = [union.tables.column(table, key[0]), union.tables.column(table, selection.replies or "")]
    read = connection.execute(sa.select(*columns).where(is_in(union.tables, table, key, keys)))
    return {row[0]: row[1] for row in read}


def shared_trees(
    union: Union, connection: sa.Connection, steps: Sequence[Step]
) -> dict[tuple[int, int], int]:
    """Where a row of one stands below a row of another, in a tree whose rows go only when nothing foreign is
    below: (who answered, who was answered) and how often. What becomes of them depends on who goes first."""
    found: dict[tuple[int, int], int] = {}
    for selection in selections(steps):
        if selection.scope is not Scope.LEAVES:
            continue
        rows, key = union.rows, union.rows.trees[selection].columns
        plain = replace(selection, scope=Scope.ALL, replies=None)
        own = union.keyed(connection, selection.table, key, plain, rows.where(plain))
        below = _below(union, connection, selection, key, own)
        for each in below:
            firsts = own.get((each,), ())
            for above in _above(each, below) if firsts else ():
                for pair in product(firsts, own.get((above,), ())):
                    if pair[0] != pair[1]:
                        found[pair] = found.get(pair, 0) + 1
    return found


def _above(row: Scalar, answers: Mapping[Scalar, Scalar]) -> Iterator[Scalar]:
    """What a row answers, what that answers, and so on; a circle ends where it began."""
    seen = {row}
    above = answers.get(row)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = answers.get(above)


def _below(
    union: Union, connection: sa.Connection, selection: Selection, key: Sequence[str], own: Owners
) -> dict[Scalar, Scalar]:
    """Each row at or below these, with what it answers."""
    column = selection.replies or ""
    child = union.tables.column(selection.table, key[0])
    parent = union.tables.column(selection.table, column)
    found: dict[Scalar, Scalar] = {}
    level: set[Scalar] = {each[0] for each in own}
    while level:
        read = sa.select(child, parent).where(
            is_in(union.tables, selection.table, (column,), [(each,) for each in sorted(level, key=repr)]),
            union.rows.tenant(selection.table),
        )
        level = set()
        for each, answered in connection.execute(read):
            if each not in found:
                level.add(each)
            found[each] = answered
    return found


def members_of(owners: Owners) -> dict[int, list[Key]]:
    """The other way round: each person's keys, in the set's order."""
    found: dict[int, list[Key]] = {}
    for key, who in owners.items():
        for member in who:
            found.setdefault(member, []).append(key)
    return found
