"""`upheld access`."""

import typer

from upheld.cli import delivery, options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("access")
def access(
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: delivery.Out = None,
    recipient: delivery.Recipient = None,
    language: delivery.Language = "",
    yes: options.Yes = False,
    nothing_found: options.NothingFound = False,
) -> None:
    """Give a person a copy of everything that all systems hold about her.

    The copy is one encrypted file with pages for people and data for machines. Systems are only read.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.copying import Wish, copy, look  # lazy: app ready
    from upheld.law.right import Right  # lazy: app ready

    wish = Wish(
        tuple(identity or ()),
        identity_file,
        as_json,
        yes,
        out,
        tuple(recipient or ()),
        language,
        Right.ACCESS,
        nothing_found,
    )
    raise typer.Exit(look(wish) if dry_run else copy(wish))
