"""From sampled values to counts: this is where values end."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

from upheld.datamap.discover.category import plain
from upheld.datamap.discover.recognise import kinds
from upheld.datamap.discover.seen import Sight

UNSET = frozenset({"", "0", "0.0", "0.00", "false", "f", "False", "0000-00-00", "0000-00-00 00:00:00"})
DEPTH, PATHS = 5, 60
FEW, USUAL = 3, 0.9
"""A key belongs to the form of documents where so many have it, and such a share of those that could."""
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")


def sight(values: Iterable[str | None]) -> Sight:
    """What a column's values look like."""
    there = [value for value in values if value is not None]
    filled = [value for value in there if value.strip()]
    counted: Counter[str] = Counter()
    looks = lru_cache(maxsize=None)(lambda value: kinds(value[:400]))
    for value in filled:
        counted.update(looks(value))
    return Sight(
        filled=len(filled),
        distinct=len(set(filled)),
        marked=sum(value not in UNSET for value in filled),
        longest=max(map(len, filled), default=0),
        kinds=dict(counted),
    )


def documents(values: Sequence[str | None]) -> list[object]:
    """The values as JSON, where nearly all of them are objects or lists; else none."""
    filled = [value for value in values if value and value.strip()]
    found = []
    for value in filled:
        if value.lstrip()[:1] in "{[":
            try:
                found.append(json.loads(value))
            except (ValueError, RecursionError):
                continue
    return found if found and len(found) >= 0.8 * len(filled) else []


def scalars(values: Sequence[str | None]) -> bool:
    """Whether what stands in a JSON column is single texts and nothing else."""
    filled = [value.strip() for value in values if value and value.strip()]
    return bool(filled) and all(value.startswith('"') for value in filled)


def listed(values: Sequence[str | None], *, array: bool) -> list[str]:
    """The texts in lists: SQL arrays as PostgreSQL writes them, and JSON that is a list and nothing else."""
    found: list[str] = []
    for value in values:
        if array and value:
            found += [part.strip('"') for part in value[1:-1].split(",")]
        elif value and value.lstrip().startswith("["):
            with suppress(ValueError, RecursionError):
                found += [each for each in json.loads(value) if isinstance(each, str)]
    return found


def empty(values: Sequence[str | None]) -> str:
    """The plainest document of the shape that all have: an object, a list, else a text."""
    starts = {value.lstrip()[:1] for value in values if value and value.strip()}
    return {"{": "{}", "[": "[]"}.get(starts.pop(), '""') if len(starts) == 1 else '""' if starts else ""


def paths(
    found: Sequence[object], said: frozenset[str] = frozenset()
) -> tuple[tuple[tuple[str, Sight], ...], Sight]:
    """What stands at which path; and what stands where a key is not told, as it could be somebody's name.
    Told is a key of plain words for data, and one in nearly all documents that is no value of the database's
    own (`said`)."""
    values: defaultdict[tuple[str, ...], list[str | None]] = defaultdict(list)
    seen: Counter[tuple[str, ...]] = Counter({(): len(found)})
    for document in found:
        for path, value in _leaves(document, ()):
            values[path].append(value)
        seen.update(set(_branches(document, ())))

    def told(path: tuple[str, ...]) -> bool:
        usual = max(FEW, USUAL * seen[path[:-1]])
        return plain(path[-1]) or (seen[path] >= usual and path[-1].lower() not in said)

    kept = [path for path in sorted(values) if all(told(path[:end]) for end in range(1, len(path) + 1))]
    kept = kept[:PATHS]
    untold = [value for path in sorted(values.keys() - set(kept)) for value in values[path]]
    return tuple(("$." + ".".join(path), sight(values[path])) for path in kept), sight(untold)


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    if isinstance(value, dict) and len(path) < DEPTH:
        for key, inner in value.items():
            if _KEY.fullmatch(key):
                yield from _leaves(inner, (*path, key))
    elif path and isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path) if not isinstance(inner, dict) else _inside(inner, path)
    elif path and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield path, str(value)


def _inside(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """What stands in the entries of a list counts for the list as a whole: it can only go as a whole."""
    for _, each in _leaves(value, (*path, "x")):
        yield path, each


def _branches(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and len(path) < DEPTH:
        for key, inner in value.items():
            if _KEY.fullmatch(key):
                yield (*path, key)
                yield from _branches(inner, (*path, key))
