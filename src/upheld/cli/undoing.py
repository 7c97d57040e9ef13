"""What `upheld undo` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from upheld.actions import erasure, ledger, undo
from upheld.actions.means import Means
from upheld.actions.returning import WORDS
from upheld.actions.undo import Putting
from upheld.actions.window import alive
from upheld.cli import show, start
from upheld.cli.faults import WrongUse
from upheld.rights.undo import Conflict
from upheld.store.models import Request


@dataclass(frozen=True, slots=True)
class Wish:
    """The options."""

    case: str
    identity: tuple[str, ...]
    identity_file: Path | None
    as_json: bool
    yes: bool
    uncorrected: bool = False


def look(wish: Wish) -> int:
    """What would come back; 1 where something would not."""
    means = start.means()
    seen = _seen(wish, means, _found(wish, means))
    _tell(wish, seen, before=True)
    if not wish.as_json:
        typer.echo("Nothing was written.")
    return 0 if seen.complete else 1


def put_back(wish: Wish) -> int:
    """Show, ask, approve, put back. 1 while something is left that could not be."""
    means = start.means()
    request = _found(wish, means)
    seen = _seen(wish, means, request)
    if not wish.as_json:
        typer.echo(putting_text(seen, before=True), err=True)
    stays = f"Nothing was put back. Case {request.case_id} stays as it is."
    show.agreed("Put this back?", yes=wish.yes, otherwise=stays)
    undo.approve(means=means, request=request, uncorrected=wish.uncorrected)
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        done = undo.undo(means=means, request=request, progress=progress)
    ledger.checkpoint(means=means)
    _tell(wish, done, before=False)
    return 0 if done.complete else 1


def _found(wish: Wish, means: Means) -> Request:
    named = bool(wish.identity or wish.identity_file)
    if named == bool(wish.case):
        raise WrongUse(
            "Which erasure? Give --case ID or --identity KIND=VALUE.", "`upheld status` lists cases."
        )
    if not named:
        return undo.find(means=means, case=wish.case)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    return undo.find(means=means, asked=asked)


def _seen(wish: Wish, means: Means, request: Request) -> Putting:
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        return undo.look(means=means, request=request, progress=progress, uncorrected=wish.uncorrected)


def _tell(wish: Wish, putting: Putting, *, before: bool) -> None:
    if wish.as_json:
        show.as_json(putting_json(putting, before=before))
    else:
        typer.echo(putting_text(putting, before=before))


def putting_text(putting: Putting, *, before: bool) -> str:
    """What comes back, or came, by system."""
    lines: list[str] = []
    for system in putting.systems:
        lines.append(system.title)
        lines += [f"    {system.why}"] if system.why else []
        for table in system.restored:
            if table.rows:
                lines.append(f"{table.rows:>10,}  {table.table}: {'come back' if before else 'are back'}")
            if table.already:
                lines.append(f"{table.already:>10,}  {table.table}: there already, as they were")
        lines += [_conflict(each, before=before) for each in system.restored.conflicts]
        if not (system.why or system.restored.tables or system.restored.conflicts):
            lines.append("    nothing was removed here")
    kept = [window.until.isoformat() for window in alive(putting.request)]
    if putting.left and kept:
        lines.append(f"What does not come back stays sealed until {max(kept)}; try again until then.")
    if not before:
        lines.append(show.standing_text(erasure.standing(putting.request)))
    return "\n".join(lines)


def _conflict(conflict: Conflict, *, before: bool) -> str:
    stay = "will not come back" if before else "are not back"
    return f"{conflict.rows:>10,}  {conflict.table}: {stay}; {WORDS[conflict.why]}"


def putting_json(putting: Putting, *, before: bool) -> Mapping[str, object]:
    """The same for programs."""
    return {
        **show.standing_json(erasure.standing(putting.request)),
        "written": not before,
        "rows": putting.rows,
        "left": putting.left,
        "undo": [
            {
                "system": system.system,
                "why": system.why,
                "tables": [
                    {"table": each.table, "rows": each.rows, "already": each.already}
                    for each in system.restored
                ],
                "conflicts": [
                    {"table": each.table, "why": each.why.value, "rows": each.rows}
                    for each in system.restored.conflicts
                ],
            }
            for system in putting.systems
        ],
    }
