"""Whoever sends or reads slowly keeps only his own others waiting."""

import http.client
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

from tests.servers.database import Database
from tests.web.journeys.server import PATIENCE, Server
from upheld.web.fair import SAID, Fair


class Stream:
    """An answer that is not taken yet."""

    def __init__(self) -> None:
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter((b"a", b"b"))

    def close(self) -> None:
        self.closed = True


def test_so_many_of_one_address_are_answered_at_a_time_and_each_counts_until_its_answer_is_taken() -> None:
    statuses, streams = list[str](), list[Stream]()

    def pages(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/broken":
            raise ValueError("a page that fails")
        start_response("200 OK", [])
        streams.append(Stream())
        return streams[-1]  # type: ignore[return-value]

    fair = Fair(pages, origin=lambda environ: str(environ["REMOTE_ADDR"]), most=2)

    def ask(address: str, path: str = "/") -> Iterable[bytes]:
        said = {"REMOTE_ADDR": address, "PATH_INFO": path}
        return fair(said, lambda status, _headers, _error=None: statuses.append(status))  # type: ignore[arg-type, return-value]

    first, _second = ask("a"), ask("a")
    third, other = ask("a"), ask("b")
    assert (list(third), list(other)) == ([SAID], [b"a", b"b"])
    first.close()  # type: ignore[attr-defined]
    first.close()  # type: ignore[attr-defined]
    ask("a")
    ask("a")
    for _ in range(3):
        try:
            ask("b", "/broken")
        except ValueError:
            continue
    ask("b")
    ask("b")

    busy = "503 Service Unavailable"
    assert statuses == ["200 OK", "200 OK", busy, "200 OK", "200 OK", busy, "200 OK", busy]
    assert [each.closed for each in streams] == [True, False, False, False, False]


def test_a_visitor_is_answered_while_somebody_sends_forty_forms_that_never_end(
    sqlite: Database, serving: Callable[..., Server]
) -> None:
    larkspur = serving(sqlite)

    def asked(source: str) -> int:
        asking = http.client.HTTPConnection(
            "127.0.0.1", larkspur.port, timeout=PATIENCE, source_address=(source, 0)
        )
        asking.request("GET", "/en/contact/")
        status = asking.getresponse().status
        asking.close()
        return status

    begun = b"POST /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    begun += b"Content-Length: 100000\r\n\r\na"
    held: list[socket.socket] = []
    try:
        own, until = 200, time.monotonic() + PATIENCE
        while own != 503 and time.monotonic() < until:
            held += [socket.create_connection(("127.0.0.1", larkspur.port)) for _ in range(40)]
            for each in held[-40:]:
                each.sendall(begun)
            own = asked("127.0.0.1")
        other = asked("127.0.0.2")
    finally:
        for each in held:
            each.close()

    assert (own, other) == (503, 200)
