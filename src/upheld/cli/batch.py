"""What `upheld erase --identities-file` does."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from upheld.actions import ledger
from upheld.actions.allowance import refuse_beyond
from upheld.actions.batch.begin import approve_many
from upheld.actions.batch.fulfil import fulfil_many
from upheld.actions.batch.look import Look, look
from upheld.actions.batch.outcome import Outcome, outcomes
from upheld.actions.means import Means
from upheld.cli import approval, show, start
from upheld.cli.certifying import certify_answered
from upheld.cli.erasing import Wish
from upheld.cli.faults import WrongUse
from upheld.cli.people import read_people
from upheld.rights.outcome import Permanent


def look_at_all(wish: Wish, file: Path) -> int:
    """The plan and the counts of all; 1 where a line is doubtful or a limit is in the way."""
    means = start.means(accept_proposals=wish.accept_proposals, place=wish.place)
    seen = _seen(means, wish, file)
    if wish.as_json:
        show.as_json(_look_json(seen))
    else:
        typer.echo(_look_text(seen))
        typer.echo("Nothing was written.")
    beyond = [each for each in seen.beyond if each.limit not in wish.allow]
    return 1 if seen.doubts or seen.waiting or beyond else 0


def fulfil_all(wish: Wish, file: Path, *, count: int | None, skip_doubtful: bool) -> int:
    """Look, ask for the number, approve, fulfil, certify. Repeating it goes on with what is left."""
    approval.refuse_unreasoned(wish)
    refuse_uncounted(count, yes=wish.yes)
    means = start.means(accept_proposals=wish.accept_proposals, place=wish.place)
    seen = _seen(means, wish, file)
    if not wish.as_json:
        typer.echo(_look_text(seen), err=True)
    if seen.doubts and not skip_doubtful:
        raise Permanent(
            f"{lines_are(seen.doubts)} doubtful, so nothing was written for anybody.",
            "Correct the list, or leave them out: --skip-doubtful.",
        )
    refuse_beyond(seen.beyond, wish.allow)
    agree(ERASE, seen.lines, count, yes=wish.yes, otherwise="Nothing was erased.")
    with show.people(quiet=wish.as_json) as told:
        batch = approve_many(means=means, look=seen, allow=wish.allow, reason=wish.reason, told=told)
        requests = [each.request for each in batch.each.select_related("request").order_by("line")]
        unique = list({each.pk: each for each in requests}.values())
        told("erasing", 0, len(unique))
        fulfil_many(means=means, requests=unique, told=lambda more: told("erasing", more, len(unique)))
        ends = outcomes(batch=batch)
        files = certify_answered(means, [each.standing for each in ends], told=told)
    ledger.checkpoint(means=means)
    return _said(wish, seen, ends, files)


def _seen(means: Means, wish: Wish, file: Path) -> Look:
    lines = read_people(file, means.datamap, means.connectors)
    with show.people(quiet=wish.as_json) as told:
        return look(means=means, lines=lines, allow=wish.allow, told=told)


def lines_are(doubts: Sequence[object]) -> str:
    """How many lines are, in words."""
    return "1 line is" if len(doubts) == 1 else f"{len(doubts)} lines are"


ERASE = "Erase these people?"


def refuse_uncounted(count: int | None, *, yes: bool) -> None:
    """WrongUse where nobody would say how many people a list has."""
    if yes and count is None:
        raise WrongUse("--yes needs --count for a list.", "Give the number of people in the file: --count N.")


def agree(question: str, lines: int, count: int | None, *, yes: bool, otherwise: str) -> None:
    """Declined, with `otherwise`, unless somebody types the number of people: what is agreed to in words is
    agreed to in passing."""
    if not yes:
        asked = f"{question} Type how many lines the list has, {lines}, to go on"
        show.typed(asked, lines, otherwise=otherwise)
    elif count != lines:
        raise WrongUse(f"--count says {count}, and the list has {lines}.", "Give the number of its people.")


# --- what is said ---------------------------------------------------------------------------------------


def _look_text(seen: Look) -> str:
    lines = [seen.explanation.as_text()]
    going = [each for each in seen.going if each.case is not None]
    lines.append(f"{many_of(seen.lines, 'line', 'lines')}, {many_of(len(seen.going), 'person', 'people')}.")
    if going:
        lines.append(f"{len(going)} of them with an open case, which is gone on with.")
    if seen.before:
        lines.append(f"{len(seen.before)} were erased before: {numbers(seen.before)}.")
    same = [each.numbers for each in seen.going if len(each.numbers) > 1]
    lines += [f"{numbers(each)} are the same person." for each in same]
    lines += [f"line {each.number}: {each.why}" for each in seen.doubts]
    lines += [f"beyond a limit: {each}" for each in seen.beyond]
    lines += [f"waits, and the others go on: {name}: {why}" for name, why in seen.waiting.items()]
    return "\n".join(lines)


def many_of(count: int, one: str, more: str) -> str:
    """How many, in words."""
    return f"{count} {one if count == 1 else more}"


def numbers(of: Sequence[int]) -> str:
    """Lines by their numbers, the first of them."""
    shown = ", ".join(map(str, of[:20]))
    more = f" and {len(of) - 20} more" if len(of) > 20 else ""
    return f"line{'s' if len(of) > 1 else ''} {shown}{more}"


def _look_json(seen: Look) -> Mapping[str, object]:
    return {
        "right": seen.plan.right.value,
        "lines": seen.lines,
        "people": len(seen.going),
        "open": [list(each.numbers) for each in seen.going if each.case is not None],
        "same": [list(each.numbers) for each in seen.going if len(each.numbers) > 1],
        "before": list(seen.before),
        "doubtful": [{"line": each.number, "why": each.why} for each in seen.doubts],
        "systems": {
            name: {
                "steps": [{"step": count.step, "table": count.table, "rows": count.rows} for count in counts],
                "tables": {each.table: each.matched for each in counts.tables},
            }
            for name, counts in seen.counts.items()
        },
        "waiting": {name: str(why) for name, why in seen.waiting.items()},
        "beyond": [
            {"system": each.system, "limit": each.limit, "allowed": each.allowed, "found": each.found}
            for each in seen.beyond
        ],
    }


def _said(wish: Wish, seen: Look, ends: Sequence[Outcome], files: Sequence[Path]) -> int:
    complete = [each for each in ends if each.standing.complete]
    waiting = [each for each in ends if not each.standing.settled]
    days = [each.standing.recoverable_until for each in ends if each.standing.recoverable_until]
    if wish.as_json:
        show.as_json(
            {
                **_look_json(seen),
                "complete": len(complete),
                "cases": [{"lines": list(each.lines), **show.standing_json(each.standing)} for each in ends],
                "files": list(map(str, files)),
            }
        )
    else:
        people = many_of(len(ends), "person is", "people are")
        typer.echo(f"{len(complete)} of {people} erased.")
        if days:
            typer.echo(f"{len(days)} removed, recoverable until {max(days).isoformat()}.")
        for each in waiting:
            typer.echo(f"{numbers(each.lines)}: {show.standing_text(each.standing)}")
        if files:
            typer.echo(f"{many_of(len(files) // 3, 'certificate', 'certificates')}: {files[0].parent}")
        if waiting:
            typer.echo("Not finished. `upheld resume` goes on with what is left.")
    return 1 if waiting else 0
