"""The switch that stops all writing."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import stop, two
from upheld.actions.staff import may
from upheld.store.models import Matter
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only


@only("stop")
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """POST stops with a reason, or lifts the stop, or asks for the second yes to that."""
    means = able(request)
    if request.method == "POST":
        if request.POST.get("lift"):
            if not may(account(request).role, "lift"):
                raise PermissionDenied
            stop.lift(means=means, reason=request.POST.get("reason", ""))
        else:
            stop.stop(means=means, reason=request.POST.get("reason", ""))
        return redirect("stop")
    there = stop.in_force()
    waits = [each for each in two.waiting(means=means) if there and each.stop_id == there.pk]
    return render(
        request,
        "console/stop.html",
        {
            "stopped": there,
            "may_lift": may(account(request).role, "lift"),
            "two": two.rule_of(means=means, matter=Matter.STOP),
            "waits": waits[0] if waits else None,
        },
    )
