"""Refuse a request, or some systems of it, on a ground of its law (G-12.6, G-12.11)."""

import json
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from upheld.actions import cases, notices, two
from upheld.actions.decisions import decide, locked, said
from upheld.actions.means import Means
from upheld.actions.plans import system_of
from upheld.actions.record import record
from upheld.actions.regime import law_of
from upheld.law.objection import Against
from upheld.law.pack import Reason
from upheld.law.right import Right
from upheld.ledger.types import REQUEST_REFUSED
from upheld.rights.outcome import Misnamed, Permanent
from upheld.store.models import (
    Agreement,
    Decision,
    DecisionKind,
    MailKind,
    Matter,
    Request,
    RequestState,
)
from upheld.store.sealing import open_value, seal_value

WEIGHED = ("compelling-grounds", "legal-claims", "basis")
"""Grounds of the organisation's that an objection can be weighed against."""


def grounds(*, means: Means, request: Request) -> dict[str, Reason]:
    """On what that request may be refused, by code, as the pack has it that it was received under."""
    given = dict(law_of(means=means, request=request).may_refuse(Right(request.right)))
    if request.against == Against.MARKETING:  # never refused on a ground of the organisation's (Art. 21(3))
        given = {code: each for code, each in given.items() if code not in WEIGHED}
    return given


@transaction.atomic
def refuse(
    *,
    means: Means,
    request: Request,
    ground: str,
    words: str,
    systems: tuple[str, ...] = (),
    told_on: date | None = None,
) -> Decision | Agreement:
    """All of it, or what is in `systems` alone; then the rest goes on. She is told the ground, the words, and
    where she can complain. Writes `request.refused`.

    Gives the wish instead where two have to decide: nothing is refused before the second yes. Refuses a
    ground that the law does not give, a part on a ground that covers none, and what is approved already.
    """
    request = locked(request)
    written = said(words)
    _fits(means, request, ground, systems)
    notices.refuse_untold(means=means, request=request, told_on=told_on)
    wish = _wish(means, request, ground, written, systems, told_on)
    if two.rule_of(means=means, matter=Matter.REFUSAL) is None:
        return _refused(means, request, ground, written, systems, told_on, means.by)
    known = two.agreed(means=means, wish=wish)
    if known is not None:
        two.require(means=means, wish=wish)
        return _refused(means, request, ground, written, systems, told_on, known.asked_by)
    sealed = seal_value(
        means.keys,
        request.case.key,
        [ground, written, list(systems), told_on.isoformat() if told_on else ""],
        record=_record(request, wish),
    )
    title = grounds(means=means, request=request)[ground].title
    asked = two.ask(means=means, wish=wish, reason=title, sealed=sealed)
    if asked.agreed_at is None:
        return asked
    two.require(means=means, wish=wish)
    return _refused(means, request, ground, written, systems, told_on, asked.asked_by)


@transaction.atomic
def agreed(*, means: Means, agreement: Agreement) -> Decision:
    """Do what was agreed to. Belongs behind `two.agree`."""
    if agreement.request is None:
        raise TypeError("A refusal is of a request.")
    ground, words, systems, told_on = read(means=means, agreement=agreement)
    done = refuse(
        means=means, request=agreement.request, ground=ground, words=words, systems=systems, told_on=told_on
    )
    if not isinstance(done, Decision):
        raise two.Needed(done, two.when(means=means, agreement=done))
    return done


def read(*, means: Means, agreement: Agreement) -> tuple[str, str, tuple[str, ...], date | None]:
    """Ground, words, systems, and when she was told: what somebody wants to refuse."""
    request = agreement.request
    if request is None or agreement.sealed_content is None:
        raise TypeError("A refusal is of a request.")
    record_ = f"refusal:{request.pk}:{agreement.what}"
    written = open_value(means.keys, request.case.key, bytes(agreement.sealed_content), record=record_)
    ground, words, systems, told_on = json.loads(json.dumps(written))
    return ground, words, tuple(systems), date.fromisoformat(told_on) if told_on else None


def _record(request: Request, wish: two.Wish) -> str:
    return f"refusal:{request.pk}:{wish.what}"


def _wish(
    means: Means, request: Request, ground: str, words: str, systems: tuple[str, ...], told_on: date | None
) -> two.Wish:
    extent = f"in {', '.join(_titles(means, systems))}" if systems else "whole"
    cites = grounds(means=means, request=request)[ground].cites
    return two.Wish(
        Matter.REFUSAL,
        f"refuse the request ({request.right.lower()}), {extent}: {cites}.",
        (str(request.pk), ground, words, systems, told_on.isoformat() if told_on else ""),
        request=request,
    )


def _fits(means: Means, request: Request, ground: str, systems: tuple[str, ...]) -> None:
    law, known = law_of(means=means, request=request), grounds(means=means, request=request)
    if ground not in known:
        raise Misnamed(
            f"{ground!r} is no ground to refuse this under {law.id}.",
            f"Grounds: {', '.join(known) or 'none'}.",
        )
    if request.state != RequestState.OPEN:
        raise Permanent(
            "This request is approved already, and no longer to be refused.", "It goes on to its end."
        )
    if request.decisions.filter(kind=DecisionKind.REFUSE).exists():
        raise Permanent("A part of this request was refused already.", "Approve the rest.")
    if not systems:
        return
    if not known[ground].partial:
        raise Permanent("This ground covers no part of a request.", "Refuse all of it, or choose another.")
    names = {each.name for each in means.datamap.systems}
    if not set(systems) <= names:
        raise Misnamed("One of the systems is not in the map.", f"Systems: {', '.join(sorted(names))}.")
    if set(systems) == names:
        raise Permanent("These are all systems.", "Refuse the whole request.")


def _titles(means: Means, systems: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(means.datamap.system(each).title or each for each in systems)


def _refused(
    means: Means,
    request: Request,
    ground: str,
    words: str,
    systems: tuple[str, ...],
    told_on: date | None,
    by: str,
) -> Decision:
    decision, bound = decide(
        means=means,
        request=request,
        kind=DecisionKind.REFUSE,
        words=words,
        code=ground,
        systems=systems,
        told_on=told_on,
        by=by,
    )
    record(
        REQUEST_REFUSED,
        at=decision.at,
        case=str(request.case_id),
        right=request.right,
        ground=ground.replace("-", "_"),
        extent="part" if systems else "whole",
        decision=bound,
    )
    cites = grounds(means=means, request=request)[ground].cites
    notices.tell(
        means=means,
        decision=decision,
        kind=MailKind.REFUSED,
        notice=notices.refused(ground=ground, cites=cites, words=words, systems=_titles(means, systems)),
    )
    if not systems:
        cases.finish(means=means, request=request, state=RequestState.DENIED, reason=ground)
    return decision


def left_out(request: Request) -> tuple[str, ...]:
    """Systems in which a part of the request was refused."""
    found = request.decisions.filter(kind=DecisionKind.REFUSE).values_list("systems", flat=True)
    return tuple(name for systems in found for name in systems)


@dataclass(frozen=True, slots=True)
class Spared:
    """One system in which a part was refused, by the name that people use, with the ground and its law."""

    system: str
    title: str
    code: str
    cites: str


def spared(*, means: Means, request: Request) -> tuple[Spared, ...]:
    """What she is told of the systems that were left out."""
    found = [each for each in request.decisions.all() if each.kind == DecisionKind.REFUSE and each.systems]
    known = grounds(means=means, request=request) if found else {}
    return tuple(
        Spared(name, system_of(means, name).title or name, each.code, known[each.code].cites)
        for each in found
        for name in each.systems
    )


def narrowed(*, means: Means, request: Request) -> Means:
    """The means without the systems that were refused: what is planned and copied knows none of them."""
    out = set(left_out(request))
    if not out:
        return means
    systems = tuple(each for each in means.datamap.systems if each.name not in out)
    connectors = {name: each for name, each in means.connectors.items() if name not in out}
    return replace(means, datamap=replace(means.datamap, systems=systems), connectors=connectors)
