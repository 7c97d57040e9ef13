"""What every answer of a running server says to the browser, whoever of its parts gives it."""

import http.client
from collections.abc import Callable

import pytest

from tests.servers.database import Database
from tests.web.journeys.server import PATIENCE, Server
from upheld.web import headers
from upheld.web.fair import Fair

POLICY = {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src 'none'"}
TYPES = {
    "/en/": (200, "text/html; charset=utf-8"),
    "/console/login/": (200, "text/html; charset=utf-8"),
    "/nothing/": (404, "text/html; charset=utf-8"),
    "/healthz": (200, "text/plain; charset=utf-8"),
    "/api/v1/requests": (405, "application/problem+json"),
    "/static/upheld.css": (200, 'text/css; charset="utf-8"'),
    "/static/": (404, "text/html; charset=utf-8"),
    "/static/../upheld.sqlite3": (404, "text/html; charset=utf-8"),
    "/.git/config": (404, "text/html; charset=utf-8"),
}


@pytest.fixture
def larkspur(serving: Callable[..., Server], sqlite: Database) -> Server:
    return serving(sqlite)


def asked(server: Server, method: str, path: str) -> tuple[int, dict[str, str]]:
    asking = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        asking.request(method, path)
        answer = asking.getresponse()
        answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        asking.close()


def test_every_answer_says_what_it_is_and_that_nothing_else_may_be_made_of_it(larkspur: Server) -> None:
    for path, known in TYPES.items():
        status, said = asked(larkspur, "GET", path)

        assert (status, said["content-type"]) == known, path
        policy = {each.strip() for each in said["content-security-policy"].split(";")}
        assert policy >= POLICY, path
        assert (said["x-content-type-options"], said["referrer-policy"]) == ("nosniff", "same-origin"), path
        assert {"x-powered-by", "access-control-allow-origin"} & set(said) == set(), path


def test_methods_that_no_page_has_show_none(larkspur: Server) -> None:
    refused = {
        (method, path): asked(larkspur, method, path)[0]
        for method in ("TRACE", "TRACK", "CONNECTED")
        for path in ("/en/", "/en/contact/", "/console/login/", "/console/", "/healthz", "/api/v1/requests")
    }

    assert {key: status for key, status in refused.items() if status not in (302, 400, 403, 405)} == {}


def test_a_refusal_before_any_page_says_the_same_and_by_https_more() -> None:
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    fair = Fair(lambda _environ, _start: [], origin=lambda _: "", most=0, headers=headers.plain(secure=True))

    fair({}, lambda status, given, _error=None: seen.append((status, given)))  # type: ignore[arg-type, return-value]

    assert seen == [
        (
            "503 Service Unavailable",
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Retry-After", "1"),
                ("Content-Security-Policy", headers.NOTHING),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "same-origin"),
                ("Strict-Transport-Security", "max-age=31536000"),
            ],
        )
    ]
    assert "Strict-Transport-Security" not in headers.plain(secure=False)
