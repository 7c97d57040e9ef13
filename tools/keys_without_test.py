"""List the keys of the data map that no test executes.

A test says which keys it executes on every database by `@pytest.mark.key("tables.*.replies.erase", …)`; a
module by `pytestmark = pytest.mark.key(…)`. Prints the missing keys, one a line, and marks that name no key.

Keys that only systems of another kind have (OTHER_KINDS) are executed on that kind instead: a database has no
owner who looks by hand, and its tables have no path. `tests/datamap/test_every_key_is_executed.py`
collects the marked tests and sees to it that every other one runs on SQLite, PostgreSQL and MariaDB.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.findings import ROOT, Finding, python_files, relative
from upheld.datamap.schema import keys

OTHER_KINDS = {
    "manual": ("look_for", "how", "how_to_copy", "days", "categories"),
    "files": ("tables.*.path", "tables.*.format"),
}
"""Kind of system to the keys that have a meaning there only."""


def marked(path: Path) -> Iterator[tuple[str, int]]:
    """Give the keys that one test file says it executes, each with its line."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and _dotted(node.func) == "pytest.mark.key":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, argument.lineno


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def missing(folder: Path) -> tuple[str, ...]:
    """Give the keys that no test below the folder executes, in the order of the reference."""
    executed = {key for path in python_files(folder) for key, _ in marked(path)}
    return tuple(key for key in keys() if key not in executed)


def unknown(folder: Path) -> Iterable[Finding]:
    """Give the marks that name no key."""
    valid = set(keys())
    for path in python_files(folder):
        for key, line in marked(path):
            if key not in valid:
                yield Finding(
                    relative(path), line, f"`{key}` is no key of the data map (docs/datamap-keys.md)"
                )


def main() -> int:
    """Print what is missing and what is unknown; 1 if there is any."""
    tests = ROOT / "tests"
    wrong = [str(finding) for finding in unknown(tests)]
    without = missing(tests)
    for line in (*wrong, *without):
        print(line)
    print(
        f"{len(keys()) - len(without)} of {len(keys())} keys have a test that executes them", file=sys.stderr
    )
    return int(bool(wrong or without))


if __name__ == "__main__":
    sys.exit(main())
