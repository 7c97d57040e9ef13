"""What still depends on a system: it may not go out of the map before that has ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from upheld.datamap.model import DataMap
from upheld.rights.outcome import Permanent
from upheld.store.models import Due, Fulfilment, FulfilmentState, Request, RequestState

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Dependence:
    """One kind of thing: what it is, in words, of how many cases, and the first of them."""

    what: str
    many: int
    cases: tuple[UUID, ...]


class Needed(Permanent):
    """Something still depends on the system; nothing was written."""

    def __init__(self, system: str, found: Iterable[Dependence]) -> None:
        said = "; ".join(f"{each.what}: {each.many}" for each in found)
        super().__init__(
            f"{system} is still needed ({said}), so nothing was written.",
            "Let these cases end first. Until then its file can be changed, and not go.",
        )


def dependences(system: str) -> tuple[Dependence, ...]:
    """What has to end before the system can go; empty where nothing does. Six queries at most."""
    parts = Fulfilment.objects.filter(system=system)
    unfinished = parts.exclude(state__in=[FulfilmentState.DONE, FulfilmentState.RETAINED])
    dues = Due.objects.filter(fulfilment__system=system, purged_at=None)
    found = (
        (
            "approved and not done there yet",
            unfinished.filter(request__state=RequestState.IN_PROGRESS).values_list("request__case_id"),
        ),
        (
            "deleted there, and it can still be undone",
            parts.filter(window__isnull=False, window__destroyed_at=None).values_list("request__case_id"),
        ),
        (
            "restricted there",
            parts.filter(
                request__restriction__isnull=False, request__restriction__lifted_at=None
            ).values_list("request__case_id"),
        ),
        ("rows that are to go later", dues.values_list("fulfilment__request__case_id")),
    )
    return tuple(
        Dependence(what, len(cases), tuple(cases[:SHOWN]))
        for what, rows in found
        if (cases := sorted({each for (each,) in rows}))
    )


def unapproved() -> int:
    """Open requests that nobody has approved yet: their plan will be made by the map as it is then."""
    return Request.objects.filter(state=RequestState.OPEN).count()


def refuse_lost(before: DataMap, after: DataMap) -> None:
    """Raises Needed where a system goes, or becomes of another kind, on which something still depends."""
    stays = {(each.name, each.kind) for each in after.systems}
    for each in before.systems:
        if (each.name, each.kind) not in stays and (found := dependences(each.name)):
            raise Needed(each.title or each.name, found)
