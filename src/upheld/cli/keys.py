"""`upheld keys …`."""

from typing import Annotated

import typer

from upheld.cli import options
from upheld.cli.faults import Declined

commands = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@commands.callback()
def keys() -> None:
    """Look after the key store."""


@commands.command("rotate")
def rotate(
    dir_: options.Dir = None,
    data: options.Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it begins.")] = False,
) -> None:
    """Replace the master key: every person's key is wrapped by a new one, and the old one is removed.

    For when somebody who had the key folder leaves, or a copy of it went astray: what was copied opens
    nothing that is sealed with later keys, and still opens earlier records. May be done while the server
    runs; start it again afterwards: everybody logs in anew. Run it again where it was cut off. Then copy
    the key store, and remove older ones.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    from upheld.actions.ledger import checkpoint  # lazy: app ready
    from upheld.actions.rotation import rotate as replace  # lazy: app ready

    means = start.means()
    if not yes and not typer.confirm("Is there a copy of the key store of today?", err=True):
        raise Declined("Nothing was done.", "Say yes, or give --yes.")
    done = replace(keys=means.keys, at=means.clock())
    checkpoint(means=means)
    typer.echo(
        f"{done.keys} keys are wrapped by the new master key; {done.factors} second factors are sealed anew."
    )
    typer.echo("Start the server again, then copy the key store: `upheld backup --keys-to DIR`.")


@commands.command("outside")
def outside(dir_: options.Dir = None, data: options.Data = None) -> None:
    """The master key is kept elsewhere from now on: UPHELD_MASTER_KEY_COMMAND prints it, and its file goes.

    Compares both first, and changes nothing where they differ. Start the programs again afterwards, with the
    same setting everywhere. Copies of the key store that were made before still hold the key: remove them. A
    copy that is made afterwards needs the command to be of use.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    start.means().keys.put_outside()
    typer.echo("The key store holds no master key any more: the command gives it.")


@commands.command("inside")
def inside(dir_: options.Dir = None, data: options.Data = None) -> None:
    """The master key is a file of the key store again, as the command gives it: for `upheld keys rotate`."""
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    start.means().keys.bring_inside()
    typer.echo("The master key is a file of the key store.")
