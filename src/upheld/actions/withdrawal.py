"""A person takes a request back: nothing is written for it any more (DRP-26)."""

from django.db import transaction

from upheld.actions import cases, letters, notices, outbox, plans
from upheld.actions.decisions import decide, locked, said
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.tasks import COPYING
from upheld.ledger.types import REQUEST_WITHDRAWN
from upheld.rights.outcome import Permanent
from upheld.store.models import (
    Decision,
    DecisionKind,
    Link,
    MailKind,
    Part,
    PartState,
    Request,
    RequestState,
    Restriction,
    Task,
)

REASON = "withdrawn"


class Begun(Permanent):
    """Something was written already, so that the request can no longer be taken back."""


def refuse_begun(request: Request) -> None:
    """Raises Begun where something of the request was written, or may have been."""
    if Restriction.objects.filter(request=request).exists():
        raise Begun("The restriction is in force already.", "Lift it: that is an order of its own.")
    written = Part.objects.filter(fulfilment__request=request).exclude(state=PartState.ABORTED)
    by_hand = Task.objects.filter(fulfilment__request=request, answered_at__isnull=False)
    removed = request.right not in COPYING and by_hand.exists()
    if written.exists() or removed or request.undone_at is not None:
        raise Begun(
            "It has begun: something was written for it already.",
            "It goes on to its end. Where an undo window is open, it can be undone afterwards.",
        )


@transaction.atomic
def withdraw(*, means: Means, request: Request, words: str, by_person: bool = False) -> Decision:
    """The request ends, taken back by herself or by staff on her word. Writes `request.withdrawn`, and
    `case.closed` with the case's last request. Raises Begun. A run that is at it, and has committed nothing,
    loses its hold: what it prepares from now on is rolled back."""
    request = locked(request)
    written = said(words)
    refuse_begun(request)
    decision, bound = decide(means=means, request=request, kind=DecisionKind.WITHDRAW, words=written)
    record(
        REQUEST_WITHDRAWN,
        at=decision.at,
        case=str(request.case_id),
        right=request.right,
        by="person" if by_person else "staff",
        decision=bound,
    )
    notices.tell(means=means, decision=decision, kind=MailKind.WITHDRAWN, notice=notices.withdrawn())
    _call_off(means, request)
    cases.finish(means=means, request=request, state=RequestState.REVOKED, reason=REASON)
    return decision


def _call_off(means: Means, request: Request) -> None:
    """Owners who were asked, and have not answered, are told that there is nothing to do; their links end."""
    waiting = Task.objects.filter(fulfilment__request=request, answered_at=None).select_related("fulfilment")
    Link.objects.filter(task__in=waiting, used_at=None).update(used_at=means.clock())
    for task in waiting:
        if not task.mails.exists():
            continue
        system = plans.system_of(means, task.fulfilment.system)
        letter = letters.task_over(
            means=means,
            to=system.address,
            title=system.title or system.name,
            number=str(request.case_id)[:8],
        )
        outbox.put(
            means=means, kind=MailKind.TASK, letter=letter, key=request.case.key, case=request.case, task=task
        )
