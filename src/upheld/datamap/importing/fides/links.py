"""How rows of a table belong to people: `identities`, `belongs_to` and `held_by`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from upheld.datamap.importing.fides.remarks import Code, Remarks
from upheld.datamap.importing.fides.routes import Route, Routes, left_out
from upheld.datamap.importing.fides.survey import Collection, Column
from upheld.datamap.importing.fides.taxonomy import IDENTITIES

_SHORT = re.compile(r"[^.\s]+(\.[^.\s]+)?")
_CASTS = {("string", "integer"): "integer", ("integer", "string"): "text"}


@dataclass(slots=True)
class Ties:
    """What was found for one table, as it will be written. `belongs` are (columns, link)."""

    identities: dict[str, object] = field(default_factory=dict)
    belongs: list[tuple[tuple[str, ...], object]] = field(default_factory=list)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)
    """Tables and columns in which links of `belongs` end."""

    def written(self) -> dict[str, object]:
        """The keys of the table's form; a list where two links stand on the same columns."""
        form: dict[str, object] = {}
        if self.identities:
            form["identities"] = self.identities
        names = [columns for columns, _ in self.belongs]
        if names and len({*names}) == len(names) and all(len(columns) == 1 for columns in names):
            form["belongs_to"] = {columns[0]: link for columns, link in self.belongs}
        elif names:
            form["belongs_to"] = [{"columns": list(columns), **_long(link)} for columns, link in self.belongs]
        if self.held:
            form["held_by"] = self.held
        return form


def ties(here: Collection, known: Routes, people: Mapping[str, tuple[str, ...]], remarks: Remarks) -> Ties:
    """The links of one table. What a link cannot stand on becomes a note."""
    tied = Ties()
    _identities(tied, here, known, remarks, person=here.table in people)
    by_source: dict[str, list[Route]] = {}
    for route in known.ending.get(here.table, ()):
        by_source.setdefault(route.source.collection.table, []).append(route)
    for group in by_source.values():
        source = group[0].source.collection
        key = people.get(source.table) or source.key
        whole = {route.source.column.name: route for route in group if route.target.column.plain}
        composite = len(key) > 1 and {*key} <= {*whole}
        if composite:
            tied.belongs.append(
                (
                    tuple(whole[name].target.column.name for name in key),
                    {"to": source.table, "key": list(key)},
                )
            )
        for route in group:
            if len(key) == 1 or route.source.column.name not in key:
                _one(tied, route, key, remarks)
            elif not composite or route is not whole[route.source.column.name]:
                left_out(route, Code.KEY_IN_PART, remarks)
    return tied


def _one(tied: Ties, route: Route, key: Sequence[str], remarks: Remarks) -> None:
    source, target = route.source, route.target
    whole = (source.column.name,) == tuple(key)
    refers = target.column.plain and not whole and (target.is_key or route.refers)
    if refers and source.collection.table not in tied.held:
        tied.held[source.collection.table] = {source.column.name: target.column.name}
    else:
        if refers:
            remarks.add(
                route.at,
                Code.SECOND_HOLDER,
                f"Several columns of `{source.collection.table}` refer to this table; `held_by` takes "
                f"one, so `{source.column.name}` became a link under `belongs_to`.",
                "Check it before you decide what an erasure does here.",
            )
        tied.belongs.append(((target.column.name,), _link(route)))
        tied.ends.append((source.collection.table, source.column.name))


def _link(route: Route) -> object:
    source, target = route.source, route.target
    more: dict[str, object] = {}
    if target.column.path is not None:
        more["json"] = target.column.path
    if target.column.listed:
        more["array"] = True
    cast = _CASTS.get((target.column.type, source.column.type))
    if cast is not None:
        more["cast"] = cast
    table, column = source.collection.table, source.column.name
    if _SHORT.fullmatch(table) and re.fullmatch(r"[^.\s]+", column):
        return {"to": f"{table}.{column}", **more} if more else f"{table}.{column}"
    return {"to": table, "key": column, **more}


def _long(link: object) -> dict[str, object]:
    return {"to": link} if isinstance(link, str) else dict(link) if isinstance(link, dict) else {}


def _identities(tied: Ties, here: Collection, known: Routes, remarks: Remarks, *, person: bool) -> None:
    for column, kind in _named(here, known, remarks):
        if person:
            tied.identities[kind] = column.name
            continue
        link: dict[str, object] = {"identity": kind}
        if column.path is not None:
            link["json"] = column.path
        if column.listed:
            link["array"] = True
        tied.belongs.append(((column.name,), link))


def _named(here: Collection, known: Routes, remarks: Remarks) -> Iterator[tuple[Column, str]]:
    for column in here.leaves:
        kind = known.kind(column)
        if kind is not None:
            yield column, IDENTITIES.get(kind, kind)
        elif column.form.meta.identity:
            remarks.add(
                column.at,
                Code.IDENTITY,
                f"The identity `{column.form.meta.identity}` stands inside a list or an object, where "
                "nobody can be looked up by it.",
                "Link the table by another column, or leave the system to its owner (`kind: manual`).",
            )
