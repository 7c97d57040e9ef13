"""Keys that sign notes: the verifier key text, and Ed25519 signatures (C2SP signed-note; P-10, P-11).

A signer is anything with a name, a key id and `sign`, so a key in a hardware module or another algorithm
needs no change here (P-12). Private keys arrive as arguments; this module reads and stores none.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upheld.ledger.encoding import from_base64, to_base64

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
KEY_SIZE = 32
_KEY_ID = re.compile(r"[0-9a-f]{8}\Z", re.ASCII)


class MalformedKey(ValueError):
    """The text is not a verifier key, or its parts contradict each other."""


class Signer(Protocol):
    """Signs note texts under one name."""

    @property
    def name(self) -> str:
        """The name that signature lines carry."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""

    def sign(self, text: bytes) -> bytes:
        """The signature over the note's text, its last newline included."""

    def verifier(self) -> "Verifier":
        """The verifier of this signer's own signatures."""


class Verifier(Protocol):
    """Judges signatures of one key. `vkey` is its public text, to be published and compared."""

    @property
    def name(self) -> str:
        """The name that signature lines carry."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""

    @property
    def vkey(self) -> str:
        """The public text of the key."""

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature over exactly this text; never raises."""


def valid_name(name: str) -> bool:
    """A key name is not empty and holds no space, no plus sign and no control character (P-10)."""
    return bool(name) and not any(sign.isspace() or sign == "+" or ord(sign) < 0x20 for sign in name)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A named public key and what kind of signatures it makes."""

    name: str
    kind: int
    material: bytes

    def __post_init__(self) -> None:
        if not valid_name(self.name):
            raise MalformedKey(
                f"A key's name must not be empty or contain spaces or '+'; this one is {self.name!r}."
            )
        if self.kind not in (ED25519, ED25519_COSIGNATURE) or len(self.material) != KEY_SIZE:
            raise MalformedKey(
                f"The key {self.name!r} is of a kind that this version does not know "
                f"(0x{self.kind:02x}, {len(self.material)} bytes). Known: Ed25519 signatures (0x01) and "
                "Ed25519 cosignatures (0x04), 32 bytes each."
            )

    @property
    def key_id(self) -> bytes:
        """The first four bytes of the hash over name, kind and key (P-11)."""
        named = self.name.encode("utf-8") + b"\n" + bytes([self.kind]) + self.material
        return sha256(named).digest()[:4]

    @property
    def vkey(self) -> str:
        """The verifier key text: name, id and key joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.material)}"


def parse_vkey(text: str) -> PublicKey:
    """Reads `name+id+key`; raises MalformedKey when the id is not the id of this name and key."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _KEY_ID.match(parts[1]):
        raise MalformedKey(
            f"This is not a verifier key: {text[:100]!r}. It should read "
            "name+8 hexadecimal digits+base64, as the organisation published it."
        )
    name, key_id, encoded = parts
    try:
        name.encode("utf-8")
        blob = from_base64(encoded)
    except ValueError as error:
        raise MalformedKey(f"The verifier key of {name[:60]!r} is damaged. {error}") from error
    if not blob:
        raise MalformedKey(f"The verifier key of {name[:60]!r} holds no key.")
    key = PublicKey(name=name, kind=blob[0], material=blob[1:])
    if key.key_id.hex() != key_id:
        raise MalformedKey(
            f"The verifier key of {name!r} is damaged or altered: its id should be {key.key_id.hex()}, "
            f"it says {key_id}. Copy it again from where the organisation published it."
        )
    return key


def ed25519_verifies(material: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good; a key or signature of the wrong form is not."""
    try:
        Ed25519PublicKey.from_public_bytes(material).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class KeyVerifier:
    """What the verifiers of one public key share."""

    key: PublicKey

    @property
    def name(self) -> str:
        """The name that signature lines carry."""
        return self.key.name

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return self.key.key_id

    @property
    def vkey(self) -> str:
        """The text to publish and to compare."""
        return self.key.vkey


@dataclass(frozen=True, slots=True)
class Ed25519Verifier(KeyVerifier):
    """Verifies plain Ed25519 note signatures (type 0x01)."""

    @classmethod
    def from_vkey(cls, text: str) -> "Ed25519Verifier":
        """Raises MalformedKey, also for a witness's key."""
        key = parse_vkey(text)
        if key.kind != ED25519:
            raise MalformedKey(f"The key {key.name!r} is a witness's key; a log's own key is needed here.")
        return cls(key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature over exactly this text."""
        return ed25519_verifies(self.key.material, text, signature)


class Ed25519Signer:
    """Signs with an Ed25519 seed of 32 bytes, which comes from the caller's key store."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._key = PublicKey(name, ED25519, self._private.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The name that signature lines carry; a log's origin."""
        return self._key.name

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return self._key.key_id

    def sign(self, text: bytes) -> bytes:
        """The Ed25519 signature over the note's text."""
        return self._private.sign(text)

    def verifier(self) -> Ed25519Verifier:
        """The verifier of this signer's own signatures."""
        return Ed25519Verifier(self._key)
