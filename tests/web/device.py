"""A device with one passkey, written from the specification (WebAuthn Level 2, sections 6.1, 6.5 and 5.8.1), which
also answers as no honest one would."""

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Device:
    """`place`: the name it is bound to; `origin`: the page that asks it; `holder`: whom it says it belongs to."""

    place: str
    origin: str
    holder: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = b"a passkey of a test"

    def made(
        self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **said: str
    ) -> dict[str, Any]:
        """What a browser sends after `create`."""
        asked = options["publicKey"]
        self.holder = asked["user"]["id"]
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        length = len(self.number).to_bytes(2, "big")
        attested = bytes(16) + length + self.number + cbor.encode(public)
        data = self._data(flags | ATTESTED) + attested
        return self._sent(
            {
                "clientDataJSON": text(self._client("webauthn.create", asked["challenge"], said)),
                "attestationObject": text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
                "transports": ["internal"],
            }
        )

    def used(
        self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **said: str
    ) -> dict[str, Any]:
        """What a browser sends after `get`."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"], said)
        data = self._data(flags)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._sent(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": self.holder,
            }
        )

    def _client(self, kind: str, challenge: str, said: dict[str, str]) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin} | said).encode()

    def _data(self, flags: int) -> bytes:
        return sha256(self.place.encode()).digest() + bytes([flags]) + bytes(4)

    def _sent(self, response: dict[str, Any]) -> dict[str, Any]:
        number = text(self.number)
        return {
            "type": "public-key",
            "id": number,
            "rawId": number,
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": {},
        }
