"""Where a request stands, for the program that sent it in: dates and files, and nobody's data."""

from uuid import UUID

from django.db import transaction

from upheld.actions import copies, dates, lasting, tokens
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Request, Submission, Token

PLACES = {Right.ACCESS: "copy.zip", Right.PORTABILITY: "portable.zip"}
"""Where a copy stands below the person's page."""


@transaction.atomic
def of(*, means: Means, token: Token, number: UUID) -> dict[str, object] | None:
    """As the API answers it; None for a number that was not sent in under this token's name. Notes the use,
    and prolongs the person's link where the program has one."""
    sent = (
        Submission.objects.filter(pk=number, token__name=token.name)
        .select_related("arrival", "request", "arrival__case")
        .first()
    )
    tokens.used(token=token, at=means.clock(), what="read", status=200 if sent else 404)
    if sent is None:
        return None
    arrival, request = sent.arrival, _request(sent)
    follow = None
    if sent.request is not None and token.trusted:
        lasting.prolong(means, arrival)
        follow = lasting.page(means, arrival)
    return {
        "number": str(number),
        "right": arrival.rights.lower(),
        "state": request.state.lower() if request else "unconfirmed",
        "received_at": arrival.received_at.isoformat(),
        **_dates(means, request),
        "finished_at": request.finished_at.isoformat() if request and request.finished_at else None,
        "package": _package(request, follow),
        "certificate": _certificate(request, follow),
        "follow": follow,
    }


def _request(sent: Submission) -> Request | None:
    """The one that was opened for it; of whom confirmed by mail, the newest of her case."""
    if sent.request is not None or sent.arrival.case is None:
        return sent.request
    return sent.arrival.case.requests.filter(right=sent.arrival.rights).order_by("-received_at").first()


def _dates(means: Means, request: Request | None) -> dict[str, object]:
    if request is None:
        return {"target_date": None, "legal_date": None}
    found = dates.of(means=means, request=request)
    return {"target_date": found.target.isoformat(), "legal_date": found.legal.isoformat()}


def _package(request: Request | None, follow: str | None) -> dict[str, object] | None:
    package = copies.latest(request) if request else None
    if package is None:
        return None
    return {
        "written_at": package.written_at.isoformat(),
        "expires_at": package.expires_at.isoformat(),
        "size": package.size,
        "sha256": package.digest,
        "opened": copies.was_opened(package),
        "address": f"{follow}{PLACES[Right(package.request.right)]}" if follow else None,
    }


def _certificate(request: Request | None, follow: str | None) -> dict[str, object] | None:
    newest = request.certificates.order_by("-issued_at").first() if request else None
    if request is None or newest is None:
        return None
    return {
        "issued_at": newest.issued_at.isoformat(),
        "complete": newest.complete,
        "address": f"{follow}certificate/{request.pk}/proof.json" if follow and newest.complete else None,
    }
