"""What the commands of `backup` do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import typer
from django.conf import settings
from django.db import connection
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

from upheld.actions.backup import Backup, Place, back_up
from upheld.actions.cases import BACKUP_DAYS
from upheld.actions.means import utc_now
from upheld.actions.restore import Restored, Wish
from upheld.actions.restore import restore as bring_back
from upheld.cli import show, start
from upheld.cli.faults import Declined, WrongUse
from upheld.rights.outcome import Misconfigured
from upheld.store import release, sequencer
from upheld.store.bundle import Moved
from upheld.store.keys import KeyStore


def backup(to: Path | None, keys_to: Path | None, *, as_json: bool) -> int:
    """Write both files."""
    _refuse_none()
    release.refuse_other()
    made = _made(to, keys_to, drain=True, as_json=as_json)
    if as_json:
        show.as_json({name: _plain(each) for name, each in asdict(made).items()})
    else:
        typer.echo("\n".join(_said(made)))
    return 0


def restore(wish: Wish, *, as_json: bool) -> int:
    """Put them back."""
    for file in (wish.records, wish.keys, wish.ledger):
        if file is not None and not file.exists():
            raise WrongUse(f"There is no {file}.", "Name the files that `upheld backup` made.")
    keys = KeyStore(settings.UPHELD_KEYS)
    with _bar("restored", quiet=as_json) as moved:
        done = bring_back(wish=wish, place=_place(keys), at=utc_now(), moved=moved)
    if as_json:
        show.as_json(_restored_json(done, without_keys=wish.without_keys))
    else:
        typer.echo("\n".join(_told(done, wish)))
    return 0


def migrate(to: Path | None, keys_to: Path | None, *, no_backup: bool, dry_run: bool, yes: bool) -> int:
    """Say, back up, ask, do."""
    _refuse_none()
    found = release.release()
    if found.unknown:
        raise release.NewerRecords(found)
    if found.empty:
        raise WrongUse("There are no records yet.", "Nothing is to be brought up: start as usual.")
    if not found.missing:
        typer.echo(f"The records are of this release already ({found.last[release.OWN]}). Nothing was done.")
        return 0
    typer.echo(f"The records are at {found.last[release.OWN]}. This release does {len(found.missing)} steps:")
    typer.echo("\n".join(f"  {each}" for each in found.missing))
    typer.echo("What is sealed stays as it is, and the ledger as it was signed. Cases that are open go on.")
    if dry_run:
        typer.echo("Nothing was done.")
        return 0
    if (to is None or keys_to is None) and not no_backup:
        raise WrongUse(
            "A backup is made first, and nobody said where.",
            "Give --to and --keys-to, or say --no-backup where there is one of now.",
        )
    if not yes and not typer.confirm("Have the server and its workers been stopped? Begin?", err=True):
        raise Declined("Nothing was done.", "Say yes, or give --yes.")
    if not no_backup:
        typer.echo("\n".join(_said(_made(to, keys_to, drain=False, as_json=False))))
    release.bring_up()
    typer.echo(f"Done: the records are at {release.release().last[release.OWN]}.")
    return 0


# --- the same for several -------------------------------------------------------------------------------


def _place(keys: KeyStore) -> Place:
    secrets = settings.UPHELD_ENVIRONMENT.folder.resolve()
    return Place(settings.UPHELD_DATA, settings.UPHELD_KEYS, keys, secrets)


def _refuse_none() -> None:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        raise WrongUse(
            f"There are no records in {settings.UPHELD_DATA}.", "Name the data folder with --data."
        )


def _made(to: Path | None, keys_to: Path | None, *, drain: bool, as_json: bool) -> Backup:
    if not (settings.UPHELD_KEYS / "ledger.key").is_file():
        raise Misconfigured(
            f"There is no key store in {settings.UPHELD_KEYS}; a backup is signed with a key of it.",
            "Say by UPHELD_KEYS where it is.",
        )
    keys, at = KeyStore(settings.UPHELD_KEYS), utc_now()
    signer = sequencer.signer(keys, settings.UPHELD_LEDGER_NAME)
    if drain:
        sequencer.drain(by=signer, now=at)
    with _bar("backed up", quiet=as_json) as moved:
        return back_up(
            place=_place(keys), signer=signer, at=at, records=to, keys=keys_to, days=_days(), moved=moved
        )


def _days() -> timedelta:
    """How long copies of the key store may become; as long as certificates say."""
    days = start.datamap().organisation.backup_days
    return timedelta(days=BACKUP_DAYS if days is None else days)


@contextmanager
def _bar(what: str, *, quiet: bool) -> Iterator[Moved]:
    """Bytes that are through, on standard error, gone afterwards; silent where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _many: None
        return
    columns = (SpinnerColumn(), DownloadColumn(), TextColumn("{task.description}"), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda many: bar.advance(task, many)


def _plain(value: object) -> object:
    return (
        [str(each) for each in value]
        if isinstance(value, tuple)
        else str(value)
        if isinstance(value, Path)
        else value
    )


def _said(made: Backup) -> Iterator[str]:
    if made.records is not None:
        yield f"records: {made.records} ({made.entries} entries in the ledger)"
    if made.keys is not None:
        yield f"keys:    {made.keys} (keep it apart from the records, and for no longer than your map says)"
    else:
        yield "The key store is not in it: nothing that is sealed opens without it. --keys-to copies it."
    if made.removed:
        yield f"{len(made.removed)} older copies of the key store are removed."


def _told(done: Restored, wish: Wish) -> Iterator[str]:
    yield f"Restored: the records of {done.manifest.made_at}, {done.entries} entries in the ledger."
    if wish.without_keys:
        yield "Without the key store nothing that is sealed can be read, and no command works on it."
        yield f"Should it turn up: put it into {settings.UPHELD_KEYS} and remove the file `lost` there."
        return
    ended = done.ended
    if done.brought:
        yield f"{done.brought} later entries came from the export."
    if done.lost:
        yield f"{done.lost} later entries are lost; the ledger says so. Tell whoever keeps a checkpoint."
    if ended.cases or ended.windows or ended.arrivals:
        yield (
            f"Ended since the backup, and unreadable: {ended.cases} cases, {ended.windows} undo windows, "
            f"{ended.arrivals} messages that nobody had confirmed."
        )
    if ended.keys:
        yield f"{ended.keys} keys that came back with the older key store are destroyed again."
    if ended.marks:
        yield f"{ended.marks} marks of people who were erased since are set again."
    if ended.newer:
        yield (
            f"{ended.newer} keys belong to what came in after the backup, and is lost: look "
            "into your mailbox for requests of those days."
        )
    if done.missing:
        yield f"{done.missing} copies for people are gone; approve them anew where they are needed."
    if wish.keys is not None and wish.keys.is_dir():
        yield f"The key store was copied to {settings.UPHELD_KEYS}; remove {wish.keys}: two end nothing."
    if done.mails:
        yield f"{done.mails} mails wait to be sent; what went out after the backup will go out again."
    yield "All writing in systems is stopped. Look at `upheld status`; `upheld stop --lift` allows it again."
    yield "Systems that were restored too: `upheld replay SYSTEM --since TIME` erases again."


def _restored_json(done: Restored, *, without_keys: bool) -> dict[str, object]:
    return {
        "made_at": done.manifest.made_at,
        "entries": done.entries,
        "brought": done.brought,
        "lost": done.lost,
        "ended": asdict(done.ended),
        "copies": {"moved": done.moved, "missing": done.missing},
        "mails": done.mails,
        "keys": not without_keys,
    }
