"""`upheld rectify`."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("rectify")
def rectify(
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="WHERE=VALUE",
            help="What is right: SYSTEM.TABLE.COLUMN=VALUE, with :$.path behind the column inside a "
            "document, or CATEGORY=VALUE for every field of that category that she provided. Repeat it for "
            "several. Who lists programs can read this: use --from-file on a machine that others use.",
        ),
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option(
            "--from-file",
            metavar="FILE",
            help="A file with one WHERE=VALUE a line; - reads from standard input.",
        ),
    ] = None,
    statement: Annotated[
        Path | None,
        typer.Option(
            "--statement",
            metavar="FILE",
            help="Her own words about data that is incomplete, as UTF-8 text: kept as they are, sealed, and "
            "shown in every copy beside what they are about.",
        ),
    ] = None,
    about: Annotated[
        str,
        typer.Option(
            "--about",
            metavar="SYSTEM[.TABLE[=KEY]]",
            help="What the statement is about. Default: her data as a whole.",
        ),
    ] = "",
    show: Annotated[
        bool, typer.Option("--show", help="Show on this screen what stands there now and what will.")
    ] = False,
    dir_: options.Dir = None,
    data: options.Data = None,
    place: options.Place = "",
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: options.CertificateOut = None,
    yes: options.Yes = False,
    nothing_found: options.NothingFound = False,
    allow: options.Allow = None,
    reason: options.Reason = "",
) -> None:
    """Correct a person's data in every system, with copies, histories and what is linked by it.

    Every value is checked against the live schema before the first write, and set only where what the
    preview showed still stands. Before and after are sealed with the case.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.rectifying import Wanted, look, rectify  # lazy: app ready

    wanted = Wanted(
        identity=tuple(identity or ()),
        identity_file=identity_file,
        given=tuple(set_ or ()),
        file=from_file,
        statement=statement,
        about=about,
        show=show,
        allow=frozenset(allow or ()),
        reason=reason,
        as_json=as_json,
        yes=yes,
        out=out,
        place=place,
        nothing_found=nothing_found,
    )
    raise typer.Exit(look(wanted) if dry_run else rectify(wanted))
