"""`python -m bench`: measure everything, then write docs/benchmarks.md. With fewer people than the page is
made from, the page is only printed."""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import mixes
from bench.community import Community
from bench.goals import FULL, SETTINGS
from bench.machine import commit, load, machine
from bench.page import Run, baseline, charts, page, renewed
from bench.result import Figure, Results, read
from tests.servers.server import new_run_folder, stop_all

HOME = Path(__file__).parents[1]
PACKAGES = ("SQLAlchemy", "psycopg", "PyMySQL", "Django")


def main(arguments: argparse.Namespace) -> int:
    """0 however many goals are missed: the page says so, and a run that was honest is no error."""
    if arguments.served:
        return _served(arguments)
    began = load()
    results = Results()
    settings = arguments.settings.split(",")
    run_folder = new_run_folder()
    try:
        with ThreadPoolExecutor(max_workers=len(settings) if arguments.at_once else 1) as several:
            try:
                for found in several.map(lambda setting: _measured(setting, arguments, run_folder), settings):
                    results.add(found)
            except BaseException:
                several.shutdown(cancel_futures=True)  # there will be no page: measure no further
                raise
    finally:
        stop_all(run_folder)
    results.figures += list(_ledger(arguments.entries))
    results.figures += list(_package(arguments.rows))
    results.figures += list(_asking(arguments.pairs))
    results.figures += list(_shop(arguments.together))
    results.figures += list(_journal(arguments.cases))
    results.figures += list(_installed())
    community = Community(arguments.people + arguments.soak)
    run = Run(
        at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        machine=machine(),
        versions=(
            f"Python {platform.python_version()}",
            *(f"{name} {version(name)}" for name in PACKAGES),
        ),
        people=arguments.people + arguments.soak,
        rows=community.size,
        commit=commit(),
        load=(began, load()),
        command=_command(arguments),
    )
    text = page(run, results, mixes.measured(HOME, arguments.records) if arguments.records else {})
    if arguments.people < FULL and not arguments.write:
        sys.stdout.write(text)
        return 0
    docs = HOME / "docs"
    (docs / "benchmarks.md").write_text(text, encoding="utf-8")
    (docs / "benchmarks-baseline.md").write_text(baseline(results), encoding="utf-8")
    for name, picture in charts(results).items():
        (docs / "images" / name).write_text(picture, encoding="utf-8")
    _say("docs/benchmarks.md is written")
    if not arguments.write:
        subprocess.run([sys.executable, "-m", "bench.pages"], cwd=HOME, check=True)
    return 0


def _command(arguments: argparse.Namespace) -> str:
    """As it would be said to make the page again."""
    said = ["make bench"]
    if arguments.people != FULL:
        said.append(f"PEOPLE={arguments.people}")
    more = [f"--soak {arguments.soak}"] if arguments.soak else []
    more += ["--write"] if arguments.write else []
    return " ".join((*said, f'ARGS="{" ".join(more)}"' if more else "")).rstrip()


def _served(arguments: argparse.Namespace) -> int:
    """Only what is measured of the running server, put into the page that is there."""
    began, results = load(), Results()
    results.figures += [*_shop(arguments.together), *_journal(arguments.cases)]
    told = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, at commit {commit()}; load average {began} to {load()}"
    file = HOME / "docs" / "benchmarks.md"
    file.write_text(renewed(file.read_text(encoding="utf-8"), results, told), encoding="utf-8")
    return 0


def _measured(setting: str, arguments: argparse.Namespace, run: Path) -> Results:
    """In a process of its own, with servers of its own."""
    _say(f"{SETTINGS[setting]}, {arguments.people:,} people")
    servers = run / setting
    servers.mkdir(mode=0o711)
    servers.chmod(0o711)
    try:
        with tempfile.TemporaryDirectory(prefix="upheld-bench-") as folder:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "bench.measure", setting, folder),
                    *(str(arguments.people + arguments.soak), str(arguments.rounds), str(servers)),
                    str(arguments.soak),
                ],
                cwd=HOME,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            return read(done.stdout)
    finally:
        stop_all(servers)


def _ledger(entries: int) -> Iterator[Figure]:
    _say(f"the ledger, {entries:,} entries")
    found = _printed("bench.ledger", entries)
    names = {
        "sequencing": "sequencing_us",
        "proof": "proof_us",
        "proof-size": "proof_bytes",
        "proof-check": "check_us",
    }
    note = "" if entries == 1_000_000 else f"at {entries:,} entries"
    for measure, name in names.items():
        yield Figure(measure, "once", found[name], note=note)


def _asking(pairs: int) -> Iterator[Figure]:
    _say(f"the request form, {pairs:,} pairs")
    found = _printed("bench.asking", pairs)
    p = f"{pairs:,} pairs in random order; rank test: p = {found['p']:.3f}"
    for who in ("known", "unknown"):
        note = f"95 %: {found[f'{who}_p95_ms']:.1f} ms" + (f"; {p}" if who == "unknown" else "")
        yield Figure(f"ask-{who}", "once", found[f"{who}_median_ms"], note=note)


def _package(rows: int) -> Iterator[Figure]:
    _say(f"an access package of {rows:,} rows")
    found = _printed("bench.package_memory", rows)
    note = "" if rows == 5_000_000 else f"at {rows:,} rows"
    yield Figure("package", "once", found["above_idle_mb"], note=note)


def _shop(people: int) -> Iterator[Figure]:
    if not people:
        return
    _say(f"the shop, {people:,} requests in one call")
    found: dict[str, Any] = json.loads(_output("bench.shop", "--people", str(people)))
    of = "" if people == 50 else f"{people:,} in one call"
    for right in ("access", "erasure"):
        own: dict[str, float] = found[right]
        yield Figure(f"shop-{right}-statements", "once", own["statements"], note=of)
        note = f"{own['cpu_upheld_s']:.3f} s of it `upheld serve`"
        yield Figure(f"shop-{right}-cpu", "once", own["cpu_s"], note=note)
        yield Figure(f"shop-{right}-wall", "once", own["wall_s"])
    yield Figure("shop-large-erasure", "once", found["large"]["erasure_s"])
    yield Figure("shop-large-access", "once", found["large"]["access_above_idle_mb"])
    begun = f"{found['begun_mb']:,.0f} MB five seconds after the start, before the runner rests"
    yield Figure("idle", "once", found["idle_mb"], note=begun)
    yield Figure("start-empty", "once", found["start_empty_s"], note=_of_cpu(found["start_empty_cpu_s"]))
    yield Figure("start", "once", found["start_s"], note=_of_cpu(found["start_cpu_s"]))


def _of_cpu(seconds: float) -> str:
    return f"{seconds:.1f} s of CPU, of all programs"


def _journal(cases: int) -> Iterator[Figure]:
    if not cases:
        return
    _say(f"{cases:,} cases of five systems each")
    found = json.loads(_output("bench.five", "--cases", str(cases)))
    for how in ("embedded", "workers"):
        own: dict[str, float] = found[how]
        note = f"{own['a_second']:.0f} a second; {own['cpu_ms']:.0f} ms of CPU"
        yield Figure(f"journal-{how}", "once", own["each_ms"], note=note)


def _installed() -> Iterator[Figure]:
    _say("a base install")
    found: dict[str, float] = json.loads(_output("bench.installed"))
    yield Figure("packages", "once", found["packages"])
    yield Figure("installed", "once", found["mb"])


def _output(module: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=HOME, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _printed(module: str, size: int) -> dict[str, float]:
    """What a module that measures one thing prints; it ends with 1 where its goal is missed."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(size)], cwd=HOME, stdout=subprocess.PIPE, text=True, check=False
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--people",
        type=int,
        default=FULL,
        help="in the community; the page is of 200,000 or more. Those of --soak come on top",
    )
    parser.add_argument("--rows", type=int, default=5_000_000, help="of the access package")
    parser.add_argument("--together", type=int, default=50, help="requests in one call; 0: without the shop")
    parser.add_argument("--cases", type=int, default=200, help="of five systems each; 0: without them")
    parser.add_argument("--pairs", type=int, default=2_000, help="of requests by the form")
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the ledger")
    parser.add_argument("--records", type=int, default=50_000, help="of GDPRbench; 0: without it")
    parser.add_argument("--rounds", type=int, default=3, help="of which each figure is the median")
    parser.add_argument("--settings", default=",".join(SETTINGS), help="which, separated by commas")
    parser.add_argument(
        "--soak",
        type=int,
        nargs="?",
        const=100_000,
        default=0,
        help="erase so many people one after another, 100,000 unless said; each thousand takes a minute",
    )
    parser.add_argument("--at-once", action="store_true", help="all settings: CPU time bears it")
    parser.add_argument(
        "--served", action="store_true", help="measure the server alone, into the page there is"
    )
    parser.add_argument("--write", action="store_true", help="write the page although there are few people")
    sys.exit(main(parser.parse_args()))
