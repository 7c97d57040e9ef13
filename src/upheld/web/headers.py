"""Headers of every page that Django has no setting for."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


NOTHING = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""The policy of what is no page."""


def plain(*, secure: bool) -> dict[str, str]:
    """What an answer says that does not come from Django: files of pages, and refusals before any page."""
    always = {
        "Content-Security-Policy": NOTHING,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return always | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


def ended(request: HttpRequest) -> None:
    """Nobody is logged in any more: the answer tells the browser to forget the pages that she saw."""
    request.ended = True  # type: ignore[attr-defined]


class Headers:
    """Nothing is kept by a browser or a proxy, nothing is asked of the device, no search engine lists it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if getattr(request, "ended", False):
            response.headers["Clear-Site-Data"] = '"cache"'
        return response
