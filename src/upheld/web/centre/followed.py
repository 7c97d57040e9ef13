"""The link to a person's own page: whose it is, or the answer that says why not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.actions import arrivals, links
from upheld.actions.means import Means
from upheld.store.models import Arrival, LinkPurpose


class Closed(Exception):
    """The link is not to be used; the answer says why."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def followed(request: HttpRequest, able: Means, token: str) -> Arrival:
    """The message that the link is about. One that is too old renews itself, to the address that it went to:
    it only reads, so nobody is harmed by a scanner that opens it."""
    try:
        arrival = links.find(means=able, token=token, purpose=LinkPurpose.FOLLOW).arrival
    except links.Unusable:
        raise Closed(renewed(request, able, token, LinkPurpose.FOLLOW, old=True)) from None
    except links.Unknown:
        raise Closed(render(request, "centre/unknown.html", status=404)) from None
    if arrival is None:
        raise Closed(render(request, "centre/unknown.html", status=404))
    return arrival


def renewed(
    request: HttpRequest, able: Means, token: str, purpose: LinkPurpose, *, old: bool = False
) -> HttpResponse:
    """A new link goes to where this one went, or the request is over and nobody knows any more where."""
    if not arrivals.renew(means=able, token=token, purpose=purpose):
        return render(request, "centre/over.html", status=410)
    return render(request, "centre/renewed.html", {"old": old}, status=410 if old else 200)
