"""`upheld demo`."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("demo")
def demo(
    once: Annotated[
        bool,
        typer.Option("--once", help="Go through everything without you, prove it, and end."),
    ] = False,
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
        bool,
        typer.Option(
            "--keep", help="With --once: leave the database servers running, for commands of your own."
        ),
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65_535, help="The port of the organisation's server.")
    ] = 8000,
    inbox_port: Annotated[
        int, typer.Option("--inbox-port", min=1, max=65_535, help="The port of the page with its mail.")
    ] = 8025,
) -> None:
    """Open an invented organisation with five systems: its privacy centre, its console, and an inbox.

    Prints the addresses and a staff log-in, and runs until Ctrl-C. With --once it is a tour instead: copies
    and erasures by command and through the pages, a thousand people, an undo, each compared with every row;
    it ends with 0 only when everything held. Starts a PostgreSQL of its own and needs no network.
    """
    from upheld.demo.guide import guide, stay  # lazy: slow import

    if once:
        raise typer.Exit(guide(dir_, seed=seed, people=people, mariadb=mariadb, keep=keep))
    raise typer.Exit(stay(dir_, seed=seed, people=people, mariadb=mariadb, port=port, inbox_port=inbox_port))
