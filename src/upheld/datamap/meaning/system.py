"""Systems."""

from types import MappingProxyType

from upheld.datamap import model
from upheld.datamap.document.system import SystemFile
from upheld.datamap.meaning.limits import limits, window
from upheld.datamap.meaning.secret import check_secret
from upheld.datamap.meaning.table import table
from upheld.datamap.page import Spot

MAX_ROWS = 20_000
MANUAL = ("look_for", "how", "days")


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
        no_personal_data=tuple(
            model.NoPersonalData(tuple(entry.tables), entry.reason) for entry in form.no_personal_data or ()
        ),
        tables=tuple(
            table(name, inner, spot.down("tables", name)) for name, inner in (form.tables or {}).items()
        ),
        tenant=model.Tenant(tenant.column, tenant.value) if tenant else None,
        max_rows=form.max_rows or MAX_ROWS,
        undo=0 if form.kind == "manual" else window(form.undo),
        receipt=form.receipt,
        refresh=tuple(form.refresh or ()),
        read_only=form.read_only,
        options=MappingProxyType(
            {name: value for name in MANUAL if (value := getattr(form, name)) is not None}
        ),
        origin=spot.place,
    )


def _check_kind(form: SystemFile, spot: Spot) -> None:
    manual = form.kind == "manual"
    needed = ("owner", "address") if manual else ("connect",)
    idle = ("connect", "tables", "schemas", "undo") if manual else MANUAL
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


_NEED = {
    "owner": "Who does it by hand?",
    "address": "Where is the owner told?",
    "connect": "Name the environment variable that holds the address: `connect: ${NAME}`.",
}
