"""`upheld access`."""

import typer

from upheld.cli import delivery, options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("access")
def access(
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    identities_file: options.IdentitiesFile = None,
    count: options.Count = None,
    skip_doubtful: options.SkipDoubtful = False,
    dir_: options.Dir = None,
    data: options.Data = None,
    place: options.Place = "",
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

    With --identities-file many people at once: each has a case and a copy of her own, named by the number of
    her line. Repeating the command with the same list goes on with those who have none yet.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.copies import carry_out  # lazy: app ready
    from upheld.cli.copying import Wish  # lazy: app ready
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
        place,
    )
    raise typer.Exit(
        carry_out(wish, identities_file, dry_run=dry_run, count=count, skip_doubtful=skip_doubtful)
    )
