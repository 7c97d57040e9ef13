"""`upheld doctor`: what is wrong with an installation, and what to do."""

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)
MARKS = {"good": "✓", "doubt": "?", "wrong": "✗"}


@commands.command("doctor")
def doctor(dir_: options.Dir = None, data: options.Data = None, as_json: options.Json = False) -> None:
    """Look at everything that this installation needs, and say what is wrong and what to do.

    Settings, permissions, disk, records, keys, ledger, clock, time zone, the privacy folder, each system and
    sign-in, mail server, webhook and name servers, the runner, and what waits or was given up. Changes
    nothing; says nothing about any person. Ends with 1 where something is wrong.
    """
    from upheld.cli import start  # lazy: slow import
    from upheld.project import unreadable  # lazy: slow import

    unread = unreadable.gather()
    start.settle(start.beside(dir_, data), data)
    from upheld.actions.health import State  # lazy: app ready
    from upheld.cli import show  # lazy: app ready
    from upheld.project.examine import examined  # lazy: app ready

    signs = tuple(examined(unread))
    wrong = sum(each.state is State.WRONG for each in signs)
    doubts = sum(each.state is State.DOUBT for each in signs)
    if as_json:
        told = [
            {"about": each.about, "state": each.state.value, "what": each.what, "remedy": each.remedy}
            for each in signs
        ]
        show.as_json({"wrong": wrong, "doubts": doubts, "signs": told})
    else:
        for each in signs:
            typer.echo(f"{MARKS[each.state]} {each.about}: {each.what}")
            if each.remedy:
                typer.echo(f"    {each.remedy}")
        typer.echo(f"{wrong} wrong, {doubts} to look at.")
    raise typer.Exit(1 if wrong else 0)
