"""`upheld map …`."""

from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@commands.callback()
def map_() -> None:
    """Check, show and describe the data map: the privacy folder."""


@commands.command("check")
def check(
    dir_: options.Dir = None,
    data: options.Data = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on doubts too; for continuous integration.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the folder; connect to nothing.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Check the privacy folder and compare it with the live systems. Each finding says what ends it."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.check(strict=strict, offline=offline, as_json=as_json))


@commands.command("ready")
def ready(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One of those in the list.")] = "",
    as_json: options.Json = False,
) -> None:
    """Print the map of an application that somebody has described already; without a name, list them.

    It is a system file as it goes into `privacy/systems`. The comment on top says what it decides; read it
    before you rely on it.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(None, None)
    from upheld.cli import described  # lazy: app ready

    raise typer.Exit(described.ready(name, as_json=as_json))


@commands.command("import-fides")
def import_fides(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file with `dataset:` documents.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR|FILE",
            help="A privacy folder (it goes into systems/), another folder, or one file. Nothing is ever "
            "overwritten. Default: the privacy folder.",
        ),
    ] = None,
    system: Annotated[
        str,
        typer.Option(
            "--system",
            metavar="NAME",
            help="What the system is called; several datasets become one system. "
            "Default: each dataset by its fides_key.",
        ),
    ] = "",
    as_json: options.Json = False,
) -> None:
    """Turn datasets of Fides into system files, and list what could not be carried over.

    No decision is made up: every table says `ask`, and nothing is erased there until you decide.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(None, None)
    from upheld.cli import importing  # lazy: app ready

    raise typer.Exit(importing.fides(file, out, system, as_json=as_json))


@commands.command("discover")
def discover(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="The database: a SQLAlchemy URL, or '${NAME}' for one that stands in the environment. Who "
            "lists programs on this machine can read a URL with a password.",
        ),
    ],
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="What the system is called.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the draft goes: privacy/systems/NAME.yaml.")
    ],
    schemas: Annotated[
        list[str] | None,
        typer.Option("--schema", metavar="NAME", help="Only this schema. Repeat it for several."),
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="PATTERN", help="Only tables like this; * stands for anything."),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="PATTERN", help="No tables like this.")
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", metavar="N", min=0, max=10_000, help="Rows of a table to look at.")
    ] = 400,
    scratch: Annotated[
        bool,
        typer.Option(
            "--scratch",
            help="This database is a copy that may be spoilt: `upheld erase --accept-proposals` carries the "
            "draft out there as it is.",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is already there.")] = False,
    as_json: options.Json = False,
) -> None:
    """Draft the map of a database from its schema and some of its rows.

    Only reads, a few rows of each table and a few seconds at most; no value that was read is shown or
    written.
    What the schema does not say itself is proposed, with a confidence and a reason: proposals are not carried
    out until a person puts the decision in their place.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(None, None)
    from upheld.cli.discovering import Options, draft  # lazy: app ready

    wanted = Options(
        url=url,
        system=system,
        out=out,
        schemas=tuple(schemas or ()),
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        most=sample,
        scratch=scratch,
        force=force,
        as_json=as_json,
    )
    raise typer.Exit(draft(wanted))


@commands.command("show")
def show(
    dir_: options.Dir = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page that stands alone.")
    ] = None,
) -> None:
    """Draw the data map: Mermaid text, or a page for people."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.draw(html))


@commands.command("grants")
def grants(
    system: Annotated[str, typer.Option("--system", metavar="NAME", help="Only this system.")] = "",
    purposes: Annotated[
        bool,
        typer.Option(
            "--purposes",
            help="Print instead, for each purpose of purposes.yaml, a role and the views through which it "
            "reads: its own columns, and no restricted rows (Art. 18(2)).",
        ),
    ] = False,
    dir_: options.Dir = None,
) -> None:
    """Print the statements that give two roles exactly the rights this map needs: one to find, one to
    change."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.grants(system, purposes=purposes))


@commands.command("schema")
def schema(
    name: Annotated[str, typer.Argument(help="organisation, purposes, processors or system.")] = "system",
) -> None:
    """Print the JSON Schema of a file of the privacy folder, for editors."""
    from upheld.cli import start  # lazy: slow import

    start.settle(None, None)
    from upheld.cli import mapping  # lazy: app ready

    raise typer.Exit(mapping.schema(name))
