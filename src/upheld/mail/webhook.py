"""Call an organisation's own program: signed as Standard Webhooks does (spec/webhook.md), and only where
that is allowed."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from urllib.parse import urlsplit

from upheld.outward.connection import PORTS, Connection
from upheld.rights.outcome import Misconfigured, Permanent, Transient

SECONDS = 10
PREFIX = "whsec_"
LEAST, MOST = 24, 64
GONE = 410
OK, BEYOND = 200, 300


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to call, and the secret that both sides know. `private`: an address of a network of our own is
    allowed, and a call without encryption."""

    url: str
    secret: bytes
    private: bool

    def __repr__(self) -> str:
        return "Hook(…)"


def hook(url: str, secret: str, *, private: bool) -> Hook:
    """Read the settings. Misconfigured, without repeating them, where they are none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.fragment:
        raise Misconfigured(
            "UPHELD_WEBHOOK_URL is no address.", "Write https://chat.example.org/hooks/upheld."
        )
    if parts.scheme == "http" and not private:
        raise Misconfigured(
            "UPHELD_WEBHOOK_URL is not encrypted.",
            "Write https://…, or set UPHELD_WEBHOOK_PRIVATE=yes for a program on a network of your own.",
        )
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not LEAST <= len(key) <= MOST:
        raise Misconfigured(
            f"UPHELD_WEBHOOK_SECRET is no secret of {LEAST} to {MOST} bytes.",
            f'Make one: echo "{PREFIX}$(openssl rand -base64 32)". The program that is called has the same.',
        )
    return Hook(url, key, private)


def body(value: Mapping[str, object]) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: bytes, *, id_: str, timestamp: int, content: bytes) -> str:
    """`v1,` and the HMAC-SHA-256 of id, time and content with dots between them, as base64."""
    signed = b"%b.%d.%b" % (id_.encode(), timestamp, content)
    return "v1," + base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def call(to: Hook, *, id_: str, timestamp: int, content: bytes) -> None:
    """Send one call. Transient where it may work later, Misconfigured where somebody has to mend something,
    Permanent where it is wanted no more. Follows no redirect, reads no answer but its status, and repeats
    neither address nor answer."""
    parts = urlsplit(to.url)
    host = parts.hostname or ""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Upheld",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(to.secret, id_=id_, timestamp=timestamp, content=content),
    }
    connection = _connection(to)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, content, headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise Transient(f"The webhook at {host} cannot be reached.", "Check UPHELD_WEBHOOK_URL.") from error
    finally:
        connection.close()
    if status == GONE:
        raise Permanent(f"The webhook at {host} is gone (410).", "Take UPHELD_WEBHOOK_URL away, or mend it.")
    if not OK <= status < BEYOND:
        raise Transient(f"The webhook at {host} answered {status}.", "Look into the program that is called.")


def reach(to: Hook) -> None:
    """Connect, and leave without a call. Transient where nobody answers, Misconfigured for an address that is
    not allowed."""
    connection = _connection(to)
    try:
        connection.connect()
    except OSError as error:
        host = urlsplit(to.url).hostname
        raise Transient(f"The webhook at {host} cannot be reached.", "Check UPHELD_WEBHOOK_URL.") from error
    finally:
        connection.close()


def _connection(to: Hook) -> Connection:
    parts = urlsplit(to.url)
    host = parts.hostname or ""
    return Connection(
        host,
        parts.port or PORTS[parts.scheme],
        encrypted=parts.scheme == "https",
        refused=None if to.private else _private(host),
        seconds=SECONDS,
    )


def _private(host: str) -> Misconfigured:
    return Misconfigured(
        f"The webhook at {host} is an address of a private network.",
        "Set UPHELD_WEBHOOK_PRIVATE=yes if that is meant.",
    )
