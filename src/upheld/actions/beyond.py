"""Beyond a limit of the map: what two have to decide, where the organisation says so."""

from collections.abc import Iterable

from upheld.actions import plans
from upheld.actions.allowance import Beyond
from upheld.actions.journal import counts_of, erasing
from upheld.actions.means import Means
from upheld.actions.queue import NAMES
from upheld.actions.two import Wish
from upheld.law.right import Right
from upheld.store.models import Matter, Request


def wish(*, request: Request, allow: Iterable[str], found: Iterable[Beyond] = ()) -> Wish:
    """To carry out this request although it goes beyond these limits; `found`: by how much."""
    names = tuple(sorted(allow))
    much = "; ".join(
        f"{each.system}: {each.limit} is {each.allowed}, this would be {each.found}" for each in found
    )
    return Wish(
        Matter.LIMITS,
        f"carry out the {NAMES[Right(request.right)]} beyond a limit ({much or ', '.join(names)}).",
        (str(request.pk), names),
        request=request,
    )


def of_undo(*, means: Means, request: Request) -> Wish | None:
    """To put back more rows in one system than `rows_per_person` allows: the same limit that held when they
    went. None where it is not exceeded."""
    much = []
    for fulfilment in request.fulfilments.order_by("position"):
        limit = plans.system_of(means, fulfilment.system).limits.rows_per_person
        rows = sum(count.rows for part in erasing(fulfilment) for count in counts_of(part))
        if limit is not None and rows > limit:
            much.append(f"{fulfilment.system}: rows_per_person is {limit}, up to {rows} would come back")
    if not much:
        return None
    return Wish(
        Matter.UNDO,
        f"undo the deletion beyond a limit ({'; '.join(much)}).",
        (str(request.pk),),
        request=request,
    )
