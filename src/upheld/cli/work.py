"""What the commands of `running` do."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import typer

from upheld.actions import erasure, ledger, tasks
from upheld.actions.naming import refuse_no_case
from upheld.actions.purge import due
from upheld.actions.purge import purge as remove
from upheld.actions.replay import erased
from upheld.actions.replay import replay as again
from upheld.actions.resume import resume as go_on
from upheld.actions.resume import to_do, to_do_in_lists, unapproved
from upheld.actions.status import status as look
from upheld.cli import show, start
from upheld.cli.certifying import certify_answered
from upheld.cli.faults import WrongUse


def resume(case: str, *, as_json: bool, accept_proposals: bool = False) -> int:
    """1 while a case is unfinished."""
    means = start.means(accept_proposals=accept_proposals)
    refuse_no_case(case)
    listed = to_do_in_lists(case=case)
    with show.progress(quiet=as_json, total=to_do(case=case) or None, people=listed) as progress:
        standings = go_on(means=means, case=case, progress=progress, told=progress.people)
    files = certify_answered(means, standings)
    ledger.checkpoint(means=means)
    if as_json:
        show.as_json([show.standing_json(each) for each in standings])
    else:
        typer.echo("\n".join(map(show.standing_text, standings)) or "Nothing was left unfinished.")
        for each in unapproved(case=case):
            right = each.right.lower()
            typer.echo(f"case {each.case_id}: {right}, received, never approved; ask for it again to go on.")
        show.files_text(files)
    return 0 if all(each.settled for each in standings) else 1


def purge(*, as_json: bool) -> int:
    """1 while something that is due could not be done."""
    means = start.means()
    groups = due(on=means.now.date()).count()
    with show.progress(quiet=as_json, unit="groups of rows", total=groups or None) as progress:
        purged = remove(means=means, progress=progress)
    with show.progress(quiet=as_json, total=len(purged.released) or None) as progress:
        standings = [erasure.fulfil(means=means, request=each, progress=progress) for each in purged.released]
    files = certify_answered(means, standings)
    ledger.checkpoint(means=means)
    if as_json:
        show.as_json(
            {
                "rows": purged.rows,
                "packages": purged.packages,
                "keys": purged.keys,
                "windows": purged.windows,
                "restricted": purged.restricted,
                "released": [show.standing_json(each) for each in standings],
                "failures": dict(purged.failures),
            }
        )
    else:
        typer.echo(
            f"{purged.rows} rows, {purged.packages} copies and {purged.keys} keys were due and are gone."
        )
        if purged.windows:
            typer.echo(f"{purged.windows} undo windows ended: what was removed in them is gone for good.")
        if purged.restricted:
            words = "group of rows is" if purged.restricted == 1 else "groups of rows are"
            typer.echo(f"{purged.restricted} {words} due and restricted: they stay until that is lifted.")
        for standing in standings:
            typer.echo(show.standing_text(standing))
        show.files_text(files)
        for system, why in purged.failures:
            typer.echo(f"{system}: {why}", err=True)
    return 1 if purged.failures or not all(each.settled for each in standings) else 0


def replay(system: str, since: datetime | None, *, as_json: bool) -> int:
    """1 where an erasure could not be repeated."""
    means = start.means()
    total = erased(system, since).count()
    with show.progress(quiet=as_json, unit="erasures", total=total or None) as progress:
        done = again(means=means, system=system, since=since, progress=progress)
    ledger.checkpoint(means=means)
    if as_json:
        show.as_json(
            {
                "system": done.system,
                "erasures": done.erasures,
                "rows": done.rows,
                "spared": done.spared,
                "values": done.values,
                "failures": dict(done.failures),
            }
        )
    else:
        typer.echo(f"{done.erasures} erasures repeated in {done.system}: {done.rows} rows had come back.")
        if done.values:
            typer.echo(f"{done.values} marks and corrections were set again.")
        if done.spared:
            typer.echo(f"{done.spared} accounts or identities are newer than the erasure and were spared.")
        for case, why in done.failures:
            typer.echo(f"case {case}: {why}", err=True)
    return 1 if done.failures else 0


def status(*, as_json: bool) -> int:
    """0: there is nothing wrong in having open cases."""
    means = start.means()
    seen = look(now=means.now)
    if as_json:
        show.as_json(
            {
                "requests": [show.standing_json(each) for each in seen.requests],
                "tasks": [
                    {"case": each.case, "system": each.system, "due_on": each.due_on} for each in seen.tasks
                ],
                "rows_due": seen.rows_due,
                "next_due": seen.next_due,
                "packages": seen.packages,
                "unsequenced": seen.unsequenced,
                "restrictions": [asdict(each) for each in seen.restrictions],
                "stopped": None
                if seen.stopped is None
                else {"at": seen.stopped.at, "by": seen.stopped.by, "reason": seen.stopped.reason},
            }
        )
        return 0
    if seen.stopped is not None:
        typer.echo(
            f"All writing is stopped since {seen.stopped.at:%Y-%m-%d %H:%M} UTC by {seen.stopped.by}: "
            f"{seen.stopped.reason}"
        )
    typer.echo("\n".join(map(show.standing_text, seen.requests)) or "No case is open.")
    for each in seen.restrictions:
        told = f", she was told of its end on {each.told_on.isoformat()}" if each.told_on else ""
        typer.echo(f"restricted: case {each.case}, {each.ground}, since {each.since.isoformat()}{told}")
    for task in seen.tasks:
        typer.echo(f"task: {task.system} in case {task.case}, by {task.due_on.isoformat()}")
    typer.echo(f"{seen.rows_due} groups of kept rows are due; next on {seen.next_due or 'no date'}.")
    return 0


def answer(*, case: str, system: str, words: str, removed: int, proof: Path | None = None) -> int:
    """1 while the case waits for something else."""
    means = start.means()
    task = tasks.find(case=case, system=system)
    try:
        confirmed = None if proof is None else proof.read_bytes()
    except OSError as error:
        raise WrongUse(f"{proof} cannot be read: {error.strerror}.", "Name the file as it is.") from error
    tasks.answer(means=means, task=task, words=words, rows=removed, by=means.by, proof=confirmed)
    standing = erasure.fulfil(means=means, request=task.fulfilment.request)
    files = certify_answered(means, (standing,))
    ledger.checkpoint(means=means)
    typer.echo(show.standing_text(standing))
    show.files_text(files)
    return 0 if standing.settled else 1
