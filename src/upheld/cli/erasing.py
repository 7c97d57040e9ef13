"""What `upheld erase` does."""

from dataclasses import dataclass
from pathlib import Path

import typer
from django.conf import settings

from upheld.cli import show, start
from upheld.cli.faults import WrongUse
from upheld.ledger.issue import Issued
from upheld.ledger.page import as_html
from upheld.law.right import Right


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


def look(wish: Wish, dir_: Path | None, data: Path | None) -> int:
    """The plan and its counts; 1 where something stands in its way."""
    means = start.means(dir_, data)
    from upheld.actions import cases, preview  # lazy: app ready

    asked = cases.Asked(*map(tuple, start.asked(dict(means.connectors), wish.identity, wish.identity_file)))
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=Right.ERASURE, asked=asked)
    if wish.as_json:
        show.as_json(show.preview_json(seen))
    else:
        typer.echo(show.preview_text(seen))
        typer.echo("Nothing was written.")
    return 1 if seen.waiting or [each for each in seen.beyond if each.limit not in wish.allow] else 0


def fulfil(wish: Wish, dir_: Path | None, data: Path | None) -> int:
    """Receive, show, ask, approve, fulfil, certify. A person whose case is open is gone on with."""
    means = start.means(dir_, data)
    from upheld.actions import cases, certificates, erasure, ledger, preview  # lazy: app ready

    asked = cases.Asked(*map(tuple, start.asked(dict(means.connectors), wish.identity, wish.identity_file)))
    if wish.allow and not wish.reason:
        raise WrongUse("--allow needs --reason.", "Say why the limit is exceeded.")
    request = cases.receive(means=means, right=Right.ERASURE, asked=asked)
    if request.state == erasure.RequestState.OPEN:
        with show.progress(quiet=wish.as_json):
            seen = preview.preview(means=means, right=Right.ERASURE, asked=asked)
        if not wish.as_json:
            typer.echo(show.preview_text(seen), err=True)
        preview.refuse_beyond(seen.beyond, wish.allow)
        if not show.confirmed("Erase this person?", yes=wish.yes):
            typer.echo(f"Nothing was erased. Case {request.case_id} stays open.", err=True)
            return 1
        erasure.approve(
            means=means, request=request, preview=seen, allow=wish.allow, reason=wish.reason, go_on=wish.go_on
        )
        request.refresh_from_db()
    else:
        typer.echo(f"This person's case {request.case_id} is open; going on with it.", err=True)
    with show.progress(quiet=wish.as_json) as progress:
        standing = erasure.fulfil(means=means, request=request, progress=progress)
    issued = certificates.certify(means=means, request=request) if standing.complete or wish.go_on else None
    ledger.checkpoint(means=means)
    files = _written(issued, wish.out, str(request.case_id)) if issued else ()
    if wish.as_json:
        show.as_json({**show.standing_json(standing), "files": list(map(str, files))})
    else:
        typer.echo(show.standing_text(standing))
        for file in files:
            typer.echo(f"certificate: {file}")
        if not standing.complete:
            typer.echo("Not finished. `upheld resume` goes on with what is left.")
    return 0 if standing.complete else 1


def _written(issued: Issued, out: Path | None, case: str) -> tuple[Path, ...]:
    """The certificate for programs, for people, and its proof."""
    if out is None:
        out = settings.UPHELD_DATA / "certificates" / f"{case}.json"
        out.parent.mkdir(mode=0o700, exist_ok=True)
    page, proof = out.with_name(out.name + ".html"), out.with_name(out.name + ".tlog-proof")
    out.write_bytes(issued.encode())
    page.write_text(as_html(issued), encoding="utf-8")
    proof.write_text(issued.proof, encoding="utf-8")
    return out, page, proof
