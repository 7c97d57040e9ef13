"""Options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli.faults import WrongUse

Dir = Annotated[
    Path | None, typer.Option("--dir", metavar="DIR", help="The privacy folder. Default: ./privacy.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Upheld's own records. Default: upheld-data beside the privacy folder."
    ),
]
Identity = Annotated[
    list[str] | None,
    typer.Option(
        "--identity",
        metavar="KIND=VALUE",
        help="Who: email=person@example.org. Repeat it for several. forum.users=7 names a row that you "
        "decided is this person, forum.users= says that none there is. On a machine that others use, "
        "who lists programs can read this: "
        "give - to read from standard input, or use --identity-file.",
    ),
]
IdentityFile = Annotated[
    Path | None,
    typer.Option("--identity-file", metavar="FILE", help="A file with one KIND=VALUE a line."),
]
IdentitiesFile = Annotated[
    Path | None,
    typer.Option(
        "--identities-file",
        metavar="FILE",
        help="A CSV file of people, one a line; its first line names kinds of identities, such as "
        "email,username, or tables of people, such as forum.users.",
    ),
]
Count = Annotated[
    int | None,
    typer.Option(
        "--count", metavar="N", min=1, help="How many people the list has; with --yes it must be said."
    ),
]
SkipDoubtful = Annotated[
    bool,
    typer.Option(
        "--skip-doubtful",
        help="Leave out lines that name nobody, or perhaps somebody else; without it they stop everything.",
    ),
]
Place = Annotated[
    str,
    typer.Option(
        "--place",
        metavar="PLACE",
        help="Where the person asks from: a country such as DE, or a state such as US-CA. With "
        "regime_by_place in upheld.yaml it says which law her request is received under. "
        "Default: the first of `regimes`.",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Only look: nothing is written in any system, and no case is opened."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before the first write.")]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="LIMIT",
        help="Go beyond this limit of the map, for this case: "
        "people_per_day, rows_per_person, share_of_table.",
    ),
]
NothingFound = Annotated[
    bool,
    typer.Option(
        "--nothing-found",
        help="If no system knows this person, answer that nothing was found. Without it the command stops, "
        "for her to be asked once for another identifier.",
    ),
]
CertificateOut = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where the certificate goes: FILE and, beside it, FILE.html."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why a limit is allowed.")]
GoOn = Annotated[
    str,
    typer.Option(
        "--go-on",
        metavar="REASON",
        help="Go on with what is mapped where something is not. The certificate says what is incomplete.",
    ),
]
AcceptProposals = Annotated[
    bool,
    typer.Option(
        "--accept-proposals",
        help="Carry out what a draft only proposes. Only in systems whose map says `scratch: true`: "
        "copies that may be spoilt. Everywhere else proposals stay undecided, and nothing is written.",
    ),
]
Case = Annotated[
    str, typer.Option("--case", metavar="ID", help="Only this case; the first digits of its id are enough.")
]


def is_list(file: Path | None, *, one: bool, count: int | None, skip_doubtful: bool) -> bool:
    """Whether the command is about a list of people. WrongUse where options for one person and for a list are
    mixed. `one`: an option names one person."""
    if file is None:
        if count is not None or skip_doubtful:
            raise WrongUse("--count and --skip-doubtful go with a list.", "Give --identities-file.")
        return False
    if one:
        raise WrongUse(
            "--identities-file stands alone: not with --identity or --identity-file.",
            "Write that person into the list, or give the command for her alone.",
        )
    return True
