"""A task of a system by hand, as whoever does it must see it."""

from dataclasses import dataclass
from datetime import date

from upheld.actions import arrivals, cases, plans, statements
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.plan import Task as Step
from upheld.store.models import Request, Task


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for and how, for whom, until when. `identities`, `hints` (names and numbers that she gave
    and nobody proved), `right_values` (kind of data and what is right) and `statements` are personal: shown
    to whoever does it, who could not do it without them."""

    system: str
    title: str
    right: Right
    look_for: str
    how: str
    due: date
    identities: tuple[tuple[str, str], ...]
    hints: tuple[str, ...] = ()
    right_values: tuple[tuple[str, str], ...] = ()
    statements: tuple[str, ...] = ()


def asked(*, means: Means, task: Task) -> Asked:
    """The task in full. Raises Destroyed once the case's key is gone."""
    request = task.fulfilment.request
    plan = plans.load(task.fulfilment.plan)
    steps = [each for each in plan.of(task.fulfilment.system) if isinstance(each, Step)]
    step = next(each for each in steps if each.number == task.step)
    subject = cases.subject_of(means=means, case=request.case)
    named = subject.identities if subject else cases.asked_in(means=means, case=request.case).identities
    known = {(each.kind, each.value) for each in named if each.verified}
    system = means.datamap.system(task.fulfilment.system)
    values: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()
    if request.right == Right.RECTIFICATION and subject:
        row = task.fulfilment.plan
        cells = plans.with_cells(means=means, row=row, subject=subject).cells
        values = tuple((each.column, str(each.after)) for each in cells if each.step == task.step)
        said = tuple(each.words for each in statements.of(means=means, subject=subject))
    return Asked(
        system=system.name,
        title=system.title or system.name,
        right=Right(request.right),
        look_for=step.look_for,
        how=step.how,
        due=task.due_on,
        identities=tuple(sorted(known)),
        hints=_hints(means, request),
        right_values=values,
        statements=said,
    )


def _hints(means: Means, request: Request) -> tuple[str, ...]:
    """What she calls herself besides, in whatever she sent and confirmed."""
    came = request.case.arrivals.filter(verified_at__isnull=False).order_by("received_at")
    told = (arrivals.opened(means=means, arrival=each).told for each in came)
    return tuple(dict.fromkeys(hint for each in told for hint in each.hints))
