"""Stop a use of somebody's data: an objection, a consent taken back, an opt-out (Art. 21 and 7(3) GDPR;
Cal. Civ. Code 1798.120)."""

from django.db import transaction

from upheld.actions import erasure, plans, suppression
from upheld.actions.decisions import decide, locked, said
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.actions.record import record
from upheld.law.objection import STOPPING, Against
from upheld.law.right import Right
from upheld.ledger.types import OBJECTION_UPHELD
from upheld.rights.outcome import Permanent
from upheld.store import models
from upheld.store.models import DecisionKind, RequestState

STOPPED = tuple(each.value for each in STOPPING)


@transaction.atomic
def say(*, request: models.Request, against: Against) -> models.Request:
    """Keep what she objects to, as she said it or as somebody of ours read it. Permanent for what another
    right is about, and once it is approved."""
    request = locked(request)
    if against.right != request.right:
        raise Permanent(
            f"This request is not about {against.value}.", "Receive what she wants as a request of its own."
        )
    if request.state != RequestState.OPEN:
        raise Permanent("This request is approved already.", "What else she wants is a request of its own.")
    if request.right == Right.OBJECTION:
        request.against = against.value
        request.save(update_fields=["against"])
    return request


@transaction.atomic
def approve(
    *,
    means: Means,
    request: models.Request,
    preview: Preview,
    words: str = "",
    allow: frozenset[str] = frozenset(),
    reason: str = "",
) -> models.Plan:
    """Uphold it: the plan becomes rows, `erasure.fulfil` carries it out. Refuses what `erasure.approve` does.

    An objection to another use than direct marketing is weighed (Art. 21(1)): `words` say why no ground of
    the organisation's weighs more. They are kept, sealed, with the name; writes `objection.upheld`. Permanent
    without them. One to direct marketing works at once on every later list, whenever the last system has
    stopped: writes `suppression.added`.
    """
    what = plans.against(request)
    if what is None:
        raise Permanent(
            "Nobody has said what she objects to.",
            "Choose: direct marketing, which stops at once, or another use, which is weighed.",
        )
    if what is Against.USE:
        _decision, bound = decide(
            means=means, request=locked(request), kind=DecisionKind.UPHOLD, words=said(words)
        )
        record(OBJECTION_UPHELD, at=means.clock(), case=str(request.case_id), decision=bound)
    plan = erasure.approve(means=means, request=request, preview=preview, allow=allow, reason=reason)
    if what is Against.MARKETING:
        suppression.keep_out(means=means, request=request, subject=preview.subject)
    return plan
