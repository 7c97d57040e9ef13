"""What `upheld access --identities-file` and `upheld port --identities-file` do."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import typer
from django.conf import settings

from upheld.actions import ledger
from upheld.actions.batch import copies
from upheld.actions.batch.copies import Look, Written
from upheld.actions.batch.look import Going
from upheld.actions.means import Means
from upheld.cli import show, start
from upheld.cli.batch import agreed, lines_are, many_of, numbers, refuse_uncounted
from upheld.cli.copying import Wish, new_key
from upheld.cli.faults import WrongUse
from upheld.cli.people import read_people
from upheld.rights.outcome import Permanent
from upheld.rights.package.gather import State

ASK = "Write a copy for each of these people?"


def look_at_all(wish: Wish, file: Path) -> int:
    """What the copies would hold; 1 where a line is doubtful."""
    means = start.means()
    seen = _seen(means, wish, file)
    if wish.as_json:
        show.as_json(_look_json(seen))
    else:
        typer.echo(_look_text(seen))
        typer.echo("Nothing was written.")
    return 1 if seen.doubts else 0


def copy_all(wish: Wish, file: Path, *, count: int | None, skip_doubtful: bool) -> int:
    """Look, ask for the number, write the copies. Repeating it with the same list goes on with what is
    left; 1 while a copy is missing or lacks a system's part."""
    refuse_uncounted(count, yes=wish.yes)
    start.refuse_out(wish.out)
    means = start.means()
    seen = _seen(means, wish, file)
    if not wish.as_json:
        typer.echo(_look_text(seen), err=True)
    if seen.doubts and not skip_doubtful:
        raise Permanent(
            f"{lines_are(seen.doubts)} doubtful, so no copy was written for anybody.",
            "Correct the list, or leave them out: --skip-doubtful.",
        )
    folder = _folder(means, wish, file)
    before = copies.written(means=means, seen=seen, folder=folder)
    if not agreed(ASK, seen.lines, count, yes=wish.yes):
        typer.echo("No copy was written.", err=True)
        return 1
    left = [each for each in seen.going if each.numbers not in before]
    ends = _write(means, wish, seen, left, folder)
    ledger.checkpoint(means=means)
    return _said(wish, seen, folder, ends, sorted(before))


def _write(means: Means, wish: Wish, seen: Look, left: Sequence[Going], folder: Path) -> list[Written]:
    ends: list[Written] = []
    with show.people(quiet=wish.as_json, total=len(left)) as told:
        for each in copies.deliver_many(
            means=means,
            seen=seen,
            going=left,
            folder=folder,
            readers=lambda out: wish.recipients or new_key(out)[0],
            days=settings.UPHELD_PACKAGE_DAYS,
            language=wish.language,
        ):
            ends.append(each)
            told(1)
    return ends


def _seen(means: Means, wish: Wish, file: Path) -> Look:
    lines = read_people(file, means.datamap, means.connectors)
    with show.progress(quiet=wish.as_json):
        return copies.look(means=means, right=wish.right, lines=lines)


def _folder(means: Means, wish: Wish, file: Path) -> Path:
    """The same for the same list, so that a repeat finds what was written. Its name says nothing of whom it
    names."""
    listed = sha256(file.read_bytes()).hexdigest()
    named = means.keys.blind(f"list {wish.right.value}", listed).hex()[:16]
    folder: Path = wish.out or settings.UPHELD_DATA / "packages" / f"list-{named}"
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is a file.", "For a list, --out names a folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


# --- what is said ---------------------------------------------------------------------------------------


def _look_text(seen: Look) -> str:
    lines = [seen.explanation.as_text()]
    lines.append(f"{many_of(seen.lines, 'line', 'lines')}, {many_of(len(seen.going), 'person', 'people')}.")
    same = [each.numbers for each in seen.going if len(each.numbers) > 1]
    lines += [f"{numbers(each)} are the same person." for each in same]
    lines += [f"line {each.number}: {each.why}" for each in seen.doubts]
    return "\n".join(lines)


def _look_json(seen: Look) -> dict[str, object]:
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


def _said(
    wish: Wish, seen: Look, folder: Path, ends: Sequence[Written], before: Sequence[tuple[int, ...]]
) -> int:
    whole = [each for each in ends if each.delivered and each.delivered.summary.complete]
    waiting = [each for each in ends if each not in whole]
    if wish.as_json:
        show.as_json(
            {
                **_look_json(seen),
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
