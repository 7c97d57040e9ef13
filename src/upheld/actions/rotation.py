"""Another master key: every key is wrapped anew, and what was made from the old one too (ADR 0044)."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from upheld.actions.record import record
from upheld.ledger.types import KEYS_ROTATED
from upheld.store.keys import KeyStore
from upheld.store.models import Installation
from upheld.store.secondfactor import opened, sealed

FACTORS = "mfa_authenticator"
SEALED = frozenset({"secret", "seed", "migrated_codes"})


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many keys were wrapped anew, and how many second factors sealed anew."""

    keys: int
    factors: int


def rotate(*, keys: KeyStore, at: datetime) -> Rotated:
    """Replace the master key while programs work; safe to repeat after a crash, which goes on where it was.
    Writes `keys.rotated`. Misconfigured where a key does not open: the old master key stays then.

    What is sealed with the keys themselves is not touched. Sessions of the console end when the server is
    started again.
    """
    many = keys.begin_rotation()
    with transaction.atomic():
        factors = _factors(keys)
        fresh = sha256(keys.derived("installation")).hexdigest()
        Installation.objects.update(keys=fresh)
        record(KEYS_ROTATED, at=at, keys=many)
    keys.end_rotation()
    return Rotated(many, factors)


def _factors(keys: KeyStore) -> int:
    """Only the server has a table of them; a program for commands alone knows it by its name."""
    with connection.cursor() as cursor:
        if FACTORS not in connection.introspection.table_names(cursor):
            return 0
        cursor.execute(f"SELECT id, data FROM {FACTORS}")  # noqa: S608 - a name of ours
        rows = cursor.fetchall()
        many = 0
        for number, written in rows:
            data = json.loads(written) if isinstance(written, str) else written
            if not SEALED & data.keys():  # a passkey: what stands there is public
                continue
            many += 1
            fresh = {name: _anew(keys, value) if name in SEALED else value for name, value in data.items()}
            cast = "%s::jsonb" if connection.vendor == "postgresql" else "%s"
            cursor.execute(
                f"UPDATE {FACTORS} SET data = {cast} WHERE id = %s",  # noqa: S608 - as above
                [json.dumps(fresh), number],
            )
    return many


def _anew(keys: KeyStore, value: object) -> object:
    if isinstance(value, list):
        return [_anew(keys, each) for each in value]
    return sealed(keys, opened(keys, value)) if isinstance(value, str) else value
