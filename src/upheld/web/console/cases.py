"""The list: which one first? And a case: what does this person need from me now."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from upheld.actions import (
    adding,
    casefile,
    cases,
    certificates,
    deciding,
    intake,
    outbox,
    proofs,
    queue,
    rounds,
    staff,
    stop,
    thread,
    two,
)
from upheld.actions.arrivals import number, rights_of
from upheld.actions.choice import Choice, ended
from upheld.actions.staff import may
from upheld.law.right import Right
from upheld.store.models import Case, Request
from upheld.web.console import choosing, words
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

WISHES = {
    (Right.ACCESS,): "A copy",
    (Right.ERASURE,): "Everything deleted",
    (Right.ACCESS, Right.ERASURE): "A copy, then everything deleted",
}


def said(rights: tuple[Right, ...]) -> str:
    """What was asked for, as a heading."""
    return WISHES.get(rights) or ", ".join(dict.fromkeys(queue.NAMES[each] for each in rights)).capitalize()


@only("see")
@require_GET
def queued(request: HttpRequest) -> HttpResponse:
    means, after = able(request), request.GET.get("after", "")
    choice, of_ended = choosing.chosen(request.GET)
    offered = choosing.offered(request.GET, means=means, me=account(request))
    if of_ended:
        return _ended(request, choice, offered)
    page = queue.waiting(means=means, after=after, choice=choice)
    many, newest = queue.unconfirmed()
    today = means.now.date()
    lines = [(each, said(each.rights), (each.dates.target - today).days) for each in page.lines]
    return render(
        request,
        "console/queue.html",
        offered
        | {
            "lines": lines,
            "after": page.after,
            "first": not after,
            "chose": any(offered["chosen"].values()),
            "heading": words.heading(
                sum(left < 0 for _, _, left in lines),
                sum(each.needs for each, _, _ in lines),
                whole=not page.after and not after and not any(offered["chosen"].values()),
            ),
            "today": today,
            "for_staff": deciding.waiting(),
            "unconfirmed": many,
            "newest": [(number(each), said(rights_of(each)), each.received_at) for each in newest],
            "mails": outbox.waiting(),
            "unread": intake.unread(),
            "stopped": stop.in_force(),
            "waits": two.waiting(means=means),
        },
    )


def _ended(request: HttpRequest, choice: Choice, offered: dict[str, Any]) -> HttpResponse:
    after = request.GET.get("after", "")
    found, further = ended(after=after, size=queue.PAGE, choice=choice)
    lines = [(each, said((each.right,)), choosing.OUTCOMES[each.state]) for each in found]
    shown = {"lines": lines, "after": further, "first": not after}
    return render(request, "console/ended.html", offered | shown)


@only("see")
@require_GET
def case(request: HttpRequest, number: UUID) -> HttpResponse:
    # Fetched before the file is read: the runner may finish the case between the two.
    found = get_object_or_404(
        Case.objects.select_related("assigned_to").prefetch_related(*queue.FETCHED), pk=number
    )
    means, role = able(request), account(request).role
    file = casefile.opened(
        means=means,
        case=found,
        before=_many(request.GET.get("older", "")),
        letters_before=_many(request.GET.get("letters", "")),
    )
    line = queue.line(means=means, case=found) if any(not each.finished for each in file.wishes) else None
    rights = adding.choices(means=means, case=found) if line else ()
    shown = {
        "file": file,
        "line": line,
        "first_open": next((each.request.pk for each in file.wishes if each.open), None),
        "heading": said(tuple(each.right for each in file.wishes)),
        "left": (line.dates.target - means.now.date()).days if line else 0,
        "role": role,
        "verifying": proofs.boxes(means=means, case=found),
        "may_verify": may(role, "verify"),
        "may_judge": may(role, "judge"),
        "stopped": stop.in_force(),
        "may_decide": may(role, "decide"),
        "may_note": may(role, "note"),
        "may_look": may(role, "look"),
        "may_assign": may(role, "assign"),
        "keepers": thread.keepers(),
        "notes": found.notes.count(),
        "waits": two.waiting(means=means, case=found),
        "choices": [(each.value, queue.NAMES[each]) for each in rights],
    }
    return render(request, "console/case.html", shown)


def _many(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0


@only("see")
@require_GET
def evidence(request: HttpRequest, number: UUID) -> HttpResponse:
    """The certificate with its proof, as the person has it. It names nobody."""
    found = get_object_or_404(Request.objects.filter(certificates__complete=True).distinct(), pk=number)
    issued = certificates.certify(means=able(request, reaching=True), request=found)
    response = HttpResponse(issued.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="proof-{found.case_id.hex[:8]}.json"'
    return response


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
        {
            "case": found,
            "known": sorted({(each.kind, each.value, each.source) for each in known}),
            "reasons": proofs.reasons(means=means, case=found),
        },
    )


@only("approve")
@require_POST
def retry(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """What failed is tried again in the next round."""
    found = get_object_or_404(Request, pk=number)
    many = rounds.retry(request=found, at=able(request).clock())
    messages.success(request, "It is tried again within a few seconds." if many else "Nothing had failed.")
    return redirect("case", number=found.case_id)
