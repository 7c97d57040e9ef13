"""What is said of the copies of a list."""

from collections.abc import Sequence
from pathlib import Path

import typer

from upheld.actions.batch.copies import Look
from upheld.actions.batch.delivery import Written
from upheld.cli import show
from upheld.cli.batch import many_of, numbers
from upheld.cli.copying import Wish
from upheld.rights.package.gather import State


def look_text(seen: Look) -> str:
    """Whom it names and what there is of them."""
    lines = [seen.explanation.as_text()]
    lines.append(f"{many_of(seen.lines, 'line', 'lines')}, {many_of(len(seen.going), 'person', 'people')}.")
    same = [each.numbers for each in seen.going if len(each.numbers) > 1]
    lines += [f"{numbers(each)} are the same person." for each in same]
    lines += [f"line {each.number}: {each.why}" for each in seen.doubts]
    return "\n".join(lines)


def look_json(seen: Look) -> dict[str, object]:
    """The same for programs."""
    return {
        "right": seen.plan.right.value,
        "lines": seen.lines,
        "people": len(seen.going),
        "same": [list(each.numbers) for each in seen.going if len(each.numbers) > 1],
        "doubtful": [{"line": each.number, "why": each.why} for each in seen.doubts],
        "systems": {
            name: {"steps": [{"step": each.step, "table": each.table, "rows": each.rows} for each in counts]}
            for name, counts in seen.counts.items()
        },
    }


def said(
    wish: Wish, seen: Look, folder: Path, ends: Sequence[Written], before: Sequence[tuple[int, ...]]
) -> int:
    """How it went; 1 while a copy is missing or lacks a part."""
    whole = [each for each in ends if each.delivered and each.delivered.summary.complete]
    waiting = [each for each in ends if each not in whole]
    if wish.as_json:
        show.as_json(
            {
                **look_json(seen),
                "folder": str(folder),
                "complete": len(whole),
                "before": [list(each) for each in before],
                "copies": [_copy_json(wish, each) for each in ends],
            }
        )
        return 1 if waiting else 0
    if before:
        typer.echo(f"Written before: {numbers(sorted(number for each in before for number in each))}.")
    typer.echo(f"{len(whole)} of {many_of(len(ends), 'copy is', 'copies are')} written and whole: {folder}")
    for each in waiting:
        typer.echo(f"{numbers(each.numbers)}: {_why(each)}")
    if not wish.recipients and whole:
        typer.echo("keys: beside each copy (give each to its person by another way, then remove it)")
    if waiting:
        typer.echo(
            "Not finished: their requests stay open. Repeat the command; it goes on with what is left."
        )
    return 1 if waiting else 0


def _why(end: Written) -> str:
    if end.delivered is None:
        return f"no copy. {end.failure}"
    parts = [
        f"{part.system}: {part.state.value}{f': {part.failure}' if part.failure else ''}"
        for part in end.delivered.summary.systems
        if part.state not in (State.COMPLETE, State.NOTHING)
    ]
    return "; ".join(parts)


def _copy_json(wish: Wish, end: Written) -> dict[str, object]:
    delivered = end.delivered
    if delivered is None:
        return {"lines": list(end.numbers), "file": None, "why": str(end.failure)}
    return {
        "lines": list(end.numbers),
        "case": str(delivered.package.request.case_id),
        "file": str(end.path),
        "key": None if wish.recipients else f"{end.path}.key",
        "complete": delivered.summary.complete,
        "expires_at": delivered.package.expires_at.isoformat(),
        "systems": [
            {
                "system": part.system,
                "state": part.state.value,
                "rows": sum(rows for _, rows in part.rows),
                "files": part.files,
            }
            for part in delivered.summary.systems
        ],
    }
