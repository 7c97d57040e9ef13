"""One request that came in: where it stands before anybody is verified, and what was written."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from upheld.actions import arrivals, intake, judging, originals, staff
from upheld.actions.means import Means
from upheld.actions.staff import may
from upheld.rights.outcome import Failure
from upheld.store.models import Arrival, Channel, Mail
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.reading import WORDS


@only("see")
@require_http_methods(["GET", "POST"])
def arrival(request: HttpRequest, number: UUID) -> HttpResponse:
    """Names nobody. POST: somebody judges that it is she."""
    found = get_object_or_404(
        Arrival.objects.select_related("case").defer("sealed_content", "sealed_original"), pk=number
    )
    means, failure = able(request), None
    if request.method == "POST":
        if not may(account(request).role, "judge"):
            raise PermissionDenied
        try:
            judged = judging.judge(means=means, number=number, why=request.POST.get("why", ""))
        except Failure as caught:
            failure = caught
        else:
            messages.success(request, "Her case is open, on your judgement.")
            return redirect("case", number=judged.case_id)
    shown = {
        "arrival": found,
        "number": arrivals.number(found),
        "wishes": [WORDS[right] for right in arrivals.rights_of(found)],
        "mails": Mail.objects.filter(arrival=found).order_by("pk"),
        "form": found.channel == Channel.FORM,
        "due": intake.dates_of(means=means, arrival=found),
        "failure": failure,
        "may_judge": may(account(request).role, "judge"),
        "may_look": may(account(request).role, "look"),
    }
    return render(request, "console/arrival.html", shown, status=422 if failure else 200)


@only("look")
@require_POST
def original(request: HttpRequest, number: UUID) -> HttpResponse:
    """What was written, and what we answer by post where there is no address; the look is recorded."""
    found, means = get_object_or_404(Arrival.objects.select_related("case"), pk=number), able(request)
    why = request.POST.get("why", "")
    _look(means, found, "what the person wrote", why)
    shown = {
        "arrival": found,
        "number": arrivals.number(found),
        "original": originals.opened(means=means, arrival=found),
        "address": arrivals.opened(means=means, arrival=found).address,
        "letter": intake.by_post(means=means, arrival=found),
        "why": why,
    }
    return render(request, "console/original.html", shown)


@only("look")
@require_POST
def file(request: HttpRequest, number: UUID, place: int) -> HttpResponseBase:
    """A file that came with it, to be saved and never shown here; the look is recorded."""
    found, means = get_object_or_404(Arrival.objects.select_related("case"), pk=number), able(request)
    files = originals.opened(means=means, arrival=found).files
    if not 0 < place <= len(files):
        raise Http404
    _look(means, found, "a file that the person sent", request.POST.get("why", ""))
    return FileResponse(
        iter([files[place - 1].content]),
        as_attachment=True,
        filename=files[place - 1].name,
        content_type="application/octet-stream",
    )


def _look(means: Means, found: Arrival, what: str, why: str) -> None:
    staff.look(case=found.case, by=means.by, at=means.clock(), what=what, why=why)
