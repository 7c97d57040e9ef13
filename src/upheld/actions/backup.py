"""A backup of our own records, and, apart from it, of the key store (K-01, K-02)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from django.db import connection

from upheld.ledger.keys import Signer
from upheld.rights.outcome import Misconfigured, Permanent, Transient
from upheld.store import snapshot
from upheld.store.bundle import KEYS, RECORDS, Manifest, Moved, Refused, opened, unseen, writing
from upheld.store.keys import KeyStore

LEFT_OUT = frozenset({"secrets", "errors", "certificates", "upheld.log"})
"""Of the data folder. Secrets belong to who gave them; certificates stand sealed in the records."""
STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation is: the data folder, the key folder, the keys in it; and the folder of `secrets`,
    which is in no backup."""

    data: Path
    keys: Path
    store: KeyStore
    secrets: Path | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """The files that were written, how many entries the ledger has in it, and copies of the key store that
    were older than they may become and are removed."""

    records: Path | None
    keys: Path | None
    size: int
    entries: int
    removed: tuple[Path, ...]


def back_up(
    *,
    place: Place,
    signer: Signer,
    at: datetime,
    records: Path | None,
    keys: Path | None,
    days: timedelta,
    moved: Moved = unseen,
) -> Backup:
    """Write the records into one folder and the key store into another; programs may go on meanwhile.

    The records are copied first: whatever they are sealed with is in the key store by then. Copies of the
    key store in the same folder that are older than `days` are removed: they bound how long a destroyed key
    can come back (K-02). Permanent where both would stand together, or inside of what they are to outlive.
    """
    _refuse_together(place, records, keys)
    removed: tuple[Path, ...] = ()
    size, checkpoint = 0, ""
    files: dict[str, Path] = {}
    for kind, folder in ((RECORDS, records), (KEYS, keys)):
        if folder is None:
            continue
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files[kind] = folder / f"upheld-{kind}-{at:{STAMP}}.tar"
        write = _records if kind == RECORDS else _keys
        made = write(place, signer, files[kind], at, moved)
        checkpoint, size = checkpoint or made.checkpoint, size + made.size
    if keys is not None:
        removed = tuple(_outdated(place, keys, at - days))
    return Backup(files.get(RECORDS), files.get(KEYS), size, entries_of(checkpoint), removed)


def entries_of(checkpoint: str) -> int:
    """How many entries a signed checkpoint covers; none where there is none."""
    return int(checkpoint.split("\n")[1]) if checkpoint else 0


def _refuse_together(place: Place, records: Path | None, keys: Path | None) -> None:
    if records is None and keys is None:
        raise Permanent("Nothing is to be backed up.", "Give --to, --keys-to, or both.")
    both = [each.resolve() for each in (records, keys) if each is not None]
    if len(both) == 2 and (both[0].is_relative_to(both[1]) or both[1].is_relative_to(both[0])):
        raise Permanent(
            "Records and keys would stand in one folder: whoever has it could read everything, "
            "and a destroyed key would live as long as the records do.",
            "Give --keys-to a folder of its own, which is kept for fewer days.",
        )
    for folder in (records, keys):
        for inside in (place.data, place.keys):
            if folder is not None and folder.resolve().is_relative_to(inside.resolve()):
                raise Permanent(
                    f"The folder {folder} is inside {inside} and would be lost with it.",
                    "Name a folder on another disk.",
                )


def _records(place: Place, signer: Signer, path: Path, at: datetime, moved: Moved) -> Manifest:
    with tempfile.TemporaryDirectory(prefix=".upheld-", dir=path.parent) as beside:
        taken = snapshot.take(Path(beside), moved)
        with writing(path, moved) as file:
            file.add(taken.path.name, taken.path)
            taken.path.unlink()
            for name, each in _files(place):
                with suppress(FileNotFoundError):  # it went meanwhile, as the records will know
                    file.add(f"data/{name}", each)
            make = partial(
                Manifest,
                RECORDS,
                at.isoformat(),
                str(place.data),
                version("upheld"),
                signer.verifier().vkey,
                taken.checkpoint,
                connection.vendor,
                tuple(sorted(f"{app}.{name}" for app, name in taken.applied)),
            )
            return file.finish(make, signer)


def _files(place: Place) -> Iterator[tuple[str, Path]]:
    """What stands in the data folder beside the database, without keys."""
    database = str(connection.settings_dict["NAME"])
    for folder, folders, files in os.walk(place.data):
        here = Path(folder)
        for each in folders:
            if (here / each).is_symlink():
                raise Permanent(
                    f"{here / each} is a link to another folder, which would be missing in the backup.",
                    "Put the folder itself there (a mount will do).",
                )
        folders[:] = sorted(
            each
            for each in folders
            if here / each not in (place.keys, place.secrets) and (here != place.data or each not in LEFT_OUT)
        )
        for each in sorted(files):
            path = here / each
            name = path.relative_to(place.data)
            ours = str(path).startswith(database) or (here == place.data and each in LEFT_OUT)
            opens = name.parts[0] == "packages" and path.suffix == ".key"
            if not ours and not opens and path.is_file() and not path.is_symlink():
                yield name.as_posix(), path


def _keys(place: Place, signer: Signer, path: Path, at: datetime, moved: Moved) -> Manifest:
    with place.store.still() as files, writing(path, moved) as file:
        names = {name for name, _ in files}
        if place.store.lacks():
            raise Misconfigured(
                f"There is no key store in {place.keys}.", "Say by UPHELD_KEYS where it is. No copy was made."
            )
        if "master.next" in names:
            raise Transient(
                "The master key is being changed; no copy of the key store was made.",
                "Finish that by `upheld keys rotate`, then make the backup.",
            )
        for name, each in files:
            file.add(name, each)
        seen = (place.store.noted("ledger.seen") or b"").decode()
        make = partial(
            Manifest,
            KEYS,
            at.isoformat(),
            str(place.data),
            version("upheld"),
            signer.verifier().vkey,
            seen,
            "",
            (),
        )
        return file.finish(make, signer)


def _outdated(place: Place, folder: Path, before: datetime) -> Iterator[Path]:
    """Remove our own copies of the key store that are older; what is somebody else's stays."""
    for path in sorted(folder.glob(f"upheld-{KEYS}-*.tar")):
        try:
            made = opened(path, kind=KEYS, seed=place.store.signing_seed()).manifest.made_at
        except (Refused, Misconfigured):
            continue
        if datetime.fromisoformat(made) < before:
            path.unlink()
            yield path
