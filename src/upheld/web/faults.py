"""Pages for what went wrong: what happened, what was kept, what to do. Never a traceback, never a value. A
program gets a problem instead (`web.problem`)."""

import logging
import sys
import traceback
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure
from upheld.store.keys import Destroyed
from upheld.web import away
from upheld.web.fair import TEXT
from upheld.web.problem import Problem

ANSWERED = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)
"""Django has a page for each, by the functions below: nothing that somebody has to look into."""
Answer = Callable[[HttpRequest], HttpResponseBase]
_log = logging.getLogger("upheld.web")


def page(request: HttpRequest, status: int, title: str | Promise, *sentences: str | Promise) -> HttpResponse:
    """One page that says it, in the language of its address: what went wrong ended the page that knew it."""
    with override(away.language_of(request)):
        return render(request, "fault.html", {"title": title, "sentences": sentences}, status=status)


class Faults:
    """Anticipated failures become a page with their two sentences."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if away.is_away(error):
            return away.answer(request, error)
        if isinstance(error, Destroyed):
            return page(request, 410, _("This is gone"), error.what)
        if isinstance(error, Failure):
            return page(request, 409, _("That did not work"), *_told(request, error))
        if isinstance(error, Invalid):
            _log.error("folder.unreadable", extra={"fields": {"many": len(error.errors)}})
            return HttpResponse(
                "The privacy folder cannot be read. `upheld map check` says what is wrong.\n",
                status=503,
                content_type=TEXT,
            )
        if isinstance(error, ANSWERED):
            return None
        # Its kind and where, nothing else: what an error says may name somebody.
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{at.filename}:{at.lineno or 0}"
        _log.error("page.failed", extra={"fields": {"error": type(error).__name__, "where": where}})
        return None


def _told(request: HttpRequest, error: Failure) -> tuple[str | Promise, ...]:
    """Its two sentences where English is spoken; elsewhere what is true of all of them."""
    if away.language_of(request).partition("-")[0] == "en":
        return error.what, error.remedy
    return (_("This was not done. Try again later, or write to us."),)


def _of_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    if _of_program(request):
        return Problem("body", "The call could not be read.").response()
    return page(request, 400, _("This could not be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    return page(request, 403, _("This is not for your role"), _("Ask a colleague whose role it is."))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    if _of_program(request):
        return Problem("unknown", "There is no such address here.").response()
    return page(request, 404, _("There is no such page"), _("Check that the address was copied whole."))


BROKEN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Something went wrong</title>
<h1>Something went wrong</h1><p>Nothing that was begun is lost. Try again, or write to us.</p></html>
"""


def broken(request: HttpRequest) -> HttpResponse:
    """Django calls it where an error comes from beside a view too: a session that cannot be read."""
    error = sys.exception()
    if error is not None and away.is_away(error):
        return away.answer(request, error)
    if _of_program(request):
        return Problem("broken", "Repeat the call with the same Idempotency-Key, or tell us.").response()
    return HttpResponse(BROKEN, status=500)
