"""Under which licence each package is that Upheld installs, in its own words; none may be GPL or AGPL."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from tools.findings import ROOT, Finding, tell

LISTS = ("base", "mariadb", "workers", "demo")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
STRONG = re.compile(r"(?<![a-z])a?gpl|(?:affero|general) public", re.IGNORECASE)
WEAK = re.compile(r"lgpl|lesser general public|library general public", re.IGNORECASE)
BY_HAND = {
    "colorama": "BSD-3-Clause (only on Windows)",
    "dkimpy": "Zlib",
    "fido2": "BSD-2-Clause; parts MPL-2.0 and Apache-2.0",
    "pyrage": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "tzdata": "Apache-2.0 (only on Windows)",
}
"""What a package does not say in a word, or is not installed here to say: read by somebody, and by hand."""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One pinned package: `within` are the lists that install it."""

    name: str
    version: str
    licence: str
    within: tuple[str, ...]


def packages() -> list[Package]:
    """Those of the base and of its extras, by name. Raises LookupError for one of which nobody knows."""
    pins: dict[str, tuple[str, list[str]]] = {}
    for each in LISTS:
        for name, version in PIN.findall((ROOT / "requirements" / f"{each}.txt").read_text()):
            pins.setdefault(name, (version, []))[1].append(each)
    return sorted(
        Package(name, version, licence(name), ("base",) if "base" in within else tuple(within))
        for name, (version, within) in pins.items()
    )


def licence(name: str) -> str:
    """In the package's own words, the shortest that it gives."""
    if name in BY_HAND:
        return BY_HAND[name]
    try:
        found = said(distribution(name))
    except PackageNotFoundError:
        found = ""
    if not found:
        raise LookupError(f"{name} says nothing of its licence; read it, and add it to BY_HAND.")
    return found


def said(package: Distribution) -> str:
    """Its expression, its classifiers, or its field, whichever comes first."""
    words = package.metadata
    classifiers = [
        each.rpartition(" :: ")[2]
        for each in words.get_all("Classifier") or []
        if each.startswith("License ::")
    ]
    expressions = words.get_all("License-Expression") or [", ".join(classifiers)]
    fields = words.get_all("License") or [""]
    return str(expressions[0] or fields[0].strip().partition("\n")[0])


def refused(found: list[Package]) -> Iterator[Finding]:
    """Those that would put Upheld's own licence in doubt."""
    for each in found:
        if STRONG.search(WEAK.sub("", each.licence)):
            yield Finding(f"requirements/{each.within[0]}.txt", 1, f"{each.name} is under {each.licence}")


def markdown() -> str:
    """The table of docs/licences.md."""
    rows = [
        f"| {each.name} | {each.version} | {each.licence} | {', '.join(each.within)} |" for each in packages()
    ]
    return "\n".join(("| package | version | licence | installed with |", "|---|---|---|---|", *rows)) + "\n"


if __name__ == "__main__":
    raise SystemExit(tell(refused(packages()), "licences: none is GPL or AGPL"))
