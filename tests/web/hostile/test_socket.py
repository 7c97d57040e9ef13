"""The server itself, by its socket: what is no request, or only half of one."""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.database import Database
from tests.web.hostile.corpus import ADDRESS, NAME, PLANTED, SAID, bomb
from tests.web.journeys.server import Server

HOST = b"Host: 127.0.0.1\r\n"
FORM = HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = HOST + b"Content-Type: multipart/form-data; boundary=b\r\n"
HERS = f"email={ADDRESS}&words={SAID}&copy=on&step=send".replace(" ", "+").encode()
SILENCE, PATIENCE = 2, 60
"""Seconds of silence after which half a request is left alone, and after which the server counts as one that hangs."""
SENT = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    b"\r\n\r\n\r\n",
    b"GET /en/\r\n\r\n",
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://example.net/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /en/?" + HERS.replace(b"@", b"\xff@") + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /en/follow/" + NAME.encode() + b"/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /static/../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /static/%2e%2e/%2e%2e/%2e%2e/upheld.sqlite3 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /en/%00%ff%ed%a0%80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /en/ HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 900_000 + b"\r\n\r\n",
    b"GET /en/ HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % each for each in range(3000)) + b"\r\n",
    b"GET /en/ HTTP/1.1\r\nHost: \x00\r\nHost: b\r\n : \r\nX\x00: a\r\n\r\n",
    b"GET /en/ HTTP/1.1\r\n\r\n",
    b"GET /console/ HTTP/1.1\r\n" + HOST + b"Cookie: upheld=\xff\xfe; upheld=" + b"a" * 4000 + b"\r\n\r\n",
    b"GET /console/ HTTP/1.1\r\n" + HOST + b"Accept-Language: \xff,*;q=9\r\nReferer: " + HERS + b"\r\n\r\n",
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: 99999999999999999999\r\n\r\n" + HERS,
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: -1\r\n\r\n" + HERS,
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n" + HERS,
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HERS,
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + HERS + b"\r\n0\r\n\r\n",
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(HERS), HERS),
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n%s" % (len(HERS), HERS),
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(HERS), HERS),
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: %d\r\n\r\n" % len(HERS) + HERS[:20],
    b"POST /en/ HTTP/1.1\r\n" + FORM + b"Content-Length: 3000000\r\n\r\n" + b"words=" + b"x" * 2_999_994,
    b"POST /en/check/ HTTP/1.1\r\n" + PARTS + b"Content-Length: %d\r\n\r\n" % len(bomb()) + bomb(),
    b"POST /en/check/ HTTP/1.1\r\n" + PARTS + b"Content-Length: 400000\r\n\r\n" + b"--b\r\n" * 80_000,
    b"POST /console/login/ HTTP/1.1\r\n" + FORM + b"Content-Length: %d\r\n\r\n" % len(HERS) + HERS,
    b"\xff" * 100_000,
)  # fmt: skip


def said(server: Server, sent: bytes, *, patience: float = SILENCE) -> bytes:
    """What came back until the server hung up, or said nothing more: half a request it waits for."""
    came = b""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as line, suppress(OSError):
        line.sendall(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        line.settimeout(patience)
        while piece := line.recv(65_536):
            came += piece
    return came


@pytest.mark.fuzz
def test_what_is_no_request_is_refused_and_the_server_goes_on_without_a_word(
    serving: Callable[..., Server], sqlite: Database, tmp_path: Path
) -> None:
    server = serving(sqlite)
    told = server.errors()

    broken = {sent[:90]: came[:90] for sent in SENT if (came := said(server, sent))[9:10] == b"5"}
    alive = said(server, b"GET /en/ HTTP/1.1\r\n" + HOST + b"\r\n", patience=PATIENCE)
    code = server.stop()

    assert (broken, alive[:15], code) == ({}, b"HTTP/1.1 200 OK", 0)
    assert server.errors() == told
    plain = [
        str(each)
        for each in tmp_path.rglob("*")
        if each.is_file() and tmp_path / "privacy" not in each.parents and "sqlite" not in each.name
        if any(planted.encode() in each.read_bytes() for planted in PLANTED)
    ]
    assert (plain, any(each in server.said for each in PLANTED)) == ([], False)
