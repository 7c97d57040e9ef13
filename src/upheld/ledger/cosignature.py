"""Cosignatures: a witness states when it saw a checkpoint, after checking that the log only grew (P-15).

C2SP tlog-cosignature, Ed25519 (type 0x04). Without a witness a log can still show two histories to two
people; with one, it would need the witness's help.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upheld.ledger.checkpoint import Checkpoint
from upheld.ledger.keys import (
    ED25519_COSIGNATURE,
    KeyVerifier,
    MalformedKey,
    PublicKey,
    ed25519_verifies,
    parse_vkey,
)
from upheld.ledger.note import Signature

_TIME_SIZE = 8
_BLOB_SIZE = _TIME_SIZE + 64
_LAST_TIME = 2**63 - 1


def _message(text: bytes, seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % seconds + text


def cosigned_at(signature: Signature) -> int:
    """The witness's time in seconds since 1970 (UTC), from a verified cosignature."""
    return int.from_bytes(signature.blob[:_TIME_SIZE], "big")


@dataclass(frozen=True, slots=True)
class CosignatureVerifier(KeyVerifier):
    """Verifies one witness's cosignatures; a time beyond 2^63 - 1 is refused."""

    @classmethod
    def from_vkey(cls, text: str) -> "CosignatureVerifier":
        """Raises MalformedKey, also for a log's own key."""
        key = parse_vkey(text)
        if key.kind != ED25519_COSIGNATURE:
            raise MalformedKey(f"The key {key.name!r} is a log's key; a witness's key is needed here.")
        return cls(key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the witness cosigned this checkpoint text at the time that the signature says."""
        if len(signature) != _BLOB_SIZE:
            return False
        seconds = int.from_bytes(signature[:_TIME_SIZE], "big")
        if seconds > _LAST_TIME:
            return False
        return ed25519_verifies(self.key.material, _message(text, seconds), signature[_TIME_SIZE:])


class Cosigner:
    """A witness's key. Whoever calls `cosign` has checked consistency with the last checkpoint it saw."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = PublicKey(name, ED25519_COSIGNATURE, self._private.public_key().public_bytes_raw())

    def cosign(self, checkpoint: Checkpoint, *, seconds: int) -> Signature:
        """The signature line to add to the checkpoint's note."""
        if not 0 <= seconds <= _LAST_TIME:
            raise ValueError("A cosignature's time lies between 1970 and 2^63 - 1 seconds after it.")
        signed = self._private.sign(_message(checkpoint.text().encode("utf-8"), seconds))
        return Signature(self.key.name, self.key.key_id, seconds.to_bytes(_TIME_SIZE, "big") + signed)
