"""Counts of many people's rows, and the limits that hold for each of them."""

from collections.abc import Mapping, Sequence
from functools import partial

import sqlalchemy as sa

from upheld.connectors.sql.change import Draw
from upheld.connectors.sql.many.locate import prepare_many
from upheld.connectors.sql.many.share import alone
from upheld.connectors.sql.many.union import Tally, Union
from upheld.connectors.sql.many.write import ManyWriter
from upheld.connectors.sql.order import Touch, touches
from upheld.connectors.sql.size import size_of
from upheld.rights.many import Tallied
from upheld.rights.outcome import Count, Counts, Misconfigured, Permanent, TableCount
from upheld.rights.plan import Collect, Step, Undecided
from upheld.rights.share import beyond


def count_many(union: Union, connection: sa.Connection, steps: Sequence[Step]) -> Tallied:
    """What the steps select of each one's, and of all together."""
    prepare_many(union, connection, steps)
    every = touches(steps)
    writer = ManyWriter(union.rows, connection, Draw(_no_entropy), every, union=union, entropy=_no_entropy)
    tallies = [(step.number, step.selection.table, writer.tally(step)) for step in every]
    for step in steps:
        if isinstance(step, Collect):
            table = step.selection.table
            tally = union.tallied(connection, table, [step.selection], union.rows.where(step.selection))
            tallies.append((step.number, table, tally))
    by_table = _matched(union, connection, every, writer)
    size = len(union.members)
    shared = [(number, table, tally.each, writer.others.get(number, {})) for number, table, tally in tallies]
    each = tuple(map(Counts, shares(size, shared), _tables(size, by_table)))
    whole = Counts(
        tuple(Count(number, table, tally.rows) for number, table, tally in tallies),
        tuple(TableCount(name, tally.rows) for name, tally in by_table.items()),
    )
    return Tallied(each, whole)


Shared = tuple[int, str, Mapping[int, int], Mapping[int, int]]
"""A step, its table, and how many rows of it are whose: their own, and others' that go with them."""


def shares(size: int, shared: Sequence[Shared]) -> list[tuple[Count, ...]]:
    """What each step is for each of so many people. Most of it is nothing, which is said in one object."""
    nothing = [Count(step, table, 0) for step, table, _, _ in shared]
    found = [nothing.copy() for _ in range(size)]
    for place, (step, table, own, others) in enumerate(shared):
        for member, many in own.items():
            found[member][place] = Count(step, table, many, others.get(member, 0))
        for member in others.keys() - own.keys():
            found[member][place] = Count(step, table, 0, others[member])
    return [tuple(each) for each in found]


def _tables(size: int, by_table: Mapping[str, Tally]) -> list[tuple[TableCount, ...]]:
    nothing = [TableCount(name, 0) for name in by_table]
    found = [nothing.copy() for _ in range(size)]
    for place, (name, tally) in enumerate(by_table.items()):
        for member, many in tally.each.items():
            found[member][place] = TableCount(name, many)
    return [tuple(each) for each in found]


def matched_many(
    union: Union, connection: sa.Connection, steps: Sequence[Touch], writer: ManyWriter
) -> list[tuple[TableCount, ...]]:
    """Distinct rows of each one's a table, however many steps select them (scenario 18)."""
    return _tables(len(union.members), _matched(union, connection, steps, writer))


def _matched(
    union: Union, connection: sa.Connection, steps: Sequence[Touch], writer: ManyWriter
) -> dict[str, Tally]:
    single = alone(steps)
    by_table: dict[str, list[Touch]] = {}
    for step in steps:
        by_table.setdefault(step.selection.table, []).append(step)
    found: dict[str, Tally] = {}
    for table, those in by_table.items():
        if table in single:
            found[table] = writer.tally(those[0])
            continue
        chosen = [step.selection for step in those]
        any_of = sa.or_(*(union.rows.where(each) for each in chosen))
        found[table] = union.tallied(connection, table, chosen, any_of)
    return found


def refuse(writer: ManyWriter, steps: Sequence[Touch], allow: frozenset[str]) -> None:
    """Before the first write: rows without a rule, and limits that anybody's rows go beyond."""
    system = writer.rows.system
    for step in steps:
        if isinstance(step, Undecided) and (tally := writer.tally(step)).rows:
            raise Misconfigured(
                f"{system.name}: {tally.rows} rows of {step.selection.table} meet no rule of the map.",
                "Add a rule under `rows:` that says what happens to them.",
            )
    limits = system.limits
    if limits.rows_per_person is not None and "rows_per_person" not in allow:
        _rows_per_person(writer, steps, limits.rows_per_person)
    if limits.share_of_table is not None and "share_of_table" not in allow:
        _share_of_table(writer, steps, limits.share_of_table)


def _rows_per_person(writer: ManyWriter, steps: Sequence[Touch], most: int) -> None:
    totals: dict[int, int] = {}
    for step in steps:
        for member, rows in writer.tally(step).each.items():
            totals[member] = totals.get(member, 0) + rows
    beyond = max(totals.values(), default=0)
    if beyond > most:
        raise _beyond(writer, "rows_per_person", f"{beyond:,} rows, more than {most:,} for one person")


def _share_of_table(writer: ManyWriter, steps: Sequence[Touch], most: float) -> None:
    """Each one's. That of a list is judged before it is approved: those who are together here may have asked
    one by one."""
    matched = _matched(writer.union, writer.connection, steps, writer)
    largest = [TableCount(name, max(tally.each.values(), default=0)) for name, tally in matched.items()]
    for each in beyond(largest, most, partial(size_of, writer.rows, writer.connection)):
        raise _beyond(writer, "share_of_table", f"{each} for one person")


def _beyond(writer: ManyWriter, limit: str, what: str) -> Permanent:
    return Permanent(
        f"{writer.rows.system.name}: this would touch {what}. Nothing was written.",
        f"If that is right, approve it by name: --allow {limit} --reason '…'.",
    )


def _no_entropy() -> str:
    raise AssertionError("Counting draws nothing.")
