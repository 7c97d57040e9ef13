"""What `upheld doctor` looks at, in the order in which one thing stands on the other."""

import difflib
import os
import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from upheld.actions import health
from upheld.actions.health import Sign, State, looked
from upheld.actions.means import utc_now
from upheld.actions.reach import connectors
from upheld.cli.faults import WrongUse
from upheld.cli.start import datamap
from upheld.datamap.fault import Invalid
from upheld.datamap.model import DataMap
from upheld.project.settings import SETTINGS
from upheld.store.keys import KeyStore

OURS = frozenset({"UPHELD_LISTENS", "UPHELD_REQUIRE_SERVERS"})
"""Variables that programs of ours tell each other."""


def examined() -> Iterator[Sign]:
    """Every sign. What cannot be looked at because of an earlier one is left out."""
    data, keys = settings.UPHELD_DATA, settings.UPHELD_KEYS
    store, now = KeyStore(keys), utc_now()
    yield from _settings()
    yield from health.files(data=data, keys=keys, secrets=settings.UPHELD_ENVIRONMENT.folder)
    mapped = yield from _folder()
    stands = tuple(looked("records", health.records)) if data.is_dir() else ()
    yield from stands
    if [each.state for each in stands] == [State.GOOD]:
        name = settings.UPHELD_LEDGER_NAME
        yield from looked("keys", lambda: health.keys(folder=keys, store=store, name=name))
        yield from looked("clock", lambda: health.clock(now=now, data=mapped))
        yield from looked("runner", lambda: health.programs(now=now))
    if mapped is not None:
        reached = connectors(datamap=mapped, secrets=settings.UPHELD_ENVIRONMENT)
        own = {each.name for each in mapped.systems if each.kind == "own"}
        asked = {name: each for name, each in reached.items() if name not in own}
        yield from health.systems(connectors=asked)
    yield from looked("mail server", lambda: health.mail(url=settings.UPHELD_SMTP_URL))


def _settings() -> Iterator[Sign]:
    wrong = 0
    known = frozenset(each.name for each in SETTINGS)
    for name, near in _unknown(os.environ, known, settings.UPHELD_DIR):
        wrong += 1
        meant = f"Did you mean {near}? " if near else ""
        yield Sign("settings", State.DOUBT, f"{name} is no setting.", f"{meant}docs/settings.md lists them.")
    address = urlsplit(settings.UPHELD_ADDRESS)
    if (
        settings.UPHELD_ADDRESS
        and address.scheme != "https"
        and address.hostname not in ("127.0.0.1", "localhost")
    ):
        wrong += 1
        yield Sign(
            "settings",
            State.DOUBT,
            "UPHELD_ADDRESS is not https: what people write can be read on the way.",
            "Give `upheld serve` a certificate, or put a proxy with one in front of it.",
        )
    if settings.UPHELD_WEBHOOK_URL and not settings.UPHELD_WEBHOOK_SECRET:
        wrong += 1
        yield Sign(
            "settings",
            State.WRONG,
            "UPHELD_WEBHOOK_URL is set, UPHELD_WEBHOOK_SECRET is not: nothing is called.",
            "Set it (spec/webhook.md).",
        )
    if not wrong:
        given = sum(name in settings.UPHELD_ENVIRONMENT for name in known)
        yield Sign("settings", State.GOOD, f"{given} of {len(known)} are set, and can be read.")


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


def _folder() -> Generator[Sign, None, DataMap | None]:
    try:
        mapped = datamap()
    except Invalid as invalid:
        yield Sign(
            "privacy folder", State.WRONG, f"{len(invalid.errors)} errors.", "`upheld map check` lists them."
        )
        return None
    except WrongUse as missing:
        yield Sign("privacy folder", State.WRONG, missing.what, missing.remedy)
        return None
    yield Sign("privacy folder", State.GOOD, f"{len(mapped.systems)} systems, without errors.")
    return mapped
