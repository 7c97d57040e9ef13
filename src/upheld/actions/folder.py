"""The privacy folder as files: changed from a page as somebody would change it in an editor.

The files are the truth. What was changed since the page was shown is not written over, what would not be a
data map is not written at all, and several files change together or not.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from upheld.datamap.fault import Invalid
from upheld.datamap.model import DataMap
from upheld.datamap.read import ORGANISATION, PROCESSORS, PURPOSES, SYSTEMS, read
from upheld.rights.outcome import Misconfigured, Permanent

POLICY = "policy"
SHOWN = (ORGANISATION, PURPOSES, PROCESSORS)
LARGEST = 4 * 2**20
"""A file beyond this is not shown; it is no privacy folder's."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One file: as it is there now, and as it was to be written. Empty: no file."""

    name: str
    there: str
    wished: str


class Changed(Permanent):
    """Somebody changed a file since the page was shown; nothing was written."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        super().__init__(
            "The folder was changed since you opened this page. Nothing was written.",
            "Look at both below, and send once more if yours is right.",
        )
        self.differences = differences


class NoMap(Permanent):
    """With these files the folder would be no data map; nothing was written."""

    def __init__(self, error: Invalid) -> None:
        super().__init__(
            "The folder would not be a valid data map with this, so nothing was written.",
            " ".join(str(each) for each in error.errors[:5]),
        )


def state(folder: Path, names: Iterable[str]) -> str:
    """Tells apart two states of these files."""
    return state_of({name: content(folder, name) for name in names})


def nothing(names: Iterable[str]) -> str:
    """The state in which none of these files is there."""
    return state_of(dict.fromkeys(names))


def state_of(files: Mapping[str, bytes | None]) -> str:
    """The state in which these files have these bytes; None: there is no such file."""
    whole = sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{name}\0{-1 if data is None else len(data)}\0".encode())
        whole.update(data or b"")
    return whole.hexdigest()


def content(folder: Path, name: str) -> bytes | None:
    """A file's bytes, or None where there is none. Misconfigured where it cannot be read."""
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Misconfigured(f"{name} cannot be read: {error.strerror}.", "Check its rights.") from error


def writable(folder: Path) -> bool:
    """Whether a page could write there at all."""
    try:
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
    except OSError:
        return False
    return not read_only and os.access(folder, os.W_OK)


def write(folder: Path, files: Mapping[str, bytes | None], *, seen: str, names: Iterable[str] = ()) -> None:
    """Put these files into the folder; None takes one away. Raises Changed where `names`, or the files
    themselves, are not as they were when `seen` was taken; NoMap where the folder would be none;
    Misconfigured where it cannot be written. Each file appears whole or not at all, and none before all are
    on the disk."""
    watched = tuple(names) or tuple(files)
    if state(folder, watched) != seen:
        raise Changed(
            tuple(Difference(name, _text(content(folder, name)), _text(data)) for name, data in files.items())
        )
    _refuse_no_map(folder, files)
    prepared: list[tuple[Path, Path]] = []
    try:
        for name, data in files.items():
            if data is not None:
                prepared.append(_prepared(folder / name, data))
        for partial, place in prepared:
            partial.replace(place)
        for name, data in files.items():
            if data is None:
                (folder / name).unlink()
    except OSError as error:
        raise Misconfigured(
            f"The privacy folder {folder} cannot be written: {error.strerror}.",
            "Let the server's user write there, or change the files where they come from.",
        ) from error
    finally:
        for partial, _ in prepared:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _prepared(place: Path, data: bytes) -> tuple[Path, Path]:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if place.exists():
        shutil.copymode(place, name)
    return Path(name), place


def _refuse_no_map(folder: Path, files: Mapping[str, bytes | None]) -> None:
    try:
        tried(folder, files)
    except Invalid as error:
        raise NoMap(error) from error


def tried(folder: Path, files: Mapping[str, bytes | None]) -> DataMap:
    """The map as it would be with these files. Raises Invalid with every error; writes nothing there."""
    with tempfile.TemporaryDirectory(prefix="upheld-") as staged:
        stage = Path(staged)
        (stage / SYSTEMS).mkdir()
        for name in map_files(folder):
            (stage / name).write_bytes(content(folder, name) or b"")
        for name, data in files.items():
            if data is None:
                (stage / name).unlink(missing_ok=True)
            elif not name.startswith(f"{POLICY}/"):
                (stage / name).write_bytes(data)
        return read(stage)


def map_files(folder: Path) -> tuple[str, ...]:
    """Names of the files of the map."""
    there = (name for name in SHOWN if (folder / name).is_file())
    return (*there, *(f"{SYSTEMS}/{each.name}" for each in sorted((folder / SYSTEMS).glob("*.yaml"))))


def every(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The folder's files, the map first, then the policy; nothing that a link leads out of the folder to."""
    home = folder.resolve()
    policy = sorted(each for each in (folder / POLICY).rglob("*") if each.is_file())
    for name in (*map_files(folder), *(str(each.relative_to(folder)) for each in policy)):
        path = (folder / name).resolve()
        if path.is_relative_to(home) and path.stat().st_size <= LARGEST:
            yield name, content(folder, name) or b""


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")
