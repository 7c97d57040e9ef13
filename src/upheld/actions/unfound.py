"""Nothing was found, and she has no other identifier: her request ends, and she is told (G-11.1, G-12.8)."""

from datetime import timedelta

from django.db import transaction

from upheld.actions import approving, arrivals, cases, links, unknown
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import LinkPurpose, QuestionKind, Request, RequestState

ANSWERS_WITHIN = timedelta(days=14)


def answer(*, means: Means, request: Request) -> None:
    """Look once more, in every system; end the request as one of nobody whom we know, and mail her the link
    to her page, which says so. Permanent before she was asked once for another identifier and has answered
    or let two weeks go by, and where a system knows her or cannot be asked. Writes `case.closed` with the
    case's last request."""
    if request.state != RequestState.OPEN:
        raise Permanent("This request is not open any more.", "Look at the case again.")
    asked = request.case.questions.filter(kind=QuestionKind.IDENTIFIER).first()
    if asked is None:
        raise Permanent("She was not asked for another identifier.", "Ask her once (Art. 12(6)).")
    if asked.answered_at is None and asked.asked_at + ANSWERS_WITHIN > means.clock():
        raise Permanent("She was asked for another identifier and has time to answer.", "Wait two weeks.")
    seen = approving.look(means=means, request=request)
    given = cases.asked_in(means=means, case=request.case)
    if not unknown.is_unknown(means=means, asked=given, seen=seen):
        raise Permanent(
            "A system knows her, or one cannot be asked: nobody may say that nothing was found.",
            "Look at what will happen.",
        )
    _ended(means, request)


@transaction.atomic
def _ended(means: Means, request: Request) -> None:
    cases.finish(means=means, request=request, state=RequestState.DENIED, reason=unknown.NO_MATCH)
    arrival = request.case.arrivals.order_by("-received_at").first()
    to = arrivals.opened(means=means, arrival=arrival).address if arrival else ""
    if arrival is not None and to:
        given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
        arrivals.tell_link(means=means, arrival=arrival, given=given, to=to)
