"""`upheld package …`."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Open a copy that was written for a person.",
)


@commands.callback()
def package() -> None:
    """Open a copy that was written for a person."""


@commands.command("open")
def open_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy, an age file.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The file with the age secret key.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="A new folder. Default: FILE without .age.")
    ] = None,
) -> None:
    """Open a person's copy into a folder, and check that nothing of it is missing or changed."""
    from upheld.cli.unpacking import unpack  # lazy: slow import

    raise typer.Exit(unpack(file, key, to))
