"""The switch that stops all writing."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import stop
from upheld.actions.staff import may
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only


@only("stop")
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """POST stops with a reason, or lifts the stop."""
    if request.method == "POST":
        means = able(request)
        if request.POST.get("lift"):
            if not may(account(request).role, "lift"):
                raise PermissionDenied
            stop.lift(means=means)
        else:
            stop.stop(means=means, reason=request.POST.get("reason", ""))
        return redirect("stop")
    return render(
        request,
        "console/stop.html",
        {"stopped": stop.in_force(), "may_lift": may(account(request).role, "lift")},
    )
