"""`upheld undo`."""

from typing import Annotated

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("undo")
def undo(
    case: options.Case = "",
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    identities_file: options.IdentitiesFile = None,
    count: options.Count = None,
    skip_doubtful: options.SkipDoubtful = False,
    dir_: options.Dir = None,
    data: options.Data = None,
    uncorrected: Annotated[
        bool,
        typer.Option(
            "--uncorrected",
            help="Although a correction was ordered since, which has to be made again.",
        ),
    ] = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    yes: options.Yes = False,
) -> None:
    """Undo an erasure, while its undo window is open: put back what was removed.

    Shows what comes back and what is in its way, and asks before the first write. What stands in a row's
    place by now is never overwritten: it is named, and the row stays sealed until the window ends. What comes
    back under a restriction in force is marked again.

    With --identities-file, which may be the very list that was erased, everybody in it, whoever was erased
    last first; whoever cannot come back is named by the number of her line.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.undoing import Wish, look, put_back  # lazy: app ready

    wish = Wish(case, tuple(identity or ()), identity_file, as_json, yes, uncorrected)
    if identities_file is None:
        if count is not None or skip_doubtful:
            raise WrongUse("--count and --skip-doubtful go with a list.", "Give --identities-file.")
        raise typer.Exit(look(wish) if dry_run else put_back(wish))
    from upheld.cli.returning import look_at_all, put_all_back  # lazy: app ready

    if case or identity or identity_file:
        raise WrongUse(
            "--identities-file stands alone: not with --case, --identity or --identity-file.",
            "Undo that erasure by a command of its own.",
        )
    if dry_run:
        raise typer.Exit(look_at_all(wish, identities_file))
    raise typer.Exit(put_all_back(wish, identities_file, count=count, skip_doubtful=skip_doubtful))
