"""What `upheld map import-fides` does."""

import re
from dataclasses import asdict
from pathlib import Path

import typer
from django.conf import settings

from upheld.cli import show
from upheld.cli.faults import WrongUse
from upheld.datamap.document.written import NAME
from upheld.datamap.fault import Invalid
from upheld.datamap.importing.fides.convert import System, convert
from upheld.datamap.importing.note import printable
from upheld.datamap.page import SIZE, parse
from upheld.datamap.read import ORGANISATION, PURPOSES, SYSTEMS
from upheld.rights.outcome import Permanent

YAML = (".yaml", ".yml")


def fides(file: Path, out: Path | None, name: str, *, as_json: bool) -> int:
    """1 where the file is none of Fides: then nothing is written. All files are written, or none."""
    if name and not (re.fullmatch(NAME, name) and name.isprintable()):
        raise WrongUse("--system names no system.", "Give a name of letters and digits, such as shop.")
    target = _target(out)
    home = target if target.suffix not in YAML else target.parent.parent
    try:
        imported = convert(str(file), _bytes(file), name=name, purposes=_purposes(home))
    except Invalid as invalid:
        return _refused(invalid, as_json=as_json)
    places = _places(target, imported.systems)
    _write(places)
    notes = imported.notes
    if as_json:
        show.as_json(
            {
                "systems": [
                    {"system": each.name, "file": str(path), "tables": each.tables} for path, each in places
                ],
                "notes": [asdict(each) for each in notes],
            }
        )
        return 0
    for path, each in places:
        typer.echo(f"wrote {path}: {each.tables} {'table' if each.tables == 1 else 'tables'}")
    typer.echo(f"\n{len(notes)} {'thing' if len(notes) == 1 else 'things'} to look at, by line of {file}:")
    for note in notes:
        typer.echo(str(note))
    check = f" --dir {home}" if (home / ORGANISATION).is_file() else ""
    typer.echo(f"\nNext: upheld map check --offline{check}, then decide what each table says under on_erase.")
    return 0


def _target(out: Path | None) -> Path:
    if out is not None:
        return out
    folder: Path = settings.UPHELD_DIR
    if not (folder / ORGANISATION).is_file():
        raise WrongUse(
            f"There is no privacy folder {folder}.",
            "Make one: `upheld init`, or say --out DIR or --out FILE.",
        )
    return folder


def _bytes(file: Path) -> bytes:
    """As much as the reader needs to see that a file is too large, and no more."""
    try:
        with file.open("rb") as opened:
            return opened.read(SIZE + 1)
    except OSError as error:
        raise WrongUse(
            f"{file} cannot be read: {error.strerror}.", "Name a YAML file with `dataset:` documents."
        ) from error


def _purposes(home: Path) -> tuple[str, ...]:
    """What purposes.yaml of the folder knows; nothing where there is none."""
    try:
        return parse(PURPOSES, (home / PURPOSES).read_bytes()).names("purposes")
    except OSError:
        return ()


def _refused(invalid: Invalid, *, as_json: bool) -> int:
    if as_json:
        show.as_json({"errors": [asdict(each) for each in invalid.errors]})
    for error in invalid.errors:
        typer.echo(printable(str(error)), err=True)
    many = len(invalid.errors)
    typer.echo(f"{many} {'error' if many == 1 else 'errors'}; nothing was written.", err=True)
    return 1


def _places(target: Path, systems: tuple[System, ...]) -> list[tuple[Path, System]]:
    """Where each system goes. Refuses places where something stands already."""
    if target.suffix in YAML and not target.is_dir():
        if len(systems) > 1:
            raise WrongUse(
                f"The file holds {len(systems)} datasets, and --out names one file.",
                "Give a folder, or put them into one system: --system NAME.",
            )
        places = [(target, systems[0])]
    else:
        folder = target / SYSTEMS if (target / ORGANISATION).is_file() else target
        places = [(folder / f"{_plain(each.name)}.yaml", each) for each in systems]
    taken = [path for path, _ in places if path.exists()]
    if taken or len({path for path, _ in places}) < len(places):
        raise Permanent(
            f"{taken[0] if taken else places[0][0]} would be overwritten; nothing was written.",
            "Move it away, or name another place with --out.",
        )
    return places


def _plain(name: str) -> str:
    """A name of a file that stays where it is put."""
    kept = "".join(each if each.isalnum() or each in "-_." else "-" for each in name).strip(".")
    return kept or "system"


def _write(places: list[tuple[Path, System]]) -> None:
    written: list[Path] = []
    try:
        for path, each in places:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as opened:
                written.append(path)
                opened.write(each.text)
    except OSError:
        for path in written:
            path.unlink()
        raise
