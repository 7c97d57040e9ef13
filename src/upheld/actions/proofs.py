"""What a case's page says of who asks: needed and reached, by what, and what would be worth how much. Names
nobody."""

from dataclasses import dataclass
from datetime import datetime

from upheld.actions import certainty, doubts
from upheld.actions.means import Means
from upheld.actions.regime import law_of
from upheld.law.certainty import Method, Proof, reached
from upheld.law.pack import Pack, Risk
from upheld.law.right import Right
from upheld.store.models import Case, Doubt, Level, Request, RequestState, Verification

SAID = {
    Method.LINK: "used a link that was sent to her address",
    Method.MAIL: "wrote from her address, signed by its domain",
    Method.SIGN_IN: "signed in to her account anew",
    Method.DATA_POINTS: "named what is held of her",
    Method.DECLARATION: "signed that she is the person",
    Method.JUDGEMENT: "somebody of ours is sure",
    Method.ORDER: "ordered at the command line",
    Method.PROGRAM: "a program that is trusted with it verified her",
}
KINDS = {
    "name": "her full name",
    "postal-address": "her postal address",
    "phone-number": "her telephone number",
    "date-of-birth": "her date of birth",
    "username": "her user name",
    "customer-number": "her customer number",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One proof. `over`: it no longer counts."""

    what: str
    by: str
    at: datetime
    until: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One doubt. `state`: what became of the question, empty where nothing was asked."""

    by: str
    at: datetime
    raised: bool
    what: str
    state: str
    failure: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be surer, and what all would be worth with it."""

    what: str
    reach: str
    enough: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One request. `grave`: the categories of the map that make it a high risk. `because`: why
    the organisation asks other proof than the example of the law. `doubtable`: more can still be needed.
    `askable`: she can be asked now."""

    request: Request
    right: Right
    needed: str
    reached: str
    enough: bool
    means: str
    cites: str
    points: str
    because: str
    proofs: tuple[Shown, ...]
    doubts: tuple[Asked, ...]
    ways: tuple[Way, ...]
    kinds: tuple[tuple[str, str], ...]
    declaration: bool
    doubtable: bool
    askable: bool
    contested: bool

    @property
    def open(self) -> bool:
        """Whether anything can still be proved for it."""
        return self.request.state == RequestState.OPEN


def boxes(*, means: Means, case: Case) -> tuple[Box, ...]:
    """Of all requests of the case, in their order. Reads our own records alone."""
    found = case.requests.select_related("case").prefetch_related("verifications", "doubts")
    wanted = doubts.latest(means=means, case=case) is not None
    ordered = sorted(found, key=lambda each: (each.right != Right.ACCESS, each.received_at))
    return tuple(_box(means, each, reachable=wanted) for each in ordered)


def _box(means: Means, request: Request, *, reachable: bool) -> Box:
    now, at = certainty.standing(means=means, request=request), means.clock()
    law, right = law_of(means=means, request=request), Right(request.right)
    high = certainty.level(law.certainty(right, Risk.HIGH))
    needed = certainty.certainty(now.needed)
    level = law.levels[needed]
    asked = [each for each in now.doubts if each.expires_at is not None]
    waiting = any(doubts.is_open(each, at) or each.sealed_answers is not None for each in asked)
    return Box(
        request=request,
        right=right,
        needed=certainty.WORDS[now.needed],
        reached=certainty.WORDS[now.reached],
        enough=now.enough,
        means=level.means,
        cites=level.cites,
        points="1 data point" if level.data_points == 1 else f"{level.data_points} data points",
        because=means.datamap.organisation.why_proof(law.regime, needed),
        proofs=tuple(_proof(each, at) for each in now.proofs),
        doubts=tuple(_doubt(each, at) for each in now.doubts),
        ways=_ways(law, now, at) if not now.enough else (),
        kinds=tuple((kind, KINDS[kind]) for kind in doubts.offered(means.datamap)),
        declaration=level.declaration,
        doubtable=high > now.needed,
        askable=not now.enough and reachable and not waiting and len(asked) < doubts.MOST,
        contested=right is Right.RECTIFICATION,
    )


def _proof(each: Verification, at: datetime) -> Shown:
    what = SAID[Method(each.method)]
    if each.points:
        what = f"{what}: {each.points} matched"
    return Shown(what, each.by, each.at, each.expires_at, each.expires_at <= at)


def _doubt(each: Doubt, at: datetime) -> Asked:
    asked = [KINDS.get(kind, kind) for kind in each.kinds.split()]
    if each.declaration:
        asked.append("a signed declaration")
    if each.expires_at is None:
        state = ""
    elif each.compared_at is not None:
        state = "answered and compared"
    elif each.sealed_answers is not None:
        state = "answered; it is being compared"
    else:
        state = "waits for her answer" if doubts.is_open(each, at) else "not answered in time"
    return Asked(each.by, each.at, each.raised, ", ".join(asked), state, each.failure)


def _ways(law: Pack, now: certainty.Standing, at: datetime) -> tuple[Way, ...]:
    """What is not proved yet, in rising order of what it asks of her."""
    given = [
        Proof(Method(each.method), each.points, certainty.certainty(each.grants))
        for each in now.proofs
        if each.expires_at > at
    ]
    most = law.levels[certainty.certainty(now.needed)]
    address = any(each.method in (Method.LINK, Method.MAIL) for each in given)
    points = max(1, most.data_points - address)
    several = "one value" if points == 1 else f"{points} values"
    tried = [
        ("a link to her address", [Proof(Method.LINK)]),
        ("a mail from her address, signed by its domain", [Proof(Method.MAIL)]),
        (f"{several} that we hold of her", [Proof(Method.DATA_POINTS, points)]),
    ]
    if most.declaration:
        matched = Proof(Method.DATA_POINTS, points)
        tried.insert(3, (f"{several}, and a signed declaration", [matched, Proof(Method.DECLARATION)]))
    worth = [(what, certainty.level(reached(law, [*given, *more]))) for what, more in tried]
    return tuple(
        Way(what, certainty.WORDS[level], level >= now.needed) for what, level in worth if level > now.reached
    )


def reasons(*, means: Means, case: Case) -> tuple[tuple[str, str, datetime], ...]:
    """What staff wrote of who asks, and what she signed: who, the words, when. Personal; behind a look.
    Raises Destroyed."""
    proofs = Verification.objects.filter(request__case=case, sealed_details__isnull=False)
    doubts = Doubt.objects.filter(request__case=case)
    said = [
        (each.by, certainty.words(means=means, proof=each), each.at)
        for each in proofs.select_related("request__case")
    ]
    said += [
        (each.by, certainty.why(means=means, made=each), each.at)
        for each in doubts.select_related("request__case")
    ]
    return tuple(sorted(said, key=lambda each: each[2]))


def sure_enough(request: Request) -> Level:
    """What a judgement of staff has to be worth."""
    return Level(request.needed)
