"""Was it you? The link proves that she reads that mailbox; only the button uses it up, for mail scanners and
previews open links by themselves."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from upheld.actions import arrivals, links
from upheld.actions.cases import TwoCases
from upheld.store.models import LinkPurpose
from upheld.web.centre.pages import public
from upheld.web.means import PERSON, means


@public
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by=PERSON)
    if request.POST.get("renew"):
        arrivals.renew(means=able, token=token, purpose=LinkPurpose.VERIFY)
        return render(request, "centre/renewed.html")
    try:
        if request.method != "POST":
            link = links.find(means=able, token=token, purpose=LinkPurpose.VERIFY)
            return render(request, "centre/confirm.html", {"arrival": link.arrival})
        given = arrivals.verify(means=able, token=token)
    except links.Unusable:
        return render(request, "centre/used.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    except TwoCases:
        return render(request, "centre/two.html", status=409)
    return HttpResponseRedirect(reverse("follow", kwargs={"language": get_language(), "token": given.token}))
