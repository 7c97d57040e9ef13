"""Links for people who have no account: given once, kept only as a digest, expiring."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from upheld.actions import house
from upheld.actions.means import Means
from upheld.rights.outcome import Permanent
from upheld.store.models import Arrival, Link, LinkPurpose, Staff, Task

LASTS = {
    LinkPurpose.VERIFY: timedelta(days=3),
    LinkPurpose.FOLLOW: timedelta(days=30),
    LinkPurpose.ANSWER: timedelta(days=30),
    LinkPurpose.STAFF: timedelta(days=1),
}


class Unusable(Permanent):
    """The link was used or has expired. `link`: what is kept of it, for a renewal to the same address."""

    def __init__(self, link: Link) -> None:
        super().__init__("This link has been used or has expired.", "Ask for a new one.")
        self.link = link


class Unknown(Permanent):
    """No such link was ever given, or it is long gone."""

    def __init__(self) -> None:
        super().__init__("This link is not known here.", "Check that it was copied whole.")


@dataclass(frozen=True, slots=True)
class Given:
    """A new link. Only here does its token exist in the clear."""

    link: Link
    token: str


def give(
    *,
    means: Means,
    purpose: LinkPurpose,
    arrival: Arrival | None = None,
    task: Task | None = None,
    role: str = "",
    account: Staff | None = None,
    invited_by: Staff | None = None,
    position: int = 0,
) -> Given:
    """A new link. Belongs into the transaction of the mail that carries it."""
    token, at = secrets.token_urlsafe(24), means.clock()
    link = Link.objects.create(
        digest=digest(token),
        purpose=purpose,
        arrival=arrival,
        task=task,
        role=role,
        account=account,
        invited_by=invited_by,
        position=position,
        created_at=at,
        expires_at=at + LASTS[purpose],
    )
    return Given(link, token)


def page(language: str, name: str, token: str) -> str:
    """The full address of one of the public pages."""
    return f"{house.address()}/{language}/{name}/{token}/"


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(b"upheld link v1\x00" + token.encode()).digest()


def find(*, means: Means, token: str, purpose: LinkPurpose) -> Link:
    """The link, if it may be used now. Raises Unusable or Unknown; uses nothing up."""
    link = (
        Link.objects.select_related("arrival__case", "task__fulfilment__request__case", "account")
        .filter(digest=digest(token), purpose=purpose)
        .first()
    )
    if link is None:
        raise Unknown
    if link.used_at is not None or link.expires_at <= means.clock():
        raise Unusable(link)
    return link


def use(*, means: Means, link: Link) -> None:
    """Use it up; raises Unusable when somebody was faster. Belongs into the transaction of what it does."""
    if not Link.objects.filter(pk=link.pk, used_at=None).update(used_at=means.clock()):
        raise Unusable(link)
