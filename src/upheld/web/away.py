"""While the database of our own records is away or holds everybody up: a page that says so, made without a
query, with 503, and one line of the log a minute."""

import logging
import sqlite3
import threading
import time
import traceback

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from upheld.web.problem import Problem

AGAIN = 30
"""Seconds after which to try again."""
SILENT = 60.0
SQLITE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_FULL,
    )
)
POSTGRESQL = ("08", "53", "57")
"""Classes of its codes: no connection, no room, somebody stopped it. Without a code nobody answered."""
_log = logging.getLogger("upheld.web")


class _Said:
    """When it was said last."""

    def __init__(self) -> None:
        self._lock, self._at = threading.Lock(), -SILENT

    def due(self) -> bool:
        """Whether it is time to say it again; then it counts as said."""
        with self._lock:
            now = time.monotonic()
            if now - self._at < SILENT:
                return False
            self._at = now
            return True


_said = _Said()


def is_away(error: BaseException | None) -> bool:
    """Whether that is what an error says; another of the database's is a fault of ours."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in SQLITE
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state[:2] in POSTGRESQL


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The page, or a problem for a program."""
    if _said.due():
        at = traceback.extract_tb(error.__traceback__)[-1]
        fields = {"error": type(error).__name__, "where": f"{at.filename}:{at.lineno or 0}"}
        _log.error("records.away", extra={"fields": fields})
    headers = {"Retry-After": str(AGAIN)}
    if request.path.startswith("/api/"):
        what = "Repeat the call with the same Idempotency-Key in half a minute."
        response: HttpResponse = Problem("away", what, headers=headers).response()
    else:
        response = HttpResponse(_page(request), status=503, headers=headers)
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - or Django says it each time
    return response


def _page(request: HttpRequest) -> str:
    with override(language_of(request)):
        sentences = (
            _("The place where we keep everything cannot be reached just now."),
            _(
                "Nothing that reached us before is lost. If you have just sent something, look whether it "
                "arrived."
            ),
            _("Try again in half a minute."),
        )
        return render_to_string("away.html", {"title": _("Just a moment, please"), "sentences": sentences})


def language_of(request: HttpRequest) -> str:
    """That of the address, or what the browser asks for; the console is in English."""
    first = request.path.split("/")[1]
    if first in dict(settings.LANGUAGES):
        return first
    return "en" if first == "console" else get_language_from_request(request)
