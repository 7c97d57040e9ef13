"""What is right? An officer enters it field by field, sees what would change where, and approves that."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from upheld.actions import correcting, staff, stop
from upheld.actions.means import Means
from upheld.actions.staff import may
from upheld.rights.connector import Severity
from upheld.rights.correcting import Wish
from upheld.rights.outcome import Failure
from upheld.store.models import Request
from upheld.web.console.access import account

LINES = 6
"""Fields that can be corrected at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the form, as it was filled in."""

    number: int
    target: str
    value: str


class Given(forms.Form):
    """Which field, which value; and what she wants said beside it."""

    statement = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Her own statement, in her words, shown wherever the data is read",
    )


def page(request: HttpRequest, means: Means, found: Request) -> HttpResponse:
    """GET: the empty form. POST: what would change; with `approve`, exactly that is approved."""
    failure, seen, status = None, None, 200
    lines = _lines(request)
    wishes = tuple(Wish(each.target, each.value) for each in lines if each.target and each.value)
    form = Given(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["statement"].strip()
        try:
            if request.POST.get("approve"):
                looked = request.POST.get("looked", "")
                correcting.approve(means=means, request=found, wishes=wishes, words=words, looked=looked)
                messages.success(request, "Approved. It is corrected within a few seconds.")
                return redirect("case", number=found.case_id)
            seen = correcting.look(means=means, request=found, wishes=wishes, words=words)
            staff.look(
                case=found.case,
                by=means.by,
                at=means.clock(),
                what="values to correct",
                why="to correct them",
            )
        except Failure as caught:
            failure, status = caught, 409
    shown = {
        "request_": found,
        "form": form,
        "lines": lines,
        "targets": correcting.targets(means.datamap),
        "failure": failure,
        "seen": seen,
        "findings": [each for each in seen.findings if each.severity is not Severity.NOTE] if seen else (),
        "stopped": stop.in_force(),
        "may_approve": may(account(request).role, "approve"),
    }
    return render(request, "console/correct.html", shown, status=status)


def _lines(request: HttpRequest) -> list[Line]:
    return [
        Line(
            number,
            request.POST.get(f"target-{number}", "")[:300],
            request.POST.get(f"value-{number}", "").strip()[:2000],
        )
        for number in range(1, LINES + 1)
    ]
