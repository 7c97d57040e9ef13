"""What monitoring asks: /healthz, /readyz, /metrics. And the measuring of every page."""

import hmac
import logging
import platform
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from ipaddress import ip_address
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from upheld.actions import numbers, readiness
from upheld.actions.readiness import Check
from upheld.datamap.fault import Invalid
from upheld.store import clock
from upheld.web import exposition
from upheld.web.fair import TEXT
from upheld.web.means import datamap

Answer = Callable[[HttpRequest], HttpResponseBase]
PATHS = ("/healthz", "/readyz", "/metrics")
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_HOST", "HTTP_VIA")
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
FORBIDDEN = 403
"""Then the account is noted too: by its number, and only then, for a log is no record of who works when."""
LOCAL = ("127.0.0.1", "localhost", "[::1]")

durations = exposition.Durations()
_log = logging.getLogger("upheld.web")


class Watched:
    """Measures and logs each answer by the name of its route; addresses are not looked at, for they hold
    links, and nobody's network address is kept.

    Stands before everything else. Monitoring calls a server by whatever name it has in its network: for its
    three pages the name that was called does not have to be ours.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.monotonic()
        if request.path in PATHS:
            request.trusted = _trusted(request)  # type: ignore[attr-defined]
            request.META["HTTP_HOST"] = "127.0.0.1"
        response = self._answer(request)
        _noted(request, response.status_code, time.monotonic() - begun)
        return response


def _noted(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    route = (match.url_name if match else None) or "none"
    durations.add(route=route, status=status, seconds=seconds)
    if request.path in PATHS:
        return
    fields: dict[str, object] = {"route": route, "status": status, "seconds": round(seconds, 4)}
    fields["method"] = request.method if request.method in METHODS else "other"
    if status == FORBIDDEN and (who := getattr(getattr(request, "_cached_user", None), "pk", None)):
        fields["account"] = who
    number = match.kwargs.get("number") if match else None
    if isinstance(number, UUID):
        fields["number"] = str(number)
    _log.info("page.answered", extra={"fields": fields})


def _trusted(request: HttpRequest) -> bool:
    """Whoever knows the token; and who asks from this machine itself, not through a proxy on it. A proxy says
    so in a header, or calls us by the name that it was called."""
    token, given = settings.UPHELD_METRICS_TOKEN, str(request.META.get("HTTP_AUTHORIZATION", ""))
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.META for name in FORWARDED):
        return False
    host = str(request.META.get("HTTP_HOST", ""))
    if host.removesuffix(f":{host.rpartition(':')[2]}") not in LOCAL and host not in LOCAL:
        return False
    try:
        return ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The program lives: nothing else is asked."""
    return HttpResponse("ok\n", content_type=TEXT)


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether each is ok, for everybody; what is wrong, for whoever may know. 503 unless all are."""
    found = _checks()
    said = {each.name: "ok" if each.ok else "not ok" for each in found}
    if getattr(request, "trusted", False):
        said |= {each.name: each.why for each in found if not each.ok}
    answer = JsonResponse(said, status=200 if all(each.ok for each in found) else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - whoever asks is told
    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers, for whoever may know; others find nothing here."""
    if not getattr(request, "trusted", False):
        return HttpResponse("There is no such page.\n", status=404, content_type=TEXT)
    found = _checks()
    build = {
        "version": version("upheld"),
        "python": platform.python_version(),
        "store": connection.vendor,
    }
    said = [*exposition.standing(found, shutil.disk_usage(settings.UPHELD_DATA).free, build)]
    if all(each.ok for each in found if each.name in ("store", "migrations")):
        said += _of_records()
    said += durations.lines()
    return HttpResponse("\n".join(said) + "\n", content_type=exposition.CONTENT_TYPE)


def _of_records() -> list[str]:
    at = clock.now()
    try:
        mapped = datamap()
        day, systems = mapped.organisation.local(at).date(), [each.name for each in mapped.systems]
    except Invalid:
        day, systems = at.date(), []
    seen = numbers.numbers(at=at, day=day, systems=systems)
    return [*exposition.lines(seen, at=at, day=day)]


def _checks() -> tuple[Check, ...]:
    return readiness.checks(data=settings.UPHELD_DATA, keys=settings.UPHELD_KEYS, read=datamap)
