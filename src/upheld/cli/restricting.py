"""What `upheld restrict` and `upheld lift` do."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from upheld.actions import cases, ledger, preview, restriction
from upheld.cli import approval, looking, show, start
from upheld.cli.certifying import LEFT, tell
from upheld.cli.faults import WrongUse
from upheld.law.ground import RestrictionGround
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.store.models import RequestState


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `restrict`."""

    identity: tuple[str, ...]
    identity_file: Path | None
    ground: RestrictionGround
    allow: frozenset[str]
    reason: str
    as_json: bool
    yes: bool
    out: Path | None
    place: str = ""
    nothing_found: bool = False


@dataclass(frozen=True, slots=True)
class Lift:
    """The options of `lift`."""

    case: str
    told_on: date | None
    as_json: bool
    yes: bool
    out: Path | None


def look(wish: Wish) -> int:
    """What would be marked; 1 where something stands in its way or has no mark."""
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    known = show.known(means, asked, quiet=wish.as_json)
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=Right.RESTRICTION, asked=asked, subject=known)
    missing = restriction.unmarked(means=means, preview=seen)
    code = looking.told(
        means=means,
        asked=asked,
        seen=seen,
        as_json=wish.as_json,
        more={"unmarked": [show.finding_json(each) for each in missing]},
        lines=map(show.finding_text, missing),
        allow=wish.allow,
    )
    return 1 if missing else code


def restrict(wish: Wish) -> int:
    """Receive, show, ask, approve, mark, certify. A person whose restriction is under way is gone on with."""
    start.refuse_out(wish.out)
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    approval.refuse_unreasoned(wish)
    request = cases.receive(means=means, right=Right.RESTRICTION, asked=asked)
    if request.lifts.exists():
        raise Permanent(
            f"The restriction of case {request.case_id} is being lifted.",
            "`upheld resume` first; then restrict anew.",
        )
    if request.state == RequestState.OPEN:
        known = cases.subject_of(means=means, case=request.case)
        seen = approval.shown(
            means=means,
            request=request,
            asked=asked,
            given=wish,
            subject=known,
            also=lambda seen: map(show.finding_text, restriction.unmarked(means=means, preview=seen)),
        )
        if approval.ended(means=means, request=request, asked=asked, seen=seen, given=wish):
            return show.nothing_found(request, for_programs=wish.as_json)
        stays = f"Nothing was restricted. Case {request.case_id} stays open."
        approval.agree(seen, wish, question="Restrict this person's data?", stays=stays)
        restriction.approve(
            means=means,
            request=request,
            preview=seen,
            ground=wish.ground,
            allow=wish.allow,
            reason=wish.reason,
        )
        request.refresh_from_db()
    else:
        typer.echo(f"This person's case {request.case_id} is open; going on with it.", err=True)
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        standing = restriction.fulfil(means=means, request=request, progress=progress)
    return tell(means, standing, wish.out, as_json=wish.as_json, left=LEFT)


def look_at_lift(wish: Lift) -> int:
    """What would be put back; records nothing."""
    means = start.means()
    case = restriction.find(case=wish.case)
    if wish.told_on is not None:
        raise WrongUse("--told-on records something, and --dry-run nothing.", "Give one of the two.")
    _lifting(restriction.lifting(means=means, case=case), as_json=wish.as_json)
    if not wish.as_json:
        typer.echo("Nothing was written.")
    return 0


def lift(wish: Lift) -> int:
    """Record that she was told, show, ask, approve, put back, certify. An order under way is gone on with."""
    start.refuse_out(wish.out)
    means = start.means()
    case = restriction.find(case=wish.case)
    under_way = restriction.under_way(case=case)
    if under_way is not None:
        typer.echo(f"Lifting in case {case.pk} is under way; going on with it.", err=True)
        request = under_way
    else:
        if wish.told_on is not None:
            restriction.told(means=means, case=case, on=wish.told_on)
            ledger.checkpoint(means=means)
        seen = restriction.lifting(means=means, case=case)
        _lifting(seen, as_json=wish.as_json, err=True)
        stays = f"Nothing was lifted. Case {case.pk} stays restricted."
        show.agreed("Lift this restriction?", yes=wish.yes, otherwise=stays)
        request = restriction.order(means=means, case=case, lifting=seen)
    with show.progress(quiet=wish.as_json, total=request.fulfilments.count()) as progress:
        standing = restriction.fulfil(means=means, request=request, progress=progress)
    return tell(means, standing, wish.out, as_json=wish.as_json, left=LEFT)


def _lifting(seen: restriction.Lifting, *, as_json: bool, err: bool = False) -> None:
    if as_json:
        if not err:
            show.as_json({**show.preview_json(seen.preview), "kept": seen.kept})
        return
    typer.echo(show.preview_text(seen.preview), err=err)
    if seen.kept:
        typer.echo(f"{seen.kept} marks stay: a restriction of somebody else needs them.", err=err)
