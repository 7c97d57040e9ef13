"""`python -m bench.gdprbench [--records N] [--operations N] [--database KIND …] [--json FILE]`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.gdprbench.place import KINDS
from tests.servers.server import new_run_folder, stop_all

GOAL = 1.5
SIDES = ("plain", "tables", "upheld")


def main(arguments: list[str]) -> int:
    """1 where a goal is missed, 2 where there are no figures."""
    asked = _asked(arguments)
    found = []
    for kind in asked.database or KINDS:
        measured = _measure(kind, asked.records, asked.operations)
        if measured is None:
            return 2
        found.append(measured)
        sys.stdout.write(_table(measured) + "\n")
        sys.stdout.flush()
    whole = {"goal": GOAL, "load": os.getloadavg()[0], "databases": found}
    sys.stdout.write(f"Load of the machine at the end: {whole['load']:.1f} on {os.cpu_count()} cores.\n")
    if asked.json:
        asked.json.write_text(json.dumps(whole, indent=2) + "\n")
    return int(any(_ratio(mix, "plain") > GOAL for each in found for mix in each["mixes"]))


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.gdprbench", description="GDPRbench's mixes.")
    parser.add_argument("--records", type=int, default=50_000, help="how many at the beginning (50,000)")
    parser.add_argument("--operations", type=int, default=300, help="how many of each mix (300)")
    parser.add_argument(
        "--database", action="append", choices=KINDS, help="only this kind; repeat it for several"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    return parser.parse_args(arguments)


def _measure(kind: str, records: int, operations: int) -> dict[str, Any] | None:
    """In a process of its own, with a server of its own; None, and why, where something went wrong."""
    folder = new_run_folder()
    files = folder / "gdprbench"
    files.mkdir()
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "bench.gdprbench.run",
                kind,
                *map(str, (files, folder, records, operations)),
            ],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        stop_all(folder)
    if done.returncode:
        sys.stderr.write(f"{kind}: no figures.\n")
        return None
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _ratio(mix: dict[str, Any], other: str) -> float:
    sides = mix["sides"]
    return float(sides["upheld"]["cpu"] / max(sides[other]["cpu"], 0.001))


def _table(measured: dict[str, Any]) -> str:
    """Milliseconds of CPU an operation, client and server, and what costs most."""
    many = measured["operations"]
    what = f"{measured['records']:,} records, {many} operations a mix"
    lines = [
        f"\n{measured['database']} {measured['version']}: {what}; ms of CPU an operation, client and server",
        f"{'mix':<12}{'plain':>9}{'tables':>9}{'upheld':>9}{'÷ plain':>10}{'÷ tables':>10}   goal {GOAL}",
    ]
    for mix in measured["mixes"]:
        each = [1000 * mix["sides"][side]["cpu"] / many for side in SIDES]
        plain, tables = _ratio(mix, "plain"), _ratio(mix, "tables")
        lines.append(
            f"{mix['mix']:<12}{each[0]:>9.2f}{each[1]:>9.2f}{each[2]:>9.2f}{plain:>10.2f}{tables:>10.2f}"
            f"   {'met' if plain <= GOAL else 'missed'}"
        )
        lines.extend(_costly(mix))
    return "\n".join(lines)


def _costly(mix: dict[str, Any]) -> list[str]:
    """The operations that make up most of what Upheld costs more than plain SQL, by the client's time."""
    ours, theirs = (mix["sides"][side]["operations"] for side in ("upheld", "plain"))
    more = {
        name: each["count"] * (each["client_ms"] - theirs[name]["client_ms"]) for name, each in ours.items()
    }
    worst = sorted((name for name in more if more[name] > 0), key=lambda name: -more[name])[:3]
    return [
        f"    {name}: {ours[name]['count']} × {ours[name]['client_ms']:.2f} ms of ours, "
        f"{theirs[name]['client_ms']:.2f} ms plain"
        for name in worst
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
