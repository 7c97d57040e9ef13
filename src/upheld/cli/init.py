"""`upheld init`."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("init")
def init(
    dir_: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where the privacy folder goes.")] = Path(
        "privacy"
    ),
    name: Annotated[str, typer.Option("--name", help="The organisation's name.")] = "Example Foundation",
    contact: Annotated[str, typer.Option("--contact", help="Where people write to.")] = "privacy@example.org",
) -> None:
    """Begin a privacy folder: the organisation, one purpose, and one system that is done by hand."""
    from upheld.cli import beginning  # lazy: slow import

    raise typer.Exit(beginning.begin(dir_, name, contact))
