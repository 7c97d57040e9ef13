"""Mails that tell a person what was decided on her request, and one that asks somebody outside for a yes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import override

from upheld.actions import arrivals, grounds, letters, links, outbox
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.mail.letter import Letter
from upheld.rights.outcome import Permanent
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, Case, Decision, LinkPurpose, MailKind, Request


@dataclass(frozen=True, slots=True)
class Notice:
    """Which letter tells of a decision, with what it says besides. `why` gives the ground in a sentence, in
    the language in force."""

    letter: str
    values: Mapping[str, str | date] = field(default_factory=dict)
    why: Callable[[], str] = str


def reachable(*, means: Means, case: Case) -> bool:
    """Whether we know an address of hers to write to."""
    return _newest(means, case) is not None


def _newest(means: Means, case: Case) -> tuple[Arrival, str] | None:
    """Her newest message that came with an address, and the address: who wrote by letter may have none, and
    is told by post."""
    for arrival in Arrival.objects.filter(case=case, reachable=True).order_by("-received_at"):
        try:
            to = arrivals.opened(means=means, arrival=arrival).address
        except Destroyed:
            continue
        if to:
            return arrival, to
    return None


def refuse_untold(*, means: Means, request: Request, told_on: date | None) -> None:
    """Permanent where she could not be told: no address of hers is known, and nobody has told her, or says so
    of a day that is still to come or before her request."""
    if told_on is None:
        if not reachable(means=means, case=request.case):
            raise Permanent(
                "No address of hers is known here, so she would not hear of it.",
                "Tell her first, then give the day on which she was told.",
            )
        return
    received = request.received_date or means.datamap.organisation.local(request.received_at).date()
    if not received <= told_on <= means.now.date():
        raise Permanent(
            f"She cannot have been told on {told_on.isoformat()}.",
            f"Give a day from {received.isoformat()} to today.",
        )


def tell(*, means: Means, decision: Decision, kind: MailKind, notice: Notice) -> None:
    """Write to the newest address of hers in this case, where there is one. Belongs into the transaction of
    what it tells."""
    request = decision.request
    found = _newest(means, request.case)
    if found is None or decision.told_on is not None:
        return
    arrival, to = found
    given = links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)
    with override(arrival.language):
        wish, why = letters.wish(Right(request.right)), notice.why()
        authority = letters.authority(means=means, regime=request.case.regime)
    letter = letters.written(
        means=means,
        name=notice.letter,
        to=to,
        language=arrival.language,
        number=arrivals.number(arrival),
        wish=wish,
        received=means.datamap.organisation.local(request.received_at).date(),
        link=arrivals.followed_at(arrival, given),
        authority=authority,
        why=why,
        **notice.values,
    )
    outbox.put(
        means=means,
        kind=kind,
        letter=letter,
        key=request.case.key,
        about=str(decision.pk),
        arrival=arrival,
        case=request.case,
    )


def extended(*, reason: str, words: str, former: date, target: date, legal: date) -> Notice:
    """More time is taken, and why (G-12.4)."""
    values: dict[str, str | date] = {"reason": words, "former": former, "target": target, "legal": legal}
    return Notice("extended", values, lambda: grounds.extension(reason))


def refused(*, ground: str, cites: str, words: str, systems: tuple[str, ...] = ()) -> Notice:
    """What is not done and why, and where she can complain (G-12.6). `systems`: only there."""
    values = {"law": cites, "reason": words} | ({"systems": ", ".join(systems)} if systems else {})
    return Notice("refused-in-part" if systems else "refused", values, lambda: grounds.refusal(ground))


def withdrawn() -> Notice:
    """It was taken back, and nothing was done."""
    return Notice("taken-back")


def agree(
    *, means: Means, to: str, number: str, who: str, said: str, reason: str, page: str, until: date
) -> Letter:
    """Asks somebody outside for a second yes. Names no person whose data it is about."""
    return letters.written(
        means=means,
        name="second-yes",
        to=to,
        language=means.datamap.organisation.languages[0],
        number=number,
        who=who,
        said=said,
        reason=reason,
        link=page,
        until=until,
    )
