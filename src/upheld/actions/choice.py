"""Which cases a list shows, and the requests that ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Request, RequestState

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What is left out says nothing. `keeper`: the number of the account that looks after the case, or
    NOBODY."""

    right: Right | None = None
    law: str = ""
    keeper: int | None = None
    state: RequestState | None = None

    def of(self, requests: QuerySet[Request]) -> QuerySet[Request]:
        """Those of them that are wanted."""
        if self.right is not None:
            requests = requests.filter(right=self.right.value)
        if self.law:
            requests = requests.filter(case__regime=self.law)
        if self.keeper is not None:
            requests = requests.filter(case__assigned_to=self.keeper or None)
        if self.state is not None:
            requests = requests.filter(state=self.state)
        return requests


ALL = Choice()


@dataclass(frozen=True, slots=True)
class Ended:
    """One request that is over."""

    case: UUID
    right: Right
    at: datetime
    state: RequestState
    keeper: str


def ended(*, after: str = "", size: int, choice: Choice = ALL) -> tuple[tuple[Ended, ...], str]:
    """Requests that ended, the newest first, and what goes into the address of the next page, empty on the
    last. One query. Permanent for an `after` that is none of ours."""
    found = choice.of(Request.objects.filter(finished_at__isnull=False))
    if after:
        at, number = _cursor(after)
        found = found.filter(Q(finished_at__lt=at) | Q(finished_at=at, pk__lt=number), finished_at__lte=at)
    rows = list(found.select_related("case__assigned_to").order_by("-finished_at", "-pk")[: size + 1])
    lines = tuple(
        Ended(
            each.case_id,
            Right(each.right),
            each.finished_at,
            RequestState(each.state),
            each.case.assigned_to.name if each.case.assigned_to else "",
        )
        for each in rows[:size]
        if each.finished_at is not None
    )
    last = rows[size - 1] if len(rows) > size else None
    return lines, f"{last.finished_at.isoformat()}_{last.pk.hex}" if last and last.finished_at else ""


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, _, number = after.rpartition("_")
    try:
        found = datetime.fromisoformat(at), UUID(number)
    except ValueError as error:
        raise Permanent("This page of the list is not known.", "Begin with the first.") from error
    if found[0].tzinfo is None:
        raise Permanent("This page of the list is not known.", "Begin with the first.")
    return found
