"""What `upheld object` does."""

from dataclasses import dataclass
from pathlib import Path

import typer

from upheld.actions import cases, erasure, objection, plans, preview
from upheld.cli import approval, looking, show, start
from upheld.cli.certifying import LEFT, tell
from upheld.cli.deciding import written
from upheld.cli.faults import WrongUse
from upheld.law.objection import Against
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import Request, RequestState


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `object`."""

    identity: tuple[str, ...]
    identity_file: Path | None
    to: Against
    words: str
    allow: frozenset[str]
    reason: str
    as_json: bool
    yes: bool
    out: Path | None
    place: str = ""
    nothing_found: bool = False


def look(wish: Wish) -> int:
    """What would stop; 1 where something stands in its way."""
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    known = show.known(means, asked, quiet=wish.as_json)
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=wish.to.right, asked=asked, subject=known, against=wish.to)
    return looking.told(means=means, asked=asked, seen=seen, as_json=wish.as_json, allow=wish.allow)


def stop(wish: Wish) -> int:
    """Receive, show, ask, approve, set, certify. What is under way for a person is gone on with."""
    start.refuse_out(wish.out)
    if wish.to is Against.USE and not wish.words:
        raise WrongUse(
            "An objection to a use is weighed, and nobody said how.",
            "Say with --words why no ground of yours weighs more; or `upheld refuse` it.",
        )
    if wish.words and wish.to is not Against.USE:
        raise WrongUse("--words goes with `--to use`: nothing else is weighed.", "Leave it out.")
    approval.refuse_unreasoned(wish)
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    request = cases.receive(means=means, right=wish.to.right, asked=asked)
    if request.state == RequestState.OPEN:
        objection.say(request=request, against=wish.to)
        request.refresh_from_db()
        known = cases.subject_of(means=means, case=request.case)
        seen = approval.shown(means=means, request=request, asked=asked, given=wish, subject=known)
        if approval.ended(means=means, request=request, asked=asked, seen=seen, given=wish):
            return show.nothing_found(request, for_programs=wish.as_json)
        stays = f"Nothing was stopped. Case {request.case_id} stays open."
        approval.agree(seen, wish, question="Stop this use of the person's data?", stays=stays)
        objection.approve(
            means=means,
            request=request,
            preview=seen,
            words=written(wish.words),
            allow=wish.allow,
            reason=wish.reason,
        )
        request.refresh_from_db()
    else:
        _same(request, wish.to)
        typer.echo(f"This person's case {request.case_id} is open; going on with it.", err=True)
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        standing = erasure.fulfil(means=means, request=request, progress=progress)
    return tell(means, standing, wish.out, as_json=wish.as_json, left=LEFT)


def _same(request: Request, to: Against) -> None:
    before = plans.against(request)
    if request.right == Right.OBJECTION and before is not to:
        raise Permanent(
            f"An objection of this person to {before.value if before else 'something'} is under way.",
            "`upheld resume` first; then receive this one.",
        )
