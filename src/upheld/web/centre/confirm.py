"""Was it you? The link proves that she reads that mailbox; only the button uses it up, for mail scanners and
previews open links by themselves."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from upheld.actions import arrivals, links
from upheld.actions.cases import TwoCases
from upheld.actions.means import Means
from upheld.actions.wishes import Wish, wish_of
from upheld.store.models import LinkPurpose
from upheld.web.centre.followed import renewed
from upheld.web.centre.pages import public
from upheld.web.centre.wish import NAMED
from upheld.web.means import PERSON, means


def _asked(able: Means, token: str) -> list[object]:
    """The wishes of the message by their plain names."""
    link = links.find(means=able, token=token, purpose=LinkPurpose.VERIFY)
    arrival = link.arrival
    if arrival is None or link.position:
        raise links.Unknown
    given = {wish_of(each) for each in arrivals.rights_of(arrival)}
    if arrivals.opened(means=able, arrival=arrival).told.words:
        given.add(Wish.OTHER)
    return [NAMED[each] for each in Wish if each in given]


@public
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by=PERSON)
    if request.POST.get("renew"):
        return renewed(request, able, token, LinkPurpose.VERIFY)
    try:
        if request.method != "POST":
            return render(request, "centre/confirm.html", {"asked": _asked(able, token)})
        given = arrivals.verify(means=able, token=token)
    except links.Unusable:
        return render(request, "centre/used.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    except TwoCases:
        return render(request, "centre/two.html", status=409)
    return HttpResponseRedirect(reverse("follow", kwargs={"language": get_language(), "token": given.token}))
