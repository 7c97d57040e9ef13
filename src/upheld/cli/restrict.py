"""`upheld restrict` and `upheld lift`."""

from datetime import datetime
from typing import Annotated

import typer

from upheld.cli import options
from upheld.law.ground import RestrictionGround

restrict_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
lift_commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@restrict_commands.command("restrict")
def restrict(
    ground: Annotated[
        RestrictionGround,
        typer.Option(
            "--ground",
            help="Why (Art. 18(1)): she contests what it says; the use is unlawful and she prefers this to "
            "erasure; she needs it for legal claims; her objection is being weighed.",
        ),
    ],
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    place: options.Place = "",
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: options.CertificateOut = None,
    yes: options.Yes = False,
    nothing_found: options.NothingFound = False,
    allow: options.Allow = None,
    reason: options.Reason = "",
) -> None:
    """Mark all that systems hold about a person as restricted: kept, and used for nothing else.

    What each mark was before is remembered, so that `upheld lift` puts it back exactly. The case stays
    open until then.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.restricting import Wish, look, restrict  # lazy: app ready

    wish = Wish(
        tuple(identity or ()),
        identity_file,
        ground,
        frozenset(allow or ()),
        reason,
        as_json,
        yes,
        out,
        place,
        nothing_found,
    )
    raise typer.Exit(look(wish) if dry_run else restrict(wish))


@lift_commands.command("lift")
def lift(
    case: Annotated[
        str, typer.Option("--case", metavar="ID", help="The case; the first digits of its id are enough.")
    ],
    told_on: Annotated[
        datetime | None,
        typer.Option(
            "--told-on",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Record the day on which the person was told that the restriction ends (Art. 18(3)).",
        ),
    ] = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: options.CertificateOut = None,
    yes: options.Yes = False,
) -> None:
    """End the restriction of a case: put every mark back to what it was before.

    Refused until it is recorded that the person was told. A mark that somebody changed meanwhile is
    reported and left as it is.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.restricting import Lift, lift, look_at_lift  # lazy: app ready

    wish = Lift(case, told_on.date() if told_on else None, as_json, yes, out)
    raise typer.Exit(look_at_lift(wish) if dry_run else lift(wish))
