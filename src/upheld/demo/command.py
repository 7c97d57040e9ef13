"""`upheld demo`."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("demo")
def demo(
    once: Annotated[  # noqa: ARG001 - said, so that it can be typed before there is a second way
        bool, typer.Option("--once", help="Go through everything once, then end. There is no other way yet.")
    ] = True,
    dir_: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="The demo's own folder. It is made anew each time.")
    ] = Path("upheld-demo"),
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Draws other people.")] = 2026,
    people: Annotated[
        int, typer.Option("--people", metavar="N", min=2000, max=100_000, help="How many people there are.")
    ] = 5000,
    mariadb: Annotated[
        bool, typer.Option("--mariadb", help="Put the contact book on MariaDB, if this machine has it.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the database servers running, for commands of your own.")
    ] = False,
) -> None:
    """Show one person's copy and erasure across five systems of an invented organisation, and prove it.

    Starts a PostgreSQL of its own, needs no network, and ends with 0 only when everything held.
    """
    from upheld.demo.guide import guide  # lazy: slow import

    raise typer.Exit(guide(dir_, seed=seed, people=people, mariadb=mariadb, keep=keep))
