"""`upheld map …`."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@commands.callback()
def map_() -> None:
    """Check, show and describe the data map: the privacy folder."""


@commands.command("check")
def check(
    dir_: options.Dir = None,
    data: options.Data = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on doubts too; for continuous integration.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the folder; connect to nothing.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Check the privacy folder and compare it with the live systems. Each finding says what ends it."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.check(strict=strict, offline=offline, as_json=as_json))


@commands.command("show")
def show(
    dir_: options.Dir = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that stands alone.")
    ] = None,
) -> None:
    """Draw the data map: Mermaid text, or a page for people."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.draw(html))


@commands.command("grants")
def grants(
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Only this system.")] = "",
    purposes: Annotated[
        bool,
        typer.Option(
            "--purposes",
            help="Print instead, for each purpose of purposes.yaml, a role and the views through which it "
            "reads: its own columns, and no restricted rows (Art. 18(2)).",
        ),
    ] = False,
    dir_: options.Dir = None,
) -> None:
    """Print the statements that give two roles exactly the rights this map needs: one to find, one to
    change."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.grants(system, purposes=purposes))


@commands.command("schema")
def schema(
    name: Annotated[str, typer.Argument(help="organisation, purposes, processors or system.")] = "system",
) -> None:
    """Print the JSON Schema of a file of the privacy folder, for editors."""
    from upheld.cli import start  # lazy: slow import

    start.settle(None, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.schema(name))
