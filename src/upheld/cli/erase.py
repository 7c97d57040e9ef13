"""`upheld erase`."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the certificate goes: FILE and, beside it, FILE.html."),
]


@commands.command("erase")
def erase(
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: Out = None,
    yes: options.Yes = False,
    allow: options.Allow = None,
    reason: options.Reason = "",
    go_on: options.GoOn = "",
    accept_proposals: options.AcceptProposals = False,
) -> None:
    """Erase a person from all systems, and keep what the law wants kept.

    Shows the plan in words and counts and asks before the first write. A system that cannot be reached
    leaves the case open and named; `upheld resume` goes on with it. When all is done a certificate is
    written.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.erasing import Wish, fulfil, look  # lazy: app ready

    wish = Wish(
        tuple(identity or ()),
        identity_file,
        frozenset(allow or ()),
        reason,
        go_on,
        as_json,
        yes,
        out,
        accept_proposals,
    )
    raise typer.Exit(look(wish) if dry_run else fulfil(wish))
