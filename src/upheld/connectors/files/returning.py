"""Putting files back as they were, as one commit of a folder; what stands there by now is never overwritten.

Of a file that several commits changed, the last change is taken back first. One file is back as it was, to
the byte, or not at all: where somebody has written into it since, other than at its end, it is a conflict.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from upheld.connectors.files.commit import Commit
from upheld.connectors.files.leaving import spliced
from upheld.connectors.files.place import Root
from upheld.rights.fileimage import Stood, dress, flush, loaded, mark, pieces, write
from upheld.rights.outcome import FileImage
from upheld.rights.undo import Back, Conflict, Restored, Why

Thing = tuple[Stood, FileImage]


@dataclass(frozen=True, slots=True)
class Unit:
    """One change of one name: a file, or a folder with everything in it."""

    stood: Stood
    file: FileImage
    inner: tuple[Thing, ...] = ()

    @property
    def name(self) -> str:
        """Its place below the root."""
        return self.stood.names[0]

    @property
    def where(self) -> str:
        """As counts name it: its table, and the column that names files."""
        return ".".join(filter(None, (self.stood.table, self.stood.column)))

    @property
    def lines(self) -> bool:
        """Whether only lines were cut."""
        return self.stood.kind == "lines"


def units(files: Sequence[FileImage]) -> list[Unit]:
    """In their order; what stands inside a folder belongs to it."""
    found: list[tuple[Thing, list[Thing]]] = []
    for file in files:
        stood = loaded(file.image)
        if len(stood.names) > 1:
            found[-1][1].append((stood, file))
        else:
            found.append(((stood, file), []))
    return [Unit(stood, file, tuple(inner)) for (stood, file), inner in found]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one name goes back: `now` is what it would be after `steps`, `content` gives its bytes. `followed`:
    somebody has added lines at its end since, which stay there."""

    now: object
    content: Callable[[], Iterator[bytes]]
    steps: tuple[Unit, ...] = ()
    followed: bool = False

    def tail(self, was: object, *, lines: bool) -> int | None:
        """How many bytes follow on what was; None where something else stands there. Only of lists, and only
        after a whole line, can more have come that is no change."""
        if self.now == was:
            return 0
        if not (lines and isinstance(self.now, tuple) and isinstance(was, tuple) and was[0]):
            return None
        many, digest, last = was[0], sha256(), b""
        if self.now[0] < many:
            return None
        for piece in self.content():
            digest.update(piece[:many])
            last = piece[:many] or last
            many -= len(piece[:many])
        whole = not many and digest.hexdigest() == was[1] and last.endswith(b"\n")
        return int(self.now[0] - was[0]) if whole else None

    def back(self, unit: Unit, tail: int) -> "Plan":
        """One change further back."""
        before, followed = _before(unit), self.followed or tail > 0
        if unit.lines:
            content = partial(_spliced, self.content, unit)
            before = (unit.stood.mark[0] + tail, "") if followed else before
        else:
            content = partial(_own, unit)
        return Plan(before, content, (*self.steps, unit), followed)


def _spliced(left: Callable[[], Iterator[bytes]], unit: Unit) -> Iterator[bytes]:
    return spliced(left(), unit.file.content())


def _own(unit: Unit) -> Iterator[bytes]:
    return unit.file.content()


@dataclass
class Returning:
    """The files of one undo. `wanted`: the changes to take back, by name; `away`: the changes of
    what is not as it was."""

    root: Root
    files: Sequence[FileImage]
    already: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[tuple[str, Why]] = field(default_factory=Counter)
    wanted: dict[str, Plan] = field(default_factory=dict)
    away: list[Unit] = field(default_factory=list)

    def decide(self) -> Restored:
        """Which come back. Writes nothing."""
        by_name: dict[str, list[Unit]] = {}
        for unit in units(self.files):
            by_name.setdefault(unit.name, []).append(unit)
        barred: set[str] = set()
        for name in sorted(by_name, key=lambda name: bool(by_name[name][0].stood.column)):
            those = by_name[name]
            named = those[0].stood.column != ""
            why = self._taken_back(name, those)
            if why is None and named and name in self.wanted and those[0].stood.table in barred:
                del self.wanted[name]
                why = Why.PARENT
            if why is not None or name in self.wanted:
                self.away += those
            if why is not None:
                self.conflicts[those[0].where, why] += sum(each.stood.rows for each in those)
                barred.add(those[0].stood.table)
            elif name in self.wanted:
                self.back[those[0].where] += sum(each.stood.rows for each in self.wanted[name].steps)
            else:
                self.already[those[0].where] += sum(each.stood.rows for each in those)
        tables = tuple(
            Back(name, self.back[name], self.already[name]) for name in sorted({**self.back, **self.already})
        )
        conflicts = tuple(Conflict(name, why, many) for (name, why), many in sorted(self.conflicts.items()))
        return Restored(tables, conflicts)

    def _taken_back(self, name: str, those: Sequence[Unit]) -> Why | None:
        """Go back from what stands there, change by change; why that cannot be done."""
        path = self._path(name, those[-1])
        plan = Plan(_as_it_stands(path, those), partial(pieces, path))
        for unit in reversed(those):
            tail = plan.tail(unit.stood.left, lines=unit.lines)
            if tail is not None:
                plan = plan.back(unit, tail)
            elif plan.tail(_before(unit), lines=unit.lines) is None:
                return Why.TAKEN if unit.stood.left is None else Why.CHANGED
        if plan.steps:
            self.wanted[name] = plan
        return None

    def _path(self, name: str, last: Unit) -> Path:
        """Where it stands; a link itself, and not what it leads to."""
        if last.stood.kind != "link":
            return self.root.path(name)
        outer, _, own = name.rpartition("/")
        return (self.root.path(outer) if outer else self.root.folder) / own

    # --- writing ---

    def stage(self, commit: Commit) -> None:
        """Write what comes back beside its place, complete and on the disk."""
        for name, plan in self.wanted.items():
            stood = plan.steps[-1].stood
            path = self._path(name, plan.steps[0])
            path.parent.mkdir(parents=True, exist_ok=True)
            ready = commit.ready_path(name)
            commit.bring(name, ready, self.root.identity(name))
            if stood.kind == "folder":
                self._folder(ready, plan.steps[-1])
            elif stood.kind == "link":
                ready.symlink_to(stood.to)
                dress(ready, stood)
                flush(ready.parent)
            else:
                write(ready, stood, plan.content(), self.root.system, followed=plan.followed)
                if plan.followed:
                    moment = path.stat().st_mtime_ns
                    os.utime(ready, ns=(moment, moment))

    def _folder(self, ready: Path, unit: Unit) -> None:
        ready.mkdir(mode=0o700)
        for stood, file in unit.inner:
            inner = ready / stood.names[1]
            if stood.kind == "folder":
                inner.mkdir(mode=0o700)
            elif stood.kind == "link":
                inner.symlink_to(stood.to)
                dress(inner, stood)
            else:
                write(inner, stood, file.content(), self.root.system)
        folders = [(ready, unit.stood), *((ready / each.names[1], each) for each, _ in unit.inner)]
        for path, stood in reversed(folders):
            if stood.kind == "folder":
                flush(path)
                dress(path, stood)


def _before(unit: Unit) -> object:
    return unit.stood.mark if unit.stood.kind in ("file", "lines") else (unit.stood.kind, unit.name)


def _as_it_stands(path: Path, those: Sequence[Unit]) -> object:
    """What is there now: nothing, the mark of a file, or the folder or link as it was before a change."""
    if not os.path.lexists(path):
        return None
    for unit in those:
        if unit.stood.kind == "folder" and path.is_dir() and _same(path, unit):
            return _before(unit)
        if unit.stood.kind == "link" and path.is_symlink() and str(path.readlink()) == unit.stood.to:
            return _before(unit)
    return mark(path) or "something else"


def _same(path: Path, unit: Unit) -> bool:
    """Whether a folder holds what it held."""
    there = {each.relative_to(path).as_posix() for each in path.rglob("*")}
    return there == {stood.names[1] for stood, _ in unit.inner} and all(
        mark(path / stood.names[1]) == stood.mark for stood, _ in unit.inner if stood.kind == "file"
    )
