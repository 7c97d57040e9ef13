"""What commands print: for people, or JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from textwrap import indent

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from upheld.actions import cases
from upheld.actions.asking import Asked
from upheld.actions.difference import differences
from upheld.actions.erasure import Standing
from upheld.actions.erasure import standing as standing_of
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.actions.telling import Telling, silently
from upheld.actions.window import alive
from upheld.cli import log
from upheld.cli.faults import Declined
from upheld.law.deadline import Dates
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Counts, Failure
from upheld.rights.subject import Subject
from upheld.store.models import Request, RequestState
from upheld.store.models.case import UNFINISHED

WORDS = {
    "started": "begins",
    "prepared": "written, not yet committed",
    "committed": "committed",
    "verified": "looked at again",
    "failed": "failed",
    "asked": "its owner was asked",
    "purged": "purged",
    "replayed": "erased again",
    "put back": "put back",
    "looked at": "looked at",
}
OUTCOMES = frozenset(
    {
        "verified",
        "failed",
        "asked",
        "purged",
        "kept, as it is restricted",
        "replayed",
        "put back",
        "looked at",
        "is being done by another run",
        "was taken over by another run",
    }
)
"""What ends a system's turn."""


def as_json(value: object) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def preview_text(preview: Preview) -> str:
    """The plan in words and counts, and what stands in its way."""
    lines = [preview.explanation.as_text()]
    lines += [finding_text(each) for each in preview.findings if each.severity is not Severity.NOTE]
    lines += [f"beyond a limit: {each}" for each in preview.beyond]
    lines += spans_text(preview)
    if preview.dates is not None:
        lines.append(dates_text(preview.dates.answer.target, preview.dates.legal))
    if preview.waiting:
        lines.append(
            f"Nothing will be written in: {', '.join(preview.waiting)}. The case stays open until it is."
        )
    return "\n".join(lines)


def spans_text(preview: Preview) -> list[str]:
    """Until when it could be undone, and where it could not. Nothing where no window is set."""
    by_day: dict[str, list[str]] = {}
    for name, span in preview.spans.items():
        by_day.setdefault(span.until.isoformat() if span.until else "", []).append(name)
    at_once = by_day.pop("", [])
    lines = [f"Can be undone until {day}, then gone: {', '.join(names)}." for day, names in by_day.items()]
    if at_once:
        lines.append(f"Cannot be undone, gone at once: {', '.join(at_once)}.")
    if any(span.legal for span in preview.spans.values()):
        lines.append("The legal date of the request comes before the end of the undo window, and ends it.")
    return lines


def dates_text(target: date, legal: date) -> str:
    """Both dates of a request (X-04)."""
    return f"Answer by {target.isoformat()}; the last lawful day is {legal.isoformat()}."


def dates_json(dates: Dates) -> Mapping[str, object]:
    """Everything that is due, for programs; `extended` is what would be if it were told why in time."""
    extended = dates.extended
    return {
        "received": dates.received,
        "acknowledge": None if dates.acknowledge is None else asdict(dates.acknowledge),
        "target": dates.answer.target,
        "legal": dates.legal,
        "extended": None if extended is None else asdict(extended),
        "calendar": dates.calendar,
    }


def preview_json(preview: Preview) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "right": preview.plan.right.value,
        "systems": {name: _counts_json(preview.counts.get(name)) for name in preview.plan.systems},
        "findings": [finding_json(each) for each in preview.findings],
        "beyond": [
            {"system": each.system, "limit": each.limit, "allowed": each.allowed, "found": each.found}
            for each in preview.beyond
        ],
        "waiting": list(preview.waiting),
        "rows": preview.rows,
        "dates": None if preview.dates is None else dates_json(preview.dates),
        "undo_until": {name: span.until for name, span in preview.spans.items()},
    }


def _counts_json(counted: Counts | Failure | None) -> object:
    if isinstance(counted, Failure):
        return {"failure": str(counted)}
    if counted is None:
        return {"by_hand": True}
    return {
        "steps": [
            {"step": each.step, "table": each.table, "rows": each.rows, "others": each.others}
            for each in counted
        ],
        "tables": {each.table: each.matched for each in counted.tables},
    }


def finding_text(finding: Finding) -> str:
    """One finding: where, what, and what ends it."""
    where = ".".join(part for part in (finding.system, finding.table, finding.column) if part)
    cure = indent(finding.cure, "    ")
    return f"{finding.severity.value}: {where}: {finding.what} [{finding.code}]\n{cure}"


def finding_json(finding: Finding) -> Mapping[str, str]:
    """The same for programs."""
    return {
        name: str(getattr(finding, name))
        for name in ("code", "severity", "system", "table", "column", "what", "cure")
    }


def standing_text(standing: Standing) -> str:
    """A request, and each system's part of it."""
    right = "lifting of the restriction" if standing.lifts else standing.request.right.lower()
    lines = [f"case {standing.request.case_id}: {right}, {_state(standing)}"]
    lines += _due_text(standing.request)
    lines += [
        f"  {name}: {state.lower()}{f' ({why})' if why else ''}" for name, state, why in standing.systems
    ]
    lines += [f"  otherwise than previewed: {each}" for each in differences(standing.request)]
    return "\n".join(lines)


def _due_text(request: Request) -> list[str]:
    if request.state not in UNFINISHED or request.target_date is None or request.legal_date is None:
        return []
    both = f"target {request.target_date.isoformat()}, legal {request.legal_date.isoformat()}"
    return [f"  due: {both} ({request.pack})"]


def due_json(request: Request) -> Mapping[str, object]:
    """What a request was pinned to at its receipt, for programs; nulls for one from before there were
    packs."""
    return {
        "pack": request.pack or None,
        "calendar": request.calendar or None,
        "received_date": request.received_date,
        "acknowledge_target_date": request.acknowledge_target_date,
        "acknowledge_legal_date": request.acknowledge_legal_date,
        "target_date": request.target_date,
        "legal_date": request.legal_date,
    }


def _state(standing: Standing) -> str:
    if standing.undone:
        kept = [window.until.isoformat() for window in alive(standing.request)]
        if kept:
            return f"undone in part, the rest is sealed until {max(kept)}"
        partly = standing.request.state == RequestState.FULFILLED
        return "undone in part, the rest is erased" if partly else "undone"
    if standing.recoverable_until is not None:
        return f"removed, recoverable until {standing.recoverable_until.isoformat()}"
    return str(standing.request.state).lower()


def standing_json(standing: Standing) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "case": str(standing.request.case_id),
        "right": standing.request.right,
        "lifts": standing.lifts,
        "state": standing.request.state,
        **due_json(standing.request),
        "complete": standing.complete,
        "recoverable_until": standing.recoverable_until,
        "undone": standing.undone,
        "systems": [{"system": name, "state": state, "why": why} for name, state, why in standing.systems],
        "differences": [asdict(each) for each in differences(standing.request)],
    }


def nothing_found(request: Request, *, for_programs: bool) -> int:
    """A request that ended because no system knows the person; 0, for that is its answer."""
    standing = standing_of(request)
    if for_programs:
        as_json({**standing_json(standing), "reason": request.reason, "files": []})
    else:
        typer.echo(f"{standing_text(standing)}: nothing was found")
        typer.echo(
            "Nothing was written, and nothing is certified. Tell her so, and that she may complain to a "
            "supervisory authority and go to court (Art. 11(2), 12(4))."
        )
    return 0


def files_text(files: Iterable[Path]) -> None:
    """Where certificates were written."""
    for file in files:
        typer.echo(f"certificate: {file}")


class Watch:
    """Told what happens: writes the log, and moves the bar where there is one."""

    def __init__(
        self,
        note: Callable[[str, str], None],
        bar: Progress | None,
        unit: str,
        total: int | None,
        people: int = 0,
    ) -> None:
        self._note, self._bar = note, bar
        if bar is not None:
            self._many = bar.add_task("", total=people, unit="people") if people else None
            self._task = bar.add_task("", total=total, unit=unit)

    def __call__(self, system: str, what: str) -> None:
        """Something happened in a system; an outcome counts as one more."""
        self._note(system, what)
        if self._bar is not None:
            self._bar.update(self._task, description=f"{system}: {WORDS.get(what, what)}")
            if what in OUTCOMES:
                self._bar.advance(self._task)

    def people(self, many: int) -> None:
        """So many more people of lists are through."""
        if self._bar is not None and self._many is not None:
            self._bar.advance(self._many, many)

    def rows(self, system: str, many: int) -> None:
        """So many more rows were read there; too many to be logged."""
        if self._bar is not None:
            self._bar.update(self._task, description=system, advance=many)


@contextmanager
def progress(
    *, quiet: bool = False, unit: str = "systems", total: int | None = None, people: int = 0
) -> Iterator[Watch]:
    """A bar on standard error with what is done of `total`, and one of `people` where there are lists; gone
    afterwards, silent where nobody watches. Logs what happens, too."""
    note = log.to(settings.UPHELD_DATA)
    if quiet or not sys.stderr.isatty():
        yield Watch(note, None, unit, total)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}  {task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Watch(note, bar, unit, total, people)


@contextmanager
def people(*, quiet: bool = False) -> Iterator[Telling]:
    """A bar on standard error under the name of what is done now, with the people who are through, how fast,
    and the time left; the next thing takes its place."""
    if quiet or not sys.stderr.isatty():
        yield silently
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("people  {task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bars: dict[str, TaskID] = {}

        def told(what: str, more: int, total: int) -> None:
            if what not in bars:
                for before in bars.values():
                    bar.update(before, visible=False)
                bars[what] = bar.add_task(what, total=total, rate="")
            bar.advance(bars[what], more)
            speed = next(each.speed for each in bar.tasks if each.id == bars[what])
            bar.update(bars[what], rate=f"{speed:,.0f} a second" if speed else "")

        yield told


def typed(question: str, number: int, *, otherwise: str) -> None:
    """Declined, with `otherwise`, unless a person types that number."""
    if not sys.stdin.isatty():
        raise Declined(otherwise, "Nobody is there to ask; give --yes and --count to go on without.")
    try:
        typed = typer.prompt(question, default="", show_default=False, err=True)
    except typer.Abort as abort:
        raise Declined(otherwise) from abort
    if str(typed).strip() != str(number):
        raise Declined(otherwise)


def known(means: Means, asked: Asked, *, quiet: bool) -> Subject | None:
    """Whom an open case of these identities is about: half erased, no system could tell any more. Says so."""
    case = cases.open_case(means=means, asked=asked)
    subject = cases.subject_of(means=means, case=case) if case else None
    if subject is not None and case is not None and not quiet:
        typer.echo(f"Case {case.pk} of this person is open; this is what is left of her data.", err=True)
    return subject


def agreed(question: str, *, yes: bool, otherwise: str) -> None:
    """Declined, with `otherwise`, unless a person says yes. Without --yes and without anybody to ask, too."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Declined(otherwise, "Nobody is there to ask; give --yes to go on without.")
    try:
        said = typer.confirm(question, err=True)
    except typer.Abort as abort:
        raise Declined(otherwise) from abort
    if not said:
        raise Declined(otherwise)
