"""What `upheld package open` does. Needs no privacy folder and no records."""

from pathlib import Path

import typer

from upheld.cli.faults import WrongUse
from upheld.rights.outcome import Permanent
from upheld.rights.package.opening import Unopened, open_package


def unpack(file: Path, key: Path, to: Path | None) -> int:
    """Unpack and say where the start page is."""
    try:
        written = [
            line for line in key.read_text(encoding="ascii").splitlines() if line and not line.startswith("#")
        ]
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(
            f"The key file {key} cannot be read.", "Give the file that came with the copy."
        ) from error
    if not file.is_file():
        raise WrongUse(f"There is no file {file}.", "Give the copy, an age file.")
    folder = to or (file.with_suffix("") if file.suffix == ".age" else file.with_name(file.name + ".opened"))
    try:
        page = open_package(file, written[0] if written else "", folder)
    except Unopened as refused:
        raise Permanent(str(refused)) from refused
    typer.echo(f"Start here: {page}")
    return 0
