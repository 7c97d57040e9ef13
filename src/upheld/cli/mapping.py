"""What `upheld map …` does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import typer

from upheld.actions.means import utc_now
from upheld.cli import show, start
from upheld.cli.faults import WrongUse
from upheld.datamap.draw.mermaid import as_mermaid
from upheld.datamap.draw.page import as_html
from upheld.datamap.model import Purpose
from upheld.datamap.schema import FILES, schema_text
from upheld.rights import registers
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Failure


def check(*, strict: bool, offline: bool, as_json: bool) -> int:
    """1 where a finding stops, or, with `strict`, where one is doubtful, or where a system cannot be
    asked."""
    mapped = start.datamap()
    findings: list[Finding] = list(registers.check(mapped, mapped.organisation.local(utc_now()).date()))
    silent: list[tuple[str, str]] = []
    if not offline:
        for name, connector in start.connectors(mapped).items():
            try:
                findings.extend(connector.check())
            except Failure as failure:
                silent.append((name, str(failure)))
    if as_json:
        show.as_json(
            {
                "systems": len(mapped.systems),
                "findings": [show.finding_json(each) for each in findings],
                "not_checked": dict(silent),
            }
        )
    else:
        for finding in findings:
            typer.echo(show.finding_text(finding))
        for name, why in silent:
            where = "" if why.startswith(f"{name}:") else f"{name}: "
            typer.echo(f"not checked: {where}{why}", err=True)
        tables = sum(len(system.tables) for system in mapped.systems)
        numbers = ((len(mapped.systems), "system"), (tables, "table"), (len(findings), "finding"))
        said = ", ".join(f"{many} {word}{'' if many == 1 else 's'}" for many, word in numbers)
        typer.echo(f"{said}.")
    fatal = {Severity.STOP, Severity.DOUBT} if strict else {Severity.STOP}
    return 1 if silent or any(each.severity in fatal for each in findings) else 0


def draw(html: Path | None) -> int:
    """The whole map, as text or as a page."""
    mapped = start.datamap()
    if html is None:
        typer.echo(as_mermaid(mapped))
    else:
        html.write_text(as_html(mapped), encoding="utf-8")
        typer.echo(f"wrote {html}")
    return 0


@runtime_checkable
class Granting(Protocol):
    """A connector whose system knows accounts and rights."""

    def grants(self) -> str:
        """Statements for the system's owner."""

    def reads(self, purposes: Sequence[Purpose]) -> str:
        """Statements that keep restricted rows from purposes that may not use them."""


def grants(system: str, *, purposes: bool = False) -> int:
    """The grants of every system that has some, or of one; with `purposes` what each purpose may read. 1
    where a system cannot be asked."""
    mapped = start.datamap()
    reached = start.connectors(mapped)
    if system and system not in reached:
        raise WrongUse(f"There is no system {system!r}.", f"Systems: {', '.join(reached) or 'none'}.")
    silent = False
    for name, connector in reached.items():
        if system not in ("", name):
            continue
        try:
            said = "-- no rights to grant here\n"
            if isinstance(connector, Granting):
                said = connector.reads(mapped.purposes) if purposes else connector.grants()
        except Failure as failure:
            typer.echo(f"{name}: {failure}", err=True)
            silent = True
            continue
        typer.echo(f"-- {name}\n{said}")
    return 1 if silent else 0


def schema(name: str) -> int:
    """2 for a name that is no file of the folder."""
    try:
        typer.echo(schema_text(name))
    except KeyError as error:
        raise WrongUse(f"There is no schema {name!r}.", f"Choose one of: {', '.join(FILES)}.") from error
    return 0
