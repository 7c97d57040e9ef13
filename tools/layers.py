"""The layers of .importlinter as a table, with each package's own first sentence."""

import ast
import configparser
from collections.abc import Iterator

from tools.findings import PRODUCT, ROOT


def layers() -> list[list[str]]:
    """The lines of the contract from the top, each with its packages."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    written = contract["importlinter:contract:layers"]["layers"]
    return [line.split(" | ") for line in written.strip().splitlines()]


def sentence(package: str) -> str:
    """What a package says it is."""
    doc = ast.get_docstring(ast.parse((PRODUCT / package / "__init__.py").read_text())) or ""
    return " ".join(doc.split("\n\n")[0].split())


def _rows() -> Iterator[str]:
    for number, line in enumerate(layers(), 1):
        for package in line:
            yield f"| {number} | `{package}` | {sentence(package)} |"


def markdown() -> str:
    """One row a package, from the top."""
    return "\n".join(["| line | package | what it is |", "|---|---|---|", *_rows()]) + "\n"
