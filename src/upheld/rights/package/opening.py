"""Open a package: decrypt, unpack without leaving the folder, and compare every file with the manifest."""

import hashlib
import json
import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

import pyrage

from upheld.rights.package import manifest

largest: Final = 50 * 1024**3


class Unopened(Exception):
    """The package was not unpacked, or not wholly; says why and what to do."""


def open_package(path: Path, identity: str, to: Path, *, limit: int = largest) -> Path:
    """Unpack into the empty or new folder `to`; the start page. `identity` is an age secret key.

    Raises Unopened for a wrong key, a file that is no package, a file that would land outside `to`, more than
    `limit` bytes, or a file that differs from what the manifest says of it. Then `to` is removed again if it
    was new.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Unopened(f"{to} is not an empty folder. Choose a new one: nothing there is overwritten.")
    new = not to.exists()
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=to) as plain:
            _decrypt(path, identity, plain)
            with zipfile.ZipFile(plain) as archive:
                _unpack(archive, to, limit)
        _compare(to)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        _remove(to, new)
        raise Unopened(f"{path} is not an access package: {error}. Ask for a new copy.") from None
    except OSError as error:
        _remove(to, new)
        raise Unopened(
            f"{path} could not be unpacked: {error.strerror}. Make room, or choose another place."
        ) from None
    except Unopened:
        _remove(to, new)
        raise
    return to / "index.html"


def _remove(to: Path, new: bool) -> None:
    if new:
        shutil.rmtree(to, ignore_errors=True)


def _decrypt(path: Path, identity: str, plain: object) -> None:
    try:
        key = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError:
        raise Unopened("This is not an age secret key. It begins with AGE-SECRET-KEY-1.") from None
    try:
        with path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, plain, [key])
    except (pyrage.DecryptError, OSError) as error:
        # The library reports a file cut short as an OSError without a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Unopened(f"{path} cannot be decrypted with this key, or is damaged. Check both.") from None


def _unpack(archive: zipfile.ZipFile, to: Path, limit: int) -> None:
    seen: set[str] = set()
    for entry in archive.infolist():
        if not _stays(entry) or entry.filename.casefold() in seen:
            raise Unopened(f"The package holds a file named {entry.filename!r}, which is not allowed.")
        seen.add(entry.filename.casefold())
    left = limit
    for entry in archive.infolist():
        target = to.joinpath(*PurePosixPath(entry.filename).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as copy:
            while piece := source.read(64 * 1024):
                left -= len(piece)
                if left < 0:
                    raise Unopened(
                        f"The package unpacks to more than {limit} bytes. Raise the limit if you expect that."
                    )
                copy.write(piece)


def _stays(entry: zipfile.ZipInfo) -> bool:
    name, mode = entry.filename, entry.external_attr >> 16
    parts = name.split("/")
    plain = not set(name) & set("\\:\0") and all(part not in ("", ".", "..") for part in parts)
    return plain and entry.orig_filename == name and (stat.S_IFMT(mode) in (0, stat.S_IFREG))


def _compare(to: Path) -> None:
    try:
        content = json.loads((to / manifest.path).read_bytes())
        form, version = content["format"], content["version"]
        listed = {each["path"]: each["sha256"] for each in content["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise Unopened("The package has no readable package.json. Ask for a new copy.") from None
    if form not in (manifest.form, manifest.ported) or version != manifest.version:
        raise Unopened(f"This is {form} {version}; this program reads {manifest.form} {manifest.version}.")
    found = {str(PurePosixPath(each.relative_to(to))): each for each in to.rglob("*") if each.is_file()}
    found.pop(manifest.path)
    for name in sorted(listed.keys() | found.keys()):
        if name not in found or name not in listed or _sha256(found[name]) != listed[name]:
            raise Unopened(f"{name} is missing, added or changed. Ask for a new copy.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
