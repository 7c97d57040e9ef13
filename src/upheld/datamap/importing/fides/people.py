"""In which tables people live: Fides knows where identities stand, but not whether a row is a person."""

from collections.abc import Mapping, Sequence

from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.routes import Route, Routes
from upheld.datamap.importing.fides.survey import Collection, Column


def people(mine: Sequence[Collection], known: Routes, remarks: Remarks) -> Mapping[str, tuple[str, ...]]:
    """Tables of people and their keys.

    A table with an identity is one when other tables are found by its key, and nothing but its own identities
    leads to it: other links of a table of people find no rows in it. All others with an identity are found by
    that identity, as they are in Fides.
    """
    found: dict[str, tuple[str, ...]] = {}
    for each in mine:
        named = [column for column in each.leaves if known.kind(column)]
        leading = known.leading.get(each.table, ())
        key = each.key or _used(leading, {column.name for column in named})
        led = sorted({way.target.collection.table for way in leading if way.source.column.name in key})
        if not named or not led:
            continue
        if _one_each(named, known) and each.table not in known.ending:
            found[each.table] = key
            said = (
                "" if each.key else f" No field says `primary_key`; `{', '.join(key)}` is what they refer to."
            )
            remarks.add(
                each.at,
                Code.PERSON_GUESSED,
                f"People are taken to live here: it has an identity, and {_tables(led)} found by its key."
                f"{said}",
                "Check it. Where a row is no person, give it `belongs_to` in the place of `person`.",
            )
        else:
            remarks.add(
                each.at,
                Code.PERSON_GUESSED,
                "It has an identity, and its rows are found in another way too. So it did not become a table "
                "of people: to those, only one column a kind of identity leads.",
                "Check it. Where rows are people, add `person` and `identities`, and drop the other links.",
            )
    return found


def _one_each(named: Sequence[Column], known: Routes) -> bool:
    """Whether every identity can stand under `identities`: a plain column, and the only one of its kind."""
    return all(column.plain for column in named) and len({known.kind(column) for column in named}) == len(
        named
    )


def _used(leading: Sequence[Route], identities: set[str]) -> tuple[str, ...]:
    """Where no key is named: the one column that others refer to."""
    used = {way.source.column.name for way in leading if not way.refers} - identities
    return tuple(used) if len(used) == 1 else ()


def _tables(names: Sequence[str]) -> str:
    return f"`{names[0]}` is" if len(names) == 1 else f"{len(names)} tables are"
