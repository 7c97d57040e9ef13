"""The link by which somebody follows what a trusted program sent in for her: always the same one."""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from upheld.actions import links
from upheld.actions.means import Means
from upheld.store.models import Arrival, Link, LinkPurpose


def token(means: Means, arrival: UUID) -> str:
    """Made from a key of ours, so that a repeated call is answered with the same link although none is
    kept."""
    return hmac.new(means.keys.derived("follow links"), arrival.bytes, sha256).hexdigest()


def page(means: Means, arrival: Arrival) -> str:
    """The address of her page."""
    return links.page(arrival.language, "follow", token(means, arrival.pk))


def link(means: Means, arrival: Arrival, at: datetime) -> Link:
    """The link's row, not yet stored."""
    return Link(
        digest=links.digest(token(means, arrival.pk)),
        purpose=LinkPurpose.FOLLOW,
        arrival=arrival,
        created_at=at,
        expires_at=at + links.LASTS[LinkPurpose.FOLLOW],
    )


def prolong(means: Means, arrival: Arrival) -> None:
    """It lasts from now again; for a program that asks where the request stands. Nothing where it lasts long
    enough, or was never given."""
    at, lasts = means.clock(), links.LASTS[LinkPurpose.FOLLOW]
    found = Link.objects.filter(digest=links.digest(token(means, arrival.pk)))
    found.filter(expires_at__lt=at + lasts / 2).update(expires_at=at + lasts)
