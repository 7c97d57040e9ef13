"""Each requirement that code or tests cite has one sentence in docs/requirements/ or docs/scenarios.md."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.findings import ROOT, Finding, python_files, relative, tell

CITED = re.compile(
    r"(?<![\w/-])(G-\d\d\.\d+|(?:DRP|GPC|IAB|ST|OD|CR|ID|X|E|C|T|L|P|K|U)-\d\d|DRP-T|S-\d{1,2})(?![\w/]|\.\d|-\d)"
)
SCENARIO = re.compile(r"\btest_scenario_(\d+)|\bscenario\((\d+)\)")
DEFINED = re.compile(r"^- \*\*([A-Z]+-[\dT.]+)\*\*(?: \([^)]*\))? — \S")


def defined(paths: Iterable[Path]) -> tuple[set[str], list[Finding]]:
    """Read the ids that have a sentence, and find those that have two."""
    seen: dict[str, str] = {}
    twice: list[Finding] = []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = DEFINED.match(line)
            if match is None:
                continue
            here = f"{relative(path)}:{number}"
            if match[1] in seen:
                twice.append(
                    Finding(relative(path), number, f"{match[1]} has a sentence at {seen[match[1]]} already")
                )
            seen.setdefault(match[1], here)
    return set(seen), twice


def cited(path: Path) -> Iterator[tuple[int, str]]:
    """Give each requirement that a file cites, with its line."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for match in CITED.finditer(line):
            yield number, match[1]
        for match in SCENARIO.finditer(line):
            yield number, f"S-{match[1] or match[2]}"


def unresolved(paths: Iterable[Path], known: set[str]) -> Iterator[Finding]:
    """Find citations of requirements that have no sentence."""
    for path in paths:
        for number, name in cited(path):
            if name not in known:
                what = f"{name} has no sentence in docs/requirements/ or docs/scenarios.md"
                yield Finding(relative(path), number, what)


def main() -> int:
    """Check the product and its tests; tests of this tool cite ids that do not exist."""
    catalogue = [*sorted((ROOT / "docs" / "requirements").glob("*.md")), ROOT / "docs" / "scenarios.md"]
    known, findings = defined(catalogue)
    paths = [path for path in python_files(ROOT / "src", ROOT / "tests") if "tools" not in path.parts]
    findings += unresolved(paths, known)
    used = {name for path in paths for _, name in cited(path)}
    return tell(
        findings, f"{len(known)} requirements have a sentence; {len(used & known)} are cited, all resolve"
    )


if __name__ == "__main__":
    sys.exit(main())
