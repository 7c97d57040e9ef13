"""What `upheld map discover` does."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from upheld.actions.discovery import discover
from upheld.actions.means import utc_now
from upheld.cli import show, start
from upheld.cli.faults import WrongUse
from upheld.connectors.sql.discover import Draft
from upheld.connectors.sql.discover.reach import Wish
from upheld.connectors.sql.discover.seeing import Told
from upheld.datamap.discover.summary import lines, summary
from upheld.datamap.model import System
from upheld.rights.proposals import CODE
from upheld.store.keys import KeyStore


@dataclass(frozen=True, slots=True)
class Options:
    """The options."""

    url: str
    system: str
    out: Path
    schemas: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    most: int
    scratch: bool
    force: bool
    as_json: bool


def draft(options: Options) -> int:
    """Write the file and say what stands in it. 0 whatever is left to decide."""
    start.refuse_out(options.out)
    if options.out.exists() and not options.force:
        raise WrongUse(
            f"{options.out} is already there.", "Name another file, or give --force to replace it."
        )
    connect, secrets, hint = _address(options)
    wish = Wish(utc_now().date(), options.most, options.scratch, options.include, options.exclude)
    system = System(options.system, connect=connect, schemas=options.schemas)
    with _bar(quiet=options.as_json) as told:
        drafted = discover(system=system, secrets=secrets, wish=wish, told=told)
    _write(options.out, drafted.text)
    if options.as_json:
        show.as_json({"file": str(options.out), **_json(drafted)})
    else:
        for line in lines(summary(drafted.system), options.system):
            typer.echo(line)
        _rest(drafted)
        typer.echo(f"wrote {options.out}")
        typer.echo(
            hint
            + "`upheld map check` lists every decision that is open; until then nothing is written there."
        )
    return 0


def _address(options: Options) -> tuple[str, Mapping[str, str], str]:
    """How the file names the address, where its value is, and what is left to do. The address itself is never
    written."""
    from upheld.actions import house  # lazy: app ready

    if "${" in options.url:
        return options.url, house.secrets(KeyStore(settings.UPHELD_KEYS)), ""
    name = re.sub(r"[^A-Z0-9]+", "_", options.system.upper()).strip("_") + "_DATABASE_URL"
    name = name if name[0].isalpha() else f"DB_{name}"
    known = os.environ.get(name) == options.url
    hint = "" if known else f"The file names the address as ${{{name}}}: set it in the environment. "
    return f"${{{name}}}", {name: options.url}, hint


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _rest(drafted: Draft) -> None:
    """What the check will say beside what is to be decided."""
    other = sorted({(each.severity.value, each.code) for each in drafted.findings if each.code != CODE})
    if other:
        many = sum(each.code != CODE for each in drafted.findings)
        said = ", ".join(f"{code} ({severity})" for severity, code in other)
        typer.echo(f"The check finds {many} more: {said}.")


def _json(drafted: Draft) -> Mapping[str, object]:
    found = summary(drafted.system)
    return {
        "system": drafted.system.name,
        "tables": found.tables,
        "people": list(found.people),
        "links": {"declared": found.declared, "found": found.found},
        "categories": dict(found.categories),
        "treatments": dict(found.treatments),
        "proposals": [
            {"table": each.table, "about": each.about, "confidence": each.confidence, "because": each.because}
            for each in found.doubts
        ],
        "findings": [show.finding_json(each) for each in drafted.findings if each.code != CODE],
    }


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Told]:
    """A bar on standard error, gone afterwards; silent where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _table, _total: None
        return
    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("tables  {task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda table, total: bar.update(task, description=table, total=total, advance=1)
