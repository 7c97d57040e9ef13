"""`upheld extend`, `upheld refuse` and `upheld withdraw`."""

from datetime import datetime
from typing import Annotated

import typer

from upheld.cli import options

extend_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
refuse_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
withdraw_commands = typer.Typer(add_completion=False, rich_markup_mode=None)

Case = Annotated[
    str, typer.Option("--case", metavar="ID", help="The case; the beginning of its id is enough.")
]
Right = Annotated[
    str,
    typer.Option("--right", metavar="RIGHT", help="Which of its requests, as erasure; not needed for one."),
]
Words = Annotated[
    str,
    typer.Option(
        "--words",
        metavar="TEXT",
        help="Why, in words that the person reads; - reads standard input. Kept with your name.",
    ),
]
Told = Annotated[
    datetime | None,
    typer.Option(
        "--told-on",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="The day on which she was told, where no address of hers is known here.",
    ),
]


@extend_commands.command("extend")
def extend(
    case: Case,
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The law's reason, as complexity.")],
    words: Words,
    right: Right = "",
    told_on: Told = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Take more time for a request: once, inside the first period, told with its reason.

    Both dates move as the law of the request says. Where an address of hers is known a mail goes to it.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import deciding  # lazy: app ready

    told = told_on.date() if told_on else None
    raise typer.Exit(deciding.extend(case, right, code=code, words=words, told_on=told, as_json=as_json))


@refuse_commands.command("refuse")
def refuse(
    case: Case,
    ground: Annotated[str, typer.Option("--ground", metavar="CODE", help="The law's ground, as excessive.")],
    words: Words,
    right: Right = "",
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="SYSTEM", help="Only in this system; repeat it for several."),
    ] = None,
    told_on: Told = None,
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Refuse a request, or a part of it, on a ground of its law.

    She is told the ground, your words, and where she can complain. Where two have to decide it (`staff` and
    `two` of upheld.yaml) nothing is refused before the second yes.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import deciding  # lazy: app ready

    told = told_on.date() if told_on else None
    raise typer.Exit(
        deciding.refuse(
            case,
            right,
            ground=ground,
            words=words,
            systems=tuple(system or ()),
            told_on=told,
            as_json=as_json,
        )
    )


@withdraw_commands.command("withdraw")
def withdraw(
    case: Case,
    words: Annotated[
        str,
        typer.Option(
            "--words",
            metavar="TEXT",
            help="How and when she said so; - reads standard input. Kept with your name.",
        ),
    ],
    right: Right = "",
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """End a request that the person takes back. Nothing is written for it any more.

    Refused once something was written for it.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import deciding  # lazy: app ready

    raise typer.Exit(deciding.withdraw(case, right, words=words, as_json=as_json))
