"""All commands, from everybody who brings some; a command's module is imported when it is asked for."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

import typer
from typer._click import Command, Context
from typer.core import TyperGroup

GROUP = "upheld.commands"
ORDER = (
    "init",
    "serve",
    "worker",
    "invite",
    "map",
    "access",
    "erase",
    "undo",
    "rectify",
    "restrict",
    "lift",
    "object",
    "port",
    "extend",
    "refuse",
    "withdraw",
    "status",
    "answer",
    "resume",
    "stop",
    "token",
    "purge",
    "replay",
    "suppressed",
    "package",
    "ledger",
    "doctor",
    "backup",
    "restore",
    "migrate",
    "keys",
    "demo",
)


@cache
def _found() -> dict[str, EntryPoint]:
    return {each.name: each for each in entry_points(group=GROUP)}


class Commands(TyperGroup):
    """The entry points of the group, in the order of a first reading; further ones after those."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Names only; nothing is imported."""
        found = _found()
        return [*(name for name in ORDER if name in found), *sorted(set(found) - set(ORDER))]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import the module that the entry point names."""
        found = _found()
        return typer.main.get_command(found[cmd_name].load()) if cmd_name in found else None


def command() -> Command:
    """The whole program."""
    app = typer.Typer(
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def upheld() -> None:
        """Answer people's requests about their data across all systems of an organisation, and prove it."""

    return typer.main.get_command(app)
