"""The list: which one first? And a case: what does this person need from me now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import casefile, cases, deciding, outbox, queue, rounds, staff, stop
from upheld.actions.arrivals import number, rights_of
from upheld.law.right import Right
from upheld.store.models import Case, Request
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

WISHES = {
    (Right.ACCESS,): "A copy",
    (Right.ERASURE,): "Everything deleted",
    (Right.ACCESS, Right.ERASURE): "A copy, then everything deleted",
}


def said(rights: tuple[Right, ...]) -> str:
    """What was asked for, as a heading."""
    return WISHES.get(rights) or ", ".join(each.value.lower() for each in rights).capitalize()


@only("see")
@require_GET
def queued(request: HttpRequest) -> HttpResponse:
    means = able(request)
    page = queue.waiting(means=means, after=request.GET.get("after", ""))
    many, newest = queue.unconfirmed()
    today = means.now.date()
    lines = [(each, said(each.rights), (each.dates.target - today).days) for each in page.lines]
    return render(
        request,
        "console/queue.html",
        {
            "lines": lines,
            "after": page.after,
            "first": not request.GET.get("after"),
            "late": sum(left < 0 for _, _, left in lines),
            "needing": sum(each.needs for each, _, _ in lines),
            "today": today,
            "for_staff": deciding.waiting(),
            "unconfirmed": many,
            "newest": [(number(each), said(rights_of(each)), each.received_at) for each in newest],
            "mails": outbox.waiting(),
            "stopped": stop.in_force(),
        },
    )


@only("see")
@require_GET
def case(request: HttpRequest, number: UUID) -> HttpResponse:
    found = get_object_or_404(Case, pk=number)
    means = able(request)
    file = casefile.opened(means=means, case=found)
    line = queue.line(means=means, case=found) if any(not each.finished for each in file.wishes) else None
    shown = {
        "file": file,
        "line": line,
        "heading": said(tuple(each.right for each in file.wishes)),
        "left": (line.dates.target - means.now.date()).days if line else 0,
        "role": account(request).role,
        "stopped": stop.in_force(),
    }
    return render(request, "console/case.html", shown)


@only("look")
@require_POST
def look(request: HttpRequest, number: UUID) -> HttpResponse:
    """Who it is; recorded with who looked and why, before anything is shown."""
    found = get_object_or_404(Case, pk=number)
    means = able(request)
    staff.look(
        case=found,
        by=means.by,
        at=means.clock(),
        what="who the person is",
        why=request.POST.get("why", ""),
    )
    subject = cases.subject_of(means=means, case=found)
    given = cases.asked_in(means=means, case=found)
    known = subject.identities if subject else given.identities
    return render(
        request,
        "console/person.html",
        {"case": found, "known": sorted({(each.kind, each.value, each.source) for each in known})},
    )


@only("approve")
@require_POST
def retry(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """What failed is tried again in the next round."""
    found = get_object_or_404(Request, pk=number)
    many = rounds.retry(request=found, at=able(request).clock())
    messages.success(request, "It is tried again within a few seconds." if many else "Nothing had failed.")
    return redirect("case", number=found.case_id)
