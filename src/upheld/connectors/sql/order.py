"""In which order steps are written, so that no foreign key stands in the way (scenarios 5, 16, 17, 32)."""

from collections.abc import Sequence
from dataclasses import dataclass

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.schema import LiveForeignKey
from upheld.datamap.model import System
from upheld.rights.outcome import Misconfigured
from upheld.rights.plan import Anonymise, Detach, Erase, EraseFiles, Keep, Retain, Step, Undecided

Touch = Erase | Anonymise | Detach | Retain | Keep | Undecided


@dataclass(frozen=True)
class Break:
    """Before rows of `table` are deleted, these columns of theirs become NULL: the weakest link of a
    cycle."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """Steps as they are written; `defer`: foreign keys are checked at the commit."""

    steps: tuple[Touch, ...]
    breaks: tuple[Break, ...] = ()
    defer: bool = False


def touches(steps: Sequence[Step]) -> list[Touch]:
    """The steps that are about rows, in the plan's order."""
    return [step for step in steps if isinstance(step, Touch)]


def ordered(tables: Tables, system: System, steps: Sequence[Step]) -> Order:
    """All steps of a referring table before any deletion in the table referred to, the table's own deletions
    last; histories after what they are of; else the plan's order. Misconfigured for a cycle that nothing
    breaks."""
    every = touches(steps)
    names = list(dict.fromkeys(step.selection.table for step in every))
    erased = {step.selection.table for step in every if isinstance(step, Erase)}
    edges = _edges(tables, names, erased)
    histories = {each.name: each.history_of.table for each in system.tables if each.history_of}
    breaks: list[Break] = []
    defer = False
    sequence: list[str] = []
    left = list(names)
    while left:
        ready = next((name for name in left if _free(name, left, edges, histories)), None)
        if ready is None:
            ready = next((name for name in left if _free(name, left, edges, {})), None)
        if ready is not None:
            sequence.append(ready)
            left.remove(ready)
            continue
        broken, deferred = _weakest(tables, left, edges)
        defer = defer or deferred
        breaks.extend(broken)
    breaks.extend(_own(tables, erased))
    position = {name: index for index, name in enumerate(sequence)}
    in_turn = sorted(every, key=lambda step: (position[step.selection.table], isinstance(step, Erase)))
    return Order(tuple(in_turn), tuple(breaks), defer)


Edges = dict[tuple[str, str], list[LiveForeignKey]]
"""(referring table, table referred to): the keys that make the first come first."""


def _edges(tables: Tables, names: list[str], erased: set[str]) -> Edges:
    edges: Edges = {}
    for parent in erased:
        for reference in tables.live.refer(tables.known_table(parent).name):
            if reference.table in names and reference.table != parent:
                edges.setdefault((reference.table, parent), []).append(reference.key)
    return edges


def _free(name: str, left: list[str], edges: Edges, histories: dict[str, str]) -> bool:
    before = {child for child, parent in edges if parent == name}
    if name in histories:
        before.add(histories[name])
    return not before & set(left)


def _weakest(tables: Tables, left: list[str], edges: Edges) -> tuple[list[Break], bool]:
    """Take one edge out of a cycle: one that can wait for the commit, else one that can be NULL."""
    inside = {edge: keys for edge, keys in edges.items() if edge[0] in left and edge[1] in left}
    for edge, keys in inside.items():
        if all(key.deferrable for key in keys):
            del edges[edge]
            return [], True
    for (child, parent), keys in inside.items():
        if (parent, child) in inside or _leads(inside, parent, child):
            columns = [_nullable(tables, child, key) for key in keys]
            if all(columns):
                del edges[child, parent]
                return [Break(child, each) for each in columns], False
    raise Misconfigured(
        f"The tables {', '.join(sorted(left))} refer to each other in a circle "
        "without a column that may be NULL.",
        "Make one of the foreign keys DEFERRABLE, or let one of the tables be anonymised instead of deleted.",
    )


def _leads(edges: Edges, start: str, goal: str) -> bool:
    seen, level = {start}, {start}
    while level:
        level = {parent for child, parent in edges if child in level} - seen
        seen |= level
    return goal in seen


def _nullable(tables: Tables, table: str, key: LiveForeignKey) -> tuple[str, ...]:
    return tuple(column for column in key.columns if tables.known(table, column).nullable)


def _own(tables: Tables, erased: set[str]) -> list[Break]:
    """Rows that refer to rows of their own table: only MariaDB checks them one by one inside a statement."""
    if tables.live.dialect in ("sqlite", "postgresql"):
        return []
    return [
        Break(name, columns)
        for name in sorted(erased)
        for key in tables.known_table(name).foreign_keys
        if key.to == tables.known_table(name).name and (columns := _nullable(tables, name, key))
    ]


def files(steps: Sequence[Step]) -> list[EraseFiles]:
    """The steps that remove files, in the plan's order."""
    return [step for step in steps if isinstance(step, EraseFiles)]
