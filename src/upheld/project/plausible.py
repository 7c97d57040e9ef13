"""Whether settings say what they are meant to: `upheld doctor` asks before anything depends on them."""

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from upheld.actions import house
from upheld.actions.health import Sign, State
from upheld.mail import resolve, webhook
from upheld.project.settings import SETTINGS
from upheld.rights.outcome import Misconfigured

OURS = frozenset({"UPHELD_LISTENS", "UPHELD_REQUIRE_SERVERS"})
"""Variables that programs of ours tell each other."""
HERE = ("127.0.0.1", "localhost", "::1")


def plausible(unread: Mapping[str, Misconfigured]) -> Iterator[Sign]:
    """A sign for each setting that is wrong or doubtful, or one that all are good. `unread`: those that
    cannot be read at all."""
    known = frozenset(each.name for each in SETTINGS)
    found = [
        *(_wrong(each) for each in unread.values()),
        *_misspelt(known),
        *_address(house.address()),
        *_sender(house.sender()),
        *_told(_webhook),
        *_told(lambda: resolve.keys_in_dns(settings.UPHELD_DNS)),
    ]
    yield from found
    if not found:
        given = sum(name in settings.UPHELD_ENVIRONMENT for name in known)
        yield Sign("settings", State.GOOD, f"{given} of {len(known)} are set, and can be read.")


def _wrong(fault: Misconfigured) -> Sign:
    return Sign("settings", State.WRONG, fault.what, fault.remedy)


def _told(read: Callable[[], object]) -> Iterator[Sign]:
    try:
        read()
    except Misconfigured as fault:
        yield _wrong(fault)


def _misspelt(known: frozenset[str]) -> Iterator[Sign]:
    for name, near in _unknown(os.environ, known, settings.UPHELD_DIR):
        meant = f"Did you mean {near}? " if near else ""
        yield Sign("settings", State.DOUBT, f"{name} is no setting.", f"{meant}docs/settings.md lists them.")


def _unknown(names: Mapping[str, str], known: frozenset[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Variables that look like settings and are none, each with the setting that was perhaps meant. What the
    privacy folder names as `${…}` is its own."""
    named: set[str] = set()
    for file in folder.rglob("*.yaml") if folder.is_dir() else ():
        named.update(re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8", errors="replace")))
    for name in sorted(names):
        if name.startswith("UPHELD_") and name not in known | OURS | named:
            near = difflib.get_close_matches(name, known, n=1)
            yield name, near[0] if near else ""


def _address(written: str) -> Iterator[Sign]:
    if not written:
        return
    parts = _parts(written)
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        yield Sign(
            "settings",
            State.WRONG,
            "UPHELD_ADDRESS is no address of a server: the links in mails would lead nowhere.",
            "Write https://privacy.example.org, as people reach it.",
        )
    elif parts.scheme != "https" and parts.hostname not in HERE:
        yield Sign(
            "settings",
            State.DOUBT,
            "UPHELD_ADDRESS is not https: what people write can be read on the way.",
            "Give `upheld serve` a certificate, or put a proxy with one in front of it.",
        )


def _parts(written: str) -> SplitResult | None:
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        return None
    return None if parts.query or parts.fragment else parts


def _sender(written: str) -> Iterator[Sign]:
    if written and not is_address(written):
        yield Sign(
            "settings",
            State.WRONG,
            "UPHELD_MAIL_FROM is no e-mail address: no mail can be written.",
            "Write privacy@example.org alone; the organisation's name is put before it.",
        )


def is_address(written: str) -> bool:
    """Whether mails can come from there."""
    try:
        read = Address(addr_spec=written)
    except (ValueError, HeaderParseError):
        return False
    return bool(read.username and read.domain)


def _webhook() -> None:
    url, secret = settings.UPHELD_WEBHOOK_URL, settings.UPHELD_WEBHOOK_SECRET
    if url or secret:
        webhook.hook(url or "https://localhost", secret, private=settings.UPHELD_WEBHOOK_PRIVATE)
