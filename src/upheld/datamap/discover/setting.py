"""Tables that hold names of things and their values: what is told of each name, and one rule for each."""

import re
from collections.abc import Mapping, Sequence

from upheld.datamap.discover import category
from upheld.datamap.discover.seen import Sort, Table
from upheld.datamap.discover.word import snake, words

RECURS = 3
"""A name that stands in fewer rows is nobody's setting in particular."""
_NAME = re.compile(r"[a-z_][a-z_.:-]{1,60}")
_KNOWN = frozenset({*category.WORD_OF, *category.WHO, *category.NOT_DATA, "name", "first", "full", "display"})


def key_value(table: Table) -> tuple[str, str] | None:
    """The two columns of a table that holds names of things and their values."""
    by_word = {snake(name): name for name, column in table.columns.items() if column.sort is Sort.TEXT}
    keys = [
        name
        for word, name in by_word.items()
        if word.rpartition("_")[2] in ("key", "name", "field", "attribute", "property")
    ]
    values = [name for word, name in by_word.items() if word.rpartition("_")[2] == "value"]
    return (keys[0], values[0]) if len(keys) == 1 and len(values) == 1 else None


def told(names: Mapping[str, int]) -> tuple[str, ...]:
    """Of names and the rows in which each was seen, those that recur and are made of nothing but words that
    discovery brings along: what anybody may have written himself is a value, and no value is told."""
    return tuple(
        sorted(
            name
            for name, rows in names.items()
            if rows >= RECURS and _NAME.fullmatch(name) and set(words(name)) <= _KNOWN
        )
    )


def rules(table: Table, action: object, confidence: float) -> list[object]:
    """`rows` of the map for a table whose rows are one person's and go: a rule for each name that is told and
    speaks of a person, by its values or itself, one for the others that are told, and what was not seen is
    asked about. Where names were seen that may not be told, the same is proposed for what is left. None at
    all where no name may be told."""
    found = key_value(table)
    if found is None or not table.settings:
        return []
    column, plain, rows = found[0], [], []
    for name, sight in table.settings.items():
        if guess := category.by_values(sight):
            rows.append(_rule(column, name, action, confidence, guess.because))
        elif category.by_name(name):
            rows.append(_rule(column, name, action, confidence, "its name says so"))
        else:
            plain.append(name)
    if plain:
        rows.append(_rule(column, _one_or_more(plain), action, round(confidence * 0.9, 2), _PLAIN))
    return [*rows, {"otherwise": _rest(action, confidence) if table.untold else "ask"}]


_PLAIN = "they are hers, though nothing seen of them looks like a person's"


def _rule(column: str, names: object, action: object, confidence: float, because: str) -> object:
    what = {"proposed": action, "confidence": confidence, "because": because}
    return {"when": {column: names}, "on_erase": what}


def _rest(action: object, confidence: float) -> object:
    because = "there are names that are not told here, for somebody may have written them"
    return {"proposed": action, "confidence": round(confidence * 0.7, 2), "because": because}


def _one_or_more(names: Sequence[str]) -> object:
    return names[0] if len(names) == 1 else list(names)
