"""Links: by which columns rows belong to people."""

from dataclasses import replace

from upheld.datamap import model
from upheld.datamap.document.table import ColumnsLinkForm, LinkForm, Links, ProposedColumnsLink
from upheld.datamap.meaning.condition import condition
from upheld.datamap.meaning.proposal import decided
from upheld.datamap.page import Spot

NORMALISED = {"email": "email", "phone": "phone"}
"""Kinds of identity that are made comparable without being told so."""


def columns(names: str | list[str] | None) -> tuple[str, ...]:
    """One name or several."""
    return (names,) if isinstance(names, str) else tuple(names or ())


def split(reference: str) -> tuple[str, str]:
    """`table.column` at its last dot, since a table may be `schema.table`."""
    table, _, column = reference.rpartition(".")
    return table, column


def normaliser(kind: str, written: str | None) -> str | None:
    """How values of an identity are made comparable; None leaves them as they are."""
    return (None if written == "none" else written) if written else NORMALISED.get(kind)


def links(written: Links | None, tie: model.Tie, spot: Spot) -> list[model.Link]:
    """All links of a `belongs_to` or `visible_to`, in the order written."""
    if written is None:
        return []
    table, side = str(spot.path[1]), str(spot.path[2])
    found = []
    if isinstance(written, dict):
        for column, entry in written.items():
            form, inner = decided(entry, spot.down(column), table, f"{side}.{column}")
            found.append(_link((column,), form, tie, inner))  # type: ignore[arg-type]
    else:
        for number, each in enumerate(written):
            own = each.proposed if isinstance(each, ProposedColumnsLink) else each
            _, inner = decided(each, spot.down(number), table, f"{side}.{','.join(columns(own.columns))}")
            found.append(_link(columns(own.columns), own, tie, inner))
    return [link for link in found if link is not None]


def _link(
    own: tuple[str, ...], form: str | LinkForm | ColumnsLinkForm, tie: model.Tie, spot: Spot
) -> model.Link | None:
    if isinstance(form, str):
        table, column = split(form)
        return model.Link(own, table, (column,), tie=tie, place=spot.place)
    target = _target(form, spot)
    if target is None:
        return None
    to, key = target
    if to is not None and len(key) != len(own):
        spot.complain(
            "bad-link",
            f"{len(own)} columns cannot equal {len(key)}.",
            "`key` needs one column for each of ours, in the same order.",
        )
        return None
    return model.Link(
        own,
        to,
        key,
        form.identity,
        tie,
        form.cast,
        normaliser(form.identity, form.normalise) if form.identity else None,
        form.array,
        form.json_,
        condition(form.when),
        spot.place,
    )


def _target(form: LinkForm, spot: Spot) -> tuple[str | None, tuple[str, ...]] | None:
    """Table and key, or (None, ()) for an identity; None when the form contradicts itself."""
    if form.to is None or form.identity is not None:
        return _identity(form, spot)
    if form.normalise is not None:
        spot.down("normalise").complain(
            "bad-link",
            "`normalise` has no use beside `to`.",
            "Keys are compared as they are; `cast` turns types.",
        )
    if form.key is not None:
        return form.to, columns(form.key)
    table, column = split(form.to)
    if not table:
        spot.down("to").complain(
            "bad-link", "`to` names no column.", f"Write `to: {form.to}.<column>`, or add `key`."
        )
        return None
    return table, (column,)


def _identity(form: LinkForm, spot: Spot) -> tuple[None, tuple[str, ...]] | None:
    if form.to is not None or form.identity is None:
        if not spot.page.is_damaged(spot.path):
            spot.complain(
                "bad-link",
                "A link has one of `to` and `identity`.",
                "`to: table.column`, or `identity: email`.",
            )
        return None
    for name in ("key", "cast"):
        if getattr(form, name) is not None:
            spot.down(name).complain("bad-link", f"`{name}` has no use beside `identity`.", "Leave it out.")
    return None, ()


def at_home(system: model.System, country: str) -> model.System:
    """Telephone numbers written without a country are read as numbers of the organisation's own."""
    if not country:
        return system

    def home(rule: str | None) -> str | None:
        return f"phone:{country}" if rule == "phone" else rule

    tables = tuple(
        replace(
            table,
            identities=tuple(replace(each, normalise=home(each.normalise)) for each in table.identities),
            links=tuple(replace(each, normalise=home(each.normalise)) for each in table.links),
        )
        for table in system.tables
    )
    return replace(system, tables=tables)
