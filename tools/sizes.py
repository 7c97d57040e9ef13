"""Sizes: a module has at most 600 lines, a function 80; half of the product's modules have at most 120.

Complexity (at most 12) is ruff's C901.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.findings import PRODUCT, ROOT, Finding, python_files, relative, tell

MODULE = 600
FUNCTION = 80
MEDIAN = 120


def oversized(path: Path) -> Iterator[Finding]:
    """Find what is too long in one file."""
    text = path.read_text()
    length = len(text.splitlines())
    if length > MODULE:
        yield Finding(
            relative(path), 1, f"the module has {length} lines; at most {MODULE}: split it by topic"
        )
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                what = f"{node.name} has {lines} lines; at most {FUNCTION}: give its steps names"
                yield Finding(relative(path), node.lineno, what)


def median_length(paths: list[Path]) -> float:
    """Give the median length of the modules that hold more than a docstring."""
    lengths = [len(path.read_text().splitlines()) for path in paths]
    return statistics.median([length for length in lengths if length > 1] or [0])


def main() -> int:
    """Check the product, its tests and these tools."""
    product = list(python_files(PRODUCT))
    median = median_length(product)
    findings = [
        finding
        for path in python_files(ROOT / "src", ROOT / "tests", ROOT / "tools")
        for finding in oversized(path)
    ]
    if median > MEDIAN:
        findings.append(
            Finding(relative(PRODUCT), 1, f"the median module has {median:.0f} lines; at most {MEDIAN}")
        )
    return tell(findings, f"{len(product)} modules in src, median {median:.0f} lines: within the limits")


if __name__ == "__main__":
    sys.exit(main())
