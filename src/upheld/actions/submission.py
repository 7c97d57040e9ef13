"""What a program sends in: one or many requests at once, each for one person.

Where the program has verified her, and is trusted for that, her case is opened with that proof. Where not,
she gets the mail with a link that the form would send her, and nobody is looked up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from upheld.actions import arrivals, cases, lasting
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.opening import Fresh, open_all
from upheld.actions.regime import pinned, regime_for
from upheld.datamap.model import DataMap
from upheld.law.right import Right
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.models import Arrival, Channel, Submission, Token, TokenUse

MOST = 100
"""Requests in one call."""
IDENTITIES = 10


class Repeated(Permanent):
    """The same mark was used for something else before."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another body.",
            "Use a new key for each new call, and the same one only to repeat a call as it was.",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request as it was sent in. Personal. `contact`: where she is written to; empty where whoever sent
    it in tells her."""

    right: Right
    identities: tuple[Identity, ...]
    verified: bool = False
    language: str = ""
    regime: str = ""
    contact: str = ""

    def __repr__(self) -> str:
        return "Wanted(…)"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: its `number`, and where she follows it (`follow`, empty until she has confirmed);
    or the `code` of why it was not taken, in words with what to do."""

    number: UUID | None = None
    follow: str = ""
    code: str = ""
    words: str = ""

    def __repr__(self) -> str:
        return "Result(…)"


@dataclass(frozen=True, slots=True)
class Answer:
    """In the order in which they were sent. `repeated`: the call was made before, and created nothing."""

    results: tuple[Result, ...]
    repeated: bool = False


@transaction.atomic
def submit(*, means: Means, token: Token, wanted: Sequence[Wanted], key: str, body: bytes) -> Answer:
    """Take each in, or say why not; one that is not taken does not stop the others. `key`: the program's mark
    of this call, `body`: what it said; a repeat of both gives the same answer and creates nothing, the same
    key with another body is Repeated. What is verified is dated, joined and pinned as `cases.receive` says.

    Permanent beyond MOST, and for what the token may not do. Writes `case.opened` and `verification.added`
    for those who are verified.
    """
    if not 1 <= len(wanted) <= MOST:
        raise Permanent(f"A call has between 1 and {MOST} requests.", "Send the others in further calls.")
    if not token.submits or (not token.trusted and any(each.verified for each in wanted)):
        raise Permanent(
            "This token may not do that.",
            "Send requests without `verified`, or ask an officer for a token that is trusted with it.",
        )
    hold("cases")
    mark, said = _digest(key), _digest(body)
    earlier = TokenUse.objects.filter(token=token, key_digest=mark).first()
    if earlier is not None:
        if bytes(earlier.body_digest or b"") != said:
            raise Repeated
        return Answer(tuple(_again(means, each) for each in earlier.results), repeated=True)
    refused = {number: why for number, each in enumerate(wanted) if (why := _why_not(means, each))}
    taken = {number: each for number, each in enumerate(wanted) if number not in refused}
    found = _unverified(means, token, {n: each for n, each in taken.items() if not each.verified})
    found |= _verified(means, token, {n: each for n, each in taken.items() if each.verified})
    results = tuple((refused | found)[number] for number in range(len(wanted)))
    created = sum(each.number is not None for each in results)
    TokenUse.objects.create(
        token=token,
        at=means.clock(),
        what="submit",
        status=201 if created else 422,
        people=created,
        key_digest=mark,
        body_digest=said,
        results=[_kept(each) for each in results],
    )
    return Answer(results)


def _digest(value: str | bytes) -> bytes:
    return sha256(value.encode() if isinstance(value, str) else value).digest()


def _kept(result: Result) -> list[str]:
    return [str(result.number or ""), result.code, result.words, "follow" if result.follow else ""]


def _again(means: Means, kept: Sequence[str]) -> Result:
    number, code, words, follows = kept
    if not number:
        return Result(code=code, words=words)
    arrival = Arrival.objects.filter(pk=number).first() if follows else None
    return Result(UUID(number), lasting.page(means, arrival) if arrival else "")


# --- what cannot be taken --------------------------------------------------------------------------------


def _why_not(means: Means, wanted: Wanted) -> Result | None:
    organisation, known = means.datamap.organisation, kinds(means.datamap)
    if not 1 <= len(wanted.identities) <= IDENTITIES:
        return Result(code="identities", words=f"Name her by 1 to {IDENTITIES} identities.")
    if wanted.verified and any(known and each.kind not in known for each in wanted.identities):
        return Result(
            code="kind", words=f"No system knows identities of that kind. Kinds: {', '.join(sorted(known))}."
        )
    if not wanted.verified and [each.kind for each in wanted.identities] != ["email"]:
        return Result(
            code="unverified",
            words="Whoever is not verified is named by one e-mail address, which she confirms.",
        )
    if wanted.language and wanted.language not in organisation.languages:
        return Result(
            code="language",
            words=f"Not answered in that language. Languages: {', '.join(organisation.languages)}.",
        )
    try:
        law = regime_for(means=means, regime=wanted.regime or None)
        pinned(means=means, right=wanted.right, regime=law, at=means.clock())
    except Failure as failure:
        return Result(code="law", words=f"{failure.what} {failure.remedy}")
    return None


def kinds(mapped: DataMap) -> set[str]:
    """Kinds of identities that systems know; empty where people answer by hand only."""
    tables = [table for system in mapped.systems for table in system.tables]
    found = {each.kind for table in tables for each in table.identities}
    return found | {link.identity for table in tables for link in table.links if link.identity}


# --- those who have to confirm ---------------------------------------------------------------------------


def _unverified(means: Means, token: Token, wanted: Mapping[int, Wanted]) -> dict[int, Result]:
    found = {}
    for number, each in wanted.items():
        arrival = arrivals.receive(
            means=means,
            channel=Channel.PROGRAM,
            rights=(each.right,),
            address=each.identities[0].value,
            language=_language(means, each),
            regime=each.regime,
        )
        Submission.objects.create(arrival=arrival, token=token)
        found[number] = Result(arrival.pk)
    return found


def _language(means: Means, wanted: Wanted) -> str:
    return wanted.language or means.datamap.organisation.languages[0]


# --- those who are verified ------------------------------------------------------------------------------


def _verified(means: Means, token: Token, wanted: Mapping[int, Wanted]) -> dict[int, Result]:
    if not wanted:
        return {}
    fresh = {
        number: Fresh(
            right=each.right,
            asked=Asked(each.identities),
            regime=each.regime or None,
            language=_language(means, each),
            contact=each.contact,
        )
        for number, each in wanted.items()
    }
    opened = open_all(means=means, token=token, fresh=list(fresh.values()))
    found = {}
    for number, each in zip(fresh, opened, strict=True):
        if isinstance(each, cases.TwoCases):
            found[number] = Result(code="two-cases", words=each.what)
        else:
            found[number] = Result(each.pk, lasting.page(means, each))
    return found
