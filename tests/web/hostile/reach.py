"""A visitor without a browser: whole requests to the server's own application, and the forms of what comes back."""

import io
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import FrameType
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes, urljoin, urlsplit

HANGS = 30
"""Seconds after which a request counts as one that hangs. The slowest takes one or two."""
TOKEN = "a" * 32
"""Against forgery: the same in the cookie and in the header, as a browser of ours has it."""
BOUNDARY = "x7Zq"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def location(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "location"), "")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was rendered: where it goes, and its fields with what stands in them. `choices`: those of
    a field, where it has some; `files`: names of fields that take files."""

    method: str
    action: str
    fields: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.fields))


class Hangs(BaseException):
    """A request that did not end. No page may take it for an error."""


def ask(
    application: Callable[..., Any],
    method: str,
    target: str,
    *,
    body: bytes = b"",
    kind: str = "",
    cookie: str = "",
    headers: Mapping[str, str] | None = None,
    patience: int = HANGS,
) -> Answer:
    """One request. `target`: path and query as they stand in a request's first line. `patience`: 0 in a thread,
    where no alarm rings."""
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": f"upheld-form={TOKEN}; {cookie}".rstrip("; "),
        "HTTP_X_CSRFTOKEN": TOKEN,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": kind,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    } | dict(headers or {})
    begun: list[Any] = []
    if patience:
        signal.signal(signal.SIGALRM, _hangs)
        signal.alarm(patience)
    try:
        pieces = application(environ, lambda status, named, _error=None: begun.extend((status, named)))
        try:
            content = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
    finally:
        if patience:
            signal.alarm(0)
    return Answer(int(begun[0][:3]), tuple(begun[1]), content)


def _hangs(_number: int, _frame: FrameType | None) -> None:
    raise Hangs


@dataclass
class _Open:
    """A form while it is read."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def closed(self) -> Form:
        choices = tuple((name, tuple(values)) for name, values in self.choices.items())
        return Form(self.method, self.action, tuple(self.fields), choices, frozenset(self.files))


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self._open: _Open | None = None
        self._select = ""
        self._text: list[str] | None = None
        self.found: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.append(urljoin(self._address, given["href"]))
        if tag == "form":
            action = urljoin(self._address, given.get("action", "")) or self._address
            self._open = _Open(given.get("method", "get").upper(), action)
        elif self._open is not None:
            self._field(self._open, tag, given)

    def _field(self, into: _Open, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select:
            into.choices.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                into.fields.append((self._select, given.get("value", "")))
        if not name or name == "csrfmiddlewaretoken":
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = []
            into.fields.append((name, ""))
        elif tag == "button" or (tag == "input" and given.get("type") in ("checkbox", "radio", "submit")):
            value = given.get("value", "on")
            into.choices.setdefault(name, []).append(value)
            into.fields.append((name, value))
        elif tag == "input":
            if given.get("type") == "file":
                into.files.add(name)
            into.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open is None:
            return
        if tag == "textarea" and self._text is not None:
            name, _ = self._open.fields[-1]
            self._open.fields[-1] = (name, "".join(self._text).removeprefix("\n"))
            self._text = None
        elif tag == "select":
            if self._select and self._select not in dict(self._open.fields):
                first = self._open.choices.get(self._select, [""])[0]
                self._open.fields.append((self._select, first))
            self._select = ""
        elif tag == "form":
            self.found.append(self._open.closed())
            self._open = None


def forms(address: str, page: bytes) -> tuple[Form, ...]:
    """The forms of a page."""
    reader = _Forms(address)
    reader.feed(page.decode("utf-8", "replace"))
    return tuple(reader.found)


def links(address: str, page: bytes) -> Iterator[str]:
    """Where a page leads to on this server, path and query."""
    reader = _Forms(address)
    reader.feed(page.decode("utf-8", "replace"))
    for each in reader.links:
        parts = urlsplit(each)
        yield parts.path + (f"?{parts.query}" if parts.query else "")


def written(fields: list[tuple[str, str]]) -> bytes:
    """As a browser writes a form without files; lone surrogates as the bytes that they would be."""
    return b"&".join(
        b"%s=%s"
        % (
            quote_plus(name.encode("utf-8", "surrogatepass")).encode(),
            quote_plus(value.encode("utf-8", "surrogatepass")).encode(),
        )
        for name, value in fields
    )


def in_parts(fields: list[tuple[str, str]], files: list[tuple[str, tuple[str, str, bytes]]]) -> bytes:
    """As a browser writes a form with files."""
    pieces = []
    for name, value in fields:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{quote(name, safe="-_.")}"\r\n\r\n'
        pieces.append(head.encode() + value.encode("utf-8", "surrogatepass") + b"\r\n")
    for name, (called, kind, content) in files:
        shown = called.replace("\r", "").replace("\n", "").replace('"', "%22")
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{quote(name, safe="-_.")}"; '
            f'filename="{shown}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        pieces.append(head.encode("utf-8", "surrogatepass") + content + b"\r\n")
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()
