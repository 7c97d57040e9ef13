"""What a page costs the server with very many cases: `python -m bench.pages`, a part of `make bench`.

On records in SQLite and in PostgreSQL. Writes docs/benchmarks-pages.md, or prints it where there are fewer
cases than the page is made for.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import commit, load, machine
from bench.place import place
from tests.servers.server import new_run_folder, stop_all

HOME = Path(__file__).parents[1]
FULL = 100_000
GOAL = 150
"""Milliseconds of server time that any page may take."""
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WHAT = f"""\
Milliseconds of one request: CPU of the server and of its database (the median, then what 95 of 100 stay
below), and in brackets what the clock said. The goal is {GOAL} of CPU for 95 of 100; the clock runs on while
this machine does something else.\
"""
HOW = """\
A few cases are made by the same verbs as any case; the others are copies of their rows, each with keys,
digests and numbers of its own, spread over two years. One in twenty-five is open. The requests go to the
server's own application with its own settings; only the network before it is left out.\
"""
Measured = Mapping[str, Any]
"""Of one store: `pages`, each with its milliseconds by name; `rows` and `entries`; `version`."""


def main(arguments: argparse.Namespace) -> int:
    """0 however many goals are missed: the page says so."""
    began, run = load(), new_run_folder()
    try:
        stores = arguments.stores.split(",")
        found = {each: _measured(each, arguments, run) for each in stores}
    finally:
        stop_all(run)
    text = page(found, cases=arguments.cases, loads=(began, load()))
    if arguments.cases < FULL and not arguments.write:
        sys.stdout.write(text)
        return 0
    (HOME / "docs" / "benchmarks-pages.md").write_text(text, encoding="utf-8")
    return 0


def _measured(store: str, arguments: argparse.Namespace, run: Path) -> Measured:
    """In a program of its own: a program has one set of records."""
    sys.stderr.write(f"pages, {STORES[store]}, {arguments.cases:,} cases\n")
    servers = run / store
    servers.mkdir(mode=0o711)
    there = place(store, servers)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UPHELD_")}
    if store != "sqlite":
        there.create("records")
        kept["UPHELD_DATABASE_URL"] = there.url("records").replace("+psycopg", "")
    with tempfile.TemporaryDirectory(prefix="upheld-bench-") as folder:
        sizes = (str(arguments.cases), str(arguments.samples), *map(str, there.pids))
        done = subprocess.run(
            [sys.executable, "-m", "bench.asked", folder, *sizes],
            cwd=HOME,
            env=kept | {"DJANGO_SETTINGS_MODULE": "upheld.project.site"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    return found | {"version": there.version()}


def page(found: Mapping[str, Measured], *, cases: int, loads: tuple[str, str]) -> str:
    """The whole text."""
    return "\n".join(
        [
            "# What a page costs",
            "",
            "Written by `python -m bench.pages`; do not edit. Every figure is of one run, on one machine.",
            "",
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, at commit {commit()}",
            f"- {machine()}; load average {loads[0]} at the start, {loads[1]} at the end",
            f"- {cases:,} cases, "
            + "; ".join(
                f"{each['version']}: {each['rows']:,} rows and {each['entries']:,} entries of the ledger"
                for each in found.values()
            ),
            "",
            WHAT,
            "",
            *_table(found),
            "",
            HOW,
            "",
        ]
    )


def _table(found: Mapping[str, Measured]) -> Iterator[str]:
    yield f"| page | {' | '.join(STORES[each] for each in found)} |"
    yield "|---|" + "---|" * len(found)
    for name in dict.fromkeys(name for each in found.values() for name in each["pages"]):
        yield f"| {name} | {' | '.join(_cell(each['pages'].get(name)) for each in found.values())} |"


def _cell(times: Mapping[str, float] | None) -> str:
    if times is None:
        return ""
    verdict = "met" if times["cpu_95"] <= GOAL else "**missed**"
    cpu = f"{times['cpu']:.0f}, {times['cpu_95']:.0f} {verdict}"
    return f"{cpu} ({times['wall']:.0f}, {times['wall_95']:.0f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--cases", type=int, default=FULL, help="the page is of 100,000 or more")
    parser.add_argument("--samples", type=int, default=30, help="requests of each page")
    parser.add_argument("--stores", default=",".join(STORES), help="which, separated by commas")
    parser.add_argument("--write", action="store_true", help="write the page although there are few cases")
    sys.exit(main(parser.parse_args()))
