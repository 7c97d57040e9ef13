"""What was done, what stays and why, in her language; beside it what is proved."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upheld.actions import arrivals, certificates
from upheld.ledger.issue import Issued
from upheld.ledger.letter import compose
from upheld.store.models import Arrival, Request
from upheld.web.centre.followed import Closed, followed
from upheld.web.centre.pages import public
from upheld.web.centre.plain import plain
from upheld.web.means import PERSON, means


def _issued(request: HttpRequest, token: str, number: UUID) -> tuple[Arrival, Issued]:
    able = means(by=PERSON)
    arrival = followed(request, able, token)
    if arrival.case is None:
        raise Http404
    found = Request.objects.filter(pk=number, case=arrival.case, certificates__complete=True).first()
    if found is None:
        raise Http404
    return arrival, certificates.certify(means=means(by=PERSON, reaching=True), request=found)


@public
@require_safe
def certificate(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    try:
        arrival, issued = _issued(request, token, number)
    except Closed as closed:
        return closed.answer
    shown = {
        "plain": plain(issued.certificate),
        "letter": compose(issued),
        "token": token,
        "number": number,
        "case": arrivals.number(arrival),
        "date": issued.certificate.finished_at,
        "law": issued.certificate.regime,
    }
    return render(request, "centre/certificate.html", shown)


@public
@require_safe
def proof(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    try:
        arrival, issued = _issued(request, token, number)
    except Closed as closed:
        return closed.answer
    response = HttpResponse(issued.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{arrivals.number(arrival)}.json"'
    return response
