"""Is this address yours too? Asked of each further address that somebody named; only the button says yes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upheld.actions import alias, arrivals, links
from upheld.actions.cases import TwoCases
from upheld.actions.means import Means
from upheld.store.keys import Destroyed
from upheld.store.models import Arrival, LinkPurpose
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means


@public
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Shows enough of the first address for its owner to know it, and nothing of the request. Whoever says
    yes gets no link: what is found goes to the first address."""
    able = means(by=PERSON)
    try:
        arrival, content, other = _named(able, token)
        if request.method != "POST":
            shown = {"first": alias.masked(content.address or content.told.lost), "other": other}
            return render(request, "centre/mine.html", shown)
        counted = alias.prove(means=able, token=token, arrival=arrival, other=other)
    except (links.Unusable, Destroyed):
        return render(request, "centre/old.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    except TwoCases:
        return render(request, "centre/two.html", status=409)
    return render(request, "centre/counted.html", {"counted": counted})


def _named(able: Means, token: str) -> tuple[Arrival, arrivals.Content, str]:
    """The message, and the address of it that the link is for."""
    link = links.find(means=able, token=token, purpose=LinkPurpose.VERIFY)
    if link.arrival is None or not link.position:
        raise links.Unknown
    content = arrivals.opened(means=able, arrival=link.arrival)
    if link.position > len(content.told.others):
        raise links.Unknown
    return link.arrival, content, content.told.others[link.position - 1]
