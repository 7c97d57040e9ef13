"""GDPRbench's mixes on the page: run by a command of their own, shown beside the other figures."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MIXES = ("controller", "customer", "processor", "regulator")


def measured(home: Path, records: int) -> Mapping[str, Any]:
    """All three databases; empty where there are no figures. Its own table goes to standard error."""
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as folder:
        file = Path(folder) / "mixes.json"
        subprocess.run(
            [sys.executable, "-m", "bench.gdprbench", "--records", str(records), "--json", str(file)],
            cwd=home,
            stdout=sys.stderr,
            check=False,
        )
        found: Mapping[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return found


def shown(found: Mapping[str, Any]) -> Iterator[str]:
    """A section: CPU against plain SQL, mix by mix, and what one operation costs."""
    if not found:
        return
    goal, databases = found["goal"], found["databases"]
    many = {(each["records"], each["operations"]) for each in databases}
    size = ", ".join(f"{records:,} records and {operations} operations a mix" for records, operations in many)
    yield "## GDPRbench"
    yield ""
    yield (
        f"The four mixes of GDPRbench against plain SQL on one indexed table, {size}. Answers and records of "
        "both sides are equal, or there is no figure. Upheld answers by purpose from its registers. A whole "
        "person is erased and read by its verbs, with plan, new look, certificate and ledger. For a single "
        "record, a purpose or a date it has no verb: there the statement is the application's own, with an "
        "entry of the ledger beside it. Plain SQL writes a row of a log instead of that entry."
    )
    yield ""
    yield f"| mix | goal | {' | '.join(each['database'] for each in databases)} |"
    yield "|" + "---|" * (len(databases) + 2)
    for mix in MIXES:
        cells = [_cell(each, mix, goal) for each in databases]
        yield f"| {mix} | ≤ {goal} × | {' | '.join(cells)} |"
    yield ""


def _cell(database: Mapping[str, Any], name: str, goal: float) -> str:
    mix = next((each for each in database["mixes"] if each["mix"] == name), None)
    if mix is None:
        return ""
    ours, plain = (mix["sides"][side]["cpu"] / database["operations"] * 1000 for side in ("upheld", "plain"))
    ratio = ours / max(plain, 0.001)
    verdict = "met" if ratio <= goal else "**missed**"
    return f"{ratio:,.2f} × {verdict}<br>{ours:.1f} ms against {plain:.2f} ms"
