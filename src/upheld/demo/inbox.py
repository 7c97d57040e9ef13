"""A mail server that keeps what comes in, for everybody, and a page that shows it. On the loopback only."""

import base64
import hmac
import re
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from hashlib import sha1
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from upheld.demo.server import free_port
from upheld.demo.terminal import Unexpected

PATIENCE = 90.0
LINK = re.compile(r"https?://[^\s<>]+")


@dataclass(frozen=True, slots=True)
class Came:
    """A mail as it came in."""

    at: datetime
    to: str
    subject: str
    text: str


class Inbox:
    """Catches mail on one port and shows it on another. `code` gives what the officer's app shows now."""

    def __init__(self, *, page: int, style: str) -> None:
        from aiosmtpd.controller import Controller  # lazy: optional dependency

        self.code: Callable[[], str] = str
        self._mails: list[Came] = []
        self._taken: set[int] = set()
        self._style = style
        self._smtp = Controller(self, hostname="127.0.0.1", port=free_port())
        self._smtp.start()
        self._pages = ThreadingHTTPServer(("127.0.0.1", page), self._handler())
        threading.Thread(target=self._pages.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """For UPHELD_SMTP_URL."""
        return f"smtp+plain://127.0.0.1:{self._smtp.port}"

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://127.0.0.1:{self._pages.server_address[1]}/"

    def stop(self) -> None:
        """Both ports are free again."""
        self._pages.shutdown()
        self._pages.server_close()
        self._smtp.stop()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        self._mails.append(Came(datetime.now(UTC), str(mail["To"]), str(mail["Subject"]), text))
        return "250 kept"

    def next(self, to: str, about: str) -> Came:
        """The oldest mail to that address with these words in its subject that was not asked for yet; waits
        for it. Unexpected when none comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for number, mail in enumerate(self._mails):
                if number not in self._taken and mail.to == to and about in mail.subject:
                    self._taken.add(number)
                    return mail
            time.sleep(0.05)
        raise Unexpected(f"No mail about {about!r} came within {PATIENCE:.0f} seconds.")

    def shown(self) -> str:
        """The page, newest mail first."""
        mails = "".join(map(_article, reversed(self._mails))) or "<p>No mail has been sent yet.</p>"
        digits_now = self.code()
        factor = (
            f"<p>The six digits of the officer’s second factor: <code>{digits_now}</code> "
            "<span class=muted>They change every thirty seconds; load the page again.</span></p>"
            if digits_now
            else ""
        )
        many = f"{len(self._mails)} mail{'' if len(self._mails) == 1 else 's'}"
        return (
            "<!doctype html><html lang=en><head><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width, initial-scale=1'>"
            "<meta name=color-scheme content='light dark'>"
            f"<link rel=stylesheet href='{self._style}pico.min.css'>"
            f"<link rel=stylesheet href='{self._style}upheld.css'>"
            f"<title>Inbox</title></head><body><main class=container><h1>{many} went out.</h1>"
            "<p class='lead muted'>Everybody’s mail of the example organisation ends here, and goes nowhere "
            f"else. <a href='/'>Look again</a></p>{factor}{mails}</main></body></html>"
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = inbox.shown().encode()
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.send_header("Content-Length", str(len(page)))
                    self.send_header("Cache-Control", "no-store")
                    self.end_headers()
                    self.wfile.write(page)

            def log_message(self, *_said: object) -> None:
                """Addresses of people are in no log."""

        return Handler


def _article(mail: Came) -> str:
    text = LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(mail.text))
    return (
        f"<article><p class=muted>{mail.at:%H:%M:%S} UTC · to {escape(mail.to)}</p>"
        f"<h2>{escape(mail.subject)}</h2><p class=mail>{text.replace(chr(10), '<br>')}</p></article>"
    )


def digits(secret: str, at: float) -> str:
    """The six digits that an authenticator app shows at that time (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(at // 30)), sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
