"""Her sign-in with the organisation's own accounts proves who asks (11 CCR 7061; G-12.8).

Her browser carries nothing: state, nonce and verifier are kept here, and what she comes back with works once.
So somebody else could be led to sign in for a stranger's request. That is why a sign-in alone proves nothing:
whoever signed in is shown the request, and has to say that it is hers.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from upheld.actions import cases, certainty, house, links, pace
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.datamap.signin import SignIn as Way
from upheld.law.certainty import Method
from upheld.outward import openid
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity
from upheld.store.database import hold
from upheld.store.models import Arrival, Level, LinkPurpose, Request, RequestState, SignIn
from upheld.store.sealing import open_value, seal_value

LASTS = timedelta(minutes=15)
FRESH = 600
"""Seconds since she gave her password, at most."""
TRIES = 10
"""An hour, for one message."""
VOUCHED = {"email": "email_verified", "phone_number": "phone_number_verified"}
"""Claims that anybody may have typed in there, and the claim that says that the provider saw to it."""
SCOPES = {"email": "email", "phone_number": "phone"}


class Over(Permanent):
    """It was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__("This sign-in is over.", "Open your page again, and begin anew.")


class Stranger(Permanent):
    """Whoever signed in is not the person of the request, as far as can be seen."""

    def __init__(self) -> None:
        super().__init__(
            "That account is not known for this request.", "Sign in with another, or write to us."
        )


class TooMany(Permanent):
    """More tries than anybody needs."""

    def __init__(self) -> None:
        super().__init__("There were too many tries.", "Try again in an hour, or write to us.")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the provider named. `account`: as it calls her. Personal."""

    identities: tuple[Identity, ...]
    account: str

    def __repr__(self) -> str:
        return "Named(…)"


@dataclass(frozen=True, slots=True)
class Returned:
    """She is back: the token by which she says that it is hers, and what she is shown before."""

    token: str
    arrival: Arrival
    provider: Way

    def __repr__(self) -> str:
        return "Returned(…)"


def offered(*, means: Means, arrival: Arrival) -> tuple[Way, ...]:
    """The sign-ins that would help: none while nothing waits for more certainty (G-12.8). One query."""
    ways = means.datamap.organisation.sign_in
    if not ways or arrival.case is None or arrival.case.key_destroyed_at is not None:
        return ()
    return ways if any(each.reached < each.needed for each in _open(arrival)) else ()


def named(*, means: Means, name: str) -> Way:
    """The sign-in of that name. Raises Over where there is none."""
    for each in means.datamap.organisation.sign_in:
        if each.name == name:
            return each
    raise Over


def leads_to(*, provider: Way) -> str:
    """The origin of the page on which she signs in. Transient, Misconfigured as `openid.places`."""
    return openid.origin(openid.places(_provider(provider)).authorize)


def begin(*, means: Means, arrival: Arrival, provider: Way) -> str:
    """The address at which she signs in, for a quarter of an hour. Raises Over where nothing waits for it,
    TooMany; Transient, Misconfigured as `openid.places`."""
    if arrival.case is None or provider not in offered(means=means, arrival=arrival):
        raise Over
    if pace.exceeded(
        means=means, what="sign-in", whom=str(arrival.pk), most=TRIES, within=timedelta(hours=1)
    ):
        raise TooMany
    state, made, at = secrets.token_urlsafe(32), openid.fresh(), means.clock()
    address = openid.question(
        _provider(provider),
        state=state,
        secrets=made,
        back=_back(provider),
        language=arrival.language,
        scopes=tuple(
            sorted({SCOPES.get(claim, "profile") for _, claim in provider.proves if claim != "sub"})
        ),
    )
    row = SignIn(
        id=uuid4(),
        arrival=arrival,
        provider=provider.name,
        digest=_digest(state),
        begun_at=at,
        expires_at=at + LASTS,
    )
    row.sealed = seal_value(means.keys, arrival.case.key, encode(made), record=_record(row))
    row.save(force_insert=True)
    return address


def language(*, state: str) -> str:
    """In which she asked; empty where there is no such try."""
    row = SignIn.objects.filter(digest=_digest(state)).select_related("arrival").first()
    return row.arrival.language if row else ""


def returned(*, means: Means, name: str, state: str, code: str, issuer: str) -> Returned:
    """She came back with the provider's answer, which is tried once. Proves nothing yet. Raises Over,
    Stranger, and as `openid.answer`. An empty code: she did not sign in there."""
    provider = named(means=means, name=name)
    row = _used(means, provider, state)
    case = row.arrival.case
    if not code or case is None:
        raise Over
    made = decode(open_value(means.keys, case.key, bytes(row.sealed), record=_record(row)), (openid.Secrets,))
    if not isinstance(made, openid.Secrets):
        raise TypeError("A sign-in keeps its secrets.")
    claims = openid.answer(
        _provider(provider),
        code=code,
        issuer=issuer,
        secrets=made,
        back=_back(provider),
        at=means.clock().timestamp(),
    )
    who = Named(tuple(_identities(provider, claims)), str(claims["sub"]))
    if not _is_she(cases.asked_in(means=means, case=case), who):
        raise Stranger
    token = secrets.token_urlsafe(32)
    row.answer = _digest(token)
    row.sealed = seal_value(means.keys, case.key, encode(who), record=_record(row))
    row.save(update_fields=["answer", "sealed"])
    return Returned(token, row.arrival, provider)


@transaction.atomic
def confirm(*, means: Means, name: str, token: str) -> links.Given:
    """Whoever signed in says that the request is hers: proved for all that waits, and what was named of her
    is hers from now on. Gives the link to her page. Writes `verification.added`. Raises Over, TwoCases."""
    hold("cases")
    provider = named(means=means, name=name)
    row = (
        SignIn.objects.select_for_update(of=("self",))
        .select_related("arrival__case")
        .filter(answer=_digest(token), provider=provider.name, expires_at__gt=means.clock())
        .first()
    )
    if row is None or row.arrival.case is None:
        raise Over
    case, waiting = row.arrival.case, _open(row.arrival)
    if not waiting:
        raise Over
    who = decode(open_value(means.keys, case.key, bytes(row.sealed), record=_record(row)), (Named, Identity))
    if not isinstance(who, Named):
        raise TypeError("A sign-in keeps whom it named.")
    known = cases.asked_in(means=means, case=case).identities
    cases.learn(means=means, case=case, asked=Asked((*known, *who.identities)))
    certainty.prove_person(
        means=means,
        request=waiting[0],
        method=Method.SIGN_IN,
        grants=Level.HIGH if provider.anew else Level.REASONABLE,
        details=f"{provider.title} ({provider.issuer}): {who.account}",
    )
    arrival = row.arrival
    row.delete()
    return links.give(means=means, purpose=LinkPurpose.FOLLOW, arrival=arrival)


def expire(*, means: Means) -> int:
    """Tries that nobody ended in time go; gives how many."""
    gone, _ = SignIn.objects.filter(expires_at__lte=means.clock()).delete()
    return gone


@transaction.atomic
def _used(means: Means, provider: Way, state: str) -> SignIn:
    """The try, which nobody can come back to any more, whatever comes of it."""
    at = means.clock()
    row = (
        SignIn.objects.select_related("arrival__case")
        .filter(digest=_digest(state), provider=provider.name, returned_at=None, expires_at__gt=at)
        .first()
    )
    if row is None or not SignIn.objects.filter(pk=row.pk, returned_at=None).update(returned_at=at):
        raise Over
    row.returned_at = at
    return row


def _identities(provider: Way, claims: Mapping[str, Any]) -> list[Identity]:
    """What it proves: text that is not empty, and an address only where the provider has seen that it is
    hers."""
    found = []
    for kind, claim in provider.proves:
        value, seen = claims.get(claim), VOUCHED.get(claim)
        if seen is not None and claims.get(seen) is not True:
            continue
        if isinstance(value, str) and 0 < len(value.strip()) <= openid.LONGEST_TEXT:
            found.append(cases.canonical(Identity(kind, value.strip())))
    return found


def _is_she(asked: Asked, who: Named) -> bool:
    """One identity of the case is among those named, and no other kind but an address says otherwise: a
    person has several addresses, and one number."""
    known = {(each.kind, each.value) for each in map(cases.canonical, asked.identities) if each.verified}
    named_ = {(each.kind, each.value) for each in who.identities}
    kinds = {kind for kind, _ in named_ if kind not in ("email", "phone")} & {kind for kind, _ in known}
    contradicted = any(not {pair for pair in named_ if pair[0] == kind} & known for kind in kinds)
    return bool(known & named_) and not contradicted


def _open(arrival: Arrival) -> list[Request]:
    return list(
        Request.objects.filter(case=arrival.case, state=RequestState.OPEN).order_by("received_at", "pk")
    )


def _provider(said: Way) -> openid.Provider:
    """Raises Misconfigured for a secret that stands nowhere."""
    secret = settings.UPHELD_ENVIRONMENT[said.secret] if said.secret else ""
    return openid.Provider(
        said.issuer, said.client, secret, FRESH if said.anew else None, said.acr, said.private
    )


def _back(provider: Way) -> str:
    """Where she comes back to; registered with the provider. One for each, so that none answers for
    another."""
    return f"{house.address()}/signed-in/{provider.name}/"


def _digest(token: str) -> bytes:
    return sha256(b"upheld sign-in v1\x00" + token.encode()).digest()


def _record(row: SignIn) -> str:
    return f"sign-in:{row.pk}"
