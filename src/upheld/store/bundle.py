"""A backup's file (spec/backup.md): an uncompressed tar, its list of members, a signed manifest at the end.

The manifest is signed with the ledger's key: who has the organisation's verifier key can tell it apart from
any other's, and an altered file from a whole one, without any secret.
"""

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from upheld.ledger import note
from upheld.ledger.canonical import NotCanonical, Value, decode, encode
from upheld.ledger.keys import Ed25519Signer, Ed25519Verifier, MalformedKey, Signer
from upheld.rights.outcome import Misconfigured, Permanent, Transient

FORMAT = "upheld.backup/v1"
MANIFEST, MEMBERS = "manifest", "members"
PIECE = 1024 * 1024
RECORDS, KEYS = "records", "keys"

Moved = Callable[[int], None]
"""Called with so many more bytes that are through."""


def unseen(_: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is. `checkpoint`: the ledger's newest when it was made, as it was signed. `migrations`:
    what the records have, `database`: sqlite or postgresql; both empty for keys. `folder`: the data folder
    as it was, which paths in the records begin with."""

    kind: str
    made_at: str
    folder: str
    upheld: str
    vkey: str
    checkpoint: str
    database: str
    migrations: tuple[str, ...]
    size: int
    members: str


class Refused(Permanent):
    """The file is no whole backup of ours. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a backup."""

    name: str
    size: int
    digest: str


class Writer:
    """Makes the file under a name beside it, which `finish` puts in place; for its owner alone."""

    def __init__(self, path: Path, moved: Moved = unseen) -> None:
        self.path, self._moved = path, moved
        self._beside = path.with_name(f"{path.name}.part")
        self._beside.unlink(missing_ok=True)
        descriptor = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by finish
        self._members: list[Member] = []

    def add(self, name: str, source: Path) -> None:
        """One file. Transient where it changed its length meanwhile."""
        with source.open("rb") as file:
            info = tarfile.TarInfo(name)
            info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
            reading = _Reading(file, self._moved)
            try:
                self._tar.addfile(info, reading)
            except OSError as error:
                if error.errno is not None:
                    raise
                raise Transient(f"{source} changed while it was copied.", "Make the backup again.") from None
        self._members.append(Member(name, info.size, reading.digest))

    def put(self, name: str, content: bytes) -> None:
        """One file from memory."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        self._tar.addfile(info, io.BytesIO(content))
        if name not in (MANIFEST, MEMBERS):
            self._members.append(Member(name, len(content), sha256(content).hexdigest()))

    @property
    def size(self) -> int:
        """Of everything that was added."""
        return sum(each.size for each in self._members)

    def finish(self, manifest: Callable[[int, str], Manifest], signer: Signer) -> Manifest:
        """Sign it and put it in its place, on the disk before this returns."""
        listed = "".join(f"{each.digest} {each.size} {each.name}\n" for each in self._members).encode()
        self.put(MEMBERS, listed)
        made = manifest(self.size, sha256(listed).hexdigest())
        self.put(MANIFEST, note.sign(_text(made), signer).encode())
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self.path)
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return made

    def abandon(self) -> None:
        """Nothing stays of it."""
        self._file.close()
        self._beside.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, moved: Moved = unseen) -> Iterator[Writer]:
    """A writer that leaves nothing behind where it was not finished."""
    made = Writer(path, moved)
    try:
        yield made
    finally:
        made.abandon()


class _Reading:
    def __init__(self, file: IO[bytes], moved: Moved) -> None:
        self._file, self._moved, self._hash = file, moved, sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._hash.update(piece)
        self._moved(len(piece))
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _text(manifest: Manifest) -> str:
    fields: dict[str, Value] = {
        "kind": manifest.kind,
        "made_at": manifest.made_at,
        "folder": manifest.folder,
        "upheld": manifest.upheld,
        "vkey": manifest.vkey,
        "checkpoint": manifest.checkpoint,
        "database": manifest.database,
        "migrations": list(manifest.migrations),
        "size": manifest.size,
        "members": manifest.members,
    }
    return f"{FORMAT}\n{encode(fields).decode()}\n"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A backup that is whole as far as its lists go; the members themselves are compared as they are taken
    out."""

    path: Path
    manifest: Manifest
    members: tuple[Member, ...]

    def content(self, name: str) -> bytes:
        """One small member. Refused where it is missing or not as listed."""
        with _opened(self.path) as tar:
            for info, member in zip(tar, self.members, strict=False):
                if member.name == name:
                    content = _content(tar, info)
                    if sha256(content).hexdigest() != member.digest:
                        raise _refused(self.path, f"{name} is not what was put in.")
                    return content
        raise _refused(self.path, f"It has no {name}.")

    def extract(self, folder: Path, moved: Moved = unseen) -> None:
        """Every member into an empty folder. Refused at the first that is not as listed."""
        with _opened(self.path) as tar:
            for info, member in zip(tar, self.members, strict=False):
                target = folder.joinpath(*PurePosixPath(member.name).parts)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source = tar.extractfile(info)
                if source is None:
                    raise _refused(self.path, f"{member.name} is no plain file.")
                descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                read = _Reading(source, moved)
                with os.fdopen(descriptor, "wb") as file:
                    while piece := read.read(PIECE):
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                if read.digest != member.digest:
                    raise _refused(self.path, f"{member.name} is not what was put in.")


def opened(path: Path, *, kind: str, seed: bytes | None) -> Bundle:
    """Read and judge a backup; nothing is taken out. `seed`: of the ledger's key, whose signature it must
    have; without it that of the key which the file itself names, which tells damage and no forger. Refused
    for what is foreign, cut off or altered."""
    with _opened(path) as tar:
        infos = list(tar)
        if len(infos) < 2 or [each.name for each in infos[-2:]] != [MEMBERS, MANIFEST]:
            raise _refused(path, "It has no manifest: it is cut off, or no backup of Upheld.")
        listed, signed = (_content(tar, each) for each in infos[-2:])
    manifest = _manifest(path, signed, seed)
    if sha256(listed).hexdigest() != manifest.members:
        raise _refused(path, "Its list of files was altered.")
    members = tuple(_members(path, listed))
    found = [(each.name, each.size) for each in infos[:-2]]
    if not all(each.isreg() for each in infos) or found != [(each.name, each.size) for each in members]:
        raise _refused(path, "Its files are not those that its manifest lists.")
    if manifest.kind != kind:
        other = "the key store" if manifest.kind == KEYS else "the records"
        raise Refused(f"{path} is a backup of {other}. Nothing was written.", "Name the other file.")
    return Bundle(path, manifest, members)


def _manifest(path: Path, signed: bytes, seed: bytes | None) -> Manifest:
    try:
        text = note.parse(signed.decode()).text
        head, _, body = text.partition("\n")
        if head != FORMAT:
            raise Refused(
                f"{path} begins its manifest with {head[:60]!r}; this release reads {FORMAT!r}. "
                "Nothing was written.",
                "Restore it with the release that made it.",
            )
        read = decode(body.removesuffix("\n").encode())
        if not isinstance(read, dict):
            raise _refused(path, "Its manifest cannot be read.")
        fields = {**read, "migrations": tuple(read["migrations"])}
        manifest = Manifest(**fields)
        own = Ed25519Verifier.from_vkey(manifest.vkey)
        ours = own if seed is None else Ed25519Signer(own.name, seed).verifier()
        note.open_note(signed.decode(), (ours,))
    except (note.MalformedNote, NotCanonical, MalformedKey, TypeError, KeyError, UnicodeDecodeError):
        raise _refused(path, "Its manifest cannot be read.") from None
    except note.UnverifiedNote:
        if own.vkey != ours.vkey:
            raise Refused(
                f"{path} is the backup of another installation ({own.name}): another key store signed it. "
                "Nothing was written.",
                "Name the backup and the key store of one installation.",
            ) from None
        raise _refused(path, "Its manifest was altered: the signature does not fit.") from None
    return manifest


def _members(path: Path, listed: bytes) -> Iterator[Member]:
    for line in listed.decode(errors="replace").splitlines():
        digest, _, rest = line.partition(" ")
        size, _, name = rest.partition(" ")
        parts = PurePosixPath(name).parts
        if not size.isdigit() or not parts or ".." in parts or name.startswith("/"):
            raise _refused(path, "Its list of files cannot be read.")
        yield Member(name, int(size), digest)


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(info)
    return b"" if file is None else file.read()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except tarfile.TarError:
        raise _refused(path, "It is cut off, or no backup of Upheld.") from None
    except FileNotFoundError:
        raise Misconfigured(f"There is no file {path}.", "Name a file that `upheld backup` made.") from None


def _refused(path: Path, what: str) -> Refused:
    return Refused(f"{path} cannot be restored. {what} Nothing was written.", "Take another backup.")
