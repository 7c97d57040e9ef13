"""Values sealed as JSON: what the engine's codec wrote, encrypted for one record."""

import json

from upheld.store.keys import KeyStore


def seal_value(keys: KeyStore, name: str, written: object, *, record: str) -> bytes:
    """Seal what `rights.codec.encode` gave."""
    return keys.seal(name, _WRITTEN.encode(written).encode(), record=record)


_WRITTEN = json.JSONEncoder(separators=(",", ":"))


def open_value(keys: KeyStore, name: str, sealed: bytes, *, record: str) -> object:
    """What was sealed, ready for `rights.codec.decode`. Raises Destroyed."""
    return json.loads(keys.open(name, sealed, record=record))
