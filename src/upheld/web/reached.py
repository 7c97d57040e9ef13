"""Under which address people reach us, where the console was told it and the environment says nothing.

What the environment says is settled when the server starts (`project.site`). What the console was told counts
at once: its host is answered, what its pages send is ours, and whatever goes there by https is for https
only. This machine's own addresses are answered in any case, so that nobody locks herself out by mistyping.
"""

from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

YEAR = 31_536_000
LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Hosts(list[str]):
    """The hosts that the environment names; after them the one that the console was told. To look at those
    that are known already asks no records."""

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()
        if host := told().hostname:
            yield f"[{host}]" if ":" in host else host


def told() -> SplitResult:
    """The address that counts because the console was told it; an empty one otherwise."""
    from upheld.actions import house  # lazy: app ready

    return urlsplit(house.address_told())


def _origin() -> set[str]:
    there = told()
    return {f"{there.scheme}://{there.netloc}"} if there.netloc else set()


class Trusting(CsrfViewMiddleware):
    """Forms of that address are ours, also where a proxy ends the encryption."""

    @property
    def allowed_origins_exact(self) -> set[str]:
        """Whole origins."""
        return {*settings.CSRF_TRUSTED_ORIGINS, *_origin()}

    @property
    def csrf_trusted_origins_hosts(self) -> list[str]:
        """Their hosts, with the port."""
        return [urlsplit(each).netloc for each in self.allowed_origins_exact]


class Reached:
    """What is set and read under that address, where it is https: cookies that go by https alone, and that no
    neighbour's host can plant, for their names begin with `__Host-`; https for all that follows. What the
    environment says has such names from the start."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _by_https(request):
            return self._answer(request)
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        for name in names:
            request.COOKIES.pop(name, None)
            if (kept := request.COOKIES.pop(f"__Host-{name}", None)) is not None:
                request.COOKIES[name] = kept
        response = self._answer(request)
        for name in names:
            if (cookie := response.cookies.pop(name, None)) is not None:
                response.cookies[f"__Host-{name}"] = cookie.value
                response.cookies[f"__Host-{name}"].update(cookie)
        for each in response.cookies.values():
            each["secure"] = True
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response


def _by_https(request: HttpRequest) -> bool:
    """Whether that address was called, and is one of https."""
    host = str(request.META.get("HTTP_HOST", "")).lower()
    if settings.UPHELD_ADDRESS or host in LOCAL or host.rpartition(":")[0] in LOCAL:
        return False
    there = told()
    return there.scheme == "https" and host == there.netloc
