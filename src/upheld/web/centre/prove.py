"""One more thing: what the person names or signs, so that nobody else can ask in her name.

What she writes is kept sealed and compared later, by another program. So this page answers the same way to
whoever sends it, whatever is held.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from upheld.actions import arrivals, doubts, links
from upheld.store.models import Doubt, LinkPurpose
from upheld.web import rate
from upheld.web.centre.followed import renewed
from upheld.web.centre.pages import public
from upheld.web.faults import page
from upheld.web.means import PERSON, means

LABELS = {
    "name": _("Your full name"),
    "postal-address": _("Your postal address"),
    "phone-number": _("Your telephone number"),
    "date-of-birth": _("Your date of birth"),
    "username": _("Your user name with us"),
    "customer-number": _("Your customer number"),
}
HINTS = {
    "name": _("As we know it."),
    "postal-address": _("Street with number, postcode and town."),
    "phone-number": _("With its area code."),
    "date-of-birth": _("Day, month, year: 31.12.1980"),
    "customer-number": _("It stands on letters and invoices."),
}
DECLARATION = _(
    "I declare under penalty of perjury that I am the person whose data this request is about, and that what "
    "I have written here is true."
)
FILLED = {
    "name": "name",
    "postal-address": "street-address",
    "phone-number": "tel",
    "date-of-birth": "bday",
    "username": "username",
}
"""What a browser may fill in, by its own words."""


class Answers(forms.Form):
    """A field for each kind, and the name below a declaration."""

    def __init__(self, made: Doubt, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for kind in made.kinds.split():
            self.fields[kind] = forms.CharField(
                max_length=doubts.LONGEST,
                label=LABELS[kind],
                help_text=HINTS.get(kind, ""),
                widget=forms.TextInput({"autocomplete": FILLED.get(kind, "off")}),
                error_messages={"required": _("Fill this in; without it we cannot compare.")},
            )
        if made.declaration:
            self.fields["signed"] = forms.CharField(
                max_length=100,
                label=_("Your name, as your signature"),
                error_messages={"required": _("Write your name to sign the declaration.")},
            )


@public
def prove(request: HttpRequest, token: str) -> HttpResponse:
    able = means(by=PERSON)
    if request.POST.get("renew"):
        return renewed(request, able, token, LinkPurpose.FOLLOW)
    try:
        arrival = links.find(means=able, token=token, purpose=LinkPurpose.FOLLOW).arrival
    except links.Unusable:
        return render(request, "centre/used.html", status=410)
    except links.Unknown:
        return render(request, "centre/unknown.html", status=404)
    if arrival is None or arrival.case is None:
        raise TypeError("Whoever can follow has a case.")
    made = doubts.open_in(means=able, case=arrival.case)
    shown: dict[str, object] = {
        "token": token,
        "number": arrivals.number(arrival),
        "declaration": DECLARATION,
        "made": made,
    }
    if made is None:
        return render(request, "centre/proved.html", shown)
    form = Answers(made, request.POST if request.method == "POST" else None)
    shown |= {
        "form": form,
        "until": able.datamap.organisation.local(made.expires_at) if made.expires_at else "",
    }
    if request.method != "POST":
        return render(request, "centre/prove.html", shown)
    if rate.exceeded(request, able, "prove", most=20):
        return page(
            request,
            429,
            str(_("Too many requests came from your network just now")),
            str(_("Try again in ten minutes, or write to us: a letter or an e-mail counts just the same.")),
        )
    if not form.is_valid():
        return render(request, "centre/prove.html", shown, status=422)
    doubts.answer(
        means=able,
        made=made,
        given=form.cleaned_data,
        name=form.cleaned_data.get("signed", ""),
        words=str(DECLARATION),
    )
    return render(request, "centre/proved.html", shown)
