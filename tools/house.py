"""House rules that no linter knows: module names, late imports, clocks in the engine, machine words."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.findings import PRODUCT, Finding, python_files, relative, tell, tracked_files

ENGINE = ("law", "ledger", "datamap", "rights", "connectors", "policy", "consent", "accesslog")
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|base|core|services?|managers?|misc)$")
LAZY = re.compile(r"#\s*lazy: (slow import|optional dependency|app ready)\b")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("timezone", "now"),
}
# Spelled in two parts, so that this file passes its own check.
MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.-])/" + r"work/",
            r"/tm" + r"p/wt/",
            r"(?<![\w.])/" + r"root/",
            r"pythonhosted" + r"\.org",
            r"pypi\.org/" + r"simple",
            r"registry\.npmjs" + r"\.org",
        )
    )
)
LOCK_FILES = {"uv" + ".lock", "poetry" + ".lock", "Pipfile" + ".lock"}


def badly_named(path: Path) -> Iterator[Finding]:
    """Find modules and packages whose name says nothing about what is in them."""
    for part in (path.stem, *path.parent.relative_to(PRODUCT.parent).parts):
        if BANNED_NAMES.search(part):
            yield Finding(relative(path), 1, f"the name {part!r} says nothing: name the topic")


def late_imports(path: Path) -> Iterator[Finding]:
    """Find imports inside functions that do not say why; `# lazy: …` gives one of three reasons."""
    text = path.read_text()
    lines = ["", *text.splitlines()]
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and not _reasoned(lines, node):
                    what = "import at the top, or say `# lazy: slow import|optional dependency|app ready`"
                    yield Finding(relative(path), node.lineno, what)


def _reasoned(lines: list[str], node: ast.stmt) -> bool:
    last = node.end_lineno or node.lineno
    return any(LAZY.search(line) for line in lines[node.lineno - 1 : last + 1])


def clocks(path: Path) -> Iterator[Finding]:
    """Find reads of the clock in the engine, where `now` is an argument."""
    package = path.relative_to(PRODUCT).parts[0]
    if package not in ENGINE:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and (_owner(node.value), node.attr) in CLOCKS:
            yield Finding(
                relative(path), node.lineno, f"{_owner(node.value)}.{node.attr}: take `now` as an argument"
            )


def _owner(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def machine_words(path: Path) -> Iterator[Finding]:
    """Find paths of one machine and hosts of package registries, and files that record download hosts."""
    if path.name in LOCK_FILES:
        yield Finding(relative(path), 1, "records download hosts: pins stand in requirements/*.txt")
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return
    for number, line in enumerate(lines, 1):
        found = MACHINE.search(line)
        if found:
            yield Finding(
                relative(path), number, f"{found[0]!r} belongs to one machine or registry, not here"
            )
        if path.parent.name == "requirements" and path.suffix == ".txt" and "://" in line:
            yield Finding(relative(path), number, "a pin names no host")


def main() -> int:
    """Check the product's modules and every file of the repository."""
    findings = [
        finding
        for path in python_files(PRODUCT)
        for rule in (badly_named, late_imports, clocks)
        for finding in rule(path)
    ]
    findings += [finding for path in tracked_files() for finding in machine_words(path)]
    return tell(set(findings), "names, late imports, clocks and words: as the house wants them")


if __name__ == "__main__":
    sys.exit(main())
