"""Calls of the webhook: signed as the specification says, and only where that is allowed."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.hook import Called
from upheld.mail import webhook
from upheld.outward import connection
from upheld.rights.outcome import Failure, Misconfigured, Permanent, Transient

VECTORS = json.loads((Path(__file__).parents[2] / "spec/vectors/webhook/signatures.json").read_text())
SECRET = str(VECTORS["secret"])
HOOK = "https://chat.example.org/hooks/upheld"


@pytest.fixture
def called() -> Iterator[Called]:
    program = Called()
    yield program
    program.stop()


@pytest.mark.parametrize("each", VECTORS["calls"], ids=lambda each: each["name"])
def test_the_vectors_hold_for_our_code(each: dict[str, object]) -> None:
    key = webhook.hook(HOOK, SECRET, private=False).secret
    made = webhook.signature(
        key, id_=str(each["id"]), timestamp=int(str(each["timestamp"])), content=str(each["body"]).encode()
    )

    assert (made == each["signature"]) is each["valid"]


@pytest.mark.parametrize("each", VECTORS["calls"], ids=lambda each: each["name"])
def test_the_vectors_hold_for_a_reader_that_knows_the_page_alone(each: dict[str, object]) -> None:
    version, _, given = str(each["signature"]).partition(",")
    mac = hmac.new(
        base64.b64decode(SECRET[6:]),
        f"{each['id']}.{each['timestamp']}.{each['body']}".encode(),
        hashlib.sha256,
    ).digest()

    assert (version == "v1" and hmac.compare_digest(base64.b64decode(given), mac)) is each["valid"]


def call(url: str, *, private: bool = True) -> None:
    webhook.call(webhook.hook(url, SECRET, private=private), id_="one", timestamp=7, content=b'{"type":"x"}')


def test_a_call_carries_what_is_signed(called: Called) -> None:
    call(called.url)

    [(path, headers, body)] = called.calls
    key = base64.b64decode(SECRET[6:])
    assert (path, body, headers["content-type"]) == (
        "/hooks/upheld?room=7",
        b'{"type":"x"}',
        "application/json",
    )
    assert headers["webhook-id"] == "one"
    assert headers["webhook-signature"] == webhook.signature(key, id_="one", timestamp=7, content=body)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(200, None), (302, Transient), (404, Transient), (410, Permanent), (500, Transient), (0, Transient)],
)
def test_what_is_answered_decides_whether_to_call_again(
    answer: int, kind: type[Failure] | None, called: Called
) -> None:
    called.answer = answer
    if kind is None:
        call(called.url)
    else:
        with pytest.raises(kind) as caught:
            call(called.url)
        assert "room=7" not in str(caught.value), "an address may hold a secret"
    assert len(called.calls) == 1, "no redirect is followed"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",  # noqa: S104 - asked, not bound
        "169.254.169.254",
    ],
)
def test_a_private_address_is_refused_before_anything_is_sent(host: str, called: Called) -> None:
    port = called.url.split(":")[2].split("/")[0]

    with pytest.raises(Misconfigured, match="private network"):
        call(f"https://{host}:{port}/", private=False)
    assert called.calls == []


def test_a_name_that_is_public_and_private_is_refused(
    monkeypatch: pytest.MonkeyPatch, called: Called
) -> None:
    port = int(called.url.split(":")[2].split("/")[0])

    def both(_host: str, _port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, 1, 6, "", (each, port)) for each in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Misconfigured, match="private network"):
        call(f"https://chat.example.org:{port}/", private=False)
    assert called.calls == []


def test_a_host_with_an_address_that_does_not_work_is_reached_by_its_other(
    monkeypatch: pytest.MonkeyPatch, called: Called
) -> None:
    port = int(called.url.split(":")[2].split("/")[0])
    connect = socket.create_connection

    def one_is_dead(address: tuple[str, int], *given: object) -> socket.socket:
        if address[0] == "2001:db8::1":
            raise OSError("network is unreachable")
        return connect(address, *given)  # type: ignore[arg-type]

    found = [(socket.AF_INET, 1, 6, "", (each, port)) for each in ("2001:db8::1", "127.0.0.1")]
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *given, **named: found if "chat" in host else resolve(host, *given, **named),
    )
    monkeypatch.setattr(socket, "create_connection", one_is_dead)

    call(f"http://chat.example.org:{port}/")

    assert len(called.calls) == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True),
        ("2002:0a00:0001::1", False),
        ("no address", False),
    ],
)
def test_only_the_public_network_is_public(address: str, public: bool) -> None:
    assert connection.public(address) is public


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("ftp://chat.example.org/", SECRET, "is no address"),
        ("https://", SECRET, "is no address"),
        ("https://user:hush@chat.example.org/", SECRET, "is no address"),
        ("https://chat.example.org:x/", SECRET, "is no address"),
        ("http://chat.example.org/", SECRET, "not encrypted"),
        (HOOK, "", "no secret"),
        (HOOK, SECRET.removeprefix("whsec_"), "no secret"),
        (HOOK, "whsec_" + base64.b64encode(b"short").decode(), "no secret"),
        (HOOK, "whsec_%%%", "no secret"),
    ],
)
def test_wrong_settings_are_named_and_never_repeated(url: str, secret: str, words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        webhook.hook(url, secret, private=False)

    assert words in caught.value.what
    assert [each for each in ("hush", SECRET[6:]) if each in f"{caught.value}{caught.value.remedy}"] == []
