"""What `upheld suppressed` does."""

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from upheld.actions.suppression import unwanted
from upheld.cli import show, start
from upheld.cli.faults import WrongUse
from upheld.cli.people import refuse_ragged, rows
from upheld.datamap.model import DataMap
from upheld.rights.subject import Identity

MANY = 20
"""Line numbers that are told; the others are in the JSON."""


def sift(file: Path, out: Path | None, *, as_json: bool) -> int:
    """Tell the lines of people who must not come back, and write the others to `out`."""
    start.refuse_out(out)
    if out is not None and out.exists():
        raise WrongUse(f"{out} is there already.", "Name a file that is not there yet.")
    means = start.means()
    lines = list(rows(file))
    if not lines:
        raise WrongUse(f"{file} is empty.", "Its first line names its columns: email,name, for instance.")
    kinds = _kinds(file, lines[0], means.datamap)
    for number, cells in lines[1:]:
        refuse_ragged(file, number, cells, len(lines[0][1]))
    with show.progress(quiet=as_json, unit="people", total=len(lines) - 1):
        known = set(unwanted(keys=means.keys, identities=_identities(lines[1:], kinds)))
    out_of = [
        number for number, cells in lines[1:] if not known.isdisjoint(_identities([(number, cells)], kinds))
    ]
    if out is not None:
        _write(out, lines, set(out_of))
    if as_json:
        show.as_json(
            {"people": len(lines) - 1, "lines": out_of, "columns": [kinds[at] for at in sorted(kinds)]}
        )
    else:
        typer.echo(_told(file, out, len(lines) - 1, out_of))
    return 1 if out_of and out is None else 0


def _kinds(file: Path, header: tuple[int, list[str]], mapped: DataMap) -> dict[int, str]:
    """The columns that name people. WrongUse where none does: nobody would be found, and that would look as
    if nobody had to be left out."""
    known = {each.lower(): each for each in start.kinds(mapped)}
    titles = [title.strip().lower() for title in header[1]]
    kinds = {at: known[title] for at, title in enumerate(titles) if title in known}
    if not kinds:
        raise WrongUse(
            f"{file}, line {header[0]}: no column is titled as a kind of identity.",
            f"Title one as one of these: {', '.join(sorted(known.values()))}.",
        )
    return kinds


def _identities(lines: Sequence[tuple[int, list[str]]], kinds: dict[int, str]) -> Iterator[Identity]:
    return (
        Identity(kind, cells[at].strip())
        for _, cells in lines
        for at, kind in kinds.items()
        if cells[at].strip()
    )


def _write(out: Path, lines: Sequence[tuple[int, list[str]]], left: set[int]) -> None:
    """Readable by whoever runs this, and nobody else."""
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as written:
        csv.writer(written).writerows(cells for number, cells in lines if number not in left)


def _told(file: Path, out: Path | None, people: int, out_of: Sequence[int]) -> str:
    if not out_of:
        said = [f"Nobody of the {people:,} in {file} has to be left out."]
    else:
        which = ", ".join(f"{each:,}" for each in out_of[:MANY])
        more = f" and {len(out_of) - MANY:,} more (--json names all)" if len(out_of) > MANY else ""
        said = [f"{len(out_of):,} of {people:,} must not come back: line {which}{more}."]
        if out is None:
            said.append("Leave them out before you import, or give --out FILE.")
    if out is not None:
        said.append(f"{people - len(out_of):,} are in {out}.")
    return "\n".join(said)
