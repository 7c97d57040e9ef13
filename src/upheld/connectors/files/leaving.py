"""What an erasure in a folder removes or rewrites, as it was: whole files, folders, and of lists the lines
that it cuts (spec/file-images.md)."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from upheld.connectors.files.commit import Move
from upheld.connectors.files.place import Root
from upheld.connectors.files.store import Cut
from upheld.rights.fileimage import (
    PIECE,
    Mark,
    Seen,
    Stood,
    attributes,
    changed,
    loaded,
    mark,
    seen,
    whole,
)
from upheld.rights.outcome import FileImage, Permanent


@dataclass(frozen=True, slots=True)
class About:
    """Whose a file is: its table, the column that names it if one does, and the records that are cut."""

    table: str
    column: str = ""
    cuts: Sequence[Cut] = ()
    text: bool = False


@dataclass
class Leaving:
    """The files of one commit. Nothing of them is in memory but their names and measures."""

    root: Root
    of: dict[str, About] = field(default_factory=dict)
    stood: dict[Path, Seen | None] = field(default_factory=dict)

    def images(self, moves: Sequence[Move]) -> tuple[FileImage, ...]:
        """As they are now, before the moves are made. Misconfigured for what could not come back as it is."""
        return tuple(image for move in moves for image in self._move(move, self.of[move.target]))

    def unchanged(self) -> None:
        """Transient where somebody has written since they were looked at: that would be lost."""
        if any(seen(path) != stood for path, stood in self.stood.items()):
            raise changed(self.root.system)

    def _move(self, move: Move, about: About) -> Iterator[FileImage]:
        named = self.root.folder / move.target
        if move.ready is not None:
            yield self._rewritten(move, self.root.path(move.ready), about)
        elif named.is_dir() and not named.is_symlink():
            yield from self._folder(named, move.target, about)
        elif os.path.lexists(named):
            yield self._one(named, about, (move.target,))

    def _rewritten(self, move: Move, ready: Path, about: About) -> FileImage:
        path, left = self.root.path(move.target), mark(ready)
        image = self._one(path, about, (move.target,))
        stood = replace(loaded(image.image), left=left, rows=len(about.cuts) or 1)
        if about.text:
            return FileImage(stood.dumped(), image.size, image.content)
        stood = replace(stood, kind="lines")
        size = sum(len(_head(cut)) + cut[1] for cut in about.cuts)
        return FileImage(stood.dumped(), size, lambda: _lines(path, about.cuts))

    def _folder(self, path: Path, name: str, about: About) -> Iterator[FileImage]:
        yield self._bare(path, about, (name,), "folder")
        for at, folders, names in os.walk(path):
            folders.sort()
            for each in sorted([*folders, *names]):
                inner = Path(at) / each
                below = (name, inner.relative_to(path).as_posix())
                if inner.is_dir() and not inner.is_symlink():
                    yield self._bare(inner, about, below, "folder")
                else:
                    yield self._one(inner, about, below)

    def _one(self, path: Path, about: About, names: tuple[str, ...]) -> FileImage:
        if path.is_symlink():
            return self._bare(path, about, names, "link", to=str(path.readlink()))
        self.stood[path] = seen(path)
        return whole(self.root.system, path, about.table, names, column=about.column)

    def _bare(
        self, path: Path, about: About, names: tuple[str, ...], kind: str, *, to: str = ""
    ) -> FileImage:
        status = path.lstat()
        self.stood[path] = seen(path)
        empty: Mark = (0, "")
        stood = Stood(kind, about.table, names, *attributes(status), empty, about.column, to=to)
        return FileImage(stood.dumped(), 0, lambda: iter(()))


def _head(cut: Cut) -> bytes:
    """Where the record stands in what is left, how long it is there, and how long it was."""
    return json.dumps([cut[2], cut[3], cut[1]], separators=(",", ":")).encode() + b"\n"


def _lines(path: Path, cuts: Sequence[Cut]) -> Iterator[bytes]:
    with path.open("rb") as file:
        for cut in cuts:
            yield _head(cut)
            file.seek(cut[0])
            yield from _first(file.read, cut[1])


def _first(read: Callable[[int], bytes], many: int) -> Iterator[bytes]:
    while many > 0:
        piece = read(min(many, PIECE))
        if not piece:
            return
        many -= len(piece)
        yield piece


class Read:
    """Reads so many bytes from a stream of pieces, fewer only at its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._waiting = pieces, b""

    def __call__(self, many: int) -> bytes:
        while len(self._waiting) < many and (piece := next(self._pieces, b"")):
            self._waiting += piece
        found, self._waiting = self._waiting[:many], self._waiting[many:]
        return found

    def line(self) -> bytes:
        """Up to the next line's end."""
        while b"\n" not in self._waiting and (piece := next(self._pieces, b"")):
            self._waiting += piece
        found, end, self._waiting = self._waiting.partition(b"\n")
        return found + end


def cut_out(content: Iterator[bytes]) -> Iterator[tuple[int, int, Iterator[bytes]]]:
    """From the content of a `lines` image: where each record stands in what was left, how long it is there,
    and its bytes as they were, which have to be read before the next."""
    read = Read(content)
    while head := read.line():
        try:
            at, left, many = json.loads(head)
        except ValueError as error:
            raise Permanent(
                "The lines of a file that was kept do not fit the form that they have."
            ) from error
        yield int(at), int(left), _first(read, int(many))


def spliced(left: Iterator[bytes], content: Iterator[bytes]) -> Iterator[bytes]:
    """What was before its lines were cut: the records put back into what was left, and what follows."""
    read, done = Read(left), 0
    for at, many, record in cut_out(content):
        yield from _first(read, at - done)
        yield from record
        for _ in _first(read, many):
            pass
        done = at + many
    while piece := read(PIECE):
        yield piece
