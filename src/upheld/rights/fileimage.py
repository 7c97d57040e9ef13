"""Files as they were: what an erasure hands over before it removes them, so that they can come back
(spec/file-images.md)."""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from upheld.rights.codec import Unreadable
from upheld.rights.outcome import FileImage, Misconfigured, Permanent, Transient

FORMAT = "upheld.file-image/v1"
PIECE = 64 * 1024

Mark = tuple[int, str]
"""Size and SHA-256 of a content."""

Seen = tuple[int, int, int]
"""Size, moment of change and inode: another one means that somebody wrote."""


@dataclass(frozen=True, slots=True)
class Stood:
    """How it stood. `kind`: `file` (the content is its bytes), `lines` (the content is what was cut out of
    it), `folder`, `link` (to `to`). `names`: as rows name it, or its place below the root; a thing inside
    of a folder has the folder's first. `left`: what the erasure left in its place. `rows`: as how many
    rows it counts."""

    kind: str
    table: str
    names: tuple[str, ...]
    mode: int
    modified: int
    owner: tuple[int, int]
    mark: Mark
    column: str = ""
    left: Mark | None = None
    rows: int = 1
    to: str = ""

    def dumped(self) -> bytes:
        """As bytes for the caller to seal."""
        return json.dumps({"format": FORMAT, **asdict(self)}, separators=(",", ":"), sort_keys=True).encode()


def loaded(image: bytes) -> Stood:
    """What `dumped` wrote. Raises Unreadable for another format."""
    try:
        written: Any = json.loads(image)
        if written.pop("format") != FORMAT:
            raise Unreadable("format", f"An image of a file that is not in the format {FORMAT}.")
        for name in ("names", "owner", "mark", "left"):
            written[name] = None if written[name] is None else tuple(written[name])
        stood = Stood(**written)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable("form", "An image of a file does not fit the form that it says it has.") from error
    if stood.kind not in ("file", "lines", "folder", "link") or not stood.names:
        raise Unreadable("form", "An image of a file is of no kind that is known.")
    return stood


def seen(path: Path) -> Seen | None:
    """What tells whether a file changed; None where there is none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def mark(path: Path, size: int | None = None) -> Mark | None:
    """Of a regular file, or of its first bytes; None where there is none of that size."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or (size is not None and status.st_size < size):
            return None
        digest, many = hashlib.sha256(), 0
        for piece in pieces(path, size):
            digest.update(piece)
            many += len(piece)
    except FileNotFoundError:
        return None
    return many, digest.hexdigest()


def pieces(path: Path, size: int | None = None) -> Iterator[bytes]:
    """The bytes of a file, or its first ones."""
    left = size
    with path.open("rb") as file:
        while piece := file.read(PIECE if left is None else min(PIECE, left)):
            yield piece
            left = None if left is None else left - len(piece)


def whole(system: str, path: Path, table: str, names: tuple[str, ...], *, column: str = "") -> FileImage:
    """A regular file with all its bytes. Misconfigured for what would not come back as it was. Its content
    raises Transient where somebody has written to the file since."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise Misconfigured(
            f"{system}: what rows of {table} name is no plain file, or has a second name (a hard link): it "
            "could not be put back as it was.",
            "Put a plain file there, or write `undo: none` for this system.",
        )
    found = mark(path)
    if found is None:
        raise changed(system)
    stood = Stood("file", table, names, *attributes(status), found, column)
    return FileImage(stood.dumped(), found[0], lambda: _unchanged(system, path, found))


def attributes(status: os.stat_result) -> tuple[int, int, tuple[int, int]]:
    """Mode, moment of change in nanoseconds, owner and group."""
    return stat.S_IMODE(status.st_mode), status.st_mtime_ns, (status.st_uid, status.st_gid)


def _unchanged(system: str, path: Path, was: Mark) -> Iterator[bytes]:
    digest, many = hashlib.sha256(), 0
    for piece in pieces(path):
        digest.update(piece)
        many += len(piece)
        yield piece
    if (many, digest.hexdigest()) != was:
        raise changed(system)


def changed(system: str) -> Transient:
    """Somebody wrote into a file between the look and the removal."""
    return Transient(f"{system}: somebody wrote into a file meanwhile. Nothing was removed.", "Try again.")


def dress(path: Path, stood: Stood) -> None:
    """Owner, rights and moment of change as they were."""
    status = path.lstat()
    if (status.st_uid, status.st_gid) != stood.owner:
        os.chown(path, *stood.owner, follow_symlinks=False)
    if stood.kind != "link":
        path.chmod(stood.mode)
    os.utime(path, ns=(stood.modified, stood.modified), follow_symlinks=False)


def write(path: Path, stood: Stood, content: Iterator[bytes], system: str, *, followed: bool = False) -> None:
    """The file, dressed and on the disk; it must not be there. Permanent, and nothing left, where the
    bytes are not those that it had; with `followed` more may come after those."""
    digest, many = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in content:
                digest.update(piece[: max(0, stood.mark[0] - many)])
                many += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        dress(path, stood)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    right = many == stood.mark[0] or (followed and many > stood.mark[0])
    if not right or digest.hexdigest() != stood.mark[1]:
        path.unlink()
        raise Permanent(
            f"{system}: a file would not come back as it was. Nothing was put back.",
            "Its sealed copy is of other bytes: restore the folder `kept` from its newest copy.",
        )


def place(ready: Path, target: Path) -> bool:
    """Give a finished file its name; False, and nothing changed, where the name is taken by now."""
    try:
        os.link(ready, target, follow_symlinks=False)
    except FileExistsError:
        return False
    ready.unlink()
    flush(target.parent)
    return True


def flush(folder: Path) -> None:
    """The folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(paths: Iterable[Path]) -> None:
    """Remove what was written and is not wanted; what is gone already is no error."""
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
