"""How tables hang together: which way leads from a table to people, and in which order rows may go.

Each system is a graph of its own: nodes are tables, and an `Edge` leads from a table towards people. Systems
meet only in a person's identities.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from upheld.datamap.model import History, Holding, Link, System, Table


@dataclass(frozen=True, slots=True)
class Edge:
    """One step towards people: rows of `table` are found from rows of `target`.

    Where `target` is None they are found from an identity.
    """

    table: str
    target: str | None
    via: Link | Holding | History


Chain = tuple[Edge, ...]
"""Steps from a table to people; the last one ends in a person table or in an identity."""


def edges(table: Table) -> tuple[Edge, ...]:
    """All steps that lead away from one table, links first. Its own replies are none."""
    found = [Edge(table.name, link.to, link) for link in table.links]
    found += [Edge(table.name, holding.table, holding) for holding in table.held_by]
    if table.history_of is not None:
        found.append(Edge(table.name, table.history_of.table, table.history_of))
    return tuple(found)


def levels(system: System) -> Mapping[str, int]:
    """How many steps each table is from people: 0 for a person table.

    A table that is missing here reaches nobody.
    """
    found = {table.name: 0 for table in system.tables if table.person}
    waiting = deque(found)
    towards: dict[str, list[str]] = {}
    for table in system.tables:
        for edge in edges(table):
            if edge.target is None and table.name not in found:
                found[table.name] = 1
                waiting.append(table.name)
            elif edge.target is not None:
                towards.setdefault(edge.target, []).append(table.name)
    while waiting:
        target = waiting.popleft()
        for name in towards.get(target, ()):
            if name not in found or found[name] > found[target] + 1:
                found[name] = found[target] + 1
                waiting.append(name)
    return found


def chains(system: System, table: str) -> Iterator[Chain]:
    """Every way from a table to people that passes no table twice, shortest first.

    A person table has the empty chain too. There can be very many in a dense graph: take what you need.
    """
    tables = {each.name: each for each in system.tables}
    reached = levels(system)
    waiting: deque[tuple[Chain, str]] = deque([((), table)])
    while waiting:
        chain, name = waiting.popleft()
        if tables[name].person:
            yield chain
            if chain:
                continue
        passed = {table, *(edge.target for edge in chain)}
        for edge in edges(tables[name]):
            if edge.target is None:
                yield (*chain, edge)
            elif edge.target in reached and edge.target not in passed:
                waiting.append(((*chain, edge), edge.target))


def cycles(system: System) -> tuple[tuple[str, ...], ...]:
    """Groups of tables that lead only to each other, so that none of them reaches a person.

    Each group stands in the order of the map.
    """
    reached = levels(system)
    lost = {table.name: table for table in system.tables if table.name not in reached}
    after = {name: _followers(lost, name) for name in lost}
    groups = {tuple(each for each in lost if each in after[name] and name in after[each]) for name in lost}
    return tuple(sorted(group for group in groups if group))


def _followers(tables: Mapping[str, Table], start: str) -> set[str]:
    """All tables that lie on some way from `start`; itself only if a way leads back."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for edge in edges(tables[waiting.pop()]):
            if edge.target is not None and edge.target in tables and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return found


def children_first(system: System, tables: Iterable[str] | None = None) -> tuple[str, ...]:
    """The named tables (all, unless said) so that rows which refer to others come before those.

    A history comes after its table, which is handled first. In a cycle the table farthest from people goes
    first; otherwise the order of the map decides.
    """
    wanted = set(tables) if tables is not None else {table.name for table in system.tables}
    reached = levels(system)
    before: dict[str, set[str]] = {table.name: set() for table in system.tables if table.name in wanted}
    for table in system.tables:
        for edge in edges(table) if table.name in before else ():
            if edge.target is None or edge.target == table.name or edge.target not in before:
                continue
            if isinstance(edge.via, Link):
                before[edge.target].add(table.name)
            else:
                before[table.name].add(edge.target)
    order: list[str] = []
    while before:
        free = [name for name, earlier in before.items() if not earlier]
        chosen = free or [max(before, key=lambda name: reached.get(name, len(reached)))]
        for name in chosen:
            del before[name]
        for earlier in before.values():
            earlier.difference_update(chosen)
        order += chosen
    return tuple(order)
