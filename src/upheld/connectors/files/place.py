"""The folder of a system: what lies in it by which pattern, and nothing outside it (scenario 38)."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EDQUOT, ENOSPC
from pathlib import Path, PurePosixPath

from upheld.rights.outcome import Misconfigured, Permanent, Transient

OWN = ".upheld"
"""Our lock, journals and unfinished files begin so; they are never read as data."""

Identity = tuple[int, int, int]
"""Size, time of change in nanoseconds and inode: another one means that somebody wrote."""


@contextmanager
def failures(system: str) -> Iterator[None]:
    """Turn errors of the operating system into the three failures, without naming files of people."""
    try:
        yield
    except PermissionError:
        raise Misconfigured(
            f"{system}: a file or folder may not be read or written.",
            "Give this program the rights, then run `upheld map check`.",
        ) from None
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise Transient(f"{system}: the disk is full.", "Make room, then try again.") from None
        raise Transient(
            f"{system}: {error.strerror or 'the folder cannot be reached'}.", "Try again."
        ) from None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a pattern found: where it is below the root, and what its `{parts}` were."""

    name: str
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Root:
    """The folder of one system. Every path is resolved and must end inside it, symbolic links included."""

    system: str
    folder: Path
    _patterns: dict[str, list[re.Pattern[str]]] = field(default_factory=dict, compare=False)

    def path(self, name: str) -> Path:
        """The real path of a name below the root. Permanent for a name that leads out of it."""
        pure = PurePosixPath(name)
        if not name or "\0" in name or pure.is_absolute() or ".." in pure.parts:
            raise Permanent(
                f"{self.system}: a name leads out of its folder.", "Nothing outside it is touched."
            )
        real = Path(os.path.realpath(self.folder / pure))
        if not real.is_relative_to(os.path.realpath(self.folder)):
            raise Permanent(
                f"{self.system}: a symbolic link leads out of its folder.",
                "Nothing outside it is touched. Remove the link, or map the folder it leads to.",
            )
        return real

    def entries(self, pattern: str) -> list[Entry]:
        """What lies at a pattern such as `archive/*.jsonl` or `members/{id}`, in a stable order; a file
        that two links lead to is given once.
        """
        found = [Entry("")]
        for segment in self._segments(pattern):
            found = [inner for outer in found for inner in self._inside(outer, segment)]
        unique: dict[Path, Entry] = {}
        for entry in found:
            unique.setdefault(self.path(entry.name), entry)
        return list(unique.values())

    def _segments(self, pattern: str) -> list[re.Pattern[str]]:
        if pattern not in self._patterns:
            parts = PurePosixPath(pattern).parts
            if not parts or pattern.startswith("/") or ".." in parts:
                raise Misconfigured(
                    f"{self.system}: the path {pattern!r} does not lie in its folder.",
                    "Write it relative to it.",
                )
            self._patterns[pattern] = [_segment(part) for part in parts]
        return self._patterns[pattern]

    def _inside(self, outer: Entry, segment: re.Pattern[str]) -> Iterator[Entry]:
        folder = self.path(outer.name) if outer.name else self.folder
        try:
            names = sorted(path.name for path in folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        for name in names:
            match = None if name.startswith(OWN) else segment.fullmatch(name)
            if match:
                below = f"{outer.name}/{name}" if outer.name else name
                self.path(below)
                yield Entry(below, (*outer.parts, *match.groupdict().items()))

    def all_files(self) -> Iterator[str]:
        """Every file below the root but our own, without following links."""
        for folder, folders, names in os.walk(self.folder):
            folders[:] = sorted(each for each in folders if not each.startswith(OWN))
            for name in sorted(names):
                if not name.startswith(OWN):
                    yield (Path(folder) / name).relative_to(self.folder).as_posix()

    def own_files(self) -> Iterator[Path]:
        """Our own files and folders below the root."""
        for folder, folders, names in os.walk(self.folder):
            for name in (*names, *folders):
                if name.startswith(OWN):
                    yield Path(folder) / name
            folders[:] = [each for each in folders if not each.startswith(OWN)]

    def parts(self, pattern: str, name: str) -> dict[str, str] | None:
        """What the `{parts}` of a pattern are in a name; None where it does not fit, or is in a folder of
        that name."""
        segments, given = self._segments(pattern), PurePosixPath(name).parts
        if len(segments) != len(given):
            return None
        found: dict[str, str] = {}
        for segment, part in zip(segments, given, strict=True):
            match = segment.fullmatch(part)
            if match is None:
                return None
            found.update(match.groupdict())
        return found

    def identity(self, name: str) -> Identity | None:
        """What tells whether a file changed; None when there is none."""
        try:
            status = self.path(name).stat()
        except FileNotFoundError:
            return None
        return status.st_size, status.st_mtime_ns, status.st_ino


def _segment(text: str) -> re.Pattern[str]:
    """`*` is anything, `{name}` is anything and remembered; neither is empty nor begins with a dot."""
    pieces = re.split(r"(\*|\{[a-z_][a-z0-9_]*\})", text)
    written = "".join(
        "[^/]*"
        if piece == "*"
        else f"(?P<{piece[1:-1]}>[^/]+)"
        if piece.startswith("{")
        else re.escape(piece)
        for piece in pieces
        if piece
    )
    return re.compile(("" if text.startswith(".") else r"(?!\.)") + written, re.DOTALL)
