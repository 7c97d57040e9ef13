"""No address holds all threads of the server: who sends a form byte by byte, or reads a copy so, keeps only
his own others waiting."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = "text/plain; charset=utf-8"
SAID = b"Too many requests of yours are being answered. Try again in a moment.\n"


class Fair:
    """Answers at most so many requests of one `origin` at a time; others of it get 503 at once. A request
    counts until its last byte is read, and its answer's last byte taken."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        origin: Callable[[WSGIEnvironment], str],
        most: int,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._application, self._origin, self._most = application, origin, most
        self._refusal = [("Content-Type", TEXT), ("Retry-After", "1"), *headers.items()]
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        whose = self._origin(environ)
        with self._lock:
            if self._held[whose] >= self._most:
                start_response("503 Service Unavailable", list(self._refusal))
                return [SAID]
            self._held[whose] += 1
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._left(whose)
            raise
        return _Held(answer, lambda: self._left(whose))

    def _left(self, whose: str) -> None:
        with self._lock:
            self._held[whose] -= 1
            if not self._held[whose]:
                del self._held[whose]


class _Held:
    """An answer that says when it was taken."""

    def __init__(self, answer: Iterable[bytes], left: Callable[[], None]) -> None:
        self._answer, self._left = answer, left

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        left, self._left = self._left, lambda: None
        try:
            if hasattr(self._answer, "close"):
                self._answer.close()
        finally:
            left()
