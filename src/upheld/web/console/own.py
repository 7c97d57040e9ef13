"""One's own account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from upheld.actions import factors
from upheld.web.console import opened
from upheld.web.console.access import account
from upheld.web.console.access import staff as only


@only("own")
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    hers = factors.listed(account=account(request))
    shown = {
        "account": account(request),
        "factors": hers,
        "opened": opened.listed(request),
        "app": any(each.kind == factors.APP for each in hers),
    }
    return render(request, "console/own.html", shown)
