"""What `upheld map ready` does."""

from importlib.resources import files

import typer

from upheld.cli import show
from upheld.cli.faults import WrongUse


def ready(name: str, *, as_json: bool) -> int:
    """The file as it is, or each with the first sentence of what it says about itself."""
    known = {
        each.name.removesuffix(".yaml"): each.read_text(encoding="utf-8")
        for each in sorted(files("upheld.datamap.ready").iterdir(), key=lambda each: each.name)
        if each.name.endswith(".yaml")
    }
    if not name:
        lines = {each: _about(text) for each, text in known.items()}
        if as_json:
            show.as_json({"ready": lines})
        else:
            widest = max(map(len, lines))
            for each, line in lines.items():
                typer.echo(f"{each:<{widest}}  {line}")
        return 0
    if name not in known:
        raise WrongUse(f"No map of {name!r} is ready.", f"There are: {', '.join(known)}.")
    if as_json:
        show.as_json({"name": name, "file": f"systems/{name}.yaml", "text": known[name]})
    else:
        typer.echo(known[name], nl=False)
    return 0


def _about(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ").partition(". ")[0].rstrip(".")
