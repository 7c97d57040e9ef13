"""Take more time for a request, once, inside the first period, told with its reason (G-12.4, C-03); and wait
for proof of identity where the law lets us (G-12.9)."""

from datetime import date, timedelta

from django.db import transaction

from upheld.actions import notices
from upheld.actions.decisions import decide, locked, said
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.regime import law_of
from upheld.law.deadline import Dates
from upheld.law.deadline import Pause as Waited
from upheld.law.pack import Pack, Reason
from upheld.law.right import Right
from upheld.ledger.types import REQUEST_EXTENDED, REQUEST_PAUSED, REQUEST_RESUMED
from upheld.rights import regime as rules
from upheld.rights.outcome import Misnamed, Permanent
from upheld.store.models import Decision, DecisionKind, MailKind, Pause, Request, RequestState

PROMPT = timedelta(days=7)
"""How long after its receipt a question of identity is asked without undue delay."""


def reasons(*, means: Means, request: Request) -> dict[str, Reason]:
    """For what more time may be taken, by code; none where the law gives none."""
    return dict(law_of(means=means, request=request).may_extend(Right(request.right)))


def is_extended(request: Request) -> bool:
    """Whether more time was taken already."""
    return request.decisions.filter(kind=DecisionKind.EXTEND).exists()


@transaction.atomic
def extend(*, means: Means, request: Request, code: str, words: str, told_on: date | None = None) -> Decision:
    """Both dates move as the pack of the request says, and a mail tells her why; where no address is known,
    `told_on` says when somebody told her. Writes `request.extended`.

    Refuses a second time, after the first period, without a reason or words, and where she does not hear.
    """
    request = locked(request)
    written, law = said(words), law_of(means=means, request=request)
    known = reasons(means=means, request=request)
    if not known or request.target_date is None or request.legal_date is None:
        raise Permanent(f"{law.title} gives no more time for this right.", "Answer by the last lawful day.")
    if code not in known:
        raise Misnamed(
            f"{code!r} is no reason for more time under {law.id}.", f"Reasons: {', '.join(known)}."
        )
    if is_extended(request):
        raise Permanent("More time was taken already, and can be taken once.", "Answer by the dates it has.")
    today = means.now.date()
    if today > request.legal_date or (told_on is not None and told_on > request.legal_date):
        raise Permanent(
            f"More time had to be told by {request.legal_date.isoformat()}.",
            "The request is late: answer it now, and say why it is late.",
        )
    notices.refuse_untold(means=means, request=request, told_on=told_on)
    later = _dates(means, law, request).extended
    if later is None:
        raise Permanent(f"{law.title} gives no more time for this right.", "Answer by the last lawful day.")
    decision, bound = decide(
        means=means, request=request, kind=DecisionKind.EXTEND, words=written, code=code, told_on=told_on
    )
    former = request.target_date
    request.target_date, request.legal_date = later.target, later.legal or later.target
    request.save(update_fields=["target_date", "legal_date"])
    record(
        REQUEST_EXTENDED,
        at=decision.at,
        case=str(request.case_id),
        right=request.right,
        reason=_code(code),
        target=request.target_date.isoformat(),
        legal=request.legal_date.isoformat(),
        decision=bound,
    )
    notices.tell(
        means=means,
        decision=decision,
        kind=MailKind.EXTENDED,
        notice=notices.extended(
            reason=code, words=written, former=former, target=request.target_date, legal=request.legal_date
        ),
    )
    return decision


def _code(code: str) -> str:
    """A code of a pack as the ledger writes codes."""
    return code.replace("-", "_")


def _dates(means: Means, law: Pack, request: Request) -> Dates:
    received = request.received_date or rules.day_of(means.datamap.organisation, law, request.received_at)
    over = request.pauses.filter(answered_on__isnull=False)
    waited = tuple(Waited(each.asked_on, each.answered_on) for each in over if each.answered_on)
    return rules.due(means.datamap.organisation, law, Right(request.right), received, pauses=waited)


# --- waiting for proof of identity ------------------------------------------------------------------------


def may_pause(*, means: Means, request: Request) -> bool:
    """Whether the law of the request lets its last day wait for proof of identity."""
    law = law_of(means=means, request=request)
    legal = law.clocks[law.rights[Right(request.right)].clock].answer.legal
    return legal is not None and legal.pause


def open_pause(request: Request) -> Pause | None:
    """The question that she has not answered yet."""
    return request.pauses.filter(answered_on__isnull=True).first()


@transaction.atomic
def pause(*, means: Means, request: Request, words: str, asked_on: date | None = None) -> Pause:
    """She was asked who she is, on that day, today unless said. Only the lawful date may move by it, once she
    has answered, and never ours. `words`: the doubt (G-12.8). Writes `request.paused`.

    Refuses where the law does not wait, once the request is approved, and where it was not asked without
    undue delay."""
    request = locked(request)
    written, on = said(words), asked_on or means.now.date()
    if not may_pause(means=means, request=request):
        raise Permanent(
            "The law of this request does not wait for proof of identity.", "Its dates stay as they are."
        )
    if request.state != RequestState.OPEN:
        raise Permanent("This request is approved: who she is was settled before.", "Go on with it.")
    if open_pause(request) is not None:
        raise Permanent("She was asked already, and has not answered yet.", "Wait for her answer.")
    received = request.received_date or means.datamap.organisation.local(request.received_at).date()
    if not received <= on <= min(means.now.date(), received + PROMPT):
        raise Permanent(
            "Identity has to be asked for without undue delay, and not before the request.",
            f"Only a question from {received.isoformat()} to {(received + PROMPT).isoformat()} lets the "
            "last lawful day wait. You may ask all the same.",
        )
    row = Pause.objects.create(request=request, asked_on=on)
    decision, bound = decide(means=means, request=request, kind=DecisionKind.PAUSE, words=written)
    record(
        REQUEST_PAUSED,
        at=decision.at,
        case=str(request.case_id),
        right=request.right,
        asked=on.isoformat(),
        decision=bound,
    )
    return row


@transaction.atomic
def resume(*, means: Means, request: Request, words: str, answered_on: date | None = None) -> Pause:
    """She has answered, on that day, today unless said: the last lawful day moves by the days between.
    Writes `request.resumed`."""
    request = locked(request)
    written, on = said(words), answered_on or means.now.date()
    row = open_pause(request)
    if row is None:
        raise Permanent("Nobody asked her who she is.", "There is nothing to go on from.")
    if not row.asked_on <= on <= means.now.date():
        raise Permanent(
            f"She cannot have answered on {on.isoformat()}.",
            f"Give a day from {row.asked_on.isoformat()} to today.",
        )
    row.answered_on = on
    row.save(update_fields=["answered_on"])
    decision, bound = decide(means=means, request=request, kind=DecisionKind.RESUME, words=written)
    due = _dates(means, law_of(means=means, request=request), request)
    answer = due.extended if is_extended(request) and due.extended else due.answer
    if answer.legal is not None and request.legal_date is not None:
        request.legal_date = max(request.legal_date, answer.legal)
        request.save(update_fields=["legal_date"])
    record(
        REQUEST_RESUMED,
        at=decision.at,
        case=str(request.case_id),
        right=request.right,
        answered=on.isoformat(),
        legal=(request.legal_date or on).isoformat(),
        decision=bound,
    )
    return row
