"""Rows set aside on disk, unreadable to anybody but this run (docs/adr/0009-access-package.md).

One unlinked temporary file holds compressed, encrypted frames of whole lines. The key is drawn here and lives
only in memory: nothing that can be observed depends on it, so it is no argument.
"""

import tempfile
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

frame_size = 64 * 1024
pending_size = 2 * 1024 * 1024


class Strand:
    """Lines of one table, in the order in which they came."""

    def __init__(self, spool: "Spool") -> None:
        self._spool = spool
        self._lines: list[bytes] = []
        self._pending = 0
        self._frames = array("Q")
        self.size = 0
        self.count = 0

    def add(self, line: bytes) -> None:
        """One line, which ends in a newline and has none inside."""
        self._lines.append(line)
        self._pending += len(line)
        self.size += len(line)
        self.count += 1
        if self._pending >= frame_size:
            self.flush()
        else:
            self._spool.waiting(len(line))

    def flush(self) -> None:
        """Put what waits on disk."""
        if self._lines:
            self._frames.append(self._spool.store(b"".join(self._lines)))
            self._lines.clear()
            self._pending = 0

    def frames(self) -> Iterator[bytes]:
        """All lines again, in pieces that end with a whole line."""
        self.flush()
        for number in self._frames:
            yield self._spool.fetch(number)

    def __iter__(self) -> Iterator[bytes]:
        for frame in self.frames():
            # Not splitlines: it would also cut at a carriage return.
            yield from frame[:-1].split(b"\n")


class Spool:
    """All strands of one package, in one file. `folder`: where, if not in the system's temporary folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._places = array("Q", [0])
        self._strands: list[Strand] = []
        self._waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def strand(self) -> Strand:
        """A new, empty one."""
        strand = Strand(self)
        self._strands.append(strand)
        return strand

    def waiting(self, size: int) -> None:
        """Many small tables may wait at once, but together never more than `pending_size`."""
        self._waiting += size
        if self._waiting >= pending_size:
            for strand in self._strands:
                strand.flush()
            self._waiting = 0

    def store(self, content: bytes) -> int:
        """Append a frame; its number is also its nonce, so none repeats under this key."""
        number = len(self._places) - 1
        sealed = self._cipher.encrypt(number.to_bytes(12, "big"), zlib.compress(content, 1), None)
        self._file.seek(self._places[number])
        self._file.write(sealed)
        self._places.append(self._places[number] + len(sealed))
        return number

    def fetch(self, number: int) -> bytes:
        """The frame again; InvalidTag when somebody changed the file."""
        start, end = self._places[number], self._places[number + 1]
        self._file.seek(start)
        return zlib.decompress(
            self._cipher.decrypt(number.to_bytes(12, "big"), self._file.read(end - start), None)
        )
