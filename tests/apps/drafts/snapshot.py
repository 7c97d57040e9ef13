"""A whole database in memory, as texts, and who stands where in it. It shares no code with the product."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sqlalchemy import Engine

from tests.apps import scan

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

At = tuple[str, scan.Row]
Place = tuple[str, str, scan.Row]
Refers = Mapping[str, Mapping[str, tuple[str, str]]]
"""By table and column, the table and column that are meant."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: its columns as texts, NULLs left out, and all of them in lower case."""

    columns: Mapping[str, str]
    whole: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row by table and key, and which rows refer to which by a foreign key of one column."""

    shapes: Mapping[str, scan.Shape]
    rows: Mapping[At, Cells]
    parents: Mapping[At, set[At]] = field(default_factory=dict)
    children: Mapping[At, set[At]] = field(default_factory=dict)


def take(engine: Engine, refers: Refers = MappingProxyType({})) -> Snapshot:
    """Every row as it stands; `refers` adds to the foreign keys of the schema."""
    shapes = {
        shape.name: replace(shape, refers={**shape.refers, **refers.get(shape.name, {})})
        for shape in scan.shapes(engine)
    }
    rows: dict[At, Cells] = {}
    with engine.connect() as connection:
        for shape in shapes.values():
            for row in scan.rows_of(connection, shape):
                columns = {
                    column: scan.as_text(row[column]) for column in shape.columns if row[column] is not None
                }
                key = tuple(scan.as_text(row[column]) for column in shape.key)
                rows[shape.name, key] = Cells(columns, "\n".join(columns.values()).lower())
    parents: dict[At, set[At]] = defaultdict(set)
    children: dict[At, set[At]] = defaultdict(set)
    for at, cells in rows.items():
        for column, (table, key) in shapes[at[0]].refers.items():
            meant = (table, (cells.columns.get(column, ""),))
            if meant in rows and shapes[table].key == (key,):
                parents[at].add(meant)
                children[meant].add(at)
    return Snapshot(shapes, rows, parents, children)


def places(snapshot: Snapshot, needles: scan.Needles) -> set[Place]:
    """Where she stands: (table, column, row); a name spread over two columns stands in the column `*`."""
    patterns = [(text.lower(), scan.pattern_of(text)) for text in needles.texts]
    groups = [
        (tuple(word.lower() for word in words), [scan.pattern_of(word) for word in words])
        for words in needles.together
    ]
    found: set[Place] = set()
    for (table, key), cells in snapshot.rows.items():
        near = [pattern for text, pattern in patterns if text in cells.whole]
        if near:
            found |= {
                (table, column, key)
                for column, text in cells.columns.items()
                if any(pattern.search(text) for pattern in near)
            }
        for words, each in groups:
            if all(word in cells.whole for word in words) and all(one.search(cells.whole) for one in each):
                found.add((table, "*", key))
        found |= {
            (table, column, key)
            for column, target in snapshot.shapes[table].refers.items()
            if cells.columns.get(column) in (needles.references or {}).get(target, ())
        }
    return found


@dataclass(frozen=True, slots=True)
class Others:
    """How a row says that it is about somebody: account keys by the column that is referred to, and addresses."""

    accounts: tuple[str, str]
    addresses: frozenset[str]

    def stand_in(self, snapshot: Snapshot, at: At, needles: scan.Needles) -> frozenset[str]:
        """Who else stands in the row: keys of accounts and addresses that are not hers."""
        cells = snapshot.rows[at]
        hers = (needles.references or {}).get(self.accounts, frozenset())
        keys = {
            cells.columns[column]
            for column, target in snapshot.shapes[at[0]].refers.items()
            if target == self.accounts and column in cells.columns
        }
        if at[0] == self.accounts[0]:
            keys |= set(at[1])
        written = set(_ADDRESS.findall(cells.whole)) if "@" in cells.whole else set()
        mine = {text.lower() for text in needles.texts}
        return frozenset(keys - hers) | frozenset((written & self.addresses) - mine)


@dataclass(frozen=True, slots=True)
class About:
    """Rows that are about whoever the row of `table` is about, though somebody else may stand in them as well: those in
    which `column` holds its key and the other columns what `also` says."""

    table: str
    column: str
    parent: str
    also: tuple[tuple[str, str], ...] = ()


def hanging(
    snapshot: Snapshot, mine: Iterable[At], needles: scan.Needles, others: Others, about: Iterable[About]
) -> set[At]:
    """Her rows and those that hang on them: what `about` says, rows that refer to one of them and name nobody else, and
    rows to which nothing of anybody else refers."""
    told: dict[str, list[About]] = defaultdict(list)
    for each in about:
        told[each.parent].append(each)
    by_column = _by_column(snapshot, about)
    found = set(mine)
    queue = list(found)
    while queue:
        at = queue.pop()
        fresh = {
            child
            for child in snapshot.children.get(at, ())
            if child not in found and not others.stand_in(snapshot, child, needles)
        }
        fresh |= {
            parent
            for parent in snapshot.parents.get(at, ())
            if parent not in found and _only_hers(snapshot, parent, found, needles, others)
        }
        fresh |= {
            row for each in told[at[0]] for row in by_column[each].get(at[1][0], ()) if row not in found
        }
        found |= fresh
        queue += fresh
    return found


def _only_hers(snapshot: Snapshot, parent: At, found: set[At], needles: scan.Needles, others: Others) -> bool:
    """Whether neither the row nor what refers to it, nor what that refers to, names anybody else."""
    near = {parent}
    for child in snapshot.children[parent] - found:
        near |= {child, *snapshot.parents[child]}
    return not any(others.stand_in(snapshot, each, needles) for each in near - found)


def _by_column(snapshot: Snapshot, about: Iterable[About]) -> dict[About, dict[str, set[At]]]:
    found: dict[About, dict[str, set[At]]] = {}
    for each in about:
        rows = found.setdefault(each, defaultdict(set))
        for at, cells in snapshot.rows.items():
            if at[0] == each.table and all(cells.columns.get(name) == value for name, value in each.also):
                rows[cells.columns.get(each.column, "")].add(at)
    return found
