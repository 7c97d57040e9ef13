"""What `upheld erase` does."""

from dataclasses import dataclass
from pathlib import Path

import typer

from upheld.actions import cases, erasure, ledger, preview
from upheld.cli import approval, looking, show, start
from upheld.cli.certifying import certify
from upheld.law.right import Right
from upheld.store.models import RequestState


@dataclass(frozen=True, slots=True)
class Wish:
    """The options."""

    identity: tuple[str, ...]
    identity_file: Path | None
    allow: frozenset[str]
    reason: str
    go_on: str
    as_json: bool
    yes: bool
    out: Path | None
    accept_proposals: bool = False
    place: str = ""
    nothing_found: bool = False


def look(wish: Wish) -> int:
    """The plan and its counts; 1 where something stands in its way."""
    means = start.means(accept_proposals=wish.accept_proposals, place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    known = show.known(means, asked, quiet=wish.as_json)
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=Right.ERASURE, asked=asked, subject=known)
    return looking.told(means=means, asked=asked, seen=seen, as_json=wish.as_json, allow=wish.allow)


def fulfil(wish: Wish) -> int:
    """Receive, show, ask, approve, fulfil, certify. A person whose case is open is gone on with."""
    start.refuse_out(wish.out)
    means = start.means(accept_proposals=wish.accept_proposals, place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    approval.refuse_unreasoned(wish)
    request = cases.receive(means=means, right=Right.ERASURE, asked=asked)
    if request.state == RequestState.OPEN:
        seen = approval.shown(means=means, request=request, asked=asked, given=wish)
        if approval.ended(means=means, request=request, asked=asked, seen=seen, given=wish):
            return show.nothing_found(request, for_programs=wish.as_json)
        stays = f"Nothing was erased. Case {request.case_id} stays open."
        approval.agree(seen, wish, question="Erase this person?", stays=stays)
        erasure.approve(
            means=means, request=request, preview=seen, allow=wish.allow, reason=wish.reason, go_on=wish.go_on
        )
        request.refresh_from_db()
    else:
        typer.echo(f"This person's case {request.case_id} is open; going on with it.", err=True)
        if wish.allow or wish.go_on:
            erasure.allow_more(
                means=means, request=request, allow=wish.allow, reason=wish.reason, go_on=wish.go_on
            )
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        standing = erasure.fulfil(means=means, request=request, progress=progress)
    files = certify(means, request, wish.out) if standing.answered else ()
    ledger.checkpoint(means=means)
    if wish.as_json:
        show.as_json({**show.standing_json(standing), "files": list(map(str, files))})
    else:
        typer.echo(show.standing_text(standing))
        show.files_text(files)
        if standing.recoverable_until and not standing.undone:
            typer.echo(f"To put it back: upheld undo --case {request.case_id}")
        elif not standing.settled:
            typer.echo("Not finished. `upheld resume` goes on with what is left.")
    return 0 if standing.settled else 1
