"""Systems."""

from collections.abc import Mapping
from types import MappingProxyType

from upheld.datamap import model
from upheld.datamap.document.system import DraftedForm, ProposedNoPersonalData, SystemFile
from upheld.datamap.meaning.limits import limits, window
from upheld.datamap.meaning.proposal import decided
from upheld.datamap.meaning.secret import check_secret
from upheld.datamap.meaning.table import table
from upheld.datamap.page import Spot

MAX_ROWS = 20_000
MANUAL = ("look_for", "how", "how_to_copy", "days")
BY_HAND = (*MANUAL, "categories")


def system(form: SystemFile, spot: Spot) -> model.System:
    """One system; complains about keys of another kind and about secrets."""
    _check_kind(form, spot)
    for name in ("connect", "address"):
        if text := getattr(form, name):
            check_secret(text, spot.down(name))
    tenant = form.tenant
    return model.System(
        name=form.system,
        kind=form.kind,
        title=form.title or "",
        connect=form.connect or "",
        place=form.place or "",
        processor=form.processor,
        owner=form.owner or "",
        address=form.address or "",
        schemas=tuple(form.schemas or ()),
        limits=limits(form.limits),
        no_personal_data=_no_personal_data(form, spot.down("no_personal_data")),
        tables=tuple(
            table(name, inner, spot.down("tables", name)) for name, inner in (form.tables or {}).items()
        ),
        tenant=model.Tenant(tenant.column, tenant.value) if tenant else None,
        max_rows=form.max_rows or MAX_ROWS,
        undo=0 if form.kind in KEEPS_NOTHING else window(form.undo),
        receipt=form.receipt,
        refresh=tuple(form.refresh or ()),
        read_only=form.read_only,
        categories=tuple(form.categories or ()),
        scratch=form.scratch,
        drafted=_drafted(form.drafted),
        proposals=tuple(spot.page.proposals),
        options=MappingProxyType(
            {name: value for name in MANUAL if (value := getattr(form, name)) is not None}
        ),
        origin=spot.place,
    )


def _no_personal_data(form: SystemFile, spot: Spot) -> tuple[model.NoPersonalData, ...]:
    found = []
    for number, entry in enumerate(form.no_personal_data or ()):
        own = entry.proposed if isinstance(entry, ProposedNoPersonalData) else entry
        decided(entry, spot.down(number), ", ".join(own.tables), "no_personal_data")
        found.append(model.NoPersonalData(tuple(own.tables), own.reason))
    return tuple(found)


def _drafted(form: DraftedForm | None) -> model.Drafted | None:
    if form is None:
        return None
    return model.Drafted(form.on, tuple((name, tuple(each.items())) for name, each in form.tables.items()))


def _check_kind(form: SystemFile, spot: Spot) -> None:
    needed, idle = _FITTING.get(form.kind, (("connect",), BY_HAND))
    for name in needed:
        if getattr(form, name) is None and not spot.page.is_damaged((name,)):
            spot.down("kind").complain(
                "bad-kind", f"A system of kind `{form.kind}` needs `{name}`.", _NEED[name]
            )
    for name in idle:
        if getattr(form, name) is not None:
            spot.down(name).complain(
                "bad-kind",
                f"`{name}` has no use in a system of kind `{form.kind}`.",
                "Leave it out, or change `kind`.",
            )


KEEPS_NOTHING = ("manual", "own")
"""Kinds in which nothing can be undone: one is done by hand, in the other nothing is removed."""

_FITTING: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "manual": (("owner", "address"), ("connect", "tables", "schemas", "undo")),
    "own": ((), ("connect", "schemas", "undo", *BY_HAND)),
}
"""By kind, what it needs and what has no use in it."""

_NEED = {
    "owner": "Who does it by hand?",
    "address": "Where is the owner told?",
    "connect": "Name the environment variable that holds the address: `connect: ${NAME}`.",
}
