"""Whether what a row refers to is hers again, by the links of the map and by foreign keys.

A key that somebody else has by now satisfies the database: without this look her rows would come back as
a stranger's (scenario 55). Where no foreign key stands, it would take a row that refers to nothing, which no
later erasure would find.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.inside import is_in
from upheld.connectors.sql.undo.image import Image, TableImages
from upheld.connectors.sql.undo.text import Text, shown
from upheld.datamap.model import Link, System
from upheld.rights.subject import Key
from upheld.rights.undo import Why


@dataclass(frozen=True, slots=True)
class Reference:
    """`columns` hold a key of `to`. `guarded`: the database sees to it that there is one. `always`: whatever
    stands in the columns refers to that table, and to no other."""

    columns: tuple[str, ...]
    to: str
    key: tuple[str, ...]
    guarded: bool
    always: bool


@dataclass(frozen=True, slots=True)
class Kin:
    """What the rows of each table refer to, and the tables in which people live; by live names. Lists of
    keys, and keys inside JSON, are not looked into."""

    references: Mapping[str, tuple[Reference, ...]]
    people: frozenset[str]


def kin(system: System, tables: Tables, names: Iterable[str]) -> Kin:
    """Of these tables."""
    mapped = [(live.name, each) for each in system.tables if (live := tables.live.get(each.name))]
    links: dict[str, list[Link]] = {}
    for name, table in mapped:
        links.setdefault(name, []).extend(table.links)
    return Kin(
        {name: tuple(_of(tables, name, links.get(name, ()))) for name in names},
        frozenset(name for name, table in mapped if table.person),
    )


def _of(tables: Tables, name: str, links: Iterable[Link]) -> Iterator[Reference]:
    live = tables.live.get(name)
    keys = live.foreign_keys if live else ()
    guarded = {(key.columns, key.to) for key in keys}
    for key in keys:
        yield Reference(key.columns, key.to, key.to_columns, guarded=True, always=True)
    for link in links:
        above = tables.live.get(link.to) if link.to else None
        if above and not link.array and not link.json and (link.columns, above.name) not in guarded:
            always = not link.when and not link.cast
            yield Reference(link.columns, above.name, link.key, guarded=False, always=always)


def strangers(
    kin: Kin,
    images: Mapping[str, TableImages],
    coming: Mapping[str, Mapping[Key, Collection[int] | None]],
    conflicts: Mapping[tuple[str, Key], Why],
) -> Iterator[tuple[str, Key]]:
    """Rows that would come back below one of hers that does not: another has its key by now, it is gone, or
    it is a person's and nothing leads to her. `coming`: positions that are set, None where the row is new."""
    for name, rows in coming.items():
        for reference in kin.references.get(name, ()):
            above = images.get(reference.to)
            if above is None or not set(reference.key) <= {each.name for each in above.columns}:
                continue
            hers = _by_value(above, reference.key)
            at = _positions(images[name], reference.columns)
            for key, positions in rows.items():
                if positions is not None and not set(positions) & set(at):
                    continue
                parents = hers.get(_folded(images[name], images[name].rows[key], at) or ())
                if parents and all(_away(kin, above, each, conflicts) for each in parents):
                    yield name, key


def _away(kin: Kin, above: TableImages, key: Key, conflicts: Mapping[tuple[str, Key], Why]) -> bool:
    why = conflicts.get((above.table, key))
    if why is None:
        return False
    return above.table in kin.people or why is not Why.CHANGED or above.rows[key].left is None


def _by_value(images: TableImages, columns: Sequence[str]) -> dict[tuple[str, ...], list[Key]]:
    at = _positions(images, columns)
    found: dict[tuple[str, ...], list[Key]] = {}
    for key, image in images.rows.items():
        if (value := _folded(images, image, at)) is not None:
            found.setdefault(value, []).append(key)
    return found


def _positions(images: TableImages, columns: Sequence[str]) -> list[int]:
    position = {each.name: at for at, each in enumerate(images.columns)}
    return [position[name] for name in columns if name in position]


def _folded(images: TableImages, image: Image, at: Sequence[int]) -> tuple[str, ...] | None:
    """Without what a database may overlook when it compares: rather too many are the same."""
    values: list[Text] = [image.before[each] for each in at]
    if None in values or not values:
        return None
    pairs = zip(at, values, strict=True)
    return tuple(str(shown(images.columns[each].form, text)).strip().casefold() for each, text in pairs)


def dangling(
    tables: Tables,
    connection: sa.Connection,
    name: str,
    reference: Reference,
    key: Sequence[str],
    keys: Sequence[Key],
) -> list[Key]:
    """Of these rows, as they stand now, those that refer to a row that is not there."""
    above = tables[reference.to].alias()
    pairs = list(zip(reference.columns, reference.key, strict=True))
    there = sa.exists().where(*(above.c[theirs] == tables.column(name, ours) for ours, theirs in pairs))
    statement = sa.select(*(tables.column(name, each) for each in key)).where(
        is_in(tables, name, key, keys), *(tables.column(name, ours).is_not(None) for ours, _ in pairs), ~there
    )
    return [tuple(row) for row in connection.execute(statement)]
