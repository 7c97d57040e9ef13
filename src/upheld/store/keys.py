"""The key store: files apart from the database, so that destroying a key ends what it sealed (K-01, K-02).

One random AES-256 key a case, wrapped by the master key (AES-256-GCM, the key's id as associated data), one
line a key, spread over 256 files by the first byte of the id so that destroying one rewrites little.
Destroying writes the file anew without the line, flushes it and its folder to the disk, and only then
returns. Everything is readable by its owner alone. Copies of this folder are what bounds "unreadable no
later than" (K-02): keep them for as few days as `backup_days` says, and never beside the database's.
"""

import fcntl
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store.masterkey import SETTING, check_value, fetched

Random = Callable[[int], bytes]

NONCE = 12
SEALED = b"\x01"
"""The version of what is sealed or wrapped here: its first byte (spec/keys.md)."""
ORGANISATION = ("index.key", "suppression.key", "ledger.key", "master.key")
MASTER = "master.key"
OUTSIDE = "master.outside"
"""A file that stands in the place of a master key that a command gives: the value by which it is known."""
NEXT = "master.next"
"""The new master key while the old one is being replaced."""
TRIES = 3
LOST = "lost"
"""A file that stands in the place of a key store that was not restored."""


class Destroyed(Permanent):
    """The key is gone, and with it what it sealed."""

    def __init__(self) -> None:
        super().__init__(
            "What was asked for is sealed with a key that has been destroyed; nobody can read it any more.",
            "That is how an erasure ends. If it is too early, look for a newer copy of the key folder.",
        )


class KeyStore:
    """The keys in `folder`; made when first used. `random` gives bytes, an argument so that tests repeat."""

    def __init__(self, folder: Path, *, random: Random = secrets.token_bytes) -> None:
        self._folder = folder
        self._random = random

    # --- keys of cases ----------------------------------------------------------------------------------

    def create(self) -> str:
        """A new data key; gives its id. On the disk before this returns, so that nothing is ever sealed
        with a key that a crash could lose."""
        name = self._random(16).hex()
        shard = self._shard(name)
        self._secret("master.key")  # made here, if ever: not under the lock that making it takes
        with self._locked(shard):  # a change of the master key is not missed
            _append(shard, self._line_of(name, self._random(32)))
        return name

    def create_many(self, many: int) -> tuple[str, ...]:
        """As `create`, so many at once: every file is flushed once."""
        names = tuple(self._random(16).hex() for _ in range(many))
        self._secret("master.key")
        for prefix, group in _by_shard(names).items():
            shard = self._shard(prefix)
            with self._locked(shard):
                _append(shard, b"".join(self._line_of(name, self._random(32)) for name in sorted(group)))
        return names

    def ring(self, names: Iterable[str]) -> "KeyRing":
        """The same store with these keys at hand, for work on many cases: each file is read once. For the
        length of one call: a key that is destroyed meanwhile is still on the ring."""
        return KeyRing(self._folder, random=self._random, names=names)

    def destroy(self, names: Iterable[str]) -> tuple[str, ...]:
        """Destroy keys for ever; gives those that were there. Safe to repeat."""
        gone: list[str] = []
        for prefix, group in _by_shard(names).items():
            shard = self._shard(prefix)
            with self._locked(shard):
                lines = _lines(shard)
                kept = [line for line in lines if line.partition(b" ")[0].decode() not in group]
                if len(kept) < len(lines):
                    _replace(shard, b"".join(kept))
                gone.extend(name for name in group if any(line.startswith(name.encode()) for line in lines))
        return tuple(gone)

    def exists(self, name: str) -> bool:
        """Whether the key has not been destroyed."""
        return self._line(name) is not None

    def seal(self, name: str, content: bytes, *, record: str) -> bytes:
        """Encrypt for the record of that id; opening under another id fails. Raises Destroyed."""
        nonce = self._random(NONCE)
        return SEALED + nonce + AESGCM(self._data_key(name)).encrypt(nonce, content, SEALED + record.encode())

    def open(self, name: str, sealed: bytes, *, record: str) -> bytes:
        """Decrypt. Raises Destroyed, or Misconfigured when key store and database do not belong together."""
        key = self._data_key(name)
        _check_version(sealed, f"The sealed value of {record}")
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], SEALED + record.encode())
        except (InvalidTag, ValueError) as error:
            raise Misconfigured(
                f"The sealed value of {record} does not open with its key: it was altered, or moved.",
                "Restore database and key store from copies of the same time, the key store from the newest.",
            ) from error

    def commitment_key(self, name: str) -> bytes:
        """The key of the case's commitments in the ledger; gone with the case's key (P-05)."""
        return hmac.new(self._data_key(name), b"upheld commitment v1", sha256).digest()

    def file_key(self, name: str, salt: bytes) -> bytes:
        """The key of one sealed file (spec/file-images.md, section 4); gone with the key that it comes from.
        Raises Destroyed."""
        return hmac.new(self._data_key(name), b"upheld sealed file v1" + salt, sha256).digest()

    def salt(self, many: int) -> bytes:
        """Random bytes that are no secret."""
        return self._random(many)

    # --- keys of the organisation -----------------------------------------------------------------------

    def blind(self, kind: str, value: str) -> bytes:
        """HMAC by which an open case is found."""
        return self._keyed("index.key", kind, value)

    def suppress(self, kind: str, value: str) -> bytes:
        """HMAC by which an erased person is known; another key than the index's, so that neither tells of the
        other (P-24)."""
        return self._keyed("suppression.key", kind, value)

    def signing_seed(self) -> bytes:
        """The seed of the ledger's signing key."""
        return self._secret("ledger.key")

    def derived(self, purpose: str) -> bytes:
        """A secret of the server for one purpose, made from the master key: lost and restored with it, and no
        file more to look after. While the master key is being changed, that of the new one."""
        return self.derived_all(purpose)[0]

    def derived_all(self, purpose: str) -> tuple[bytes, ...]:
        """The same, and while the master key is being changed that of the old one too."""
        message = b"upheld secret v1\x00" + purpose.encode()
        return tuple(hmac.new(each, message, sha256).digest() for each in self._masters())

    # --- another master key -----------------------------------------------------------------------------

    def begin_rotation(self) -> int:
        """A new master key beside the old one, and every key wrapped by it; gives how many. What was cut off
        goes on. From now on both open, and the new one wraps; `end_rotation` removes the old one."""
        following = self._folder / NEXT
        if self.outside:
            raise Misconfigured(
                "The master key of this key store is kept elsewhere, and cannot be replaced here.",
                "Stop every program; then `upheld keys inside`, `upheld keys rotate`, put the new one where "
                "the old one was, and `upheld keys outside`.",
            )
        self._secret("master.key")  # refuses a folder that is not whole
        with self._locked(following):
            if not following.exists():
                _replace(following, b64encode(self._random(32)) + b"\n")
            return sum(self._wrapped_anew(each) for each in sorted(self._folder.glob("people/*.keys")))

    def end_rotation(self) -> None:
        """The new master key takes the place of the old one, which is gone from this folder. Misconfigured
        where a key does not open with it."""
        with self._locked(self._folder / NEXT):
            fresh = _secret_in(self._folder / NEXT)
            for shard in sorted(self._folder.glob("people/*.keys")):
                for line in _lines(shard):
                    name, _, wrapped = line.partition(b" ")
                    if self._unwrapped(name.decode(), b64decode(wrapped), (fresh,)) is None:
                        raise self._unopened()
            (self._folder / NEXT).replace(self._folder / "master.key")
            _flush_folder(self._folder)

    # --- the master key elsewhere -----------------------------------------------------------------------

    @property
    def outside(self) -> bool:
        """Whether a command gives the master key."""
        return (self._folder / OUTSIDE).is_file()

    def lacks(self) -> list[str]:
        """Keys of the organisation that are neither here nor kept elsewhere."""
        there = {each for each in ORGANISATION if (self._folder / each).is_file()}
        return [each for each in ORGANISATION if each not in there and not (each == MASTER and self.outside)]

    def put_outside(self) -> None:
        """The command has the master key: the file goes. Misconfigured where it prints another; nothing is
        changed then. Safe to repeat."""
        with self._locked(self._folder / NEXT):
            if (self._folder / NEXT).exists():
                raise Misconfigured("The master key is being changed.", "Finish it: `upheld keys rotate`.")
            key = fetched()
            if not self.outside:
                if not hmac.compare_digest(key, _secret_in(self._folder / MASTER)):
                    raise self._another()
                _replace(self._folder / OUTSIDE, check_value(key))
            (self._folder / MASTER).unlink(missing_ok=True)
            _flush_folder(self._folder)

    def bring_inside(self) -> None:
        """The master key is a file of this folder again."""
        key = self._secret(MASTER)
        with self._locked(self._folder / NEXT):
            _replace(self._folder / MASTER, b64encode(key) + b"\n")
            (self._folder / OUTSIDE).unlink(missing_ok=True)
            _flush_folder(self._folder)

    def _another(self) -> Misconfigured:
        return Misconfigured(
            f"The command of {SETTING} prints another key than the master key of {self._folder}.",
            "Let it print that one: what is sealed opens with no other.",
        )

    def _wrapped_anew(self, shard: Path) -> int:
        masters = self._masters()
        lines, changed = [], 0
        for line in _lines(shard):
            name, _, wrapped = line.partition(b" ")
            if self._unwrapped(name.decode(), b64decode(wrapped), masters[:1]) is None:
                key = self._unwrapped(name.decode(), b64decode(wrapped), masters)
                if key is None:
                    raise self._unopened()
                line, changed = self._line_of(name.decode(), key), changed + 1  # noqa: PLW2901 - the new one
            lines.append(line)
        if changed:
            _replace(shard, b"".join(lines))
        return len(lines)

    # --- what is no key, and has to outlive the database ----------------------------------------------------

    def note(self, file: str, content: bytes, *, unless: Callable[[bytes], bool] = lambda _: False) -> None:
        """Write a file of the folder anew, unless what stands in it says not to."""
        path = self._folder / file
        with self._locked(path):
            if not (path.exists() and unless(path.read_bytes())):
                _replace(path, content)

    def noted(self, file: str) -> bytes | None:
        """What was noted there."""
        path = self._folder / file
        return path.read_bytes() if path.exists() else None

    @contextmanager
    def still(self) -> Iterator[tuple[tuple[str, Path], ...]]:
        """The folder's files by name while nobody writes to any; for copies."""
        with self._locked(self._folder / ".lock"):
            found = sorted((*self._folder.glob("*"), *self._folder.glob("people/*.keys")))
            yield tuple(
                (str(each.relative_to(self._folder)), each)
                for each in found
                if each.is_file() and not each.name.startswith(".") and each.suffix != ".new"
            )

    @property
    def begun(self) -> bool:
        """Whether there are keys of an organisation, or what stands for them; makes none."""
        return any((self._folder / each).exists() for each in (*ORGANISATION, LOST))

    def names(self) -> Iterator[str]:
        """The ids of all keys that are there."""
        for shard in sorted(self._folder.glob("people/*.keys")):
            for line in _lines(shard):
                yield line.partition(b" ")[0].decode()

    # --- files ------------------------------------------------------------------------------------------

    def _keyed(self, file: str, kind: str, value: str) -> bytes:
        message = kind.encode() + b"\x00" + value.encode()
        return hmac.new(self._secret(file), message, sha256).digest()

    def _secret(self, file: str) -> bytes:
        path = self._folder / file
        if file == MASTER and self.outside:
            key = fetched()
            if not hmac.compare_digest(check_value(key), (self._folder / OUTSIDE).read_bytes()):
                raise self._another()
            return key
        if not path.exists():
            with self._locked(path):
                if not path.exists():
                    self._begin(file)
        return _secret_in(path)

    def _begin(self, file: str) -> None:
        """Make the keys of the organisation, all at once, the master key last. A lost one is never
        replaced by a new one: that would open nothing, find no open case, know nobody who was erased, and
        look well."""
        master = self._folder / "master.key"
        if (self._folder / LOST).exists():
            raise Misconfigured(
                f"There is no key store in {self._folder}: the records were restored without it, and nothing "
                "that is sealed in them can be read.",
                f"Put the key store there, as a whole, and remove the file {LOST!r}.",
            )
        if master.exists() or self.outside:
            raise Misconfigured(
                f"The key {self._folder / file} is missing, but the others are there.",
                "Restore the key folder as a whole from its newest copy. Nothing is done until then.",
            )
        if any(self._folder.glob("people/*.keys")):
            raise Misconfigured(
                f"The master key {master} is missing, but keys that it wraps are there.",
                "Restore it from its copy. Nothing can be opened or sealed until then.",
            )
        for name in ORGANISATION:
            if not (self._folder / name).exists():
                _replace(self._folder / name, b64encode(self._random(32)) + b"\n")

    def _masters(self) -> tuple[bytes, ...]:
        """The master key that wraps, first; while it is being changed the old one too."""
        old = self._secret("master.key")
        try:
            return (_secret_in(self._folder / NEXT), old) if (self._folder / NEXT).exists() else (old,)
        except Misconfigured:
            if (self._folder / NEXT).exists():
                raise
            return (_secret_in(self._folder / "master.key"),)  # it took its place in between

    def _line_of(self, name: str, key: bytes) -> bytes:
        nonce, bound = self._random(NONCE), SEALED + b"upheld data key " + name.encode()
        wrapped = SEALED + nonce + AESGCM(self._masters()[0]).encrypt(nonce, key, bound)
        return f"{name} {b64encode(wrapped).decode()}\n".encode()

    def _unwrapped(self, name: str, wrapped: bytes, masters: tuple[bytes, ...]) -> bytes | None:
        bound = SEALED + b"upheld data key " + name.encode()
        for each in masters:
            try:
                return AESGCM(each).decrypt(wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :], bound)
            except InvalidTag:
                continue
        return None

    def _data_key(self, name: str) -> bytes:
        for _ in range(TRIES):  # line and master key are of two moments where it is changed in between
            wrapped = self._line(name)
            if wrapped is None:
                raise Destroyed
            _check_version(wrapped, f"The key {name}")
            key = self._unwrapped(name, wrapped, self._masters())
            if key is not None:
                return key
        raise self._unopened()

    def _unopened(self) -> Misconfigured:
        return Misconfigured(
            f"The master key {self._folder / 'master.key'} does not open the keys beside it.",
            "Restore the key folder as a whole from one copy.",
        )

    def _line(self, name: str) -> bytes | None:
        start = name.encode() + b" "
        for line in _lines(self._shard(name)):
            if line.startswith(start):
                return b64decode(line[len(start) :])
        return None

    def _shard(self, name: str) -> Path:
        return self._folder / "people" / f"{name[:2]}.keys"

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._folder / ".lock"
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class KeyRing(KeyStore):
    """Keys of several cases, read once."""

    def __init__(self, folder: Path, *, random: Random, names: Iterable[str]) -> None:
        super().__init__(folder, random=random)
        self._secrets: dict[str, bytes] = {}
        self._held: dict[str, bytes] = {}
        self._both: tuple[bytes, ...] | None = None
        self._lines_held: dict[str, bytes] = {}
        for prefix, group in _by_shard(names).items():
            for line in _lines(self._shard(prefix)):
                name, _, wrapped = line.partition(b" ")
                if name.decode() in group:
                    self._lines_held[name.decode()] = b64decode(wrapped)

    def _secret(self, file: str) -> bytes:
        if file not in self._secrets:
            self._secrets[file] = super()._secret(file)
        return self._secrets[file]

    def _masters(self) -> tuple[bytes, ...]:
        if self._both is None:
            self._both = super()._masters()
        return self._both

    def _line(self, name: str) -> bytes | None:
        return self._lines_held.get(name) or super()._line(name)

    def _line_of(self, name: str, key: bytes) -> bytes:
        """Under the lock: by the master key as it is now, not as it was when this ring was made."""
        self._secrets.pop("master.key", None)
        self._both = None
        return super()._line_of(name, key)

    def _data_key(self, name: str) -> bytes:
        if name not in self._held:
            try:
                self._held[name] = super()._data_key(name)
            except Misconfigured:  # the master key has changed since
                self._lines_held.pop(name, None)
                self._secrets.pop("master.key", None)
                self._both = None
                self._held[name] = super()._data_key(name)
        return self._held[name]


def _by_shard(names: Iterable[str]) -> dict[str, set[str]]:
    shards: dict[str, set[str]] = {}
    for name in names:
        shards.setdefault(name[:2], set()).add(name)
    return shards


def _check_version(sealed: bytes, what: str) -> None:
    if sealed[:1] != SEALED:
        raise Misconfigured(
            f"{what} is not in version 1, the one that this Upheld reads.",
            "Go on with the version of Upheld that wrote it.",
        )


def _secret_in(path: Path) -> bytes:
    try:
        secret = b64decode(path.read_bytes(), validate=False)
    except OSError as error:
        raise Misconfigured(
            f"The key file {path} cannot be read: {error.strerror}.", "Give its owner access."
        ) from error
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise Misconfigured(f"The key file {path} does not hold a key.", "Restore it from its copy.")
    return secret


def _lines(path: Path) -> list[bytes]:
    """Whole lines only: one that a crash cut off was never given to anybody."""
    if not path.exists():
        return []
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _append(path: Path, line: bytes) -> None:
    fresh = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            line = b"\n" + line
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        _flush_folder(path.parent)


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
