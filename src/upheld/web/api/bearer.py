"""Who may call: a program with a token in its Authorization header. No cookie is read or set, so that no page
of a stranger's can call in somebody's name, and there is nothing to protect against forgery."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from upheld.actions import pace, tokens
from upheld.actions.means import Means
from upheld.actions.opening import name_of
from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure
from upheld.store.models import Token
from upheld.web import rate
from upheld.web.means import means
from upheld.web.problem import Problem

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Means, Token, P], JsonResponse]
CALLS = 600
"""Of one token within ten minutes."""
WRONG = 30
"""Calls without a good token from one network address within ten minutes."""
LONGEST = 200


def program(method: str, may: str) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A route for programs, by one method. `may`: what the token has to allow, a column of its row."""

    def route(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @csrf_exempt
        def answered(request: HttpRequest, *values: P.args, **named: P.kwargs) -> HttpResponseBase:
            try:
                return _called(view, request, method, may, *values, **named)
            except Problem as problem:
                return problem.response()
            except RequestDataTooBig:
                return Problem("too-large", "Send fewer requests in one call.").response()
            except Invalid:
                return Problem(
                    "folder", "Nothing was taken. `upheld map check` says what is wrong."
                ).response()
            except Failure as failure:
                return Problem("conflict", f"{failure.what} {failure.remedy}").response()

        answered.needs = f"token: {may}"  # type: ignore[attr-defined]
        return cast("Callable[..., HttpResponseBase]", answered)

    return route


def _called(
    view: View[P], request: HttpRequest, method: str, may: str, *values: P.args, **named: P.kwargs
) -> JsonResponse:
    if request.method != method:
        raise Problem("method", f"This address takes {method}.", headers={"Allow": method})
    able = means(by="a program")
    token = _token(request, able)
    by = means(by=name_of(token))
    if pace.exceeded(means=able, what="api", whom=token.pk.hex, most=CALLS, within=rate.WITHIN):
        raise _slow("Send many requests in one call, and ask less often.")
    if not getattr(token, may):
        tokens.used(token=token, at=able.clock(), what=method.lower(), status=403)
        raise Problem("not-allowed", "An officer can make one that may.")
    return view(request, by, token, *values, **named)


def _token(request: HttpRequest, able: Means) -> Token:
    scheme, _, secret = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() != "bearer" or len(secret) > LONGEST or not secret.isascii():
        secret = ""
    try:
        return tokens.find(means=able, secret=secret.strip())
    except tokens.Unknown as unknown:
        if rate.exceeded(request, able, "api-token", most=WRONG):
            raise _slow("Wait ten minutes.") from None
        raise Problem(
            "token", f"{unknown.what} {unknown.remedy}", headers={"WWW-Authenticate": 'Bearer realm="upheld"'}
        ) from None


def _slow(what: str) -> Problem:
    return Problem("rate", what, headers={"Retry-After": "600"})
