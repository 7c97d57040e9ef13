"""Files that went with rows: as they were, and put back where a row names them again (scenario 38).

The name is in the row, so a file comes back only with one: where its row has a conflict it stays sealed.
What stands at its place by now is never overwritten.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from upheld.connectors.sql.columns import Tables
from upheld.connectors.sql.filing import below, placed
from upheld.connectors.sql.inside import values_in
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.rights.connector import Attachment
from upheld.rights.fileimage import Seen as At
from upheld.rights.fileimage import Stood, changed, discard, loaded, mark, place, seen, whole, write
from upheld.rights.outcome import FileImage, Permanent
from upheld.rights.plan import Collect, EraseFiles
from upheld.rights.planner import plan_system
from upheld.rights.undo import Back, Conflict, Restored, Why


@dataclass
class Leaving:
    """The files that a transaction is about to remove."""

    of: dict[Path, FileImage] = field(default_factory=dict)
    stood: dict[Path, At | None] = field(default_factory=dict)

    @property
    def images(self) -> tuple[FileImage, ...]:
        """All of them."""
        return tuple(self.of.values())

    def add(self, system: str, step: EraseFiles, names: Mapping[Path, tuple[str, ...]]) -> None:
        """Files of one step, with the names that rows have for them. Misconfigured for what could not come
        back as it was."""
        for path, named in names.items():
            self.stood[path] = seen(path)
            self.of[path] = whole(system, path, step.selection.table, named, column=step.file.column)

    def unchanged(self, system: str) -> None:
        """Transient where somebody has written into one since it was looked at: that would be lost."""
        if any(seen(path) != stood for path, stood in self.stood.items()):
            raise changed(system)


@dataclass
class Returning:
    """The files of one undo, in its open transaction, after the rows are back in it."""

    tables: Tables
    connection: sa.Connection
    system: System
    secrets: Mapping[str, str]
    files: Sequence[FileImage]
    already: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[tuple[str, Why]] = field(default_factory=Counter)
    wanted: dict[Path, tuple[Stood, FileImage]] = field(default_factory=dict)
    ready: dict[Path, Path] = field(default_factory=dict)
    placed: list[Path] = field(default_factory=list)

    def decide(self) -> None:
        """Which of them come back. Writes nothing."""
        for step, path, stood, file in self._each():
            place = f"{stood.table}.{stood.column}"
            if path is None or step is None:
                self.conflicts[place, Why.SCHEMA] += 1
            elif mark(path) == stood.mark:
                self.already[place] += 1
            elif seen(path) is not None:
                self.conflicts[place, Why.TAKEN] += 1
            elif not self._named(stood):
                self.conflicts[place, Why.PARENT] += 1
            else:
                self.wanted[path] = stood, file

    def _each(self) -> Iterator[tuple[EraseFiles | None, Path | None, Stood, FileImage]]:
        """Of a file that several transactions removed, the last: what stood there when it went for good."""
        steps = {
            (each.selection.table, each.file.column): each
            for each in plan_system(self.system, Right.ERASURE)
            if isinstance(each, EraseFiles)
        }
        found: dict[object, tuple[EraseFiles | None, Path | None, Stood, FileImage]] = {}
        for file in self.files:
            stood = loaded(file.image)
            step = steps.get((stood.table, stood.column))
            path = self._path(step, stood) if step else None
            found[path or (stood.table, stood.column, stood.names)] = step, path, stood, file
        yield from found.values()

    def _path(self, step: EraseFiles, stood: Stood) -> Path | None:
        """Where it belongs by the map of today; None where that cannot be said."""
        root = placed(step, "", self.secrets, self.system.name)
        if not root.is_dir():
            return None
        try:
            return below(root, stood.names[0], f"{stood.table}.{stood.column}")
        except Permanent:
            return None

    def _named(self, stood: Stood) -> bool:
        live = self.tables.live.get(stood.table)
        if live is None or live.column(stood.column) is None:
            return False
        same = values_in(self.tables, stood.table, stood.column, stood.names)
        column = self.tables.column(stood.table, stood.column)
        return self.connection.execute(sa.select(column).where(same).limit(1)).first() is not None

    def stage(self) -> None:
        """Write them beside their places, and to the disk: what fails, fails before anything is promised. A
        repeat after a crash uses the same names, and leaves nothing of the first behind."""
        for path, (stood, file) in self.wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            known = sha256(f"{path.name} {stood.mark[1]}".encode()).hexdigest()
            ready = path.parent / f".upheld-{known[:24]}.new"
            ready.unlink(missing_ok=True)
            self.ready[path] = ready
            write(ready, stood, file.content(), self.system.name)

    def put(self) -> None:
        """Give them their names: before the commit, so that no row is back whose file is lost. Permanent, and
        nothing is put back, where a name was taken since the look."""
        for path, ready in self.ready.items():
            if not place(ready, path):
                raise Permanent(
                    f"{self.system.name}: a file is there by now that was to be put back. Nothing was.",
                    "Try again: what stands there by now is left alone.",
                )
            self.placed.append(path)

    def take_away(self) -> None:
        """After a failure: neither files nor what was prepared of them stay."""
        discard([*self.ready.values(), *self.placed])

    def added_to(self, restored: Restored) -> Restored:
        """The counts of rows with those of files, which stand under `table.column`."""
        back: Counter[str] = Counter()
        for stood, _ in self.wanted.values():
            back[f"{stood.table}.{stood.column}"] += 1
        tables = [Back(name, back[name], self.already[name]) for name in {**back, **self.already}]
        conflicts = [Conflict(name, why, many) for (name, why), many in self.conflicts.items()]
        return replace(
            restored,
            tables=tuple(sorted((*restored.tables, *tables), key=lambda each: each.table)),
            conflicts=tuple(
                sorted((*restored.conflicts, *conflicts), key=lambda each: (each.table, each.why))
            ),
        )

    def sealed(self, steps: Sequence[Collect]) -> Iterator[Attachment]:
        """Those that are not there, for her copy."""
        by_table = {each.selection.table: each for each in steps}
        for _, path, stood, file in self._each():
            step = by_table.get(stood.table)
            if step is not None and (path is None or mark(path) != stood.mark):
                yield Attachment(step.number, stood.table, stood.names[0], file.content())
