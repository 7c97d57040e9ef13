"""A person's requests as she follows them: what is done, what is next and when."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from upheld.actions import dates, plans, refusal
from upheld.actions.arrivals import rights_of
from upheld.actions.dates import Dates
from upheld.actions.means import Means
from upheld.actions.refusal import Spared
from upheld.actions.regime import law_of
from upheld.actions.tasks import COPYING
from upheld.actions.unknown import NO_MATCH
from upheld.actions.wishes import Wish, wish_of
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.store import queries
from upheld.store.models import Arrival, FulfilmentState, Request, RequestState


@dataclass(frozen=True, slots=True)
class Step:
    """One request of hers. `state`: `looking` before its approval, `doing`, `done`, or `ended` otherwise.
    `parts` and `finished` count systems; `troubled` names those that could not be reached or wait for
    somebody, `failed` says that something is so where no system can be named. `copy_until`: her copy
    can be read until then. `nothing`: no system knows her. `spared`: in these a part was refused.
    `binding`: a law sets the last day, and not our own promise."""

    number: UUID
    right: Right
    state: str
    received: datetime
    dates: Dates
    parts: int = 0
    finished: int = 0
    troubled: tuple[str, ...] = ()
    failed: bool = False
    copy_until: date | None = None
    certified: bool = False
    finished_at: datetime | None = None
    nothing: bool = False
    spared: tuple[Spared, ...] = ()
    binding: bool = True

    @property
    def stops(self) -> bool:
        """Whether a use is to stop, and nothing is removed."""
        return self.right in STOPPING

    @property
    def corrects(self) -> bool:
        """Whether something of hers is put right."""
        return self.right is Right.RECTIFICATION

    @property
    def restricts(self) -> bool:
        """Whether what is hers may only be kept meanwhile."""
        return self.right is Right.RESTRICTION

    @property
    def wish(self) -> Wish:
        """What she would call it."""
        return wish_of(self.right)

    @property
    def copy(self) -> bool:
        """Whether it is for a copy."""
        return self.right in COPYING

    @property
    def portable(self) -> bool:
        """Whether the copy is of what she provided, to take elsewhere (Art. 20)."""
        return self.right is Right.PORTABILITY


STATES = {
    RequestState.OPEN: "looking",
    RequestState.IN_PROGRESS: "doing",
    RequestState.FULFILLED: "done",
}


def story(*, means: Means, arrival: Arrival) -> tuple[Step, ...]:
    """The requests of her case: those that this message asked for, in the order in which they are done, then
    what she asked for otherwise; none while there is no case."""
    if arrival.case is None:
        return ()
    asked = [each.value for each in rights_of(arrival)]
    found = arrival.case.requests.select_related("case", "copy").prefetch_related(
        "fulfilments", "packages", "decisions", "certificates"
    )
    # A right asked for twice in one case: the later request is the one to follow.
    latest = {each.right: each for each in found.order_by("received_at")}
    order = (*asked, *(right for right in latest if right not in asked))
    return tuple(_step(means, latest[each]) for each in order if each in latest)


def _step(means: Means, request: Request) -> Step:
    received = means.datamap.organisation.local(request.received_at)
    fulfilments = list(request.fulfilments.all())
    left = [each for each in fulfilments if each.state not in queries.ENDED]
    there = [each for each in request.packages.all() if each.removed_at is None]
    package = max(there, key=lambda each: each.written_at, default=None)
    copy = getattr(request, "copy", None)
    lacking = copy.failed if copy and copy.failure else []
    until = means.datamap.organisation.local(package.expires_at).date() if package else None
    return Step(
        number=request.pk,
        right=Right(request.right),
        state=STATES.get(RequestState(request.state), "ended"),
        received=received,
        dates=dates.of(means=means, request=request),
        parts=len(fulfilments),
        finished=len(fulfilments) - len(left),
        troubled=tuple(
            plans.title_of(means, each)
            for each in (*(part.system for part in left if part.state == FulfilmentState.FAILED), *lacking)
        ),
        failed=bool(copy and copy.failure and not lacking),
        copy_until=until,
        certified=any(each.complete for each in request.certificates.all()),
        finished_at=request.finished_at,
        nothing=request.reason == NO_MATCH,
        spared=refusal.spared(means=means, request=request),
        binding=law_of(means=means, request=request).binding,
    )
