"""What the checks share: the files of the project and how a finding is told."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "src" / "upheld"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to change, where and why."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def python_files(*folders: Path) -> Iterator[Path]:
    """Give the Python files below these folders, in order of their names."""
    for folder in folders:
        yield from sorted(folder.rglob("*.py"))


def tracked_files(root: Path = ROOT) -> list[Path]:
    """Give the files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def relative(path: Path) -> str:
    """Name a file as a reader of the repository would."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def tell(findings: Iterable[Finding], fine: str) -> int:
    """Print the findings in order, or the sentence that says all is well; give the exit status."""
    found = sorted(findings)
    for finding in found:
        print(finding)
    if not found:
        print(fine)
    print(f"{len(found)} findings" if found else "", end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0
