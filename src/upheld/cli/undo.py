"""`upheld undo`."""

from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("undo")
def undo(
    case: options.Case = "",
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
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
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.undoing import Wish, look, put_back  # lazy: app ready

    wish = Wish(case, tuple(identity or ()), identity_file, as_json, yes, uncorrected)
    raise typer.Exit(look(wish) if dry_run else put_back(wish))
