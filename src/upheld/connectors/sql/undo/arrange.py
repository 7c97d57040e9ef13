"""In which order rows come back: parents first, and links within a circle last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.schema import LiveForeignKey
from upheld.connectors.sql.undo.image import Column, Image
from upheld.rights.subject import Key


@dataclass
class Arranged:
    """Tables in turn. `later`: columns that are filled once all rows are there, by table. `defer`: foreign
    keys have to wait for the end of the transaction. `stuck`: tables whose circle nothing opens."""

    tables: list[str] = field(default_factory=list)
    later: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defer: bool = False
    stuck: tuple[str, ...] = ()


def arranged(tables: Tables, names: Sequence[str]) -> Arranged:
    """The order for these tables, from their foreign keys."""
    made = Arranged()
    needs: dict[str, dict[str, list[LiveForeignKey]]] = {}
    for name in names:
        for key in tables.known_table(name).foreign_keys:
            if key.to == name and (own := nullable(tables, name, key)):
                _put_off(made, name, own)
            elif key.to in names and key.to != name:
                needs.setdefault(name, {}).setdefault(key.to, []).append(key)
    left = list(names)
    while left:
        ready = next((name for name in left if not set(needs.get(name, ())) & set(left)), None)
        if ready is None:
            _open(tables, made, left, needs)
            continue
        made.tables.append(ready)
        left.remove(ready)
    return made


def _open(
    tables: Tables, made: Arranged, left: Sequence[str], needs: dict[str, dict[str, list[LiveForeignKey]]]
) -> None:
    edges = [(child, parent) for child in left for parent in needs.get(child, {}) if parent in left]
    for child, parent in edges:
        columns = [nullable(tables, child, key) for key in needs[child][parent]]
        if all(columns):
            del needs[child][parent]
            for each in columns:
                _put_off(made, child, each)
            return
    for child, parent in edges:
        if all(key.deferrable for key in needs[child][parent]):
            del needs[child][parent]
            made.defer = True
            return
    made.stuck = tuple(left)
    child, parent = edges[0]
    del needs[child][parent]


def _put_off(made: Arranged, table: str, columns: Sequence[str]) -> None:
    made.later[table] = tuple(dict.fromkeys((*made.later.get(table, ()), *columns)))


def nullable(tables: Tables, table: str, key: LiveForeignKey) -> tuple[str, ...]:
    """The columns of a foreign key that may be empty for a while: none of the row's own key."""
    own = tables.key(table)
    return tuple(
        column for column in key.columns if tables.known(table, column).nullable and column not in own
    )


def above_first(
    tables: Tables, table: str, columns: Sequence[Column], rows: Mapping[Key, Image]
) -> list[Key]:
    """Rows that answer rows of their own table after those, where the link may never be empty."""
    links = [
        key
        for key in tables.known_table(table).foreign_keys
        if key.to == table and not nullable(tables, table, key)
    ]
    if not links:
        return list(rows)
    position = {each.name: number for number, each in enumerate(columns)}
    ordered: dict[Key, None] = {}
    for link in links:
        there = {
            tuple(image.before[position[c]] for c in link.to_columns): key for key, image in rows.items()
        }
        above = {
            key: there.get(tuple(image.before[position[column]] for column in link.columns))
            for key, image in rows.items()
        }
        for key in rows:
            path: list[Key] = []
            here: Key | None = key
            while here is not None and here not in ordered and here not in path:
                path.append(here)
                here = above.get(here)
            ordered.update(dict.fromkeys(reversed(path)))
    return list(ordered)
