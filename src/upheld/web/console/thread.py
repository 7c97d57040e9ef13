"""What colleagues share in a case: notes, who looks after it, a further right that she asked for."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from upheld.actions import adding, decisions, staff, thread
from upheld.actions.staff import may
from upheld.law.right import Right
from upheld.rights.outcome import Misnamed
from upheld.store.models import Case, Staff
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only


class Note(forms.Form):
    """One note."""

    words = forms.CharField(
        max_length=decisions.LONGEST, widget=forms.Textarea(attrs={"rows": 4}), label="Your note"
    )


@only("note")
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest, number: UUID) -> HttpResponse:
    """What was written down in this case; reading it is a look, and recorded."""
    case = get_object_or_404(Case, pk=number)
    means, form = able(request), Note(request.POST or None)
    if request.method == "POST" and form.is_valid():
        thread.note(means=means, case=case, words=form.cleaned_data["words"])
        return redirect("notes", number=number)
    found = thread.written(means=means, case=case)
    if found:
        staff.look(case=case, by=means.by, at=means.clock(), what="the notes", why="to work on the case")
    status = 422 if request.method == "POST" else 200
    return render(request, "console/notes.html", {"case": case, "notes": found, "form": form}, status=status)


@only("assign")
@require_POST
def assign(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """Hand the case over."""
    case = get_object_or_404(Case, pk=number)
    to = Staff.objects.filter(pk=int(request.POST.get("to") or 0)).first() if _is_number(request) else None
    thread.assign(case=case, to=to)
    messages.success(request, f"{to.name} looks after it." if to else "Nobody looks after it in particular.")
    return redirect("case", number=number)


def _is_number(request: HttpRequest) -> bool:
    given = request.POST.get("to", "")
    return given.isascii() and given.isdigit() and len(given) < 12


@only("decide")
@require_POST
def add(request: HttpRequest, number: UUID) -> HttpResponseRedirect:
    """A further right, as she wrote it."""
    case = get_object_or_404(Case, pk=number)
    means = able(request)
    if not may(account(request).role, "decide"):
        raise PermissionDenied
    known = {each.value: each for each in adding.choices(means=means, case=case)}
    chosen = known.get(request.POST.get("right", ""))
    if chosen is None:
        raise Misnamed(
            "This cannot be added here.",
            f"Choose one of: {', '.join(Right(each).lower() for each in known) or 'none is left'}.",
        )
    adding.add(means=means, case=case, right=chosen, why=request.POST.get("why", ""))
    messages.success(request, "Added. It waits for approval like the others.")
    return redirect("case", number=number)
