"""What would you like us to do? One form, one look at the answers, one number.

This page looks nothing up: it cannot tell who is known, for it never asks.
"""

import re
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from upheld.actions import arrivals, dates, regime
from upheld.actions.means import Means
from upheld.actions.wishes import Wish, rights_under, wish_of
from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured
from upheld.rights.regime import law_on
from upheld.store.models import Channel
from upheld.web import rate
from upheld.web.centre.pages import public
from upheld.web.centre.wish import LAWS, MEANING, NAMED, Form
from upheld.web.faults import page
from upheld.web.means import PERSON, means

FROM_ONE_NETWORK = 20
"""Requests from one network address within ten minutes; an office or a library has one address for many."""


@public
def ask(request: HttpRequest) -> HttpResponse:
    return _asked(request, lost=False)


@public
def lost(request: HttpRequest) -> HttpResponse:
    """The same, by somebody who cannot read the mailbox any more under which she is known."""
    return _asked(request, lost=True)


def _asked(request: HttpRequest, *, lost: bool) -> HttpResponse:
    able = means(by=PERSON)
    given = (request.POST,) if request.method == "POST" else ()
    form = Form(*given, organisation=able.datamap.organisation, lost=lost)
    wishes = [(each.value, NAMED[each], MEANING[each], bool(form[each.value].value())) for each in Wish]
    shown = {"form": form, "lost": lost, "wishes": wishes}
    if request.method != "POST":
        return render(request, "centre/ask.html", shown)
    if not form.is_valid():
        return render(request, "centre/ask.html", shown, status=422)
    if request.POST.get("step") == "change":
        return render(request, "centre/ask.html", shown)
    rights, _left = rights_under(law_on(form.law, able.now.date()), form.wishes)
    if request.POST.get("step") != "send":
        return render(request, "centre/check.html", shown | _checked(able, form, rights))
    if rate.exceeded(request, able, "ask", most=FROM_ONE_NETWORK):
        return page(
            request,
            429,
            str(_("Too many requests came from your network just now")),
            str(_("Try again in ten minutes, or write to us: a letter or an e-mail counts just the same.")),
        )
    arrival = arrivals.receive(
        means=able,
        channel=Channel.FORM,
        rights=rights,
        address=form.address,
        language=get_language() or "en",
        regime=form.law if form.law != able.datamap.organisation.regimes[0] else "",
        told=form.told,
    )
    address = reverse("sent", kwargs={"language": get_language(), "number": arrivals.number(arrival)})
    day = able.datamap.organisation.local(arrival.received_at).date()
    said = {"for": ".".join(each.value for each in form.wishes), "law": form.law, "on": day.isoformat()}
    if not form.address:
        said["by"] = "hand"
    return HttpResponseRedirect(f"{address}?{urlencode(said)}")


def _checked(able: Means, form: Form, rights: tuple[Right, ...]) -> dict[str, object]:
    """What the page on which she checks her answers says beside them."""
    return {
        "asked": [(NAMED[each], _by(able, form.law, rights, each)) for each in form.wishes],
        "law": LAWS.get(form.law) or law_on(form.law, able.now.date()).title,
        "binding": law_on(form.law, able.now.date()).binding,
        "choice": dict(form.fields["place"].choices).get(form.cleaned_data["place"]),  # type: ignore[attr-defined]
        "sent": form.sent(),
        "told": form.told,
    }


def _by(
    able: Means, law: str, rights: tuple[Right, ...], wish: Wish, received: date | None = None
) -> dates.Dates:
    """Until when that wish is answered; one without a right of its own is read within the time of a copy."""
    right = next((each for each in rights if wish_of(each) is wish), Right.ACCESS)
    return dates.expected(means=able, law=law, right=right, received=received)


@public
def sent(request: HttpRequest, number: str) -> HttpResponse:
    """The same for everybody: it is made from its address alone."""
    if not re.fullmatch("[0-9A-F]{8}", number):
        raise Http404
    able = means(by=PERSON)
    law = request.GET.get("law", "")
    if law not in able.datamap.organisation.regimes:
        law = regime.regime_for(means=able)
    wishes = [each for each in Wish if each.value in request.GET.get("for", "").split(".")] or [Wish.COPY]
    day = _day(request.GET.get("on", ""), today=able.now.date())
    rights, _left = rights_under(law_on(law, day), wishes)
    try:
        by = [(NAMED[each], _by(able, law, rights, each, day)) for each in wishes]
    except Misconfigured:
        by = []
    binding = law_on(law, day).binding
    by_hand = request.GET.get("by") == "hand"
    shown = {"number": number, "asked": by, "binding": binding, "by_hand": by_hand}
    return render(request, "centre/sent.html", shown)


def _day(said: str, *, today: date) -> date:
    """On which it was sent: dates count from there, whenever the page is looked at again. Today where the
    address says no day of the last year, or one that is not yet."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return today
    return day if -1 <= (today - day).days <= 366 else today
