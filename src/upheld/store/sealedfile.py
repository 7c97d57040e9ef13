"""A file sealed in pieces, so that it is never whole in memory (spec/file-images.md, section 4)."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.rights.outcome import Misconfigured
from upheld.store.keys import KeyStore

VERSION = b"\x01"
SALT = 16
PIECE = 64 * 1024
TAG = 16


def seal(keys: KeyStore, name: str, path: Path, content: Iterable[bytes], *, salt: bytes, record: str) -> int:
    """Write the content sealed to a new file, on the disk before this returns; gives the content's size. The
    salt is random and never used twice. A file that was not finished is removed. Raises Destroyed."""
    cipher = AESGCM(keys.file_key(name, salt))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    size = 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(VERSION + salt)
            for number, (piece, last) in enumerate(_pieces(content)):
                size += len(piece)
                file.write(cipher.encrypt(_nonce(number, last=last), piece, VERSION + record.encode()))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size


def unseal(keys: KeyStore, name: str, path: Path, *, record: str) -> Iterator[bytes]:
    """The content, piece by piece, each known to be right before it is given. Raises Destroyed; Misconfigured
    where the file is missing, cut off, altered, or sealed for another record."""
    try:
        with path.open("rb") as file:
            head = file.read(1 + SALT)
            cipher = AESGCM(keys.file_key(name, head[1:]))
            if head[:1] != VERSION or len(head) != 1 + SALT:
                raise _altered(path)
            piece, number = file.read(PIECE + TAG), 0
            while True:
                following = file.read(PIECE + TAG)
                nonce = _nonce(number, last=not following)
                yield cipher.decrypt(nonce, piece, VERSION + record.encode())
                if not following:
                    return
                piece, number = following, number + 1
    except OSError as error:
        raise Misconfigured(
            f"The sealed copy {path.name} cannot be read: {error.strerror}.",
            "Restore the folder `kept` of the data folder from its newest copy.",
        ) from None
    except (InvalidTag, ValueError):
        raise _altered(path) from None


def _altered(path: Path) -> Misconfigured:
    return Misconfigured(
        f"The sealed copy {path.name} does not open with its key: it was altered, cut off, or moved.",
        "Restore the folder `kept` of the data folder from its newest copy.",
    )


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of the one size, the last as long as it is; at least one."""
    waiting = bytearray()
    for each in content:
        waiting += each
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE]), False
            del waiting[:PIECE]
    yield bytes(waiting), True
