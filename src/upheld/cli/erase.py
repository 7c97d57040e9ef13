"""`upheld erase`."""

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@commands.command("erase")
def erase(
    identity: options.Identity = None,
    identity_file: options.IdentityFile = None,
    identities_file: options.IdentitiesFile = None,
    count: options.Count = None,
    skip_doubtful: options.SkipDoubtful = False,
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
    go_on: options.GoOn = "",
    accept_proposals: options.AcceptProposals = False,
) -> None:
    """Erase a person from all systems, and keep what the law wants kept.

    Shows the plan in words and counts and asks before the first write. A system that cannot be reached
    leaves the case open and named; `upheld resume` goes on with it. When all is done a certificate is
    written.

    With --identities-file many people at once: each has a case and a certificate of her own, and whoever
    cannot be erased is named by the number of her line.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli.erasing import Wish, fulfil, look  # lazy: app ready

    wish = Wish(
        tuple(identity or ()),
        identity_file,
        frozenset(allow or ()),
        reason,
        go_on,
        as_json,
        yes,
        out,
        accept_proposals,
        place,
        nothing_found,
    )
    if identities_file is None:
        if count is not None or skip_doubtful:
            raise WrongUse("--count and --skip-doubtful go with a list.", "Give --identities-file.")
        raise typer.Exit(look(wish) if dry_run else fulfil(wish))
    from upheld.cli.batch import fulfil_all, look_at_all  # lazy: app ready

    if identity or identity_file or out or go_on or nothing_found:
        raise WrongUse(
            "--identities-file stands alone: not with --identity, --identity-file, --out, --go-on or "
            "--nothing-found.",
            "Erase that person by a command of her own.",
        )
    if dry_run:
        raise typer.Exit(look_at_all(wish, identities_file))
    raise typer.Exit(fulfil_all(wish, identities_file, count=count, skip_doubtful=skip_doubtful))
