"""The tour in the README: `python -m tools.tour` runs the demo and puts what it said between the markers.

Each command keeps its first lines, long ones are cut; both are shown by an ellipsis. Numbers differ from run
to run and machine to machine, so only the structure is compared with the demo by a test: its headings and its
commands.
"""

import re
import subprocess
import sys
import tempfile

from tools.findings import ROOT

README = ROOT / "README.md"
MARKS = ("<!-- tour: begin -->\n", "<!-- tour: end -->")
LINES = 2
WIDTH = 118
HEADING = re.compile(r"^(\d+\. .*?)(?: \d+\.\d s)?$")


def excerpt(told: str) -> str:
    """What the demo said, short enough for a page."""
    kept: list[str] = []
    said = 0
    for line in told.strip("\n").splitlines():
        said = said + 1 if line.startswith("  │") else 0
        if said > LINES:
            if said == LINES + 1:
                kept.append("  │ …")
            continue
        heading = HEADING.match(line)
        kept.append(_cut(heading[1] if heading else line.rstrip()))
    return "\n".join(kept) + "\n"


def structure(told: str) -> list[str]:
    """The headings, and the verbs of the commands."""
    found = []
    for line in told.splitlines():
        heading = HEADING.match(line)
        command = re.match(r"  \$ ((?:upheld|python -m upheld\.ledger)(?: [a-z]+)*)", line)
        if heading or command:
            found.append(heading[1] if heading else command[1])  # type: ignore[index]
    return found


def shown(readme: str) -> str:
    """What stands between the markers, without the fence."""
    block = readme.partition(MARKS[0])[2].partition(MARKS[1])[0]
    return block.removeprefix("```text\n").removesuffix("```\n")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH or line.startswith("  $") else line[: WIDTH - 1].rstrip() + "…"


def main() -> int:
    """Run the demo in a folder of its own; write the README anew when everything held."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "upheld.cli.main", "demo", "--once"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        return done.returncode
    text = README.read_text()
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    block = f"```text\n{excerpt(done.stdout)}```\n"
    README.write_text(f"{before}{MARKS[0]}{block}{MARKS[1]}{after}", encoding="utf-8")
    print(f"README.md: {len(block.splitlines())} lines of {len(done.stdout.splitlines())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
