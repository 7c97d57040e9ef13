"""docs/benchmarks.md: the figures beside their goals, met or missed, and how they were got. Written by the
command alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bench import chart
from bench.goals import FULL, GOALS, ONCE, SETTINGS, Goal, many
from bench.mixes import shown
from bench.result import Figure, Results

BAR = 24
NOT_MEASURED = "not measured"
SERVER = "- rows of `upheld serve`: "
"""Begins the line that says of what run they are, where that was one of its own."""

WAY = """\
## How it is measured

- CPU time, not the clock: of the program that works and of the whole process tree of each database
  server. Other work on the machine hardly changes it; the load averages above say how much there was.
- A ratio is of two figures of one run. The same people are erased by each way in a copy of its own;
  unless the copies are equal afterwards, row by row, no ratio is printed. *x to y*: the extremes of the
  rounds; the figure is their median.
- Upheld's side is everything that `upheld erase` does: receiving, looking for the person, planning,
  checking the live schema, counting, approving, writing, the prepared record before each commit,
  verifying, evidence and ledger entries, sequenced and signed. Only the certificate stands apart. Its own
  records are on SQLite unless the column says otherwise.
- The hand-written side finds the person and erases. It stands in one file, `bench/handwritten.py`:
  prepared and pipelined on PostgreSQL, sent in one go on MariaDB; [how the servers carry it
  out](benchmarks-baseline.md). It keeps no record, verifies nothing and proves nothing, so it is a limit
  and no rival.
- *Row by row* is what a layer between objects and rows does by hand: a statement and a commit a row.
- Access is compared up to the rows in memory, on both sides; writing the encrypted package is a measure
  of its own.
- Activity is skewed: the chance of a row falls as 1 / rank of the person. People of a group are drawn
  evenly over all ranks.
- PostgreSQL has the two indexes that `upheld map check` proposes for large tables (`identity.scanned`);
  both sides keep them up to date.
- Servers run without waiting for the disk (fsync), which CPU time does not see. PostgreSQL's autovacuum
  is off; its statistics are made anew before each group of people, which no figure holds.
- Nobody else works in these databases meanwhile, so that on PostgreSQL and MariaDB the schema need not be
  looked at again ([ADR 45](adr/0045-fewer-words.md), [ADR 60](adr/0060-what-a-server-counts.md)). Beside
  others each look costs about a millisecond of PostgreSQL more, as in the column with our records there too,
  and six of MariaDB.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What the page says about where and when. `load`: averages of 1, 5 and 15 minutes at start and end."""

    at: str
    machine: str
    versions: tuple[str, ...]
    people: int
    rows: int
    commit: str
    load: tuple[str, str]
    command: str


def page(run: Run, results: Results, mixes: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The whole text. `mixes`: what `bench.gdprbench` wrote."""
    parts = [
        "# Benchmarks",
        "",
        f"Written by `{run.command}`; do not edit. Every figure is of one run, on one machine.",
        "",
        f"- {run.at}, at commit {run.commit}",
        f"- {run.machine}; load average {run.load[0]} at the start, {run.load[1]} at the end",
        f"- {', '.join((*run.versions, *results.servers.values()))}",
        f"- a community with a shop: 13 tables, {run.people:,} people, {run.rows:,} rows",
        "- [what a page of the server costs](benchmarks-pages.md) stands on a page of its own",
        "",
        "## Figures and goals",
        "",
        *_goals(results, run.people),
        "",
        *_once(results),
        "",
        *shown(mixes),
        "## Where an erasure's time goes",
        "",
        "CPU a person, ours (█) and the servers' (░), one person after another.",
        "",
        *_stages(results),
        "",
        *_curve(results),
        WAY,
    ]
    return "\n".join(parts)


def _goals(results: Results, people: int) -> Iterator[str]:
    if people < FULL:
        yield f"With fewer than {FULL:,} people nothing in this table is called met or missed."
        yield ""
    shown = [name for name in SETTINGS if any(each.setting == name for each in results.figures)]
    yield f"| measure | goal | {' | '.join(SETTINGS[name] for name in shown)} |"
    yield "|" + "---|" * (len(shown) + 2)
    for goal in GOALS:
        found = [results.of(goal.measure, name) for name in shown]
        cells = [
            _cell(goal, name, each, judged=people >= FULL) for name, each in zip(shown, found, strict=True)
        ]
        if goal.most is not None and not any(cells):
            cells[0] = NOT_MEASURED
        if any(cells):
            title = goal.title.format(many=f"{many(people):,}")
            yield f"| {title} | {_limit(goal)} | {' | '.join(cells)} |"


def _once(results: Results) -> Iterator[str]:
    yield "| measure | goal | figure |"
    yield "|---|---|---|"
    for goal in ONCE:
        cell = _cell(goal, "once", results.of(goal.measure, "once")) or (NOT_MEASURED if goal.most else "")
        if cell:
            yield f"| {goal.title} | {_limit(goal)} | {cell} |"


def renewed(text: str, results: Results, told: str) -> str:
    """The page with these measures in place of its own, in their order; `told`: of what run they are. Rows of
    measures that nobody takes any more go."""
    lines = [each for each in text.splitlines() if not each.startswith(SERVER)]
    head = lines.index("| measure | goal | figure |")
    end = head + lines[head:].index("")
    titles = {f"| {goal.title} |": goal for goal in ONCE}
    known = {mark: line for line in lines[head + 2 : end] for mark in titles if line.startswith(mark)}
    known |= {
        mark: line
        for line in list(_once(results))[2:]
        for mark in titles
        if line.startswith(mark) and NOT_MEASURED not in line
    }
    rows = [known[mark] for mark in titles if mark in known]
    lines[head + 2 : end] = rows
    lines.insert(lines.index("## Figures and goals") - 1, f"{SERVER}{told}")
    return "\n".join(lines) + "\n"


def _limit(goal: Goal) -> str:
    if goal.most is None:
        return "–"
    other = f" (MariaDB {_number(goal.mariadb, goal.unit)})" if goal.mariadb is not None else ""
    return f"≤ {_number(goal.most, goal.unit)}{other}"


def _cell(goal: Goal, setting: str, figure: Figure | None, *, judged: bool = True) -> str:
    if figure is None:
        return ""
    if figure.value is None:
        return figure.note
    limit = goal.limit(setting)
    verdict = "" if limit is None or not judged else " met" if figure.value <= limit else " **missed**"
    spread = ""
    if (
        figure.low is not None
        and figure.high is not None
        and _number(figure.low, "") != _number(figure.high, "")
    ):
        spread = f" ({_number(figure.low, '')} to {_number(figure.high, '')})"
    note = f"<br>{figure.note}" if figure.note else ""
    return f"{_number(figure.value, goal.unit)}{verdict}{spread}{note}"


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2 if value >= 0.1 else 3
    written = f"{value:,.{digits}f}"
    return f"{written} {unit}".strip() if unit != "×" else f"{written} ×"


def _stages(results: Results) -> Iterator[str]:
    for name, title in SETTINGS.items():
        own = [each for each in results.stages if each.setting == name]
        if not own:
            continue
        longest = max(each.client + each.servers for each in own) or 1
        yield f"**{title}**"
        yield ""
        yield "```"
        for each in own:
            bar = "█" * round(BAR * each.client / longest) + "░" * round(BAR * each.servers / longest)
            total = (each.client + each.servers) * 1000
            theirs = f"{each.servers * 1000:.1f} the servers"
            yield f"{each.stage:<36} {bar:<{BAR + 1}} {total:8.1f} ms ({theirs})"
        yield "```"
        yield ""


def _curve(results: Results) -> Iterator[str]:
    if not results.points:
        return
    yield "## Cost a person, from one to many"
    yield ""
    for name, title in SETTINGS.items():
        own = [each for each in results.points if each.setting == name]
        if not own:
            continue
        sizes = sorted({each.people for each in own})
        yield f"![CPU a person on {title}](images/benchmark-{name}.svg)"
        yield ""
        heads = " | ".join(f"{size:,}" for size in sizes)
        yield f"| {title}: ms a person when so many are erased | {heads} |"
        yield "|---|" + "---:|" * len(sizes)
        for way in dict.fromkeys(each.way for each in own):
            found = {each.people: each.seconds * 1000 for each in own if each.way == way}
            cells = (f"{found[size]:,.2f}" if size in found else "" for size in sizes)
            yield f"| {way} | {' | '.join(cells)} |"
        yield ""


def charts(results: Results) -> dict[str, str]:
    """The pictures of the page, by the names of their files."""
    drawn = {}
    for name, title in SETTINGS.items():
        own = [each for each in results.points if each.setting == name and each.seconds > 0]
        if own:
            ways = dict.fromkeys(each.way for each in own)
            picture = {way: [(p.people, p.seconds * 1000) for p in own if p.way == way] for way in ways}
            drawn[f"benchmark-{name}.svg"] = chart.lines(
                f"CPU a person on {title}", "people in one go", "ms of CPU a person", picture
            )
    return drawn


def baseline(results: Results) -> str:
    """docs/benchmarks-baseline.md: each hand-written statement with each server's plan."""
    parts = [
        "# The hand-written side, and how the servers carry it out",
        "",
        "Written with [the benchmarks](benchmarks.md); do not edit. Statements are those for one person.",
    ]
    for setting in dict.fromkeys(each[0] for each in results.plans):
        parts += ["", f"## {SETTINGS[setting]}"]
        for _, name, sql, planned in (each for each in results.plans if each[0] == setting):
            parts += ["", f"**{name}**", "", "```sql", sql, "```", "", "```", planned, "```"]
    return "\n".join(parts) + "\n"
