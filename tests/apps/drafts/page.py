"""What was measured, as it was recorded, and the tables of docs/discovery.md made from it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.apps.drafts.measure import Figures

FIGURES = Path(__file__).with_name("figures.json")
_ROOT = Path(__file__).parents[3]
_RUNS = (
    ("first", "first run"),
    ("first, schemas named", "first run, schemas named"),
    ("tuned on the other", "tuned on the others alone"),
    ("present", "present"),
    ("ready", "map by hand"),
)


class Recorded(Exception):
    """The first run on an application is recorded already, and stays as it was."""


def record(run: str, figures: Figures) -> None:
    """Note figures with the commit they were made of; raises Recorded for a second first run."""
    known = read()
    runs = known.setdefault(figures.application, {})
    if run.startswith("first") and run in runs:
        raise Recorded(f"{figures.application}: {FIGURES.name} has its first run")
    runs[run] = {"commit": _commit(), **figures.written()}
    FIGURES.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")


def read() -> dict[str, dict[str, Any]]:
    return json.loads(FIGURES.read_text()) if FIGURES.exists() else {}


def figures(application: str, run: str) -> Figures | None:
    written = read().get(application, {}).get(run)
    return (
        Figures.read({key: value for key, value in written.items() if key != "commit"}) if written else None
    )


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"


def summary(one: Figures) -> str:
    return (
        f"{one.application}, {one.map}: {_share(one.recall())} of {one.sum('before')} places found, "
        f"{_share(one.gone())} gone; {one.sum('harm')} rows of others touched, {one.sum('shared')} shared rows; "
        f"{sum(bool(each.refused) for each in one.people)} of {len(one.people)} erasures refused"
    )


def compared() -> str:
    """One row an application and run, the runs side by side."""
    lines = [
        (
            "| application | tables | rows | run | places | found | of them gone | worst person | rows of others touched "
            "| shared rows in which the other no longer stands | refused | proposals | findings |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for application in read():
        for run, title in _RUNS:
            one = figures(application, run)
            if one is None:
                continue
            refused = sum(bool(each.refused) for each in one.people)
            lines.append(
                f"| {application} | {one.tables} | {one.rows:,} | {title} | {one.sum('before'):,} "
                f"| **{_share(one.recall())}** | {_share(one.gone())} | {_worst(one)} | **{one.sum('harm')}** "
                f"| {one.sum('shared')} | {refused} of {len(one.people)} | {one.proposals} | {_findings(one.findings)} |"
            )
    return "\n".join(lines)


def people(application: str) -> str:
    """Each person of an application, first and present."""
    first, present = figures(application, "first"), figures(application, "present")
    lines = [
        "| who | places | first: gone, kept, missed | rows of others | present: gone, kept, missed | rows of others |",
        "|---|---|---|---|---|---|",
    ]
    for index, one in enumerate((first or present).people if first or present else ()):
        cells = [one.kind, str(one.before)]
        for run in (first, present):
            each = run.people[index] if run else None
            cells.append(f"{each.gone}, {each.kept}, {each.before - each.gone - each.kept}" if each else "–")
            cells.append(str(each.harm) if each else "–")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def columns(application: str, run: str, what: str) -> str:
    """Where most was missed, or harmed."""
    one = figures(application, run)
    found: Mapping[str, int] = getattr(one, what) if one else {}
    return ", ".join(f"`{name}` {many}" for name, many in found.items()) or "nothing"


def refusals(application: str, run: str) -> str:
    one = figures(application, run)
    said = dict.fromkeys(each.refused for each in one.people if each.refused) if one else {}
    return "; ".join(f"“{each}”" for each in said) or "none"


def _worst(one: Figures) -> str:
    shares = [(each.gone + each.kept) / each.before for each in one.people if each.before]
    return _share(min(shares)) if shares else "–"


def _findings(found: Mapping[str, int]) -> str:
    return ", ".join(f"{many} {name}" for name, many in found.items()) or "none"


def _share(value: float) -> str:
    return f"{value * 100:.1f} %"
