"""The demo's visitor uses what a page shows, and nothing else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import pytest

from upheld.demo.terminal import Unexpected
from upheld.demo.visitor import Visitor

PAGE = """<!doctype html><html><head><title>hidden</title><style>p{}</style></head><body>
<h1>What &amp; why</h1><a href="/next/">Go on</a>
<form method="post" action="/sent/"><input type="hidden" name="mark" value="7">
<label class="choice"><input type="checkbox" name="copy"><b>Get a copy</b></label>
<label class="choice"><input type="checkbox" name="delete"><b>Delete</b></label>
<label for="mail">Your e-mail address</label><input id="mail" name="email" type="email">
<select name="language"><option value="de">Deutsch</option><option value="en" selected>English</option></select>
<textarea name="words">as it was</textarea>
<button name="step" value="send">Send it</button><button name="step" value="change">Change it</button></form>
</body></html>"""


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
    """A page with a form, and what was sent to it."""
    came: list[tuple[str, list[tuple[str, str]]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, PAGE)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            came.append((self.path, parse_qsl(body, keep_blank_values=True)))
            self._answer(422, "<p>Something is missing.</p>")

        def _answer(self, status: int, page: str) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", came
    server.shutdown()
    server.server_close()


def test_it_reads_what_is_shown_and_sends_what_was_filled_in(
    site: tuple[str, list[tuple[str, list[tuple[str, str]]]]],
) -> None:
    address, came = site
    visitor = Visitor()

    page = visitor.open(address)
    assert page.text.startswith("What & why Go on")
    assert "hidden" not in page.text
    answered = visitor.press("Send it", Get_a_copy="", Your_e="ada@example.org")

    assert came == [
        (
            "/sent/",
            [
                ("mark", "7"),
                ("copy", "on"),
                ("email", "ada@example.org"),
                ("language", "en"),
                ("words", "as it was"),
                ("step", "send"),
            ],
        )
    ]
    assert (answered.status, answered.text) == (422, "Something is missing.")


def test_what_is_not_there_cannot_be_used(
    site: tuple[str, list[tuple[str, list[tuple[str, str]]]]],
) -> None:
    visitor = Visitor()
    visitor.open(site[0])

    for tried in (
        lambda: visitor.follow("Go back"),
        lambda: visitor.press("Pay"),
        lambda: visitor.press("Send it", Your_name="Ada"),
    ):
        with pytest.raises(Unexpected):
            tried()
    assert site[1] == []
