"""Who may be erased in one transaction, and who must come after whom (ADR 0018).

Erasing a set must equal erasing its people one by one. A row that is one person's alone is treated as it
would be for her alone. A row that several share is treated the same in whatever order where this module can
show it from the map; people who share any other row are kept apart, in transactions that follow each other,
and so are people who stand below each other in a tree from which only rows without foreign replies go.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

import sqlalchemy as sa

from upheld.connectors.sql.many.locate import shared_trees
from upheld.connectors.sql.many.union import Members, Union
from upheld.connectors.sql.order import Touch, touches
from upheld.datamap import model
from upheld.datamap.model import Assignment, Condition, Link, System, Table
from upheld.rights.plan import Anonymise, Detach, Locate, Retain, Scope, Selection, Step

Before = dict[tuple[int, int], int]
"""(who goes first, who goes after), and how much hangs on it."""


def transactions(
    union: Union, connection: sa.Connection, steps: Sequence[Step], *, strictly: bool = False
) -> tuple[Members, ...]:
    """The people in as many groups as there must be transactions, in their order. One group where nothing
    keeps anybody apart. `strictly`: whoever shares a row is apart, so that each can be undone alone."""
    before: Before = dict(shared_trees(union, connection, steps))
    apart = {tuple(sorted(pair)) for pair in before}
    for who in _sharing(union, connection, steps, strictly=strictly):
        apart.update(combinations(who, 2))
    if not apart:
        return (tuple(range(len(union.members))),)
    return _grouped(len(union.members), apart, before)


def _grouped(many: int, apart: set[tuple[int, ...]], before: Before) -> tuple[Members, ...]:
    against: dict[int, set[int]] = {}
    for first, second in apart:
        against.setdefault(first, set()).add(second)
        against.setdefault(second, set()).add(first)
    turn: dict[int, int] = {}
    for member in _in_turn(many, before):
        turn[member] = 1 + max(
            (turn[other] for other in against.get(member, ()) if other in turn), default=-1
        )
    groups: dict[int, list[int]] = {}
    for member in range(many):
        groups.setdefault(turn[member], []).append(member)
    return tuple(tuple(groups[each]) for each in sorted(groups))


def _in_turn(many: int, before: Before) -> list[int]:
    """Whoever answers goes before whom she answers, so that as much as can be goes; in a circle the one
    with the fewest before her, then by position."""
    left, order = set(range(many)), list[int]()
    waits: dict[int, int] = dict.fromkeys(left, 0)
    for (_, second), weight in before.items():
        waits[second] += weight
    followers: dict[int, list[tuple[int, int]]] = {}
    for (first, second), weight in before.items():
        followers.setdefault(first, []).append((second, weight))
    free = sorted(each for each in left if not waits[each])
    while left:
        member = free.pop(0) if free else min(left, key=lambda each: (waits[each], each))
        if member not in left:
            continue
        left.discard(member)
        order.append(member)
        for second, weight in followers.get(member, ()):
            waits[second] -= weight
            if second in left and not waits[second]:
                free.append(second)
    return order


# --- rows that several share ----------------------------------------------------------------------------


def _sharing(
    union: Union, connection: sa.Connection, steps: Sequence[Step], *, strictly: bool
) -> Iterable[Members]:
    """Groups of people who share a row of which the map does not show that order is nothing to it."""
    for step in steps:
        if isinstance(step, Locate) and step.selection is None:
            yield from {who for who in union.owners[step.name].values() if len(who) > 1}
    by_table: dict[str, list[Touch]] = {}
    for touch in touches(steps):
        by_table.setdefault(touch.selection.table, []).append(touch)
    for name, those in by_table.items():
        chosen = [touch.selection for touch in those]
        if _can_share(union, chosen) and (strictly or not any_order(union.rows.system, name, those)):
            condition = sa.or_(*(union.rows.where(each) for each in chosen))
            yield from union.tallied(connection, name, chosen, condition).shared


def _can_share(union: Union, chosen: Iterable[Selection]) -> bool:
    """Whether a row of the table can be two people's at all: by two links, or by a key that is two
    people's."""
    ways: set[object] = set()
    for selection in chosen:
        if selection.scope is Scope.SUBTREE:
            return True
        if selection.people:
            ways.add(selection.people)
            if _two(union.owners[selection.people].values()):
                return True
        for source in selection.sources:
            ways.add(source)
            if source.link.array or source.link.json or source.keys is None:
                return True
            if _two(union.owners[source.keys].values()):
                return True
    return len(ways) > 1


def _two(owners: Iterable[Members]) -> bool:
    return any(len(who) > 1 for who in owners)


def any_order(system: System, name: str, steps: Sequence[Touch]) -> bool:
    """Whether a row that several share ends the same whoever of them goes first, by these steps of its
    table.

    What the steps set decides nothing they ask; two steps set the same column to the same, or different
    columns; and where a shared row goes once nobody is left, everybody's erasure leaves it empty on her side.
    """
    table = system.table(name)
    asked = _asked(table, steps)
    written: dict[str, set[object]] = {}
    for step in steps:
        for column, value in _set_by(step):
            if column in asked or value is None:
                return False
            written.setdefault(column, set()).add(value)
    if any(len(values) > 1 for values in written.values()):
        return False
    links = [link for link in table.links if not link.array]
    if any(link.json for link in links):
        return False
    own = {column for link in links for column in link.columns}
    if any(_cuts_anothers(step, own) for step in steps):
        return False
    if any(step.selection.scope is Scope.ORPHANS for step in steps):
        return _everybody_leaves(system, table)
    return True


def _asked(table: Table, steps: Sequence[Touch]) -> set[str]:
    """Columns that decide which rows a step is about, its links apart."""
    conditions: list[Condition] = [link.when for link in table.links]
    columns: set[str] = set()
    for step in steps:
        conditions += [step.selection.when, *step.selection.unless]
        if step.selection.age:
            columns.add(step.selection.age.after)
        if step.selection.replies:
            columns.add(step.selection.replies)
    return columns | {test.column for condition in conditions for test in condition}


def _set_by(step: Touch) -> Iterable[tuple[str, object]]:
    """What a step sets columns to; None where that is another thing for each person, or done twice is more
    than once."""
    match step:
        case Anonymise(assignments=assignments) | Retain(assignments=assignments):
            for each in assignments:
                yield each.column, _value(each, step)
        case Detach(to_ghost=to_ghost):
            for source in step.selection.sources:
                for column in source.link.columns:
                    yield column, ("list" if source.link.array else "ghost" if to_ghost else "null")


def _value(assignment: Assignment, step: Touch) -> object:
    match assignment.value:
        case model.Constant(None):
            return "null"
        case model.Constant() | model.Ghost():
            return assignment.value
        case model.Unique():
            return ("chance", step.number)
    return None


def _cuts_anothers(step: Touch, links: set[str]) -> bool:
    """Whether a step that one link leads to sets the columns of another, by which somebody else is found."""
    own = {column for source in step.selection.sources for column in source.link.columns}
    return any(column in links - own for column, _ in _set_by(step))


def _everybody_leaves(system: System, table: Table) -> bool:
    """Whether each side of a shared row is NULL, or the row gone, once its person is erased."""
    by = dict(table.treatment.by)
    sides = [link for link in table.links if link.tie is model.Tie.OWNS]
    if not all(_leaves(by.get(link.name), link) for link in sides):
        return False
    return all(_holder_leaves(system.table(held.table)) for held in table.held_by)


def _leaves(action: model.Action | None, link: Link) -> bool:
    if link.array or link.json:
        return False
    match action:
        case model.Delete():
            return True
        case model.Detach(to_ghost):
            return not to_ghost
        case model.Anonymise(assignments):
            emptied = {each.column for each in assignments if each.value == model.Constant(None)}
            return bool(emptied & set(link.columns))
    return False


def _holder_leaves(holder: Table) -> bool:
    """Whether a membership is gone with its person, whatever it says."""
    rules = holder.treatment.rules
    plain = len(rules) == 1 and isinstance(rules[0].action, model.Delete) and not rules[0].when
    return plain and not holder.treatment.by and not holder.replies and not holder.restriction


def alone(steps: Sequence[Step]) -> frozenset[str]:
    """Tables with one step that is about rows: what it counts is all that is hers there."""
    names = [touch.selection.table for touch in touches(steps)]
    return frozenset(name for name in names if names.count(name) == 1)
