"""What she wrote, what we asked, what she answered; and what waits for somebody to say what it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import arrivals, deciding, enclosures, hints, questions, staff, unfound
from upheld.actions.regime import regime_for
from upheld.actions.staff import may
from upheld.law.right import Right
from upheld.rights.regime import law_on
from upheld.store.models import Arrival, Case, Enclosure, Request
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "text": "text/plain; charset=utf-8",
}


@only("look")
@require_GET
def waiting(request: HttpRequest, number: UUID) -> HttpResponse:
    """One message that waits. What is in it stands behind a look."""
    found = get_object_or_404(Arrival, pk=number)
    return render(request, "console/talk/waiting.html", {"arrival": found, "called": arrivals.number(found)})


@only("look")
@require_POST
def read(request: HttpRequest, number: UUID) -> HttpResponse:
    """What is in it; recorded with who looked and why, before anything is shown."""
    found = get_object_or_404(Arrival, pk=number)
    means = able(request)
    content = deciding.read(means=means, arrival=found, why=request.POST.get("why", ""))
    law = law_on(
        found.case.regime if found.case else regime_for(means=means, regime=found.regime), means.now.date()
    )
    given = [each for each in Right if law.given(each) is not None]
    shown = {
        "arrival": found,
        "called": arrivals.number(found),
        "content": content,
        "rights": [(each.value, each.value.capitalize().replace("_", " ")) for each in given],
        "may_decide": may(account(request).role, "approve"),
    }
    return render(request, "console/talk/read.html", shown)


@only("approve")
@require_POST
def decide(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """It becomes a case, or part of one."""
    found = get_object_or_404(Arrival, pk=number)
    rights = [each for each in Right if each.value in request.POST.getlist("right")]
    case = deciding.decide(means=able(request), arrival=found, rights=rights, why=request.POST.get("why", ""))
    messages.success(request, "Decided. Its dates run from the day on which it reached us.")
    return redirect("case", number=case.pk)


@only("answer")
@require_POST
def ask(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """A question to the person; it goes out with the next mails."""
    found = get_object_or_404(Case, pk=number)
    means = able(request)
    if request.POST.get("kind") == "identifier":
        questions.ask_identifier(means=means, case=found)
    else:
        questions.ask_person(means=means, case=found, text=request.POST.get("text", ""))
    messages.success(request, "Asked. She gets a mail with a link; the answer comes here.")
    return redirect("case", number=found.pk)


@only("approve")
@require_POST
def nothing(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """Her request ends: she was asked for another identifier, and still no system knows her."""
    found = get_object_or_404(Request.objects.select_related("case"), pk=number)
    unfound.answer(means=able(request, reaching=True), request=found)
    messages.success(request, "Ended: nothing was found. She is told by mail.")
    return redirect("case", number=found.case_id)


@only("look")
@require_POST
def told(request: HttpRequest, number: UUID) -> HttpResponse:
    """All that she wrote in this case; recorded as a look first."""
    found = get_object_or_404(Case, pk=number)
    means = able(request)
    staff.look(
        case=found,
        by=means.by,
        at=means.clock(),
        what="what the person wrote",
        why=request.POST.get("why", ""),
    )
    came = found.arrivals.order_by("received_at")
    shown = {
        "case": found,
        "wrote": [(arrivals.number(each), arrivals.opened(means=means, arrival=each).told) for each in came],
        "hints": hints.of(means=means, case=found),
        "asked": questions.of(means=means, case=found),
        "files": [
            (each, enclosures.name(means=means, enclosure=each))
            for each in Enclosure.objects.filter(question__case=found).select_related("question__case")
        ],
    }
    return render(request, "console/talk/told.html", shown)


@only("look")
@require_POST
def enclosure(request: HttpRequest, number: UUID) -> StreamingHttpResponse:
    """One file of hers, to be saved and never shown here; recorded as a look."""
    found = get_object_or_404(Enclosure.objects.select_related("question__case"), pk=number)
    means = able(request)
    staff.look(
        case=found.question.case, by=means.by, at=means.clock(), what="a file of the person", why="to read it"
    )
    response = StreamingHttpResponse(
        enclosures.content(means=means, enclosure=found), content_type=TYPES[found.kind]
    )
    suffix = "txt" if found.kind == "text" else found.kind
    response["Content-Disposition"] = f'attachment; filename="enclosure-{found.pk.hex[:8]}.{suffix}"'
    return response
