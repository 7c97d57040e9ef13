"""Do you agree? The second yes to what one person alone may not decide."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import agreeing, refusal, revising, staff, two
from upheld.rights.outcome import Failure, Permanent
from upheld.store.models import Agreement, Matter
from upheld.store.models.decision import Rule
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


@only("agree")
@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, number: UUID) -> HttpResponse:
    """GET shows what is asked for and why; POST says yes or no."""
    row = get_object_or_404(Agreement.objects.select_related("request__case", "stop", "revision"), pk=number)
    means, failure = able(request), None
    if request.method == "POST":
        try:
            if request.POST.get("answer") not in ("yes", "no"):
                raise Permanent("Nobody said yes or no.", "Choose one of the two.")
            if request.POST.get("answer") == "no":
                two.decline(means=means, agreement=row, by=means.by)
                messages.success(request, "Kept: no. Nothing was done.")
            elif agreeing.agree(means=means, agreement=row, by=means.by):
                messages.success(request, "Agreed, and done.")
            else:
                done = "written" if row.revision else "approved"
                messages.success(request, f"Agreed. It can be {done} now.")
            return _onward(row)
        except Failure as caught:
            failure = caught
    words, ground = "", ""
    if row.matter == Matter.REFUSAL and row.request and row.sealed_content and request.method == "GET":
        ground, words, *_ = refusal.read(means=means, agreement=row)
        staff.look(
            case=row.request.case,
            by=means.by,
            at=means.clock(),
            what="words of a refusal",
            why="to decide whether to agree",
        )
    early = row.rule == Rule.COOLING and means.clock() < row.not_before
    shown = {
        "row": row,
        "waits": two.when(means=means, agreement=row),
        "mine": row.asked_by == means.by and row.rule != Rule.COOLING,
        "early": early,
        "open": two.is_open(row, means.clock()),
        "outside": row.rule == Rule.OUTSIDE,
        "ground": ground,
        "words": words,
        "difference": revising.difference(row.revision.before, row.revision.text) if row.revision else (),
        "failure": failure,
    }
    return render(request, "console/agree.html", shown, status=409 if failure else 200)


def _onward(row: Agreement) -> HttpResponseRedirect:
    if row.request:
        return redirect("case", number=row.request.case_id)
    return redirect("systems") if row.revision else redirect("stop")
