"""Does a map agree with itself? References that lead nowhere, and tables that reach nobody."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from upheld.datamap import graph, model
from upheld.datamap.fault import nearest
from upheld.datamap.page import Spot
from upheld.law.ground import Ground

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Known:
    """Names that may be referred to.

    What is written counts, even where it was not understood; None: the file cannot be read, so nothing is
    said about references to it.
    """

    organisation: model.Organisation | None
    purposes: tuple[str, ...] | None
    processors: tuple[str, ...] | None
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()


def check_system(system: model.System, known: Known, spot: Spot) -> None:
    """All references out of one system, and its graph."""
    tables = spot.page.names("tables")
    if known.processors is not None and system.processor not in (None, *known.processors):
        spot.down("processor").complain(
            "unknown-processor",
            f"There is no processor `{system.processor}` in processors.yaml.",
            nearest(str(system.processor), known.processors),
        )
    check_place(system.place, known.organisation, spot.down("place"))
    _check_twice(system, spot)
    allowed = dict(known.categories).get(system.processor or "", ())
    for number, category in enumerate(system.categories):
        _check_agreed(system, category, allowed, spot.down("categories", number))
    for table in system.tables:
        inner = spot.down("tables", table.name)
        _check_links(system, table, tables, inner)
        _check_targets(table, tables, inner)
        _check_by(table, inner)
        _check_follows(system, table, inner)
        _check_fields(system, table, known, inner)
        _check_holds(system, table, known.organisation, inner)
    if not any(path[:1] == ("tables",) or path == () for path in spot.page.damaged):
        _check_reach(system, tables, spot)


def check_place(place: str, organisation: model.Organisation | None, spot: Spot) -> None:
    """Data lies only where the organisation says it may (share.region)."""
    if place and organisation and organisation.places and place not in organisation.places:
        spot.complain(
            "place-not-allowed",
            f"`{place}` is not one of the places where data may lie.",
            f"Allowed in upheld.yaml: {', '.join(organisation.places)}.",
        )


def check_holds(holds: Iterable[model.Hold], systems: dict[str, tuple[str, ...]], spot: Spot) -> None:
    """Every scope of a hold names a system, or a table of one."""
    for number, hold in enumerate(holds):
        for item, scope in enumerate(hold.scope):
            system, _, table = scope.partition(".")
            inner = spot.down(number, "scope", item)
            if system not in systems:
                inner.complain("unknown-system", f"There is no system `{system}`.", nearest(system, systems))
            elif table and table not in systems[system]:
                inner.complain(
                    "unknown-table",
                    f"There is no table `{table}` in `{system}`.",
                    nearest(table, systems[system]),
                )


# --- tables ------------------------------------------------------------------------------------------------


def matches(pattern: str, name: str) -> bool:
    """Does a pattern of no_personal_data mean this table? * stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


def _check_twice(system: model.System, spot: Spot) -> None:
    names = {table.name for table in system.tables}
    first = system.schemas[0] if system.schemas else "public"
    for name in sorted(names):
        schema, _, bare = name.rpartition(".")
        if schema == first and bare in names:
            spot.down("tables", name).complain(
                "mapped-twice", f"`{name}` and `{bare}` are the same table.", "Join the two."
            )
    for number, entry in enumerate(system.no_personal_data):
        for item, pattern in enumerate(entry.tables):
            for name in sorted(name for name in names if matches(pattern, name)):
                spot.down("no_personal_data", number, "tables", item).complain(
                    "mapped-twice",
                    f"`{name}` stands under `tables`, and here as a table without personal data.",
                    "Leave it out of one of the two.",
                )


def _mentioned(table: model.Table) -> set[str]:
    """Columns of a table that the map names as its own."""
    names = {*table.person, *table.key}
    names.update(identity.column for identity in table.identities)
    names.update(field.column for field in table.fields)
    for link in table.links:
        names.update(link.columns)
    return names


def _link_spot(table: model.Table, link: model.Link, spot: Spot) -> Spot:
    """Where a link is written: under its column, or as an item of a list."""
    side = spot.down("belongs_to" if link.tie is model.Tie.OWNS else "visible_to")
    named = side.down(link.name)
    if named.path in spot.page.positions:
        return named
    same = [each for each in table.links if each.tie is link.tie]
    for number in range(len(same) + 1):
        item = side.down(number)
        if item.path in spot.page.positions and item.place == link.place:
            return item
    return side


def _check_links(system: model.System, table: model.Table, tables: tuple[str, ...], spot: Spot) -> None:
    people = {each.name: each for each in system.tables if each.person}
    for link in table.links:
        if link.to is None:
            continue
        inner = _link_spot(table, link, spot)
        if link.to not in tables:
            _unknown_table(link.to, tables, inner)
        elif link.to in people and not spot.page.is_damaged(("tables", link.to)):
            known = _mentioned(people[link.to])
            if not known & {*link.key}:  # beside a known column, others are left to the live check
                inner.complain(
                    "unknown-column",
                    f"`{link.to}` has no column `{','.join(link.key)}` that the map knows.",
                    f"{nearest(link.key[0], known)} If it is right, name it under `fields` of `{link.to}`.",
                )


def _unknown_table(name: str, tables: Iterable[str], spot: Spot) -> None:
    spot.complain("unknown-table", f"There is no table `{name}` in this system.", nearest(name, tables))


def _check_targets(table: model.Table, tables: tuple[str, ...], spot: Spot) -> None:
    for holding in table.held_by:
        if holding.table not in tables:
            _unknown_table(holding.table, tables, spot.down("held_by", holding.table))
    if table.history_of is not None and table.history_of.table not in tables:
        _unknown_table(table.history_of.table, tables, spot.down("history_of"))
    for count in table.recounts:
        if count.of not in tables:
            _unknown_table(count.of, tables, spot.down("recount", count.column, "of"))


def _check_by(table: model.Table, spot: Spot) -> None:
    """`by` names links that exist, and every link by which somebody owns rows."""
    parts = (("belongs_to",), ("visible_to",), ("person",), ("on_erase", "by"))
    if any(spot.page.is_damaged((*spot.path, *part)) for part in parts):
        return
    names = {link.name for link in table.links}
    chosen = {name for name, _ in table.treatment.by}
    own = ",".join(table.person)
    at = spot.down("on_erase", "by")
    for name in sorted(chosen - names):
        at.down(name).complain(
            "unknown-link", f"There is no link `{name}`.", nearest(name, names | {own} - {""})
        )
    self_links = [link for link in table.links if table.person and link.to == table.name]
    for link in self_links:
        if link.tie is model.Tie.OWNS and link.name not in chosen:
            _link_spot(table, link, spot).complain(
                "missing-by",
                f"`{link.name}` leads from people to other people, who must not go with them.",
                f"Say what happens by each: `on_erase: {{by: {{{own}: …, {link.name}: detach}}}}`.",
            )
    if table.treatment.by:
        for link in table.links:
            if link.tie is model.Tie.OWNS and link not in self_links and link.name not in chosen:
                at.complain(
                    "missing-by", f"Nothing is said for the link `{link.name}`.", "Add it under `by`."
                )
        if own and not table.treatment.rules:
            at.complain("missing-by", "Nothing is said for the person's own row.", f"Add `{own}` under `by`.")


def _check_follows(system: model.System, table: model.Table, spot: Spot) -> None:
    """A row follows one that is there, that its only link leads to, and of which something is said."""
    known = {each.name: each for each in system.tables}
    for rule in table.treatment.rules:
        if not isinstance(rule.action, model.Follow) or spot.page.is_damaged(spot.path):
            continue
        at = spot.down("on_erase", "follow", "link")
        at = at if at.path in spot.page.positions else spot
        own = [link for link in table.links if link.tie is model.Tie.OWNS]
        link = next((each for each in own if each.name == rule.action.link), None)
        above = known.get(link.to or "") if link else None
        if link is None or link.to is None:
            names = [each.name for each in own if each.to]
            at.complain(
                "unknown-link",
                f"There is no link `{rule.action.link}` to another table.",
                nearest(rule.action.link, names),
            )
        elif table.person or len(own) > 1 or link.to == table.name or link.array or link.json or link.when:
            at.complain(
                "bad-follow",
                f"A row of `{table.name}` cannot follow another: it is a person's, or belongs to several.",
                "Say what happens to it by itself.",
            )
        elif above and (above.treatment.by or above.treatment.orphan or above.replies):
            at.complain(
                "bad-follow",
                f"Rows of `{above.name}` end in ways of their own (`by`, `orphan`, `replies`), which cannot "
                "be followed.",
                "Say what happens to these rows by themselves.",
            )


def _check_agreed(system: model.System, category: str, allowed: tuple[str, ...], spot: Spot) -> None:
    if allowed and category not in allowed:
        spot.complain(
            "category-not-agreed",
            f"`{system.processor}` may not have `{category}`.",
            f"Agreed in processors.yaml: {', '.join(allowed)}.",
        )


def _check_fields(system: model.System, table: model.Table, known: Known, spot: Spot) -> None:
    links = {link.name for link in table.links}
    tables = {each.name: each for each in system.tables}
    allowed = dict(known.categories).get(system.processor or "", ())
    places = [(field, _field_spot(field, spot.down("fields"))) for field in table.fields]
    for number, rule in enumerate(table.treatment.rules):
        places += [(field, _field_spot(field, spot.down("rows", number, "fields"))) for field in rule.fields]
    for field, inner in places:
        if field.of is not None and field.of != OTHERS and field.of not in links:
            inner.down("of").complain(
                "unknown-link", f"There is no link `{field.of}`.", nearest(field.of, links | {OTHERS})
            )
        if field.copy_of is not None:
            _check_copy(field.copy_of, tables, spot.page.names("tables"), inner.down("copy_of"))
        _check_agreed(system, field.category, allowed, inner.down("category"))
        if inner.down("purposes").path in spot.page.positions:
            _check_purposes(field.purposes, known, inner.down("purposes"))
    _check_purposes(table.purposes, known, spot.down("purposes"))


def _field_spot(field: model.Field, fields: Spot) -> Spot:
    return fields.down(field.column, "json", field.json) if field.json else fields.down(field.column)


def _check_copy(
    copied: tuple[str, str], tables: dict[str, model.Table], names: tuple[str, ...], spot: Spot
) -> None:
    table, column = copied
    if table not in names:
        _unknown_table(table, names, spot)
    elif (
        table in tables
        and column not in _mentioned(tables[table])
        and not spot.page.is_damaged(("tables", table))
    ):
        spot.complain(
            "unknown-column",
            f"`{table}` has no column `{column}` that the map knows.",
            nearest(column, _mentioned(tables[table])),
        )


def _check_purposes(purposes: tuple[str, ...], known: Known, spot: Spot) -> None:
    for number, name in enumerate(purposes if known.purposes is not None else ()):
        if name not in (known.purposes or ()):
            spot.down(number).complain(
                "unknown-purpose",
                f"There is no purpose `{name}` in purposes.yaml.",
                nearest(name, known.purposes or ()),
            )


def _check_holds(
    system: model.System, table: model.Table, organisation: model.Organisation | None, spot: Spot
) -> None:
    """A hold that an action names exists and covers the table."""
    if organisation is None:
        return
    holds = {hold.matter: hold for hold in organisation.holds}
    actions = [(rule.action, rule.place) for rule in table.treatment.rules]
    actions += [(action, table.place) for _, action in table.treatment.by]
    covering = {system.name, f"{system.name}.{table.name}"}
    for action, place in actions:
        if not isinstance(action, model.Retain) or action.hold is None:
            continue
        at = _retain_spot(spot, place)
        hold = holds.get(action.hold)
        if hold is None:
            at.complain(
                "unknown-hold",
                f"There is no hold `{action.hold}` in upheld.yaml.",
                nearest(action.hold, holds),
            )
        elif action.ground is Ground.LEGAL_CLAIMS and not covering & {*hold.scope}:
            at.complain(
                "hold-scope",
                f"The hold `{action.hold}` does not cover this table.",
                f"Add `{system.name}.{table.name}` to its scope.",
            )


def _retain_spot(spot: Spot, place: model.Place) -> Spot:
    """Where `hold` is written, for a rule that stands at `place`."""
    depth = len(spot.path)
    below = [path for path in spot.page.positions if path[:depth] == spot.path and path[-1:] == ("hold",)]
    at = [path for path in below if spot.page.positions[path][0] >= place.line]
    return Spot(spot.page, min(at, key=spot.page.positions.__getitem__)) if at else spot


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# --- the graph ---------------------------------------------------------------------------------------------


def _check_reach(system: model.System, tables: tuple[str, ...], spot: Spot) -> None:
    """Every table leads to people, else nobody's rows in it would ever be found."""
    reached = graph.levels(system)
    circling = {name: group for group in graph.cycles(system) for name in group}
    for table in system.tables:
        if table.name in reached or any(edge.target not in tables for edge in graph.edges(table)):
            continue
        at = spot.down("tables", table.name)
        if table.name in circling:
            at.complain(
                "cycle",
                f"{_quoted(circling[table.name])} lead only to each other, never to a person.",
                "Add the link that leads to people.",
            )
        else:
            at.complain(
                "reaches-nobody",
                f"Nothing leads from `{table.name}` to a person.",
                "Add `person`, `belongs_to` or `visible_to`, or move it to `no_personal_data`.",
            )
