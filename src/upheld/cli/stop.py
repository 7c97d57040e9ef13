"""`upheld stop`."""

from typing import Annotated

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("stop")
def stop(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; shown by `status`.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Allow writing again.")] = False,
    dir_: options.Dir = None,
    data: options.Data = None,
) -> None:
    """Stop every write in every system at once, also of commands that are running.

    What is prepared there is rolled back and waits; what is committed stays. Looking, copies and `status` go
    on. `upheld stop --lift` ends it, and `upheld resume` goes on with what waits.
    """
    if lift == bool(reason):
        raise WrongUse(
            "Say why writing is to be stopped, or that it is to go on.", "Give --reason TEXT, or --lift."
        )
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions import stop as verbs  # lazy: app ready

    means = start.means()
    if lift:
        lifted = verbs.lift(means=means, reason="lifted at the command line")
        if not isinstance(lifted, bool):
            from upheld.actions.two import when  # lazy: app ready

            typer.echo(f"This is for two to decide. {when(means=means, agreement=lifted)}", err=True)
            raise typer.Exit(1)
        typer.echo("Writing is allowed again." if lifted else "Writing was not stopped.")
        return
    verbs.stop(means=means, reason=reason)
    typer.echo("Nothing is written in any system until `upheld stop --lift`.")
