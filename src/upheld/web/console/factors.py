"""Setting up, using and removing second factors: allauth's views, with our pages and an entry of the ledger.

The browser may run a script of ours on the pages that ask for a passkey, and on no other (ADR 54).
"""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from upheld.actions import factors
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.console.passkey import Added, Again, Alone, Beside, has_passkey, place

SCRIPT = csp_update({"script-src": ["'self'"]})


def _asked(options: dict[str, Any]) -> dict[str, str]:
    """What the script hands to the browser."""
    return {"options": json.dumps(options)}


class Recorded:
    """Before a view that adds a factor: what it adds is in the ledger, or is not added."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc] # the view beside it
            factors.added(means=able(self.request), account=account(self.request))
        return answer


class App(Recorded, ActivateTOTPView):  # type: ignore[misc] # no types there
    """Set up the authenticator app."""


@method_decorator(SCRIPT, name="dispatch")
class Add(Recorded, AddWebAuthnView):  # type: ignore[misc] # as above
    """Add a passkey."""

    form_class = Added

    def dispatch(self, request: HttpRequest, *values: Any, **named: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not place(request):
            return render(request, "mfa/webauthn/nowhere.html", {"port": request.get_port()})
        answer: HttpResponseBase = super().dispatch(request, *values, **named)
        return answer

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**named)
        options = shown.pop("js_data")["creation_options"]
        # One that the device finds by itself opens the console alone; a small key may have no room for it.
        options["publicKey"]["authenticatorSelection"] |= {
            "residentKey": "preferred",
            "requireResidentKey": False,
        }
        return shown | _asked(options) | {"first": not factors.listed(account=account(self.request))}


@method_decorator(SCRIPT, name="dispatch")
class Second(AuthenticateView):  # type: ignore[misc] # as above
    """After the password: a passkey, the app's digits or a recovery code."""

    webauthn_form_class = Beside
    webauthn_form: Any

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        has = has_passkey(self.stage.login.user)
        refused = self.webauthn_form.errors if self.webauthn_form.is_bound else None
        if not (has and place(self.request)):
            self.webauthn_form = None
        shown: dict[str, Any] = super().get_context_data(**named)
        asked = shown.pop("js_data", None)
        shown |= {"refused": refused, "elsewhere": has and asked is None}
        return shown | (_asked(asked["request_options"]) if asked else {})


@method_decorator(SCRIPT, name="dispatch")
class LogIn(LoginWebAuthnView):  # type: ignore[misc] # as above
    """Log in by a passkey alone."""

    form_class = Alone
    template_name = "mfa/webauthn/login.html"

    def get(self, *_: Any, **__: Any) -> HttpResponse:
        return self._page(200)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self._page(422, form.errors)

    def form_valid(self, form: Any) -> HttpResponse:
        used = form.cleaned_data["credential"]
        login = Login(user=used.user, redirect_url=get_next_redirect_url(self.request))
        answer: HttpResponse = flows.perform_passwordless_login(self.request, used, login)
        return answer

    def _page(self, status: int, refused: Any = None) -> HttpResponse:
        if not place(self.request):
            shown = {"port": self.request.get_port()}
            return render(self.request, "mfa/webauthn/nowhere.html", shown, status=status)
        shown = _asked(auth.begin_authentication(user=None)) | {"refused": refused}
        return render(self.request, self.template_name, shown, status=status)


@method_decorator(SCRIPT, name="dispatch")
class LookAgain(ReauthenticateWebAuthnView):  # type: ignore[misc] # as above
    """Show by a passkey that it is still she."""

    form_class = Again

    def dispatch(self, request: HttpRequest, *values: Any, **named: Any) -> HttpResponseBase:
        if not place(request):
            return redirect("account_reauthenticate")
        answer: HttpResponseBase = super().dispatch(request, *values, **named)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = self.render_to_response(self.get_context_data(refused=form.errors), status=422)
        return answer

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data()
        return shown | named | _asked(shown.pop("js_data")["request_options"])


@only("own")
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator] # no types there
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, number: int) -> HttpResponse:
    who = account(request)
    if request.method == "POST":
        factors.remove(means=able(request), account=who, number=number)
        update_session_auth_hash(request, who)
        messages.success(request, "It is removed. Elsewhere you are logged out.")
        return redirect("mfa_index")
    hers = factors.listed(account=who)
    found = next((each for each in hers if each.number == number), None)
    if found is None:
        raise Http404
    return render(request, "console/factor_remove.html", {"factor": found, "last": len(hers) == 1})
