"""`upheld backup`, `restore` and `migrate`: our own records over the years."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

backup_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
restore_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
migrate_commands = typer.Typer(add_completion=False, rich_markup_mode=None)

To = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="The folder for the backup of the records."),
]
KeysTo = Annotated[
    Path | None,
    typer.Option(
        "--keys-to",
        metavar="DIR",
        help="The folder for the copy of the key store: another one. Copies of ours in it that are older "
        "than `backups: {days: …}` of upheld.yaml are removed.",
    ),
]


@backup_commands.command("backup")
def backup(
    to: To = None,
    keys_to: KeysTo = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Back up Upheld's own records, and apart from them the key store, while the server runs.

    The records go with everything of the data folder but keys and secrets. PostgreSQL needs its pg_dump here.
    Each is one file, readable by you alone and signed with the ledger's key; what is personal in the records
    is sealed, and opens with the key store only. Restore them by `upheld restore`.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    from upheld.cli import keeping  # lazy: app ready

    raise typer.Exit(keeping.backup(to, keys_to, as_json=as_json))


@restore_commands.command("restore")
def restore(
    records: Annotated[Path, typer.Argument(metavar="FILE", help="The backup of the records.")],
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="PATH",
            help="The key store: its folder as it is now, or, where that is lost, its newest copy. Without "
            "it the one that stands in its place is used.",
        ),
    ] = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="The key store is lost: restore what can be read without.")
    ] = False,
    ledger: Annotated[
        Path | None,
        typer.Option(
            "--ledger",
            metavar="FILE",
            help="The newest export of the ledger: entries that the backup does not have come from it.",
        ),
    ] = None,
    entries_lost: Annotated[
        bool,
        typer.Option(
            "--entries-lost", help="Go on although later entries of the ledger are lost; it says so."
        ),
    ] = False,
    older_keys: Annotated[
        bool, typer.Option("--older-keys", help="Go on with a key store that is older than the backup.")
    ] = False,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring records of an earlier release up to this one.")
    ] = False,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Restore Upheld's own records from a backup, into an empty data folder and an empty database.

    The key store is taken as it is now: whoever was erased since the backup stays unreadable, and what ended
    since ends again. All writing in systems is stopped afterwards: look at what is open, then
    `upheld stop --lift`.
    """
    if without_keys and (keys is not None or ledger is not None):
        raise WrongUse("--without-keys stands alone.", "Leave out --keys and --ledger.")
    from upheld.cli import start  # lazy: slow import

    start.settle(None, data)
    from upheld.actions.restore import Wish  # lazy: app ready
    from upheld.cli import keeping  # lazy: app ready

    wish = Wish(
        records,
        keys=keys,
        without_keys=without_keys,
        ledger=ledger,
        lost=entries_lost,
        older_keys=older_keys,
        migrate=migrate,
    )
    raise typer.Exit(keeping.restore(wish, as_json=as_json))


@migrate_commands.command("migrate")
def migrate(
    to: To = None,
    keys_to: KeysTo = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="There is a backup of now already.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    dir_: options.Dir = None,
    data: options.Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it begins.")] = False,
) -> None:
    """Bring the records of an earlier release up to this one; refuses those of a newer one.

    Says what it will do, makes a backup first, and asks. Stop the server and its workers before.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    from upheld.cli import keeping  # lazy: app ready

    raise typer.Exit(keeping.migrate(to, keys_to, no_backup=no_backup, dry_run=dry_run, yes=yes))
