"""`upheld ledger …`; `verify` is answered before this is imported (see `main`)."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@commands.callback()
def ledger() -> None:
    """Show, export and verify the tamper-evident ledger."""


@commands.command("verify", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export, a .tlog-proof or a certificate.")],
    vkey: Annotated[str, typer.Option("--vkey", help="The key that the organisation published.")] = "",
) -> None:
    """Verify an export, a proof or a certificate offline; needs nothing but Python and cryptography."""
    from upheld.ledger.__main__ import main  # lazy: slow import

    raise typer.Exit(main([str(file), *(["--vkey", vkey] if vkey else [])]))


@commands.command("export")
def export(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: standard output.")
    ] = None,
    dir_: options.Dir = None,
    data: options.Data = None,
) -> None:
    """Export the whole ledger as one file that anybody can verify."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions.ledger import export as lines  # lazy: app ready

    means = start.means()
    if out is None:
        for line in lines(means=means):
            sys.stdout.buffer.write(line)
    else:
        with out.open("wb") as file:
            file.writelines(lines(means=means))


@commands.command("show")
def show(dir_: options.Dir = None, data: options.Data = None, as_json: options.Json = False) -> None:
    """Show the ledger's key, its size and its last checkpoint."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions.ledger import checkpoint  # lazy: app ready
    from upheld.cli import show as printing  # lazy: app ready

    means = start.means()
    signed = checkpoint(means=means)
    vkey = means.signer.verifier().vkey
    if as_json:
        printing.as_json({"vkey": vkey, "size": signed.checkpoint.size, "checkpoint": signed.signed})
    else:
        typer.echo(f"key: {vkey}\nentries: {signed.checkpoint.size}\n\n{signed.signed}")
