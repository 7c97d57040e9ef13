"""What `upheld rectify` does."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import typer

from upheld.actions import cases, rectification, statements
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.rectification import Correction
from upheld.actions.statements import LONGEST
from upheld.cli import approval, looking, show, start
from upheld.cli.certifying import tell
from upheld.cli.faults import WrongUse
from upheld.law.right import Right
from upheld.rights.correcting import Wish, aim
from upheld.rights.plan import Correct
from upheld.rights.statement import Statement, as_text
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.models import RequestState

LEFT = "Not finished. `upheld resume` tries again; where values changed meanwhile, ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options."""

    identity: tuple[str, ...]
    identity_file: Path | None
    given: tuple[str, ...]
    file: Path | None
    statement: Path | None
    about: str
    show: bool
    allow: frozenset[str]
    reason: str
    as_json: bool
    yes: bool
    out: Path | None
    nothing_found: bool
    place: str = ""


def look(wanted: Wanted) -> int:
    """What would be corrected; 1 where something stands in its way or is left out."""
    means, asked, wishes, _ = _read(wanted)
    known = show.known(means, asked, quiet=wanted.as_json)
    with show.progress(quiet=wanted.as_json):
        seen = rectification.look(means=means, asked=asked, wishes=wishes, subject=known)
    code = looking.told(
        means=means,
        asked=asked,
        seen=seen.preview,
        as_json=wanted.as_json,
        more={"left_out": [show.finding_json(each) for each in seen.aim.findings]},
        lines=_lines(means, seen, wanted),
        allow=wanted.allow,
    )
    return 1 if seen.aim.findings else code


def rectify(wanted: Wanted) -> int:
    """Receive, show, ask, approve, correct, certify. Systems that are left of an earlier run are looked at
    anew."""
    start.refuse_out(wanted.out)
    means, asked, wishes, statement = _read(wanted)
    approval.refuse_unreasoned(wanted)
    request = cases.receive(means=means, right=Right.RECTIFICATION, asked=asked)
    if request.state == RequestState.OPEN:
        known = cases.subject_of(means=means, case=request.case)
        seen = _seen(wanted, means, asked, wishes, known, request=request)
        if approval.ended(means=means, request=request, asked=asked, seen=seen.preview, given=wanted):
            return show.nothing_found(request, for_programs=wanted.as_json)
        _agree(seen, wanted, request)
        rectification.approve(
            means=means,
            request=request,
            correction=seen,
            statement=statement,
            allow=wanted.allow,
            reason=wanted.reason,
        )
    else:
        typer.echo(f"This person's case {request.case_id} is open; going on with it.", err=True)
        left = rectification.left(request)
        if left:
            seen = _seen(wanted, means, asked, wishes, None, left, request=request)
            _agree(seen, wanted, request)
            rectification.approve_again(
                means=means, request=request, correction=seen, allow=wanted.allow, reason=wanted.reason
            )
    request.refresh_from_db()
    with show.progress(quiet=wanted.as_json, total=request.fulfilments.count()) as progress:
        standing = rectification.fulfil(means=means, request=request, progress=progress)
    return tell(means, standing, wanted.out, as_json=wanted.as_json, left=LEFT)


def _seen(
    wanted: Wanted,
    means: Means,
    asked: Asked,
    wishes: tuple[Wish, ...],
    known: Subject | None,
    only: frozenset[str] | None = None,
    *,
    request: models.Request,
) -> Correction:
    with show.progress(quiet=wanted.as_json):
        seen = rectification.look(
            means=means, asked=asked, wishes=wishes, subject=known, only=only, request=request
        )
    if not wanted.as_json:
        typer.echo("\n".join([show.preview_text(seen.preview), *_lines(means, seen, wanted)]), err=True)
    return seen


def _agree(seen: Correction, wanted: Wanted, request: models.Request) -> None:
    stays = f"Nothing was corrected. Case {request.case_id} stays open."
    approval.agree(seen.preview, wanted, question="Correct this person's data?", stays=stays)


def _lines(means: Means, seen: Correction, wanted: Wanted) -> list[str]:
    found = [show.finding_text(each) for each in seen.aim.findings]
    return [*found, *_values(seen), *_statements(means, seen)] if wanted.show else found


def _statements(means: Means, seen: Correction) -> Iterator[str]:
    """Her own words stand wherever what they are about is read (G-16.2)."""
    for each in statements.of(means=means, subject=seen.preview.subject):
        place = ".".join(filter(None, (each.system, each.table)))
        about = f" about {place} {','.join(each.key)}".rstrip() if place else ""
        yield f"  her own statement of {each.given_at.date().isoformat()}{about}:"
        yield indent(each.words, "    ")


def _values(seen: Correction) -> Iterator[str]:
    """Each change with how many rows it is made in: for the eyes of the one who approves, and nowhere
    kept."""
    steps = {step.number: step for step in seen.preview.plan.steps if isinstance(step, Correct)}
    changes = Counter(
        (steps[each.step].system, each.table, each.column, each.json or "", str(each.before), str(each.after))
        for each in seen.cells
    )
    for (system, table, column, path, before, after), rows in sorted(changes.items()):
        place = f"{system}.{table}.{column}{f':{path}' if path else ''}"
        yield f"  {rows:>7,}  {place}: {before!r} becomes {after!r}"


# --- what was given --------------------------------------------------------------------------------------


def _read(wanted: Wanted) -> tuple[Means, Asked, tuple[Wish, ...], Statement | None]:
    means = start.means(place=wanted.place)
    asked = start.asked(means.datamap, means.connectors, wanted.identity, wanted.identity_file)
    wishes = _wishes(wanted)
    aim(means.datamap, wishes)  # what fits nothing of the map is refused before a case is opened
    statement = _statement(wanted, means) if wanted.statement else None
    if wanted.about and not wanted.statement:
        raise WrongUse("--about needs --statement.", "It says what the statement is about.")
    if not wishes and statement is None:
        raise WrongUse(
            "Nothing is to be corrected.", "Give --set WHERE=VALUE, --from-file, or her own --statement."
        )
    return means, asked, wishes, statement


def _wishes(wanted: Wanted) -> tuple[Wish, ...]:
    lines = list(wanted.given)
    if wanted.file is not None:
        lines += _text(wanted.file, "--from-file").splitlines()
    wishes = []
    for number, line in enumerate((each for each in lines if each.strip()), start=1):
        target, equals, value = line.partition("=")
        if not equals or not target.strip():
            raise WrongUse(
                f"The correction number {number} is not WHERE=VALUE.", "Write it as name=Ada Byron."
            )
        if not value.strip():
            raise WrongUse(
                f"The correction number {number} has no value.", "What is to go is erased: `upheld erase`."
            )
        wishes.append(Wish(target.strip(), value.strip()))
    return tuple(wishes)


def _text(file: Path, option: str) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongUse(
            f"{file} cannot be read: {error.strerror}.", f"Name the file for {option} as it is."
        ) from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"The file of {option} cannot be read as text.", "Write it in UTF-8.") from error


def _statement(wanted: Wanted, means: Means) -> Statement:
    words = _text(wanted.statement or Path("-"), "--statement")
    if not words.strip() or len(words) > LONGEST:
        raise WrongUse(
            f"The statement has {len(words):,} characters.",
            f"Give between 1 and {LONGEST:,}, in her own words.",
        )
    place, _, key = wanted.about.partition("=")
    system, _, table = place.partition(".")
    if not place:
        return Statement(words, means.now)
    known = {each.name: each for each in means.datamap.systems}
    if system not in known:
        raise WrongUse(f"There is no system {system!r}.", f"Systems: {', '.join(known) or 'none'}.")
    names = [each.name for each in known[system].tables]
    if table and table not in names:
        raise WrongUse(f"{system} has no table {table!r}.", f"Tables: {', '.join(names) or 'none'}.")
    return Statement(words, means.now, system, table, as_text(tuple(key.split(","))) if key else ())
