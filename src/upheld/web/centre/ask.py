"""What would you like us to do? One form, one look at the answers, one number.

This page looks nothing up: it cannot tell who is known, for it never asks.
"""

import re

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upheld.actions import arrivals, dates
from upheld.law.right import Right
from upheld.store.models import Channel
from upheld.web import rate
from upheld.web.centre.pages import public
from upheld.web.faults import page
from upheld.web.means import PERSON, means

FROM_ONE_NETWORK = 20
"""Requests from one network address within ten minutes; an office or a library has one address for many."""


class Wish(forms.Form):
    """What is asked for, and where to."""

    copy = forms.BooleanField(required=False, label=_("Get a copy"))
    delete = forms.BooleanField(required=False, label=_("Delete"))
    email = forms.EmailField(
        max_length=254,
        label=_("Your e-mail address"),
        error_messages={
            "required": _("Write your e-mail address, so that we can send you the link."),
            "invalid": _("This is not an e-mail address. It looks like name@example.org."),
        },
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not (cleaned.get("copy") or cleaned.get("delete")):
            self.add_error("copy", _("Choose at least one: a copy, or deletion."))
        return cleaned

    @property
    def rights(self) -> tuple[Right, ...]:
        chosen = (("copy", Right.ACCESS), ("delete", Right.ERASURE))
        return tuple(right for name, right in chosen if self.cleaned_data[name])


@public
def ask(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "centre/ask.html", {"form": Wish()})
    form = Wish(request.POST)
    if not form.is_valid():
        return render(request, "centre/ask.html", {"form": form}, status=422)
    if request.POST.get("step") == "change":
        return render(request, "centre/ask.html", {"form": form})
    if request.POST.get("step") != "send":
        return render(request, "centre/check.html", {"form": form})
    if rate.exceeded(request, "ask", most=FROM_ONE_NETWORK):
        return page(
            request,
            429,
            str(_("Too many requests came from your network just now")),
            str(_("Try again in ten minutes, or write to us: a letter or an e-mail counts just the same.")),
        )
    arrival = arrivals.receive(
        means=means(by=PERSON),
        channel=Channel.FORM,
        rights=form.rights,
        address=form.cleaned_data["email"],
        language=get_language() or "en",
    )
    number = arrivals.number(arrival)
    return HttpResponseRedirect(reverse("sent", kwargs={"language": get_language(), "number": number}))


@public
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """The same for everybody: it is made from the number and the day alone."""
    if not re.fullmatch("[0-9A-F]{8}", number):
        raise Http404
    by = dates.expected(means=means(by=PERSON))
    return render(request, "centre/sent.html", {"number": number, "dates": by})
