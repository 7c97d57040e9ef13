"""Open the cases of many people at once who are verified already: what `cases.receive` and `arrivals` do for
one, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from uuid import uuid4

from upheld.actions import arrivals, cases, certainty, dispatch, lasting, search
from upheld.actions.asking import Asked
from upheld.actions.cases import TwoCases
from upheld.actions.means import Means
from upheld.actions.record import Noted, entry, put_all
from upheld.actions.regime import columns, pinned, regime_for
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.ledger.types import CASE_OPENED, VERIFICATION_ADDED
from upheld.rights.codec import encode
from upheld.rights.regime import Pinned
from upheld.store.database import insert_all
from upheld.store.models import (
    Arrival,
    BlindIndex,
    Case,
    Channel,
    Level,
    Request,
    RequestState,
    Submission,
    Token,
    Verification,
)
from upheld.store.sealing import seal_value


@dataclass(frozen=True, slots=True)
class Fresh:
    """One request for one person who is verified."""

    right: Right
    asked: Asked
    regime: str | None
    language: str
    contact: str = ""

    def __repr__(self) -> str:
        return "Fresh(…)"


@dataclass(slots=True)
class _Person:
    """Those of a call that name one person, and her case that is open already."""

    asked: Asked
    numbers: list[int]
    known: tuple[Case, ...] = ()


def open_all(*, means: Means, token: Token, fresh: Sequence[Fresh]) -> list[Arrival | TwoCases]:
    """The arrival of each, in order; TwoCases for whoever names people of several cases. Belongs into a
    transaction under `hold("cases")`. Writes `case.opened` for new cases, and `verification.added`."""
    people, answers = _people(means, fresh)
    made = _Rows(means, token)
    new = [each for each in people if not each.known]
    names = means.keys.create_many(len(new))
    made.ring(chain(names, (case.key for each in people for case in each.known)))
    for each, key in zip(new, names, strict=True):
        made.open(each, key, fresh, answers)
    joined = _joined(means, token, [each for each in people if each.known], fresh, answers)
    made.arrive(joined, fresh, answers)
    made.insert()
    return [answers[number] for number in range(len(fresh))]


def _people(means: Means, fresh: Sequence[Fresh]) -> tuple[list[_Person], dict[int, Arrival | TwoCases]]:
    """Who names the same identity is the same person, here as in open cases."""
    digests = [[means.keys.blind(*name) for name in cases.names(each.asked)] for each in fresh]
    rows = BlindIndex.objects.filter(
        digest__in={each for own in digests for each in own}, open=True, whole=False
    )
    known: dict[bytes, list[Case]] = {}
    for row in rows.select_related("case"):
        known.setdefault(bytes(row.digest), []).append(row.case)
    by_digest: dict[bytes, _Person] = {}
    people: list[_Person] = []
    answers: dict[int, Arrival | TwoCases] = {}
    for number, (each, own) in enumerate(zip(fresh, digests, strict=True)):
        met = {id(by_digest[one]): by_digest[one] for one in own if one in by_digest}
        there = {case.pk: case for one in own for case in known.get(one, ())}
        there |= {case.pk: case for person in met.values() for case in person.known}
        if len(met) > 1 or len(there) > 1:
            answers[number] = TwoCases(
                "These identities belong to several open cases.", "Name people one at a time."
            )
            continue
        person = next(iter(met.values()), None)
        if person is None:
            person = _Person(each.asked, [])
            people.append(person)
        person.numbers.append(number)
        person.known = tuple(there.values())
        person.asked = Asked(tuple(dict.fromkeys((*person.asked.identities, *each.asked.identities))))
        by_digest |= dict.fromkeys(own, person)
    return people, answers


def _joined(
    means: Means,
    token: Token,
    people: Sequence[_Person],
    fresh: Sequence[Fresh],
    answers: dict[int, Arrival | TwoCases],
) -> dict[int, Request]:
    """Requests of those whose case is open, one by one: few are."""
    found: dict[int, Request] = {}
    for number in chain.from_iterable(each.numbers for each in people):
        each = fresh[number]
        try:
            request = cases.receive(means=means, right=each.right, asked=each.asked, regime=each.regime)
        except TwoCases as two:
            answers[number] = two
            continue
        search.named(means=means, case=request.case, names=search.among(means, each.asked))
        if request.state == RequestState.OPEN:
            by = replace(means, by=name_of(token))
            certainty.prove(means=by, request=request, method=Method.PROGRAM, grants=Level(token.trusted))
            request.refresh_from_db()
        found[number] = request
    return found


def name_of(token: Token) -> str:
    """Who acts where the program does."""
    return f"the program {token.name}"


class _Rows:
    """The rows of many, to be inserted table by table."""

    def __init__(self, means: Means, token: Token) -> None:
        self._means, self._token, self._at = means, token, means.clock()
        self._cases: list[Case] = []
        self._marks: list[BlindIndex] = []
        self._proofs: list[Verification] = []
        self._requests: list[Request] = []
        self._arrivals: list[Arrival] = []
        self._submissions: list[Submission] = []
        self._entries: list[Noted] = []
        self._pinned: dict[tuple[Right, str], tuple[Pinned, Level]] = {}

    def ring(self, names: "chain[str]") -> None:
        """Keys are read once."""
        self._means = replace(self._means, keys=self._means.keys.ring(names))

    def open(
        self, person: _Person, key: str, fresh: Sequence[Fresh], answers: dict[int, Arrival | TwoCases]
    ) -> None:
        """Her case, and in it her requests, each with its proof."""
        means, first = self._means, fresh[person.numbers[0]]
        law = regime_for(means=means, regime=first.regime)
        case = Case(id=uuid4(), regime=law, key=key, opened_at=self._at, sealed_identities=b"")
        case.sealed_identities = seal_value(
            means.keys, key, encode(person.asked), record=f"case:{case.pk}:identities"
        )
        self._cases.append(case)
        named = [means.keys.blind(*name) for name in cases.names(person.asked)]
        whole = cases.whole(means=means, asked=person.asked)
        named += search.marks_of(means, search.among(means, person.asked))
        self._marks += [BlindIndex(case=case, digest=each) for each in named]
        self._marks.append(BlindIndex(case=case, digest=whole, whole=True))
        kept, _ = self._law(first.right, law)
        self._entries.append(
            entry(CASE_OPENED, at=self._at, case=str(case.pk), right=first.right.value, regime=kept.law.id)
        )
        requests: dict[Right, Request] = {}
        for number in person.numbers:
            right = fresh[number].right
            if right not in requests:
                requests[right] = self._request(case, right, law)
            answers[number] = self._arrival(fresh[number], requests[right])

    def _law(self, right: Right, law: str) -> tuple[Pinned, Level]:
        if (right, law) not in self._pinned:
            kept = pinned(means=self._means, right=right, regime=law, at=self._at)
            needed = certainty.needed(means=self._means, law=kept.law, right=right)
            self._pinned[right, law] = kept, needed
        return self._pinned[right, law]

    def _request(self, case: Case, right: Right, law: str) -> Request:
        kept, needed = self._law(right, law)
        level = Level(self._token.trusted)
        request = Request(
            id=uuid4(),
            case=case,
            right=right.value,
            received_at=self._at,
            needed=needed,
            reached=level,
            **columns(kept),
        )
        by = replace(self._means, by=name_of(self._token))
        self._proofs.append(certainty.vouched(means=by, request=request, level=level, at=self._at))
        self._requests.append(request)
        self._entries.append(
            entry(
                VERIFICATION_ADDED,
                at=self._at,
                case=str(case.pk),
                right=right.value,
                method="program",
                level=certainty.certainty(level).value,
            )
        )
        return request

    def arrive(
        self,
        joined: dict[int, Request],
        fresh: Sequence[Fresh],
        answers: dict[int, Arrival | TwoCases],
    ) -> None:
        """Those who joined a case."""
        for number, request in joined.items():
            answers[number] = self._arrival(fresh[number], request)

    def _arrival(self, fresh: Fresh, request: Request) -> Arrival:
        means, at = self._means, self._at
        arrival = Arrival(
            id=uuid4(),
            channel=Channel.PROGRAM,
            language=fresh.language,
            rights=fresh.right.value,
            regime=fresh.regime or "",
            key=request.case.key,
            judged_by=name_of(self._token),
            address_digest=b"",
            reachable=bool(fresh.contact),
            received_at=at,
            verified_at=at,
            expires_at=at + arrivals.LASTS,
            case=request.case,
        )
        arrivals.seal(means=means, arrival=arrival, address=fresh.contact)
        self._arrivals.append(arrival)
        self._submissions.append(
            Submission(
                arrival=arrival,
                token=self._token,
                request=request,
                rule_at=rule_at(means, request, at),
            )
        )
        return arrival

    def insert(self) -> None:
        """All of it. Proofs before requests: a request says no more than a proof that is there."""
        insert_all(self._cases)
        insert_all(self._marks)
        insert_all(self._proofs)
        insert_all(self._requests)
        insert_all(self._arrivals)
        insert_all([lasting.link(self._means, each, self._at) for each in self._arrivals])
        insert_all(self._submissions)
        put_all(self._entries)
        due = [each.request for each in self._submissions if each.rule_at is not None]
        dispatch.wake_all([each.case_id for each in due if each is not None])


def rule_at(means: Means, request: Request, at: datetime) -> datetime | None:
    """When the organisation's own rule looks at a request that a trusted program sent in: now, where it has
    one for that right and it is sure enough who asks."""
    ruled = request.right.lower() in means.datamap.organisation.approve
    return at if ruled and request.state == RequestState.OPEN and request.reached >= request.needed else None
