"""Putting finished files in place of the old ones, so that after a crash it can be told what became of it.

Everything is written beside its target first. A journal names all moves; renaming the journal is the moment
from which they will all be made. Each move is atomic, their sum is not: another program may see some files
new and some old for a moment, and after a crash until `settle` is asked (spec/files-journal.md).
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from upheld.connectors.files.place import OWN, Identity, Root, failures
from upheld.rights.outcome import Misconfigured, Permanent, Settled, Transient

FORMAT = "upheld.files.journal/v1"
RECEIPTS_FOR = timedelta(days=90)
"""How long it can be asked what became of a commit."""


@dataclass(frozen=True, slots=True)
class Move:
    """One file or folder, and the finished file that takes its place; None where it goes."""

    target: str
    ready: str | None
    before: Identity | None


@dataclass
class Commit:
    """One commit in one folder. `token` is its name."""

    root: Root
    token: str
    moves: list[Move] = field(default_factory=list)
    begun: bool = False

    def _journal(self, state: str) -> Path:
        return self.root.folder / f"{OWN}-{self.token}.{state}"

    def ready_path(self, target: str) -> Path:
        """Where the finished file is written: beside its target, on the same disk."""
        real = self.root.path(target)
        return real.parent / f"{OWN}-{self.token}-{len(self.moves)}.new"

    def replace(self, target: str, ready: Path, before: Identity | None) -> None:
        """Plan to put `ready`, already written, in place of `target`. It gets its owner and rights."""
        real = self.root.path(target)
        status = real.stat()
        if status.st_nlink > 1:
            raise Misconfigured(
                f"{self.root.system}: a file has a second name, a hard link, under which it would stay.",
                "Remove the second name.",
            )
        made = ready.stat()
        ready.chmod(status.st_mode & 0o7777)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            os.chown(ready, status.st_uid, status.st_gid)
        self.moves.append(Move(target, self._below(ready), before))

    def remove(self, target: str) -> None:
        """Plan to remove a file or folder; one that is missing is a recorded success."""
        self.moves.append(Move(target, None, self.root.identity(target)))

    def bring(self, target: str, ready: Path, before: Identity | None) -> None:
        """Plan to put `ready`, yet to be written, in the place of `target`, or where nothing stands."""
        self.moves.append(Move(target, self._below(ready), before))

    def _below(self, ready: Path) -> str:
        return ready.relative_to(os.path.realpath(self.root.folder)).as_posix()

    def prepare(self) -> None:
        """Write the journal: from now on it can be told that nothing was moved."""
        content = {"format": FORMAT, "moves": [[move.target, move.ready, move.before] for move in self.moves]}
        _durable(self._journal("prepared"), json.dumps(content).encode())

    def carry_out(self) -> None:
        """Make all moves, children's tables first. What fails half-way is finished by `settle`."""
        self._journal("prepared").rename(self._journal("committing"))
        _sync(self.root.folder)
        self._finish()

    def _finish(self) -> None:
        for move in self.moves:
            self._make(move)
        _durable(self._journal("committed"), b"")
        self._journal("committing").unlink(missing_ok=True)
        _sync(self.root.folder)

    def _make(self, move: Move) -> None:
        target = self.root.path(move.target)
        if move.ready is not None:
            ready = self._ready(move.ready)
            if not os.path.lexists(ready):
                return
            if move.before is not None:
                ready.replace(target)
            else:
                _name(ready, self._named(move.target))
            _sync(ready.parent)
            return
        named = self.root.folder / move.target
        if target.is_dir() and not named.is_symlink():
            shutil.rmtree(target)
        else:
            named.unlink(missing_ok=True)
        if named.parent.exists():
            _sync(named.parent)

    def undo(self) -> None:
        """Remove the finished files and the journal, unless moves have begun; no target was touched."""
        if self.begun:
            return
        for move in self.moves:
            if move.ready is not None:
                _gone(self._ready(move.ready))
        self._journal("prepared").unlink(missing_ok=True)

    def settle(self) -> Settled:
        """What became of it. A commit that was begun is finished; one that was only prepared is undone.
        Called with the folder locked.
        """
        if self._journal("committed").exists():
            self._journal("committing").unlink(missing_ok=True)
            return Settled.COMMITTED
        if self._journal("committing").exists():
            self.moves = _moves(self._journal("committing"))
            if not self._untouched():
                self._give_up()
                return Settled.UNKNOWN
            self._finish()
            return Settled.COMMITTED
        if self._journal("prepared").exists():
            self.moves = _moves(self._journal("prepared"))
            self.undo()
            return Settled.ABORTED
        return Settled.UNKNOWN

    def _untouched(self) -> bool:
        """Whether every file that is still to be replaced is the one we read: else somebody's words since
        then would be lost.
        """
        waiting = [
            (move, self._ready(move.ready))
            for move in self.moves
            if move.ready and os.path.lexists(self._ready(move.ready))
        ]
        return all(
            self.root.identity(move.target) == move.before or _linked(ready, self._named(move.target))
            for move, ready in waiting
        )

    def _named(self, target: str) -> Path:
        """A name that leads to nothing yet: what its folder really is, and the name in it."""
        outer, _, own = target.rpartition("/")
        return (self.root.path(outer) if outer else Path(os.path.realpath(self.root.folder))) / own

    def _ready(self, ready: str) -> Path:
        """A finished file that may itself be a link, which is not followed."""
        return self._named(ready)

    def refuse_changed(self) -> None:
        """Transient, before the first move, where somebody has written meanwhile."""
        if not self._untouched():
            raise Transient(
                f"{self.root.system}: somebody wrote into these files meanwhile. Nothing was put back.",
                "Try again.",
            )

    def _give_up(self) -> None:
        for move in self.moves:
            if move.ready is not None:
                _gone(self._ready(move.ready))
        self._journal("committing").unlink(missing_ok=True)


def _name(ready: Path, target: Path) -> None:
    """Give the finished file its name where nothing stood; what came there meanwhile is not overwritten."""
    if ready.is_dir() and not ready.is_symlink():
        ready.rename(target)  # refused by the system where there is anything in a folder of that name
        return
    try:
        os.link(ready, target, follow_symlinks=False)
    except FileExistsError:
        if not _linked(ready, target):
            raise
    ready.unlink()


def _gone(path: Path) -> None:
    """Remove a file or folder of ours, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _linked(ready: Path, target: Path) -> bool:
    """Whether the finished file has its second name already, and only the first was not taken away."""
    return not ready.is_dir() and os.path.lexists(target) and ready.lstat().st_ino == target.lstat().st_ino


def _moves(journal: Path) -> list[Move]:
    content = json.loads(journal.read_bytes())
    if content.get("format") != FORMAT:
        raise Permanent(
            f"The journal {journal.name} is not in the format {FORMAT}; nothing was moved.",
            "Go on with the version of Upheld that wrote it.",
        )
    return [
        Move(target, ready, tuple(before) if before else None) for target, ready, before in content["moves"]
    ]


def _durable(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def valid(token: str) -> bool:
    """Whether a text can be a token of ours: never a path."""
    return re.fullmatch("[a-z0-9]{16,64}", token) is not None


def recover(root: Root, now: datetime | None) -> None:
    """Settle what an earlier process left behind, remove files that no journal names, forget old receipts.
    Called with the folder locked.
    """
    for path in list(root.own_files()):
        name = re.fullmatch(rf"{re.escape(OWN)}-([a-z0-9]+)\.(prepared|committing)", path.name)
        if name and path.parent == root.folder:
            Commit(root, name[1]).settle()
    for path in list(root.own_files()):
        if path.name.endswith(".new"):
            _gone(path)
        elif path.name.endswith(".committed") and now is not None:
            age = now.timestamp() - path.stat().st_mtime
            if age > RECEIPTS_FOR.total_seconds():
                path.unlink(missing_ok=True)


@contextmanager
def locked(root: Root) -> Iterator[None]:
    """One execution at a time in this folder. Transient while another holds it; the dead hold nothing."""
    with failures(root.system):
        file = (root.folder / f"{OWN}.lock").open("ab")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Transient(
                f"{root.system}: another request is being fulfilled in this folder.", "Wait."
            ) from None
        yield
