"""Programs that may call: their tokens, made, listed and revoked."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from upheld.actions import tokens
from upheld.actions.staff import may
from upheld.store.models import Level
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only

TRUSTED = [
    (Level.NONE.value, "No: each person confirms by a mail"),
    (Level.REASONABLE.value, "Yes: then it is reasonably sure who asks"),
    (Level.HIGH.value, "Yes: then it is as sure as it can be"),
]


class MakeForm(forms.Form):
    """A token to be made."""

    name = forms.CharField(max_length=tokens.NAME, label="Program", help_text="What you call it: shop.")
    submits = forms.BooleanField(required=False, initial=True, label="may send requests in")
    reads = forms.BooleanField(required=False, initial=True, label="may read where they stand")
    trusted = forms.TypedChoiceField(
        choices=TRUSTED, coerce=int, label="Do you believe it when it says that it has verified the person?"
    )
    days = forms.IntegerField(min_value=1, max_value=tokens.LONGEST, initial=365, label="Good for (days)")

    def clean(self) -> dict[str, object]:
        said: dict[str, object] = super().clean() or {}
        if not said.get("submits") and not said.get("reads"):
            raise forms.ValidationError("A token that may do nothing is of no use: tick at least one.")
        if said.get("trusted") and not said.get("submits"):
            raise forms.ValidationError("Whoever sends nothing in cannot say that somebody is verified.")
        return said


@only("tokens")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All tokens, without what they are."""
    means = able(request)
    return render(
        request,
        "console/programs.html",
        {
            "tokens": tokens.listed(means=means),
            "makes": may(account(request).role, "token"),
            "approve": means.datamap.organisation.approve,
        },
    )


@only("token")
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """POST makes a token and shows it, once."""
    form = MakeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "console/program_make.html", {"form": form}, status=status)
    said = form.cleaned_data
    made = tokens.make(
        means=able(request),
        name=said["name"],
        submits=said["submits"],
        reads=said["reads"],
        trusted=Level(said["trusted"]),
        days=said["days"],
    )
    return render(request, "console/program_made.html", {"made": made})


@only("token")
@require_POST
def revoke(request: HttpRequest, number: UUID) -> HttpResponse:
    tokens.revoke(means=able(request), number=number)
    return redirect("programs")
