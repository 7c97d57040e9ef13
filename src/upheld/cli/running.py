"""`upheld resume`, `purge`, `replay`, `status` and `answer`: what keeps cases going."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from upheld.cli import options
from upheld.cli.faults import WrongUse

resume_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
purge_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
replay_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
status_commands = typer.Typer(add_completion=False, rich_markup_mode=None)
answer_commands = typer.Typer(add_completion=False, rich_markup_mode=None)


@resume_commands.command("resume")
def resume(
    dir_: options.Dir = None,
    data: options.Data = None,
    case: options.Case = "",
    as_json: options.Json = False,
    accept_proposals: options.AcceptProposals = False,
) -> None:
    """Go on with every erasure that a crash, a failure or a waiting system left unfinished.

    What was written in a system and not seen to commit is settled with that system before anything is
    repeated.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import work  # lazy: app ready

    raise typer.Exit(work.resume(case, as_json=as_json, accept_proposals=accept_proposals))


@purge_commands.command("purge")
def purge(dir_: options.Dir = None, data: options.Data = None, as_json: options.Json = False) -> None:
    """Remove what is due: retained rows on their date, expired copies, keys of closed cases.

    Rows of a matter that the privacy folder no longer holds are released and erased. Run it every day.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import work  # lazy: app ready

    raise typer.Exit(work.purge(as_json=as_json))


@replay_commands.command("replay")
def replay(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The system that was restored.")],
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="TIME", help="When the backup was made, as 2026-11-24T02:31:00. Default: all."
        ),
    ] = "",
    dir_: options.Dir = None,
    data: options.Data = None,
    as_json: options.Json = False,
) -> None:
    """Erase again, after a restore, everybody who was erased since the backup.

    Accounts that are newer than the erasure are spared.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import work  # lazy: app ready

    try:
        moment = datetime.fromisoformat(since) if since else None
    except ValueError as error:
        raise WrongUse(f"{since!r} is not a time.", "Write it as 2026-11-24T02:31:00.") from error
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    raise typer.Exit(work.replay(system, moment, as_json=as_json))


@status_commands.command("status")
def status(dir_: options.Dir = None, data: options.Data = None, as_json: options.Json = False) -> None:
    """Show what is open: cases, what each system waits for, tasks, and what is due. Names no person."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import work  # lazy: app ready

    raise typer.Exit(work.status(as_json=as_json))


@answer_commands.command("answer")
def answer(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The system that is done by hand.")],
    words: Annotated[str, typer.Option("--words", metavar="TEXT", help="What was done. Kept sealed.")],
    case: options.Case = "",
    removed: Annotated[
        int,
        typer.Option(
            "--removed", metavar="N", min=0, help="How many records were removed; or marked, or corrected."
        ),
    ] = 0,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="FILE", help="The third party's confirmation; its digest is kept."),
    ] = None,
    dir_: options.Dir = None,
    data: options.Data = None,
) -> None:
    """Answer the task of a system that no program reaches: say what was done there by hand."""
    from upheld.cli import start  # lazy: slow import

    start.settle(dir_, data)
    from upheld.cli import work  # lazy: app ready

    raise typer.Exit(work.answer(case=case, system=system, words=words, removed=removed, proof=proof))
