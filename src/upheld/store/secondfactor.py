"""How seeds and recovery codes of second factors are sealed (spec/sealed.md, section 4)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.rights.outcome import Misconfigured
from upheld.store.keys import KeyStore

PURPOSE = "second factor"
RECORD = b"upheld second factor v1"
NONCE = 12


def sealed(keys: KeyStore, text: str) -> str:
    """Under a secret that is made from the master key."""
    nonce = os.urandom(NONCE)
    return (nonce + AESGCM(keys.derived(PURPOSE)).encrypt(nonce, text.encode(), RECORD)).hex()


def opened(keys: KeyStore, written: str) -> str:
    """Misconfigured where the key store is another."""
    content = bytes.fromhex(written)
    for secret in keys.derived_all(PURPOSE):
        try:
            return AESGCM(secret).decrypt(content[:NONCE], content[NONCE:], RECORD).decode()
        except InvalidTag:
            continue
    raise Misconfigured(
        "A second factor does not open with the key store.", "Restore the newest copy of the key store."
    )
