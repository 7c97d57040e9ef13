"""Whether this server can do its work: its records, keys and folders, and somebody who carries work out."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.db import Error as DatabaseFailed
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from upheld.actions import programs
from upheld.datamap.fault import Invalid
from upheld.rights.outcome import Failure
from upheld.store import clock
from upheld.store.keys import KeyStore
from upheld.store.models import Installation

LEAST = 256 * 1024 * 1024
"""Bytes of room in the data folder: below, a copy or a batch may not fit any more."""
NAMES = ("store", "migrations", "keys", "map", "work", "disk")


@dataclass(frozen=True, slots=True)
class Check:
    """One of NAMES. `why`: what is wrong and what to do, for the administrator; empty where it is ok."""

    name: str
    why: str = ""

    @property
    def ok(self) -> bool:
        return not self.why


def checks(*, data: Path, keys: Path, read: Callable[[], object]) -> tuple[Check, ...]:
    """All of NAMES, in that order. `read` reads the map and raises what is wrong with it. Changes nothing,
    and makes nothing that is missing. Without the records, what depends on them is not ok."""
    away = _store()
    asked = (
        ("store", lambda: away),
        ("migrations", lambda: away or _migrations()),
        ("keys", lambda: away or _keys(keys)),
        ("map", lambda: _map(read)),
        ("work", lambda: away or _work(clock.now())),
        ("disk", lambda: _disk(data)),
    )
    return tuple(Check(name, _tried(ask)) for name, ask in asked)


def _tried(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except DatabaseFailed:
        return "The records went away while they were asked."
    except OSError as error:
        return f"A file cannot be read ({type(error).__name__}). Look at the rights of the folders."


def _store() -> str:
    try:
        clock.measure()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailed:
        with suppress(DatabaseFailed):
            connection.close()
        return "The database of the records is away. Start it, or look at UPHELD_DATABASE_URL."
    return ""


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """The migrations of this version, by the names of their files: to load them would take some megabytes,
    which are never given back."""
    found = set()
    for app in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(app.label)
        package = find_spec(module) if module else None
        places = package.submodule_search_locations if package else None
        found |= {(app.label, each.name) for each in iter_modules(places or []) if each.name[0] not in "_~"}
    return frozenset(found)


def _migrations() -> str:
    missing = len(_shipped() - frozenset(MigrationRecorder(connection).applied_migrations()))
    return f"{missing} migrations are missing. Start `upheld serve` of this version once." if missing else ""


def _keys(folder: Path) -> str:
    """A store that is missing must not be made anew by a look at it."""
    if KeyStore(folder).lacks():
        return f"There is no key store at {folder}. Look at UPHELD_KEYS, or restore it from its copy."
    known = Installation.objects.filter(pk=1).first()
    try:
        own = sha256(KeyStore(folder).derived("installation")).hexdigest()
    except Failure as failure:
        return f"{failure.what} {failure.remedy}"
    if known is not None and known.keys != own:
        return f"The key store at {folder} is not the one of these records. Look at UPHELD_KEYS."
    return ""


def _map(read: Callable[[], object]) -> str:
    try:
        read()
    except Invalid as invalid:
        return f"The privacy folder has {len(invalid.errors)} errors. `upheld map check` says which."
    return ""


def _work(at: datetime) -> str:
    seen = programs.working(at=at)
    if not seen.nobody:
        return ""
    when = f"since {seen.seen_at:%Y-%m-%d %H:%M} UTC" if seen.seen_at else "at all"
    return f"No runner and no worker was seen {when}. Start `upheld worker`, or serve without --no-runner."


def _disk(data: Path) -> str:
    free = shutil.disk_usage(data).free
    return "" if free >= LEAST else f"The data folder has {free >> 20} MB of room left. Make room."
