"""`upheld suppressed`."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("suppressed")
def suppressed(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="LIST.csv",
            help="A list that is about to be imported. Columns titled as a kind of identity (email, phone) "
            "are looked at, and no others.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the list there, without those people."),
    ] = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Say who in a list must not come back by an import: people who were erased, or who want no more mail.

    Nothing is written in any system. Lines are named by number, never by value. 1 where there are such people
    and no --out was given, so that a job that imports stops.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.sifting import sift  # lazy: app ready

    raise typer.Exit(sift(file, out, as_json=as_json))
