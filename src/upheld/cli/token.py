"""`upheld token …`: programs that may send requests in."""

from typing import Annotated
from uuid import UUID

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

commands = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
LEVELS = ("none", "reasonable", "high")


@commands.callback()
def token() -> None:
    """Let programs of yours send requests in by the API, and take that back."""


@commands.command("make")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call the program, such as shop.")],
    submit: Annotated[bool, typer.Option("--submit", help="It may send requests in.")] = False,
    read: Annotated[bool, typer.Option("--read", help="It may read where they stand.")] = False,
    trusted: Annotated[
        str,
        typer.Option(
            "--trusted",
            metavar="LEVEL",
            help="How sure it is who asks where the program says that it verified the person: none, "
            "reasonable or high.",
        ),
    ] = "none",
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="For how long it is good.")] = 365,
    dir_: options.Dir = None,
    data: options.Data = None,
) -> None:
    """Make a token and print it, once: only a digest of it is kept."""
    if trusted not in LEVELS:
        raise WrongUse(f"There is no level {trusted!r}.", f"Levels: {', '.join(LEVELS)}.")
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions import tokens  # lazy: app ready
    from upheld.store.models import Level  # lazy: app ready

    made = tokens.make(
        means=start.means(),
        name=name,
        submits=submit,
        reads=read,
        trusted=Level(LEVELS.index(trusted)),
        days=days,
    )
    typer.echo(made.secret)
    typer.echo(
        f"The token of {made.token.name}, good until {made.token.expires_at:%Y-%m-%d}. It is shown only "
        f"here; take it back with: upheld token revoke {made.token.pk}",
        err=True,
    )


@commands.command("list")
def list_(dir_: options.Dir = None, data: options.Data = None) -> None:
    """List the tokens, when each was used last, and whether it is good."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions import tokens  # lazy: app ready

    found = tokens.listed(means=start.means())
    for each in found:
        last = f"last used {each.last:%Y-%m-%d}" if each.last else "never used"
        typer.echo(f"{each.token.pk}  {each.token.name}: {each.standing}, {last}")
    if not found:
        typer.echo("No program has a token.")


@commands.command("revoke")
def revoke(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As `upheld token list` prints it.")],
    dir_: options.Dir = None,
    data: options.Data = None,
) -> None:
    """Take a token back: from now on it is not known. What was sent in with it stays."""
    try:
        wanted = UUID(number)
    except ValueError as error:
        raise WrongUse(
            "That is no number of a token.", "Copy it from `upheld token list`; never the token itself."
        ) from error
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.actions import tokens  # lazy: app ready

    tokens.revoke(means=start.means(), number=wanted)
    typer.echo("It is revoked.")
