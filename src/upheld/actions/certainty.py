"""Is it she who asks? What is needed for a request, what was proved, and the refusal below it.

What is needed comes from the law of the request and from what the map says is held (`datamap.risk`). It is
only ever raised, with a doubt that is written down (G-12.8). Below it no verb approves, and the database
takes no row that says otherwise (`store.guard`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.regime import law_of
from upheld.datamap.risk import risk_of
from upheld.law.certainty import Method, Proof, reached
from upheld.law.pack import Certainty, Pack, Risk
from upheld.law.right import Right
from upheld.ledger.types import DOUBT_RECORDED, VERIFICATION_ADDED
from upheld.rights.outcome import Permanent
from upheld.store.database import fresh, insert_all
from upheld.store.models import Arrival, Doubt, Level, Request, RequestState, Verification
from upheld.store.sealing import open_value, seal_value

LASTS = timedelta(days=92)
"""How long a proof counts: as long as the longest answer may take (Art. 12(3))."""
WORDS = {Level.NONE: "none", Level.REASONABLE: "reasonable", Level.HIGH: "reasonably high"}


class Below(Permanent):
    """It is less sure who asks than it must be for this."""

    def __init__(self, needed: Level, found: Level) -> None:
        super().__init__(
            f"It is not sure enough who asks: {WORDS[found]}, and {WORDS[needed]} certainty is needed.",
            "Ask the person for more, or say why you are sure: in the case, under “Is it her?”.",
        )


def level(certainty: Certainty) -> Level:
    """As it is stored."""
    return Level(list(Certainty).index(certainty))


def certainty(stored: int) -> Certainty:
    """As the law calls it."""
    return list(Certainty)[stored]


def needed(*, means: Means, law: Pack, right: Right) -> Level:
    """How sure it must be for what is received now. The right must be one that the law gives."""
    return level(law.certainty(right, risk_of(means.datamap, right)))


@dataclass(frozen=True, slots=True)
class Standing:
    """How sure it must be for one request, how sure it is, and by what; expired proofs are in it, and count
    for nothing."""

    request: Request
    needed: Level
    reached: Level
    proofs: tuple[Verification, ...]
    doubts: tuple[Doubt, ...]

    @property
    def enough(self) -> bool:
        """Whether it may be approved, as far as this goes."""
        return self.reached >= self.needed


def standing(*, means: Means, request: Request) -> Standing:
    """As it is now; writes nothing."""
    proofs = tuple(sorted(request.verifications.all(), key=lambda each: each.at))
    doubts = tuple(sorted(request.doubts.all(), key=lambda each: each.at))
    found = _worth(law_of(means=means, request=request), proofs, means.clock())
    return Standing(request, Level(request.needed), found, proofs, doubts)


def _worth(law: Pack, proofs: tuple[Verification, ...], at: datetime) -> Level:
    counting = (each for each in proofs if each.expires_at > at)
    return level(
        reached(law, (Proof(Method(each.method), each.points, certainty(each.grants)) for each in counting))
    )


# --- proofs ----------------------------------------------------------------------------------------------


@transaction.atomic
def prove(
    *,
    means: Means,
    request: Request,
    method: Method,
    points: int = 0,
    grants: Level = Level.NONE,
    details: str = "",
) -> Verification:
    """Note one proof, in the name of whoever acts; `details` are sealed. Writes `verification.added`, but
    not for an order: that is in the ledger as what was ordered. Permanent when the request has ended or is
    approved."""
    request = _open(request)
    fresh = _proof(means, request, method, points=points, grants=grants, at=means.clock(), details=details)
    earlier = tuple(request.verifications.all())
    fresh.level = max(_worth(law_of(means=means, request=request), (*earlier, fresh), fresh.at), grants)
    fresh.save(force_insert=True)
    Request.objects.filter(pk=request.pk).update(reached=fresh.level)
    if method is not Method.ORDER:
        record(
            VERIFICATION_ADDED,
            at=fresh.at,
            case=str(request.case_id),
            right=request.right,
            method=method.value.lower().replace("_", "-"),
            level=certainty(fresh.level).value,
        )
    return fresh


@transaction.atomic
def arrived(*, means: Means, arrival: Arrival, method: Method, **more: Any) -> None:
    """As `prove`, for what was asked for in one message that has its case now. A repeat may have been asked
    for while the first is carried out: that stands as it was approved."""
    asked = Request.objects.filter(case=arrival.case, right__in=arrival.rights.split())
    for each in asked.filter(state=RequestState.OPEN):
        prove(means=means, request=each, method=method, **more)


@transaction.atomic
def judged(*, means: Means, arrival: Arrival, why: str) -> None:
    """A member of staff is sure that this message is hers, and says why: as sure as what was asked for in it
    needs. Permanent without a reason."""
    asked = Request.objects.filter(case=arrival.case, right__in=arrival.rights.split())
    for each in asked.filter(state=RequestState.OPEN):
        judge_one(means=means, request=each, why=why)


@transaction.atomic
def judge_one(*, means: Means, request: Request, why: str) -> None:
    """The same for one request and no other of its case."""
    if not why.strip():
        raise Permanent("Nobody said why it is sure who asks.", "Say why; it is kept with your name.")
    prove(
        means=means,
        request=request,
        method=Method.JUDGEMENT,
        grants=Level(request.needed),
        details=why.strip()[:500],
    )


@transaction.atomic
def prove_person(*, means: Means, request: Request, method: Method, **more: Any) -> None:
    """As `prove`, for every request of the case that waits: it is one person, and she is asked once. But what
    a correction is about may have been compared for another request; so it counts only comparisons of its own
    (C-44)."""
    prove(means=means, request=request, method=method, **more)
    others = request.case.requests.filter(state=RequestState.OPEN).exclude(pk=request.pk)
    if method is Method.DATA_POINTS:
        others = others.exclude(right=Right.RECTIFICATION)
    for each in others:
        prove(means=means, request=each, method=method, **more)


def _proof(
    means: Means,
    request: Request,
    method: Method,
    *,
    at: datetime,
    points: int = 0,
    grants: Level = Level.NONE,
    details: str = "",
) -> Verification:
    made = fresh(
        Verification,
        id=uuid4(),
        request=request,
        method=method.value,
        points=points,
        grants=grants,
        level=grants,
        by=means.by,
        at=at,
        expires_at=at + LASTS,
    )
    if details:
        made.sealed_details = seal_value(means.keys, request.case.key, details, record=_record(made))
    return made


def ordered(*, means: Means, request: Request, at: datetime) -> Verification:
    """The proof of an order at the command line, not yet stored: whoever gives it knows who asked. Below
    for whoever does not."""
    if not means.orders:
        raise Below(Level(request.needed), Level.NONE)
    return _proof(means, request, Method.ORDER, grants=Level.HIGH, at=at)


def vouched(*, means: Means, request: Request, level: Level, at: datetime) -> Verification:
    """The proof of a trusted program's word, not yet stored."""
    return _proof(means, request, Method.PROGRAM, grants=level, at=at)


def words(*, means: Means, proof: Verification) -> str:
    """Why somebody judged so, or what was declared. Raises Destroyed."""
    if proof.sealed_details is None:
        return ""
    return str(
        open_value(means.keys, proof.request.case.key, bytes(proof.sealed_details), record=_record(proof))
    )


def _open(request: Request) -> Request:
    """The request, locked, while it waits for an approval."""
    found = Request.objects.select_for_update(of=("self",)).select_related("case").get(pk=request.pk)
    if found.state != RequestState.OPEN:
        raise Permanent(
            "This request is approved already, or has ended.", "There is nothing more to prove for it."
        )
    return found


def judge(*, means: Means, request: Request, sure: Level, why: str) -> None:
    """A member of staff is that sure, and says why; her name and her words are kept. Permanent without a
    reason, and below what is needed: a judgement that decides nothing is none."""
    if not why.strip():
        raise Permanent("Nobody said why it is sure who asks.", "Say why; it is kept with your name.")
    if sure < request.needed:
        raise Permanent(
            f"That is less than the {WORDS[Level(request.needed)]} certainty that is needed.",
            "Ask the person for more instead.",
        )
    prove_person(means=means, request=request, method=Method.JUDGEMENT, grants=sure, details=why.strip())


# --- doubts ----------------------------------------------------------------------------------------------


@transaction.atomic
def doubt(*, means: Means, request: Request, why: str) -> Doubt:
    """Somebody doubts who asks: from now on what the law wants at high risk is needed. Writes
    `doubt.recorded`. Permanent without a reason, and where that is needed already: there is no lowering
    and no raising beyond it."""
    request = _open(request)
    law = law_of(means=means, request=request)
    high = level(law.certainty(Right(request.right), Risk.HIGH))
    if high <= request.needed:
        raise Permanent(
            f"The most that {law.title} asks for here is needed already.",
            "Ask the person for what is lacking.",
        )
    made = note(means=means, request=request, why=why, raised=True)
    made.save(force_insert=True)
    Request.objects.filter(pk=request.pk).update(needed=high)
    told(made, needed=high)
    return made


def note(*, means: Means, request: Request, why: str, raised: bool) -> Doubt:
    """A doubt with its reason sealed, not yet stored. Permanent without a reason (G-12.8)."""
    if not why.strip():
        raise Permanent(
            "Nobody said why there is a doubt.",
            "More is asked for only on a doubt that is written down (Art. 12(6) GDPR). Write it.",
        )
    made = Doubt(id=uuid4(), request=request, by=means.by, at=means.clock(), raised=raised)
    made.sealed_why = seal_value(means.keys, request.case.key, why.strip(), record=f"doubt:{made.pk}:why")
    return made


def told(made: Doubt, *, needed: int) -> None:
    """The doubt's entry. Belongs into its transaction."""
    record(
        DOUBT_RECORDED,
        at=made.at,
        case=str(made.request.case_id),
        right=made.request.right,
        needed=certainty(needed).value,
        asked=len(made.kinds.split()),
        declaration="asked" if made.declaration else "not-asked",
    )


def why(*, means: Means, made: Doubt) -> str:
    """Why somebody doubted. Raises Destroyed."""
    return str(
        open_value(means.keys, made.request.case.key, bytes(made.sealed_why), record=f"doubt:{made.pk}:why")
    )


# --- approval --------------------------------------------------------------------------------------------


def refuse_below(*, means: Means, request: Request) -> None:
    """Below, unless it is sure enough at this moment who asks. Sets `reached` to what the proofs that still
    count are worth; the caller saves it with the state, in the transaction of the approval.

    An order at the command line is its own proof, in the name of whoever gave it.
    """
    if means.orders:
        insert_all([ordered(means=means, request=request, at=means.clock())])
        request.reached = Level.HIGH
        return
    now = standing(means=means, request=request)
    request.reached = now.reached
    if not now.enough:
        raise Below(now.needed, now.reached)


def _record(proof: Verification) -> str:
    return f"verification:{proof.pk}"
