"""What commands print: for people, or JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

import typer
from django.conf import settings
from rich.console import Console

from upheld.actions.erasure import Standing
from upheld.actions.preview import Preview
from upheld.cli import log
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Counts, Failure

WORDS = {
    "started": "begins",
    "prepared": "written, not yet committed",
    "committed": "committed",
    "verified": "looked at again",
    "failed": "failed",
    "asked": "its owner was asked",
}


def as_json(value: object) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def preview_text(preview: Preview) -> str:
    """The plan in words and counts, and what stands in its way."""
    lines = [preview.explanation.as_text()]
    lines += [finding_text(each) for each in preview.findings if each.severity is not Severity.NOTE]
    lines += [f"beyond a limit: {each}" for each in preview.beyond]
    if preview.waiting:
        lines.append(
            f"Nothing will be written in: {', '.join(preview.waiting)}. The case stays open until it is."
        )
    return "\n".join(lines)


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
    lines = [
        f"case {standing.request.case_id}: {standing.request.right.lower()}, {standing.request.state.lower()}"
    ]
    lines += [
        f"  {name}: {state.lower()}{f' ({why})' if why else ''}" for name, state, why in standing.systems
    ]
    return "\n".join(lines)


def standing_json(standing: Standing) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "case": str(standing.request.case_id),
        "right": standing.request.right,
        "state": standing.request.state,
        "complete": standing.complete,
        "systems": [{"system": name, "state": state, "why": why} for name, state, why in standing.systems],
    }


def files_text(files: Iterable[Path]) -> None:
    """Where certificates were written."""
    for file in files:
        typer.echo(f"certificate: {file}")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str, str], None]]:
    """Says on standard error what happens in which system, silent where nobody watches; and logs it."""
    note = log.to(settings.UPHELD_DATA)
    if quiet or not sys.stderr.isatty():
        yield note
        return
    with Console(stderr=True).status("…") as status:

        def tell(system: str, what: str) -> None:
            note(system, what)
            status.update(f"{system}: {WORDS.get(what, what)}")

        yield tell


def confirmed(question: str, *, yes: bool) -> bool:
    """Whether a person says yes. Without --yes and without anybody to ask, no."""
    if yes:
        return True
    if not sys.stdin.isatty():
        typer.echo("Nobody is there to ask; give --yes to go on without.", err=True)
        return False
    return typer.confirm(question)
