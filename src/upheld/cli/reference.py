"""docs/cli.md from the commands themselves."""

from collections.abc import Iterator

from typer._click import Command, Context
from typer.core import TyperGroup

from upheld.cli.commands import ORDER, command


def reference() -> str:
    """Each command of ours with its sentences and options, in the order of the help."""
    root = command()
    context = Context(root, info_name="upheld")
    if not isinstance(root, TyperGroup):
        raise TypeError("The program is a group of commands.")
    lines: list[str] = []
    for name in (each for each in root.list_commands(context) if each in ORDER and each != "demo"):
        found = root.get_command(context, name)
        if found is not None:
            lines.extend(_section(f"upheld {name}", found, context))
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, found: Command, parent: Context) -> Iterator[str]:
    context = Context(found, info_name=name.rpartition(" ")[2], parent=parent)
    if isinstance(found, TyperGroup):
        for each in found.list_commands(context):
            child = found.get_command(context, each)
            if child is not None:
                yield from _section(f"{name} {each}", child, context)
        return
    yield f"## {name}"
    yield ""
    yield " ".join((found.help or "").split())
    yield ""
    for parameter in found.params:
        written = (
            ", ".join(parameter.opts)
            if parameter.param_type_name == "option"
            else str(parameter.name).upper()
        )
        if written != "--help":
            yield f"- `{written}` {' '.join((getattr(parameter, 'help', '') or '').split())}"
    yield ""
