"""`upheld doctor`: what is wrong with an installation, and what to do."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer

from upheld.cli import options

commands = typer.Typer(add_completion=False, rich_markup_mode=None)
MARKS = {"good": "✓", "doubt": "?", "wrong": "✗"}
OURS = frozenset({"UPHELD_LISTENS", "UPHELD_REQUIRE_SERVERS"})
"""Variables that programs of ours tell each other."""


@commands.command("doctor")
def doctor(dir_: options.Dir = None, data: options.Data = None, as_json: options.Json = False) -> None:
    """Look at everything that this installation needs, and say what is wrong and what to do.

    Settings, permissions, disk, records, keys, ledger, clock, time zone, the privacy folder, each system, the
    mail server, the runner and what waits. Changes nothing; says nothing about any person. Ends with 1 where
    something is wrong.
    """
    from upheld.cli import start  # lazy: slow import

    start.settle(start.beside(dir_, data), data)
    from upheld.actions.health import State  # lazy: app ready
    from upheld.cli import show  # lazy: app ready
    from upheld.project.examine import examined  # lazy: app ready

    signs = tuple(examined())
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


def unknown(names: Mapping[str, str], known: frozenset[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Variables that look like settings and are none, each with the setting that was perhaps meant. What the
    privacy folder names as `${…}` is its own."""
    named: set[str] = set()
    for file in folder.rglob("*.yaml") if folder.is_dir() else ():
        named.update(re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8", errors="replace")))
    for name in sorted(names):
        if name.startswith("UPHELD_") and name not in known | OURS | named:
            near = difflib.get_close_matches(name, known, n=1)
            yield name, near[0] if near else ""


def environment() -> Mapping[str, str]:
    """The variables of this program."""
    return os.environ
