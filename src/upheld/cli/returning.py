"""What `upheld undo --identities-file` does."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from upheld.actions import erasure, ledger
from upheld.actions.batch import returning
from upheld.actions.batch.returning import Back, Look
from upheld.actions.means import Means
from upheld.cli import show, start
from upheld.cli.batch import agree, lines_are, many_of, numbers, refuse_uncounted
from upheld.cli.people import read_people
from upheld.cli.undoing import Wish, putting_json, putting_text
from upheld.rights.outcome import Permanent

ASK = "Put these people's data back?"


def look_at_all(wish: Wish, file: Path) -> int:
    """What would come back of whom; 1 where a line is doubtful or something would not."""
    seen = _seen(start.means(), wish, file)
    if wish.as_json:
        show.as_json(_json(seen.lines, seen, seen.each, before=True))
    else:
        typer.echo(_look_text(seen))
        typer.echo("Nothing was written.")
    return 0 if not seen.doubts and all(each.complete for each in seen.each) else 1


def put_all_back(wish: Wish, file: Path, *, count: int | None, skip_doubtful: bool) -> int:
    """Look, ask for the number, undo one after the other. 1 while something of somebody is not back."""
    refuse_uncounted(count, yes=wish.yes)
    means = start.means()
    seen = _seen(means, wish, file)
    if not wish.as_json:
        typer.echo(_look_text(seen), err=True)
    if seen.doubts and not skip_doubtful:
        raise Permanent(
            f"{lines_are(seen.doubts)} doubtful, so nothing was put back for anybody.",
            "Correct the list, or leave them out: --skip-doubtful.",
        )
    agree(ASK, seen.lines, count, yes=wish.yes, otherwise="Nothing was put back.")
    with show.people(quiet=wish.as_json) as told:
        ended = returning.put_back(means=means, seen=seen, uncorrected=wish.uncorrected, told=told)
    ledger.checkpoint(means=means)
    left = [each for each in ended if not each.complete]
    if wish.as_json:
        show.as_json(_json(seen.lines, seen, ended, before=False))
    else:
        typer.echo(
            f"{len(ended) - len(left)} of {many_of(len(ended), 'person is', 'people are')} back as they were."
        )
        for each in left:
            typer.echo(f"{numbers(each.numbers)}: {_text(each, before=False)}")
    return 1 if left else 0


def _seen(means: Means, wish: Wish, file: Path) -> Look:
    lines = read_people(file, means.datamap, means.connectors)
    with show.people(quiet=wish.as_json) as told:
        return returning.look(means=means, lines=lines, uncorrected=wish.uncorrected, told=told)


def _look_text(seen: Look) -> str:
    rows = sum(each.putting.rows for each in seen.each if each.putting)
    people = many_of(len(seen.each), "person", "people")
    lines = [
        f"{many_of(seen.lines, 'line', 'lines')}, {people}; {many_of(rows, 'row comes', 'rows come')} back."
    ]
    lines += [
        f"{numbers(each.numbers)}, as things stand now: {_text(each, before=True)}"
        for each in seen.each
        if not each.complete
    ]
    lines += [f"line {each.number}: {each.why}" for each in seen.doubts]
    return "\n".join(lines)


def _text(each: Back, *, before: bool) -> str:
    return putting_text(each.putting, before=before) if each.putting else each.why


def _json(lines: int, seen: Look, each: Sequence[Back], *, before: bool) -> Mapping[str, object]:
    return {
        "lines": lines,
        "people": len(each),
        "complete": sum(one.complete for one in each),
        "doubtful": [{"line": one.number, "why": one.why} for one in seen.doubts],
        "cases": [
            {
                "lines": list(one.numbers),
                **(
                    putting_json(one.putting, before=before)
                    if one.putting
                    else {**show.standing_json(erasure.standing(one.request)), "why": one.why}
                ),
            }
            for one in each
        ],
    }
