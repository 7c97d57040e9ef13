"""Show that it is you: by an account with the organisation. There and back without a cookie; whoever comes
back is asked whether the request is hers before anything counts."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from upheld.actions import alias, arrivals, signin
from upheld.actions.cases import TwoCases
from upheld.actions.wishes import Wish, wish_of
from upheld.outward.openid import Refused
from upheld.rights.outcome import Failure
from upheld.store.keys import Destroyed
from upheld.web import rate
from upheld.web.centre.followed import Closed, followed
from upheld.web.centre.pages import public
from upheld.web.centre.wish import NAMED
from upheld.web.faults import page
from upheld.web.languages import languages
from upheld.web.means import PERSON, means

MOST = 20
"""Tries from one network within ten minutes."""


@public
def begin(request: HttpRequest, token: str, provider: str) -> HttpResponse:
    """GET says what we learn of her there; POST leads there, and nowhere else (form-action)."""
    able = means(by=PERSON)
    try:
        arrival = followed(request, able, token)
    except Closed as closed:
        return closed.answer
    try:
        way = signin.named(means=able, name=provider)
        if way not in signin.offered(means=able, arrival=arrival):
            raise signin.Over
        if request.method == "POST":
            if rate.exceeded(request, able, "sign-in", most=MOST):
                raise signin.TooMany
            return HttpResponseRedirect(signin.begin(means=able, arrival=arrival, provider=way))
        answer = render(request, "centre/signin.html", {"way": way, "token": token})
        answer._csp_update = {"form-action": [signin.leads_to(provider=way)]}  # type: ignore[attr-defined] # noqa: SLF001 - as django-csp's own decorator does
    except Failure as failure:
        return _failed(request, failure)
    return answer


@require_GET
def returned(request: HttpRequest, provider: str) -> HttpResponse:
    """The address that the provider knows; on to the same in the language in which she asked."""
    spoken = languages()
    asked = signin.language(state=request.GET.get("state", ""))
    chosen = asked if asked in spoken else spoken[0]
    address = reverse("signed-in", kwargs={"language": chosen, "provider": provider})
    return HttpResponseRedirect(f"{address}?{request.META.get('QUERY_STRING', '')}")


@public
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """GET takes the provider's answer, which works once, and shows what it is about. POST is her word
    that it is hers."""
    able = means(by=PERSON)
    request.languages = []  # type: ignore[attr-defined] # what came in this address has been used up
    try:
        if rate.exceeded(request, able, "signed-in", most=MOST):
            raise signin.TooMany
        if request.method == "POST":
            given = signin.confirm(means=able, name=provider, token=request.POST.get("token", ""))
            return HttpResponseRedirect(
                reverse("follow", kwargs={"language": get_language(), "token": given.token})
            )
        found = signin.returned(
            means=able,
            name=provider,
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            issuer=request.GET.get("iss", ""),
        )
        content = arrivals.opened(means=able, arrival=found.arrival)
    except TwoCases:
        return render(request, "centre/two.html", status=409)
    except (Failure, Destroyed) as failure:
        return _failed(request, failure)
    given_ = {wish_of(each) for each in arrivals.rights_of(found.arrival)}
    shown = {
        "found": found,
        "number": arrivals.number(found.arrival),
        "wishes": [NAMED[each] for each in Wish if each in given_],
        "to": alias.masked(content.address) if content.address else "",
        "received": able.datamap.organisation.local(found.arrival.received_at),
    }
    return render(request, "centre/signed_in.html", shown)


def _failed(request: HttpRequest, failure: Failure | Destroyed) -> HttpResponse:
    """In words of hers; what is wrong with a provider is not for her to mend."""
    on = _(
        "Nothing is lost: your request is still with us. Write to us, with your number; there are other ways."
    )
    if isinstance(failure, signin.Stranger):
        title = _("This account is not the one of the request")
        why = _("You signed in, but we cannot see that this account belongs to whoever asked.")
        return page(request, 403, title, f"{why} {on}")
    if isinstance(failure, signin.Over | Destroyed):
        why = _("You did not sign in, or it took too long. Open the link of our last e-mail and begin anew.")
        return page(request, 410, _("This sign-in is over"), why)
    if isinstance(failure, signin.TooMany):
        why = _("Try again in an hour, or write to us: a letter or an e-mail counts just the same.")
        return page(request, 429, _("Too many tries"), why)
    if isinstance(failure, Refused):
        return page(request, 403, _("This sign-in could not be checked"), on)
    return page(request, 503, _("Signing in does not work just now"), on)
