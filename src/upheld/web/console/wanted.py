"""Somebody who objected to advertising wants it again. What is typed is in no address: it names somebody."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from upheld.actions import suppression
from upheld.web.console.access import able
from upheld.web.console.access import staff as only


class Wanted(forms.Form):
    """Who, and how that is known."""

    words = forms.CharField(
        max_length=254,
        label="Her address or number",
        error_messages={"required": "Write the address or number that she wants to be reached by."},
    )
    why = forms.CharField(
        max_length=500,
        label="How do you know that she wants it?",
        error_messages={"required": "Say how you know that she wants it."},
    )


@only("decide")
@require_http_methods(["GET", "POST"])
def wanted(request: HttpRequest) -> HttpResponse:
    """POST takes the mark away; the page says where there was none."""
    form = Wanted(request.POST if request.method == "POST" else None)
    none = False
    if form.is_valid():
        lifted = suppression.want_again(means=able(request), **form.cleaned_data)
        if lifted:
            messages.success(request, "The mark is gone. A list with this address is no longer held back.")
            return redirect("wanted")
        none = True
    status = 422 if request.method == "POST" and not none else 200
    return render(request, "console/wanted.html", {"form": form, "none": none}, status=status)
