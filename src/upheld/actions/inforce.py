"""Restrictions in force: what their marks stood on, and what becomes of them when one is lifted (G-18.4)."""

from collections.abc import Iterator

from upheld.actions import journal
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.types import RESTRICTION_LIFTED
from upheld.rights.cells import dumped, first_to_last, loaded
from upheld.rights.subject import Cell
from upheld.store.models import Case, Part, PartState, Request, Restriction

Place = tuple[str, str, tuple[str, ...], tuple[object, ...], str]


def of(case: Case) -> tuple[Restriction, ...]:
    """Those of the case that nobody has ordered to be lifted, oldest first."""
    found = Restriction.objects.filter(request__case=case, lift__isnull=True).select_related("request__case")
    return tuple(found.order_by("set_at", "pk"))


def parts(restriction: Restriction) -> Iterator[Part]:
    """The transactions in which marks were set, or may have been, in order."""
    found = Part.objects.filter(fulfilment__request=restriction.request).exclude(state=PartState.ABORTED)
    yield from found.select_related("fulfilment__request__case").order_by("fulfilment__position", "position")


def marks(*, means: Means, restriction: Restriction) -> dict[str, tuple[Cell, ...]]:
    """By system, what each mark stood on before, and how the restriction left it. Rows that were marked
    already are among them. Raises Destroyed."""
    found: dict[str, list[Cell]] = {}
    if restriction.sealed_inherited is not None:
        sealed = bytes(restriction.sealed_inherited)
        for system, cells in _inherited(means, restriction, sealed).items():
            found.setdefault(system, []).extend(cells)
    for part in parts(restriction):
        kept = journal.before(means=means, part=part)
        if kept is not None:
            found.setdefault(part.fulfilment.system, []).extend(loaded((kept,)))
    return {system: first_to_last(cells) for system, cells in found.items()}


def place(system: str, cell: Cell) -> Place:
    """Where a cell is."""
    return (system, cell.table, cell.columns, cell.key, cell.column)


def claims(*, means: Means, case: Case) -> dict[Place, Restriction]:
    """Marks that a restriction of another case in force needs, whoever set them."""
    others = Restriction.objects.filter(lift__isnull=True).exclude(request__case=case)
    return {
        place(system, cell): restriction
        for restriction in others.select_related("request__case")
        for system, cells in marks(means=means, restriction=restriction).items()
        for cell in cells
    }


def inherit(*, means: Means, restriction: Restriction, system: str, cells: tuple[Cell, ...]) -> None:
    """The restriction restores from now on what stood in these rows before another one that ends."""
    known: dict[str, tuple[Cell, ...]] = {}
    if restriction.sealed_inherited is not None:
        known = _inherited(means, restriction, bytes(restriction.sealed_inherited))
    known[system] = (*cells, *known.get(system, ()))
    written = b"\n".join(
        part for name, each in sorted(known.items()) for part in (name.encode(), dumped(each))
    )
    key = restriction.request.case.key
    restriction.sealed_inherited = means.keys.seal(key, written, record=_record(restriction))
    restriction.save(update_fields=["sealed_inherited"])


def _inherited(means: Means, restriction: Restriction, sealed: bytes) -> dict[str, tuple[Cell, ...]]:
    opened = means.keys.open(restriction.request.case.key, sealed, record=_record(restriction))
    lines = opened.split(b"\n")
    return {name.decode(): loaded((part,)) for name, part in zip(lines[::2], lines[1::2], strict=True)}


def _record(restriction: Restriction) -> str:
    return f"restriction:{restriction.pk}:inherited"


def ended(*, means: Means, request: Request) -> None:
    """The order to lift is done: its restrictions are no longer in force. Does nothing for any other request.
    Writes `restriction.lifted`."""
    for restriction in request.lifts.filter(lifted_at__isnull=True):
        at = means.clock()
        restriction.lifted_at = at
        restriction.save(update_fields=["lifted_at"])
        told = restriction.told_on.isoformat() if restriction.told_on else ""
        record(RESTRICTION_LIFTED, at=at, case=str(request.case_id), told=told)
