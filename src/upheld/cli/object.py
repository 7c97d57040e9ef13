"""`upheld object`."""

from typing import Annotated

import typer

from upheld.cli import options
from upheld.law.objection import Against

object_commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@object_commands.command("object")
def object_(
    to: Annotated[
        Against,
        typer.Option(
            "--to",
            help="What is to stop: direct marketing, at once (Art. 21(2) GDPR); another use, which is "
            "weighed (Art. 21(1)); what rests on a consent that the person takes back (Art. 7(3)); selling "
            "and sharing (Cal. Civ. Code 1798.120).",
        ),
    ],
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    place: options.Place = "",
    words: Annotated[
        str,
        typer.Option(
            "--words",
            metavar="TEXT",
            help="With `--to use`: why no ground of yours weighs more than the objection. Kept, sealed, with "
            "your name. `-` reads it from standard input.",
        ),
    ] = "",
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    out: options.CertificateOut = None,
    yes: options.Yes = False,
    nothing_found: options.NothingFound = False,
    allow: options.Allow = None,
    reason: options.Reason = "",
) -> None:
    """Stop a use of a person's data: an objection, a consent taken back, an opt-out.

    Where the map names what says so (`stop:` of a table), it is set. Everywhere else the owner of the system
    is asked to do it; `upheld status` lists the tasks, `upheld answer` answers one. An objection that does
    not hold is refused with `upheld refuse`; until it is weighed, `upheld restrict --ground objection`.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.objecting import Wish, look, stop  # lazy: app ready

    wish = Wish(
        tuple(identity or ()),
        identity_file,
        to,
        words,
        frozenset(allow or ()),
        reason,
        as_json,
        yes,
        out,
        place,
        nothing_found,
    )
    raise typer.Exit(look(wish) if dry_run else stop(wish))
