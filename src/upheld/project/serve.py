"""`upheld serve`, `upheld worker`, `upheld invite`: the server, its workers, links for its accounts."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(add_completion=False, rich_markup_mode=None)
worker_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
invite_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="The server's folder: records, keys, packages. Default: ./upheld-data."
    ),
]
Dir = Annotated[
    Path | None,
    typer.Option("--dir", metavar="DIR", help="The privacy folder. Default: privacy in the server's folder."),
]
Port = Annotated[int, typer.Option("--port", min=1, max=65_535, help="The port to listen on.")]
Host = Annotated[str, typer.Option("--host", help="The address to listen on; all: 0.0.0.0.")]
Certificate = Annotated[
    Path | None, typer.Option("--certificate", metavar="FILE", help="A certificate (PEM): then HTTPS.")
]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The private key of the certificate (PEM).")
]
NoRunner = Annotated[
    bool,
    typer.Option("--no-runner", help="Only the pages: what is approved is carried out by `upheld worker`."),
]
Again = Annotated[
    str, typer.Option("--again", metavar="ADDRESS", help="The e-mail address of an account that there is.")
]
Role = Annotated[str, typer.Option("--role", help="officer, operator, support, auditor or engineer.")]


@commands.command("serve")
def serve(
    data: Data = None,
    dir_: Dir = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    certificate: Certificate = None,
    key: Key = None,
    no_runner: NoRunner = False,
) -> None:
    """Run the server: the public pages, the staff console, and the runner that carries out what is approved.

    Makes what is missing: the data folder, the records, the keys, and a privacy folder to begin with (in the
    data folder, unless --dir or UPHELD_DIR names one). While nobody has an account, prints a link by which
    the first is made. Ends cleanly at SIGTERM or Ctrl-C: what is begun is finished or gone on with next time.
    """
    from upheld.project.serving import run  # lazy: slow import

    ended = run(
        data=data,
        folder=dir_,
        host=host,
        port=port,
        certificate=certificate,
        key=key,
        runner=not no_runner,
    )
    raise typer.Exit(ended)


@worker_commands.command("worker")
def worker(data: Data = None, dir_: Dir = None) -> None:
    """Carry out what is approved, beside the server or on another host: as many workers as you like.

    Needs the records on PostgreSQL, and database, data folder, key store and privacy folder of the server:
    UPHELD_DATABASE_URL, --data, UPHELD_KEYS and --dir say where they are, and the systems' secrets have to be
    known here too. What a worker had begun when it died another goes on with within a minute. Ends at SIGTERM
    or Ctrl-C when the cases at hand are finished.
    """
    from upheld.project.serving import work  # lazy: slow import

    raise typer.Exit(work(data=data, folder=dir_))


@invite_commands.command("invite")
def invite(data: Data = None, dir_: Dir = None, role: Role = "officer", again: Again = "") -> None:
    """Print a link by which one account of the console is made, within a day.

    With --again: by which an account that there is gets a new password and a new second factor, for somebody
    who lost them or whose account was closed. Nothing changes until she uses it.
    """
    from upheld.project.serving import invite_one  # lazy: slow import

    raise typer.Exit(invite_one(data=data, folder=dir_, role=role, again=again))
