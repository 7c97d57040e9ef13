"""Our own records from a backup, into an empty place, with the key store as it is now (K-05)."""

import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from upheld.actions import tombstones
from upheld.actions.backup import Place, entries_of
from upheld.actions.record import record
from upheld.actions.tombstones import Ended
from upheld.ledger.audit import verify_export
from upheld.ledger.checkpoint import parse_text
from upheld.ledger.export import CheckpointLine, EntryLine, read_header, read_lines
from upheld.ledger.note import parse
from upheld.ledger.tree import Tree
from upheld.ledger.types import RECORDS_RESTORED, REGISTRY
from upheld.rights.outcome import Misconfigured, Permanent
from upheld.store import release, sequencer, snapshot
from upheld.store.bundle import KEYS, RECORDS, Bundle, Manifest, Moved, opened, unseen
from upheld.store.database import hold
from upheld.store.keys import LOST, KeyStore
from upheld.store.models import Checkpoint, Mail, Package, PendingEntry, Stop
from upheld.store.seen import FILE as SEEN
from upheld.store.seen import seen

STOPPED = "restored from a backup: look at what is open before anything is written again"
BY = "the restore"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is restored. `keys`: a copy of the key store, as a file or as a folder; None where it stands in
    its place. `ledger`: an export that is newer than the backup. `lost`, `older_keys`, `migrate`: somebody
    said that it may be so."""

    records: Path
    keys: Path | None = None
    without_keys: bool = False
    ledger: Path | None = None
    lost: bool = False
    older_keys: bool = False
    migrate: bool = False


NONE = Ended()


@dataclass(frozen=True, slots=True)
class Restored:
    """`entries`: of the ledger in the backup; `brought`: from the export; `lost`: were signed, and are in
    neither. `moved`: copies for people whose path is another now; `missing`: those whose file is nowhere.
    `mails`: wait to be sent, and may have been sent since the backup."""

    manifest: Manifest
    entries: int
    brought: int = 0
    lost: int = 0
    ended: Ended = NONE
    moved: int = 0
    missing: int = 0
    mails: int = 0


def restore(*, wish: Wish, place: Place, at: datetime, moved: Moved = unseen) -> Restored:
    """Everything is judged before the first file is written. Afterwards all writing in systems is stopped,
    until somebody has looked: the records may hold orders that were taken back since. Writes
    `records.restored`.

    Refuses a place that is not empty, a file that is foreign, altered or of another release, a ledger that
    would be rolled back, and a key store that is older than the records, unless the wish says otherwise.
    """
    _refuse_filled(place, wish)
    seed = _seed(wish, place)
    bundle = opened(wish.records, kind=RECORDS, seed=seed)
    _refuse_other_release(bundle.manifest, migrate=wish.migrate)
    snapshot.refuse_filled()
    size = entries_of(bundle.manifest.checkpoint)
    known = _known(wish, place)
    known = size if known is None else known
    _refuse_older_keys(wish, size, known)
    brought = _judged_export(wish.ledger, bundle.manifest) if wish.ledger else size
    if known > max(size, brought) and not wish.lost:
        raise _rolled_back(size, known, wish)
    _keys_in_place(wish, place, moved)
    _files_in_place(bundle, place, moved)
    if wish.migrate:
        release.bring_up()
    fresh = _paths(bundle.manifest, place, Restored(bundle.manifest, size))
    if wish.without_keys:
        place.store.note(LOST, b"The key store was not restored.\n")
        return fresh
    return _settle(wish, place, fresh, at=at, known=known)


def _settle(wish: Wish, place: Place, fresh: Restored, *, at: datetime, known: int) -> Restored:
    size = fresh.entries
    with transaction.atomic():
        brought = _bring(wish.ledger, at) if wish.ledger else 0
        ended = tombstones.end_again(keys=place.store, at=at, older_keys=size > known)
        lost = max(0, known - sequencer.size())
        record(
            RECORDS_RESTORED,
            at=at,
            made=fresh.manifest.made_at[:10],
            entries=size,
            brought=brought,
            lost=lost,
            unreadable=ended.cases + ended.windows,
        )
        if not Stop.objects.filter(lifted_at=None).exists():
            Stop.objects.create(at=at, by=BY, reason=STOPPED)
    signer = sequencer.signer(place.store)
    if lost:
        place.store.note(SEEN, _newest().encode())
    sequencer.drain(by=signer, now=at)
    mails = Mail.objects.filter(sent_at=None, dropped_at=None).count()
    return replace(fresh, brought=brought, lost=lost, ended=ended, mails=mails)


# --- before anything is written -------------------------------------------------------------------------


def _refuse_filled(place: Place, wish: Wish) -> None:
    own = place.keys if wish.keys is None and not wish.without_keys else None
    there = [each for each in place.data.iterdir() if each != own] if place.data.is_dir() else []
    if place.data.exists() and (not place.data.is_dir() or there):
        raise Permanent(
            f"{place.data} is not empty; nothing was written.",
            "Name an empty folder with --data, or move what is there out of the way.",
        )
    if own is None and place.keys.exists() and any(place.keys.iterdir()):
        raise Permanent(
            f"There is a key store in {place.keys}; nothing was written.",
            "Leave out --keys and --without-keys: it is used as it is, and it is the newest.",
        )


def _seed(wish: Wish, place: Place) -> bytes | None:
    """Of the ledger's key in the key store that is going to be used."""
    if wish.without_keys:
        return None
    if wish.keys is None:
        if not (place.keys / "ledger.key").is_file():
            raise Misconfigured(
                f"There is no key store in {place.keys}; without it nothing that is sealed in the records "
                "can be read. Nothing was written.",
                "Put the current key store there, or give its newest copy by --keys.",
            )
        return place.store.signing_seed()
    if wish.keys.is_dir():
        if not (wish.keys / "ledger.key").is_file():  # asking it for a key would make one
            raise Misconfigured(f"{wish.keys} is no key store. Nothing was written.", "Name the key folder.")
        return KeyStore(wish.keys).signing_seed()
    written = opened(wish.keys, kind=KEYS, seed=None).content("ledger.key")
    opened(wish.keys, kind=KEYS, seed=b64decode(written))  # signed by the very key that it holds
    return b64decode(written)


def _known(wish: Wish, place: Place) -> int | None:
    """How many entries the key store knows to be signed; None for one of an earlier release, which does not
    say."""
    if wish.without_keys:
        return None
    if wish.keys is not None and not wish.keys.is_dir():
        noted = opened(wish.keys, kind=KEYS, seed=None).manifest.checkpoint
        return entries_of(noted) if noted else None
    newest = seen(KeyStore(wish.keys) if wish.keys else place.store)
    return newest.size if newest else None


def _refuse_older_keys(wish: Wish, size: int, known: int) -> None:
    if known < size and not wish.older_keys:
        raise Permanent(
            f"The key store is older than the backup: it knows {known} entries of the ledger, the backup has "
            f"{size}. What came in between is sealed with keys that it does not have. Nothing was written.",
            "Take the current key store or a newer copy of it; --older-keys goes on without those keys.",
        )


def _refuse_other_release(manifest: Manifest, *, migrate: bool) -> None:
    vendor = connection.vendor
    if manifest.database != vendor:
        raise Permanent(
            f"The backup is of {manifest.database}; the settings say {vendor}. Nothing was written.",
            "Set UPHELD_DATABASE_URL to an empty database of that kind, or leave it out for SQLite.",
        )
    pairs = (each.partition(".") for each in manifest.migrations)
    found = release.compared(
        MigrationLoader(None, ignore_no_migrations=True), {(app, name) for app, _, name in pairs}
    )
    if found.unknown:
        raise Permanent(
            f"The backup was made by a newer release (Upheld {manifest.upheld}): it has "
            f"{', '.join(found.unknown[:3])}, which this one does not know. Nothing was written.",
            "Restore it with that release.",
        )
    if found.missing and not migrate:
        raise Permanent(
            f"The backup was made by an earlier release (Upheld {manifest.upheld}), whose records lack "
            f"{len(found.missing)} steps of this one. Nothing was written.",
            "Restore it with that release, or give --migrate to bring the records up to this one.",
        )


def _rolled_back(size: int, known: int, wish: Wish) -> Permanent:
    export = (
        "The export does not reach as far either." if wish.ledger else "They are in no backup of that day."
    )
    return Permanent(
        f"The ledger of the backup has {size} entries, but {known} were signed: going on from here would be "
        f"a second history. {export} Nothing was written.",
        "Give the newest export of the ledger by --ledger FILE; where there is none, --entries-lost says so "
        "in the ledger and goes on.",
    )


def _judged_export(file: Path, manifest: Manifest) -> int:
    """How many entries it has. Refuses one that does not hold, or is another ledger's."""
    try:
        with file.open("rb") as source:
            verdict = verify_export(source, vkey=manifest.vkey, registry=REGISTRY)
    except OSError as error:
        raise Permanent(f"{file} cannot be read: {error.strerror}.", "Name the export as it is.") from None
    if not verdict.ok:
        raise Permanent(
            f"{file} is no sound export of this ledger. Nothing was written.",
            f"`upheld ledger verify {file}` says what is wrong with it.",
        )
    return sum(1 for _ in _entries(file))


def _entries(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        read_header(source.readline())
        for line in read_lines(source):
            if isinstance(line, EntryLine):
                yield line.data


# --- files and database ---------------------------------------------------------------------------------


def _keys_in_place(wish: Wish, place: Place, moved: Moved) -> None:
    if wish.keys is None:
        return
    place.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wish.keys.is_dir():
        with KeyStore(wish.keys).still() as files:
            for name, each in files:
                target = place.keys / name
                target.parent.mkdir(mode=0o700, exist_ok=True)
                shutil.copyfile(each, target)
                target.chmod(0o600)
    else:
        opened(wish.keys, kind=KEYS, seed=None).extract(place.keys, moved)


def _files_in_place(bundle: Bundle, place: Place, moved: Moved) -> None:
    place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.data / ".restoring"
    beside.mkdir(mode=0o700)
    try:
        bundle.extract(beside, moved)
        name = snapshot.SQLITE if bundle.manifest.database == "sqlite" else snapshot.POSTGRESQL
        snapshot.bring_back(beside / name)
        if (beside / "data").is_dir():
            for each in (beside / "data").iterdir():
                each.rename(place.data / each.name)
    finally:
        shutil.rmtree(beside)


def _paths(manifest: Manifest, place: Place, fresh: Restored) -> Restored:
    """Copies for people stand elsewhere now."""
    before, changed, missing = Path(manifest.folder), 0, 0
    for package in Package.objects.filter(removed_at=None):
        path = Path(package.path)
        with suppress(ValueError):
            path = place.data / path.relative_to(before)
        changed += str(path) != package.path
        missing += not path.exists()
        Package.objects.filter(pk=package.pk).update(path=str(path))
    return replace(fresh, moved=changed, missing=missing)


# --- the ledger -----------------------------------------------------------------------------------------


def _newest() -> str:
    return Checkpoint.objects.order_by("-size").values_list("signed", flat=True)[0]


def _bring(file: Path, at: datetime) -> int:
    """Entries that the export has and the records lack, with its checkpoints; gives how many. Permanent
    where the export does not continue the records' ledger."""
    hold("ledger")
    start = sequencer.size()
    waiting = {bytes(each.content): each.pk for each in PendingEntry.objects.all()}
    rows: list[tuple[int, int, bytes]] = []
    for index, content in enumerate(_entries(file)):
        if index < start:
            continue
        pending = waiting.pop(content, None)
        if pending is None:
            pending = PendingEntry.objects.create(content=content, recorded_at=at).pk
        rows.append((index, pending, content))
    PendingEntry.objects.filter(pk__in=[pending for _, pending, _ in rows]).delete()
    sequencer.append(rows)
    with file.open("rb") as source:
        read_header(source.readline())
        signed = [line.signed for line in read_lines(source) if isinstance(line, CheckpointLine)]
    last = int(Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0)
    later = {parse_text(parse(each).text).size: each for each in signed}
    Checkpoint.objects.bulk_create(
        Checkpoint(size=size, signed=each, signed_at=at)
        for size, each in sorted(later.items())
        if size > last
    )
    newest = parse_text(parse(_newest()).text)
    tree = Tree(sequencer.Hashes(), newest.size)
    if sequencer.size() < newest.size or tree.root() != newest.root:
        raise Permanent(
            f"{file} does not continue the ledger of this backup.",
            "Remove what was restored, and give an export that was made after the backup.",
        )
    return len(rows)
