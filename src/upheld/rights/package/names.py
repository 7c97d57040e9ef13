"""File names inside a package from names that strangers chose, safe on every system (spec, section 2)."""

import re
import unicodedata
from pathlib import PurePosixPath

longest = 60
_reserved = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_unsafe = re.compile(r"[^a-z0-9._-]+")


def safe(name: str) -> str:
    """Lower-case ASCII letters, digits, dot, hyphen and underscore; never empty, hidden or reserved."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = _unsafe.sub("-", plain).strip(".-")
    stem, dot, ending = plain.rpartition(".")
    if dot and 0 < len(ending) <= 8:
        plain = stem[: longest - len(ending) - 1].rstrip(".-") + dot + ending
    plain = plain[:longest].strip(".-") or "unnamed"
    return f"x-{plain}" if _reserved.fullmatch(plain) else plain


class Names:
    """Gives each thing a path of its own: a name already taken gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, *parts: str) -> str:
        """A path of safe parts, relative to the package, that no other thing has."""
        folder, last = [safe(part) for part in parts[:-1]], safe(parts[-1])
        path = PurePosixPath(*folder, last)
        number = 2
        while str(path) in self._taken:
            path = PurePosixPath(*folder, f"{PurePosixPath(last).stem}-{number}{PurePosixPath(last).suffix}")
            number += 1
        self._taken.add(str(path))
        return str(path)
