"""A ZIP that comes in pieces, and the age file around it: never whole in memory nor in plain on disk.

Everything is pulled: the encryption asks for bytes, which asks the archive, which asks the rows. So there is
no thread, and a failure anywhere stops all of it.
"""

import hashlib
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, BinaryIO, cast

import pyrage

from upheld.rights.outcome import Misconfigured, Misnamed, Transient

Recipients = Sequence[object]
"""Public keys, read by `readers`."""

gibibyte = 1024**3
gathered = 256 * 1024


class _Sink:
    """Where zipfile writes; it cannot seek, so sizes follow each entry."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return content


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the package, as the manifest lists it."""

    path: str
    size: int
    sha256: str


class Archive:
    """Files put in one after the other. Every method gives the bytes of the ZIP that are ready."""

    def __init__(self, now: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._sink), "w", zipfile.ZIP_DEFLATED)
        self._date = (max(now.year, 1980), now.month, now.day, now.hour, now.minute, now.second)
        self.entries: list[Entry] = []

    def add(self, path: str, pieces: Iterable[bytes], *, size: int = 0) -> Generator[bytes, None, Entry]:
        """One file. `size`: about how many bytes, 0 when unknown; only entries that may pass 4 GiB use ZIP64,
        which some unpackers do not know."""
        info = zipfile.ZipInfo(path, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, length = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=size > gibibyte) as entry:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                entry.write(piece)
                if self._sink.size >= gathered:
                    yield self._sink.take()
        done = Entry(path, length, digest.hexdigest())
        self.entries.append(done)
        if self._sink.size >= gathered:
            yield self._sink.take()
        return done

    def close(self) -> Iterator[bytes]:
        """The directory at the end, without which it is no ZIP."""
        self._zip.close()
        yield self._sink.take()


class _Pulled:
    """Makes a file to read of pieces. Remembers what went wrong, which the encryption would reword."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    return b""
                self._rest = memoryview(piece)
        except BaseException as error:
            self.error = error
            raise
        wanted = len(self._rest) if size < 0 else size
        piece, self._rest = bytes(self._rest[:wanted]), self._rest[wanted:]
        return piece


class _Measured:
    """Counts and digests what goes out."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0
        self.error: OSError | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._out.write(piece)
        except OSError as error:
            self.error = error
            raise
        self._digest.update(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        self._out.flush()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def readers(keys: Sequence[str]) -> Recipients:
    """The public keys, read. Misconfigured without any, Misnamed for one that is none."""
    if not keys:
        raise Misconfigured("No key to encrypt the package to.", "Give at least one age public key (age1…).")
    read = []
    for key in keys:
        try:
            read.append(pyrage.x25519.Recipient.from_str(key))
        except pyrage.RecipientError:
            raise Misnamed(
                f"{key[:12]!r}… is not an age public key.", "It begins with age1 and has 62 characters."
            ) from None
    return read


def seal(pieces: Iterator[bytes], out: BinaryIO, keys: Recipients) -> tuple[int, str]:
    """Encrypt the pieces to `out`; the size and SHA-256 of the age file.

    What the pieces raise is raised unchanged; Transient when `out` cannot be written.
    """
    pulled, measured = _Pulled(pieces), _Measured(out)
    try:
        pyrage.encrypt_io(pulled, measured, list(keys))
        measured.flush()
    except (pyrage.EncryptError, OSError) as error:
        if pulled.error is not None:
            raise pulled.error from None
        cause = measured.error or error
        reason = cause.strerror if isinstance(cause, OSError) else str(cause)
        raise Transient(
            f"The package could not be written: {reason}.", "Make room or choose another place."
        ) from None
    return measured.size, measured.sha256
