"""Tokens of programs that send requests in: made and revoked, known by a digest, each use recorded."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from upheld.actions.certainty import certainty
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.types import TOKEN_MADE, TOKEN_REVOKED
from upheld.rights.outcome import Permanent
from upheld.store.models import Level, Token, TokenUse

PREFIX = "upheld_"
"""So that whoever finds one in a log or a repository knows what it is."""
LONGEST = 400
NAME = 60
KEPT = timedelta(days=730)
"""How long a use is kept: as long as somebody may ask who sent something in."""


class Unknown(Permanent):
    """No token that is good now."""

    def __init__(self) -> None:
        super().__init__(
            "This token is not known here, has expired, or was revoked.", "Ask an officer for another one."
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. Only here does its secret exist in the clear."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Made({self.token.pk})"


@transaction.atomic
def make(
    *, means: Means, name: str, submits: bool, reads: bool, trusted: Level = Level.NONE, days: int = 365
) -> Made:
    """A token for the program `name`. `trusted`: how sure it is who asks where the program says that it has
    verified her. Writes `token.made`. Permanent for one that may do nothing, or that may say so without
    sending anything in."""
    name = name.strip()
    if not name or len(name) > NAME:
        raise Permanent("A token needs the name of its program, of at most 60 letters.", "Name the program.")
    if not (submits or reads):
        raise Permanent("This token could do nothing.", "Let it send requests in, or read, or both.")
    if trusted and not submits:
        raise Permanent(
            "Whoever sends nothing in cannot say that somebody is verified.", "Let it send requests in too."
        )
    if not 1 <= days <= LONGEST:
        raise Permanent(f"A token lasts between 1 and {LONGEST} days.", "Choose a number of days.")
    secret, at = PREFIX + secrets.token_urlsafe(32), means.clock()
    token = Token.objects.create(
        name=name,
        digest=digest(secret),
        submits=submits,
        reads=reads,
        trusted=trusted,
        created_by=means.by,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    may = {(True, True): "both", (True, False): "submit"}.get((submits, reads), "read")
    record(
        TOKEN_MADE,
        at=at,
        token=str(token.pk),
        may=may,
        trusted=certainty(trusted).value,
        expires=token.expires_at.date().isoformat(),
    )
    return Made(token, secret)


@transaction.atomic
def revoke(*, means: Means, number: UUID) -> None:
    """From now on it is not known any more; what it sent in stays. Again changes nothing. Writes
    `token.revoked`. Permanent where there is no such token."""
    token = Token.objects.select_for_update().filter(pk=number).first()
    if token is None:
        raise Permanent("There is no such token.", "`upheld token list` names them.")
    if token.revoked_at is not None:
        return
    token.revoked_at, token.revoked_by = means.clock(), means.by
    token.save(update_fields=["revoked_at", "revoked_by"])
    record(TOKEN_REVOKED, at=token.revoked_at, token=str(token.pk))


def find(*, means: Means, secret: str) -> Token:
    """The token, if it is good now. Raises Unknown, whatever the reason."""
    token = Token.objects.filter(digest=digest(secret), revoked_at=None).first()
    if token is None or token.expires_at <= means.clock():
        raise Unknown
    return token


def used(*, token: Token, at: datetime, what: str, status: int) -> None:
    """Note a use that created nothing."""
    TokenUse.objects.create(token=token, at=at, what=what, status=status)


def digest(secret: str) -> bytes:
    """What is kept of a token. It is 256 bits of chance: nothing to salt or to slow down."""
    return sha256(b"upheld token v1\x00" + secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Listed:
    """One token as staff see it. `standing`: good, expired or revoked."""

    token: Token
    standing: str
    last: datetime | None


def listed(*, means: Means) -> Sequence[Listed]:
    """All of them, the newest first."""
    at = means.clock()
    found = Token.objects.annotate(last=Max("uses__at")).order_by("-created_at")[:200]
    return [Listed(each, _standing(each, at), each.last) for each in found]


def _standing(token: Token, at: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= at else "good"


def forget(*, means: Means) -> int:
    """Uses that are old go; gives how many. One that a repeat could still be of is far younger."""
    gone, _ = TokenUse.objects.filter(at__lt=means.clock() - KEPT).delete()
    return gone
