"""Who may open a page of the console: an account, its second factor, its role."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from upheld.actions.means import Means
from upheld.actions.staff import may
from upheld.store.models import Staff
from upheld.web.means import means

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff(what: str) -> Callable[[View[P]], View[P]]:
    """A page for those whose role may do `what`. Without an account: on to the log-in; without a second
    factor: on to setting one up; with another role: 403."""

    def page(view: View[P]) -> View[P]:
        @wraps(view)
        def shown(request: HttpRequest, *values: P.args, **named: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                back = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{resolve_url('account_login')}?{back}")
            if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
            if not may(account(request).role, what):
                raise PermissionDenied
            return view(request, *values, **named)

        shown.needs = what  # type: ignore[attr-defined]
        return cast("View[P]", shown)

    return page


def account(request: HttpRequest) -> Staff:
    """Who is logged in."""
    if not isinstance(request.user, Staff):
        raise PermissionDenied
    return request.user


def able(request: HttpRequest, *, reaching: bool = False) -> Means:
    """The means of the verbs, in her name."""
    return means(by=account(request).name, reaching=reaching)
