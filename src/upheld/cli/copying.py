"""What `upheld access` and `upheld port` do."""

import os
from dataclasses import dataclass
from pathlib import Path

import pyrage
import typer
from django.conf import settings

from upheld.actions import access, cases, ledger, preview, unknown
from upheld.cli import looking, show, start
from upheld.law.right import Right


@dataclass(frozen=True, slots=True)
class Wish:
    """The options."""

    identity: tuple[str, ...]
    identity_file: Path | None
    as_json: bool
    yes: bool
    out: Path | None
    recipients: tuple[str, ...]
    language: str
    right: Right
    nothing_found: bool
    place: str = ""


def look(wish: Wish) -> int:
    """What the copy would hold; 1 where a system cannot be asked."""
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    known = show.known(means, asked, quiet=wish.as_json)
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=wish.right, asked=asked, subject=known)
    return looking.told(means=means, asked=asked, seen=seen, as_json=wish.as_json)


def copy(wish: Wish) -> int:
    """Receive, show, ask, write the copy. 1 while a system's part is missing from it."""
    start.refuse_out(wish.out)
    means = start.means(place=wish.place)
    asked = start.asked(means.datamap, means.connectors, wish.identity, wish.identity_file)
    access.refuse_wrong(means=means, language=wish.language, recipients=wish.recipients)
    request = cases.receive(means=means, right=wish.right, asked=asked)
    known = cases.subject_of(means=means, case=request.case)
    with show.progress(quiet=wish.as_json):
        seen = preview.preview(means=means, right=wish.right, asked=asked, subject=known, request=request)
    if not wish.as_json:
        typer.echo(show.preview_text(seen), err=True)
    # The copy of somebody unknown says so: whether there is anything is what a copy answers (Art. 15(1)).
    copied = wish.nothing_found and wish.right is Right.ACCESS
    if not copied and unknown.ended(
        means=means, request=request, asked=asked, seen=seen, nothing_found=wish.nothing_found
    ):
        return show.nothing_found(request, for_programs=wish.as_json)
    show.agreed(
        _question(wish), yes=wish.yes, otherwise=f"No copy was written. Case {request.case_id} stays open."
    )
    out = wish.out or _default(str(request.pk))
    recipients, key_file = (wish.recipients, None) if wish.recipients else new_key(out)
    with show.progress(quiet=wish.as_json, unit="rows", total=seen.rows or None) as progress:
        delivered = access.deliver(
            means=means,
            request=request,
            preview=seen,
            out=out,
            recipients=recipients,
            days=settings.UPHELD_PACKAGE_DAYS,
            language=wish.language,
            rows=progress.rows,
        )
    ledger.checkpoint(means=means)
    _tell(wish, delivered, out, key_file)
    return 0 if delivered.summary.complete else 1


def _question(wish: Wish) -> str:
    what = "what this person takes along" if wish.right is Right.PORTABILITY else "this person's copy"
    return f"Write {what}?"


def _tell(wish: Wish, delivered: access.Delivered, out: Path, key_file: Path | None) -> None:
    summary = delivered.summary
    parts = [
        (part.system, part.state.value, sum(rows for _, rows in part.rows), part.files)
        for part in summary.systems
    ]
    if wish.as_json:
        show.as_json(
            {
                "case": str(delivered.package.request.case_id),
                "file": str(out),
                "key": str(key_file) if key_file else None,
                "complete": summary.complete,
                **show.due_json(delivered.package.request),
                "expires_at": delivered.package.expires_at.isoformat(),
                "systems": [
                    {"system": name, "state": state, "rows": rows, "files": files}
                    for name, state, rows, files in parts
                ],
            }
        )
        return
    for (name, state, rows, files), part in zip(parts, summary.systems, strict=True):
        why = f": {part.failure}" if part.failure else ""
        typer.echo(f"  {name}: {state}, {rows} rows, {files} files{why}")
    typer.echo(f"copy: {out}, until {delivered.package.expires_at.date().isoformat()}")
    if key_file:
        typer.echo(f"key: {key_file} (give it to the person by another way than the copy, then remove it)")
        typer.echo(f"open it: upheld package open {out} --key {key_file}")
    if not summary.complete:
        typer.echo("The copy is not complete: the request stays open until one is.")


def _default(request: str) -> Path:
    folder: Path = settings.UPHELD_DATA / "packages"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{request}.age"


def new_key(out: Path) -> tuple[tuple[str, ...], Path]:
    """A key for this copy alone, in a file that only its owner reads."""
    identity = pyrage.x25519.Identity.generate()
    file = out.with_name(out.name + ".key")
    # Never into a file that was there: somebody else may own it, or have put a link in its place.
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(f"{identity}\n")
    return (str(identity.to_public()),), file
