"""An age file read where it is needed: one page of a copy costs that page, not the whole copy, and nothing is
written in plain anywhere.

The format is age's (C2SP age.md, X25519 recipients): a header with the file key, then pieces of 64 KiB, each
sealed by its number, the last marked as the last. So any piece can be opened alone, and a file that was cut
off is known at once.
"""

import hmac
import io
from base64 import b64decode
from collections import OrderedDict
from hashlib import sha256
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from upheld.rights.outcome import Misconfigured

piece: Final = 64 * 1024
tag: Final = 16
_begins: Final = b"age-encryption.org/v1\n"
_letters: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_header: Final = 64 * 1024
_remembered: Final = 4


class Opened(io.RawIOBase):
    """The plain content of an age file. Raises Misconfigured where the file is altered, cut off, or not for
    this identity; when it is read, for what was altered later. Closes the file with itself."""

    def __init__(self, sealed: BinaryIO, identity: str) -> None:
        super().__init__()
        self._sealed = sealed
        try:
            key, self._start = _payload_key(sealed, _secret(identity))
            self._cipher = ChaCha20Poly1305(key)
            length = sealed.seek(0, io.SEEK_END) - self._start
            self._pieces = -(-length // (piece + tag))
            self._size = length - self._pieces * tag
            self._known: OrderedDict[int, bytes] = OrderedDict()
            self._place = 0
            # The last piece says that it is the last: what was cut off does not open.
            last = self._piece(self._pieces - 1)
        except (InvalidTag, ValueError, IndexError):
            sealed.close()
            raise _altered() from None
        if not last and self._pieces > 1:
            sealed.close()
            raise _altered()

    def _piece(self, number: int) -> bytes:
        known = self._known.get(number)
        if known is not None:
            self._known.move_to_end(number)
            return known
        if not 0 <= number < self._pieces:
            raise ValueError
        self._sealed.seek(self._start + number * (piece + tag))
        nonce = number.to_bytes(11, "big") + bytes([number == self._pieces - 1])
        opened = self._cipher.decrypt(nonce, self._sealed.read(piece + tag), None)
        self._known[number] = opened
        if len(self._known) > _remembered:
            self._known.popitem(last=False)
        return opened

    def readinto(self, into: Any, /) -> int:
        target = memoryview(into).cast("B")
        if self._place >= self._size or not len(target):
            return 0
        number, begins = divmod(self._place, piece)
        try:
            part = self._piece(number)[begins : begins + len(target)]
        except (InvalidTag, ValueError):
            raise _altered() from None
        target[: len(part)] = part
        self._place += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._sealed.close()
            self._known.clear()
        super().close()


def _altered() -> Misconfigured:
    return Misconfigured(
        "The copy does not open with its key: it was altered, cut off, or is another's.",
        "Let it be written anew.",
    )


def _payload_key(sealed: BinaryIO, secret: X25519PrivateKey) -> tuple[bytes, int]:
    """The key of the pieces, and where the first begins."""
    head = sealed.read(_header)
    if not head.startswith(_begins):
        raise ValueError
    ends = head.index(b"\n--- ") + 4
    mac, _, _ = head[ends + 1 :].partition(b"\n")
    key = _file_key(head[len(_begins) : ends - 4], secret)
    expected = hmac.new(_derived(key, b"", b"header"), head[:ends], sha256).digest()
    if not hmac.compare_digest(expected, _decoded(mac)):
        raise ValueError
    begins = ends + 1 + len(mac) + 1
    return _derived(key, head[begins : begins + 16], b"payload"), begins + 16


def _file_key(stanzas: bytes, secret: X25519PrivateKey) -> bytes:
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for stanza in (b"\n" + stanzas).split(b"\n-> ")[1:]:
        first, *lines = stanza.split(b"\n")
        kind, *arguments = first.split(b" ")
        if kind != b"X25519" or len(arguments) != 1:
            continue
        share = _decoded(arguments[0])
        shared = secret.exchange(X25519PublicKey.from_public_bytes(share))
        wrapping = _derived(shared, share + public, b"age-encryption.org/v1/X25519")
        try:
            return ChaCha20Poly1305(wrapping).decrypt(bytes(12), _decoded(b"".join(lines)), None)
        except InvalidTag:
            continue
    raise ValueError


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _decoded(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _secret(identity: str) -> X25519PrivateKey:
    """The 32 bytes of an age secret key, which is Bech32; its checksum is left aside, for we wrote it."""
    _, _, data = identity.strip().lower().rpartition("1")
    bits = 0
    for letter in data[:-6]:
        bits = bits << 5 | _letters.index(letter)
    over = len(data[:-6]) * 5 - 256
    return X25519PrivateKey.from_private_bytes((bits >> over).to_bytes(32, "big"))
