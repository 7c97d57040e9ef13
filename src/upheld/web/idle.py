"""Whoever leaves the desk is logged out after an hour; after twelve hours anybody is."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]
DESK = "/console/"
IDLE = 60 * 60
"""Seconds without a click. Long enough for a letter that somebody thinks about: what a form held is lost."""
NOTED = 60
"""Seconds after which a click is noted anew, so that not every page writes."""
SEEN, BEGUN = "seen", "begun"
"""What a session keeps of its clicks, in seconds."""


def begun(request: HttpRequest) -> int | None:
    """When this session's log-in was, in seconds; None before its first page."""
    found: int | None = request.session.get(BEGUN)
    return found


class Idle:
    """Ends a session of the console that nobody used for an hour, and any after twelve: its own date of
    expiry moves on with every click that is noted."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(DESK) and request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(SEEN, now)
            since = request.session.setdefault(BEGUN, now)
            if now - since > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, "You were logged out: a log-in lasts twelve hours.")
            elif now - seen > IDLE:
                logout(request)
                messages.info(request, "You were logged out: nothing was clicked for an hour.")
            elif SEEN not in request.session or now - seen > NOTED:
                request.session[SEEN] = now
        return self._answer(request)
