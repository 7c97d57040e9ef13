"""Generic keys: one column says of which table a key is, another holds the key."""

from collections.abc import Iterator, Mapping

from upheld.datamap.discover.people import People
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.seen import Seen, Table
from upheld.datamap.discover.tie import Tie
from upheld.datamap.discover.word import snake, words


def pairs(table: Table) -> Iterator[tuple[str, str]]:
    """Columns that say of which table a key is, with the column of the key."""
    by_word = {snake(name): name for name in table.columns}
    for word, name in by_word.items():
        stem = word.removesuffix("_id").removesuffix("_type")
        if stem == word or not word.removesuffix("_id").endswith("_type"):
            continue
        ways = [f"{stem}_id", f"{stem}_pk", f"{stem}_object_id"]
        if stem in ("content", "object", "model", "entity"):
            ways += ["object_id", "object_pk"]
        key = next((by_word[way] for way in ways if way in by_word), None)
        if key:
            yield name, key


def ties(seen: Seen, people: Mapping[str, People], table: Table) -> Iterator[Tie]:
    """To people, each under the value by which the row says so."""
    for kind, key in pairs(table):
        for name, value in table.kinds.get(kind, {}).items():
            if name not in people or len(people[name].key) != 1:
                continue
            own, target = table.columns[key], seen.tables[name].columns[people[name].key[0]]
            cast = target.sort.value if own.sort is not target.sort else None
            stem = words(kind)[0]
            said = (
                Role.OWNER if stem in ("tokenable", "notifiable", "authenticatable", "owner") else Role.PARTY
            )
            yield Tie(
                (key,),
                name,
                people[name].key,
                role=said,
                confidence=0.8,
                because=f"{kind} says of which table {key} is",
                decided=False,
                cast=cast if cast in (None, "integer", "text", "uuid") else None,
                when={kind: value},
            )
