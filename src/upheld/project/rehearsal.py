"""What both programs do as soon as they begin, done once before they are copies of one.

Whatever is made the first time something is done (the map, calendars, routes, statements of the records) then
stands in memory once, and a copy writes into fewer pages of what it shares with the other.
"""

from contextlib import suppress
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import Error as DatabaseFailed
from django.db import connections
from django.urls import get_resolver, resolve

from upheld.actions import alarms, awaited, rounds
from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure
from upheld.web.means import means

ASKED = "/readyz"


def rehearse() -> None:
    """Reads only, and leaves no connection behind. What is wrong is told by the program that meets it."""
    try:
        with suppress(DatabaseFailed, Invalid, Failure, OSError):
            _look()
        with suppress(DatabaseFailed):
            _answer()
    finally:
        connections.close_all()


def _look() -> None:
    """As the runner looks for what is to be done."""
    able = means(by="the server")
    rounds.cases_ready(means=able)
    awaited.earliest(at=able.clock())
    alarms.horizon(able.datamap.organisation, able.now.date())


def _answer() -> None:
    """As the web server answers to monitoring; without what counts and logs answers, which is only loaded."""
    get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018 - made when asked for
    asked = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": ASKED,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http",
    }
    answer, values, named = resolve(ASKED)
    answer(WSGIRequest(asked), *values, **named)
