"""Call an organisation's own program: signed as Standard Webhooks does (spec/webhook.md), and only where
that is allowed."""

import base64
import binascii
import hmac
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from upheld.rights.outcome import Misconfigured, Permanent, Transient

SECONDS = 10
PREFIX = "whsec_"
LEAST, MOST = 24, 64
PORTS = {"https": 443, "http": 80}
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
    connection = _Connection(to, host, parts.port or PORTS[parts.scheme], encrypted=parts.scheme == "https")
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


class _Connection(HTTPConnection):
    """To the very address that was looked at: a name that is asked twice may give two answers."""

    def __init__(self, to: Hook, host: str, port: int, *, encrypted: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._to = to
        self._encrypted = encrypted

    def connect(self) -> None:
        self.sock = _connected(_addresses(self.host, self.port, private=self._to.private), self.port)
        if self._encrypted:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _connected(addresses: list[str], port: int) -> socket.socket:
    """To the first that answers: a host may have an address of a kind that does not work from here."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), SECONDS)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), SECONDS)


def _addresses(host: str, port: int, *, private: bool) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not private and not all(public(each) for each in addresses):
        raise Misconfigured(
            f"The webhook at {host} is an address of a private network.",
            "Set UPHELD_WEBHOOK_PRIVATE=yes if that is meant.",
        )
    return addresses


def public(address: str) -> bool:
    """Whether an address is one of the public network, also inside another kind of address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inside is None and ip in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inside is not None:
            return public(str(inside))
    return ip.is_global and not ip.is_multicast


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
