"""What comes back: the end of a restriction, and the undo of an erasure."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from upheld.actions import restriction, returning
from upheld.actions.inforce import of as in_force
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import Case, Request
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


@only("decide")
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, number: UUID) -> HttpResponse:
    """First the day on which she was told is recorded, then what is put back is shown, and ordered."""
    case = get_object_or_404(Case, pk=number)
    means, failure, seen = able(request, reaching=True), None, None
    rows = in_force(case)
    told = bool(rows) and all(each.told_on for each in rows)
    try:
        if request.method == "POST" and not told:
            restriction.told(means=means, case=case, on=_day(request))
            return redirect("lift", number=number)
        if request.method == "POST":
            looked = request.POST.get("looked", "")
            # An order of the organisation's own, and no request of hers: nobody has to prove who asks.
            returning.order_lift(means=replace(means, orders=True), case=case, looked=looked)
            messages.success(request, "Ordered. The marks are put back within a few seconds.")
            return redirect("case", number=number)
        seen = returning.look_at_lift(means=means, case=case) if told else None
    except Failure as caught:
        failure = caught
    shown = {"case": case, "told": told, "rows": rows, "seen": seen, "failure": failure}
    return render(request, "console/lift.html", shown, status=409 if failure else 200)


def _day(request: HttpRequest) -> date:
    try:
        found = parse_date(request.POST.get("told_on", ""))
    except ValueError:
        found = None
    if found is None:
        raise Permanent("No day was given.", "Give the day on which she was told.")
    return found


@only("decide")
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, number: UUID) -> HttpResponse:
    """GET shows what would come back, in every system; POST orders it, or asks for a second yes."""
    found = get_object_or_404(Request.objects.select_related("case"), pk=number)
    means, failure, seen = able(request, reaching=True), None, None
    uncorrected = bool(request.POST.get("uncorrected"))
    try:
        if request.method == "POST" and request.POST.get("ask"):
            returning.ask(means=means, request=found, reason=request.POST.get("reason", ""))
            messages.success(request, "A second yes was asked for. Nothing comes back before it is there.")
            return redirect("case", number=found.case_id)
        if request.method == "POST":
            words = request.POST.get("words", "")
            returning.order(means=means, request=found, words=words, uncorrected=uncorrected)
            messages.success(request, "Ordered. It is put back within a few seconds.")
            return redirect("case", number=found.case_id)
    except Failure as caught:
        failure = caught
    try:
        seen = returning.look(means=means, request=found)
    except Failure as caught:
        failure = failure or caught
    shown = {"request_": found, "seen": seen, "failure": failure}
    return render(request, "console/undo.html", shown, status=409 if failure else 200)
