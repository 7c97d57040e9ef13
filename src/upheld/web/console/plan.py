"""What will happen, in words and counts; and the approval of exactly that."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import approving, stop
from upheld.actions.staff import may
from upheld.law.right import Right
from upheld.rights.connector import Severity
from upheld.rights.outcome import Failure
from upheld.store.models import Request, RequestState
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only


@only("plan")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, number: UUID) -> HttpResponse:
    """GET only reads, in every system. POST approves what the page showed."""
    found = get_object_or_404(Request.objects.select_related("case"), pk=number)
    if found.state != RequestState.OPEN:
        messages.info(request, "This is approved already.")
        return redirect("case", number=found.case_id)
    means, failure = able(request, reaching=True), None
    if request.method == "POST":
        if not may(account(request).role, "approve"):
            raise PermissionDenied
        try:
            approving.approve(means=means, request=found, looked=request.POST.get("looked", ""))
        except Failure as caught:
            failure = caught
        else:
            messages.success(request, "Approved. It starts within a few seconds.")
            return redirect("case", number=found.case_id)
    try:
        seen = approving.look(means=means, request=found)
    except Failure as caught:
        return render(request, "console/undecided.html", {"request_": found, "failure": caught}, status=409)
    copy = found.right == Right.ACCESS
    shown = {
        "request_": found,
        "copy": copy,
        "sections": seen.explanation.sections,
        "findings": [each for each in seen.findings if each.severity is not Severity.NOTE],
        "beyond": seen.beyond,
        "waiting": seen.waiting,
        "rows": seen.rows,
        "looked": approving.fingerprint(seen),
        "failure": failure,
        "stopped": stop.in_force(),
        "may_approve": may(account(request).role, "approve"),
        "people": len(seen.subject.people),
    }
    return render(request, "console/plan.html", shown, status=409 if failure else 200)
