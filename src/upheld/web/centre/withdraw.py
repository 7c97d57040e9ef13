"""Do you want to take this back? A page of its own, before a request of hers is ended."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.actions import links, withdrawal
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import LinkPurpose, Request
from upheld.store.models.case import UNFINISHED
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means


@public
def withdraw(request: HttpRequest, token: str, number: UUID) -> HttpResponse:
    """GET asks, POST ends the request. What was begun is not taken back, and the page says so."""
    able = means(by=PERSON)
    try:
        arrival = links.find(means=able, token=token, purpose=LinkPurpose.FOLLOW).arrival
    except links.Unusable:
        return render(request, "centre/used.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    found = Request.objects.filter(pk=number, case=arrival.case).first() if arrival and arrival.case else None
    if found is None or found.state not in UNFINISHED:
        raise Http404
    begun = False
    try:
        withdrawal.refuse_begun(found)
        if request.method == "POST":
            withdrawal.withdraw(means=able, request=found, words="By her own link.", by_person=True)
            return redirect("follow", language=request.LANGUAGE_CODE, token=token)
    except Permanent:
        begun = True
    shown = {
        "token": token,
        "begun": begun,
        "copy": found.right == Right.ACCESS,
        "deletion": found.right in (Right.ERASURE, Right.DELETE),
    }
    return render(request, "centre/withdraw.html", shown, status=409 if begun else 200)
