"""A connector to a folder. At least once, and idempotent: a second run finds nothing left to change."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from upheld.connectors.files.check import check
from upheld.connectors.files.commit import Commit, locked, recover, valid
from upheld.connectors.files.leaving import About, Leaving
from upheld.connectors.files.place import Entry, Identity, Root, failures
from upheld.connectors.files.returning import Returning
from upheld.connectors.files.sealed import sealed
from upheld.connectors.files.store import Cut, Store
from upheld.datamap.model import System, Table
from upheld.rights.cells import are_cells
from upheld.rights.connector import (
    Attachment,
    Capabilities,
    Collected,
    Entropy,
    Execution,
    Finding,
    Found,
    Severity,
)
from upheld.rights.outcome import (
    Committed,
    Counts,
    Established,
    FileImage,
    Misconfigured,
    Permanent,
    Prepared,
    Settled,
    Transient,
    Verified,
)
from upheld.rights.plan import Collect, EraseFiles, Step
from upheld.rights.rows.again import look_again, remember
from upheld.rights.rows.change import Changes, Tally
from upheld.rights.rows.find import find
from upheld.rights.rows.select import Selector
from upheld.rights.rows.setting import Sets, lacking_marks, sets_cells
from upheld.rights.rows.values import Row
from upheld.rights.subject import Identity as Identifier
from upheld.rights.subject import Key, Person, Subject
from upheld.rights.undo import Restored, Restoring, Undoing, Undone

PIECE = 64 * 1024


@dataclass(frozen=True)
class FilesConnector:
    """One folder. Files are open only inside a call; the folder is locked while an execution is open."""

    system: System
    store: Store

    @property
    def capabilities(self) -> Capabilities:
        """Each file changes atomically, all of them together do not; after a crash it is read again."""
        return Capabilities(
            transactions=False, establishes=Established.REREAD, restrict=True, undo=True, version="1"
        )

    def check(self) -> tuple[Finding, ...]:
        """The folder against the map (docs/findings.md)."""
        with failures(self.system.name):
            return check(self.store)

    def key(self, table: str, text: str) -> Key:
        """The text itself where the files hold texts; a whole number where all keys of a JSONL table are."""
        mapped = self.system.table(table)
        refusal = Permanent(f"That is no key of {self.system.name}.{table}.")
        if len(mapped.person) != 1 or not text or text != text.strip() or not text.isprintable():
            raise refusal
        if self.store.textual(mapped):
            return (text,)
        with failures(self.system.name):
            kinds = {type(row.get(mapped.person[0])) for row in islice(self.store.scan(mapped), 1000)}
        if kinds - {type(None)} == {int}:
            if not re.fullmatch("-?[1-9][0-9]{0,18}|0", text):
                raise refusal
            return (int(text),)
        return (text,)

    def find(self, identities: Sequence[Identifier], people: Sequence[Person]) -> Found:
        """By the identity columns of the person tables, one pass over each."""
        with failures(self.system.name):
            return find(self.system, self.store.scan, identities, people)

    def _changes(
        self, steps: Sequence[Step], subject: Subject, now: datetime, entropy: Entropy
    ) -> Changes | Sets:
        selector = Selector(self.system, self.store.scan, subject, now, textual=self.store.textual)
        changes = Sets(selector, steps) if sets_cells(steps) else Changes(selector, steps, entropy)
        changes.prepare()
        return changes

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """What the steps would select or change. Transient when somebody writes meanwhile."""
        with failures(self.system.name):
            before = self._identities()
            changes = self._changes(steps, subject, now, _none)
            counts = changes.counts(changes.tally(undecided=False))
            self._unchanged(before)
            return counts

    def size(self, table: str, enough: int | None) -> int:
        """By reading the table's file, no further than `enough`."""
        never = datetime.min.replace(tzinfo=UTC)
        with failures(self.system.name):
            seen = Selector(self.system, self.store.scan, Subject(()), never, textual=self.store.textual)
            return sum(1 for _ in islice(seen.rows(table), enough))

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """Rows, each followed by its files. Transient, after the last row, when somebody wrote meanwhile:
        then the copy is no snapshot and has to be made again.
        """
        with failures(self.system.name):
            before = self._identities()
            changes = self._changes(steps, subject, now, _none)
            if isinstance(changes, Sets):
                yield from changes.to_correct()
            for step, row, copied in changes.collect():
                yield copied
                yield from self._attachments(step, row)
            self._unchanged(before)

    def _attachments(self, step: Collect, row: Row) -> Iterator[Attachment]:
        table = self.system.table(step.selection.table)
        names = [f"{file.root}/{row[file.column]}" for file in step.files if row.get(file.column)]
        if self.store.form(table) == "folder":
            for entry in self.store.entries(table):
                if dict(entry.parts) == row:
                    names.extend(self.store.contents(entry))
        for name in names:
            path = self.store.root.path(name)
            if path.is_file():
                yield Attachment(step.number, table.name, name, _pieces(path))

    # --- writing ---

    def execute(
        self,
        steps: Sequence[Step],
        subject: Subject,
        *,
        now: datetime,
        entropy: Entropy,
        allow: frozenset[str],
        before: bool = False,
    ) -> Execution:
        """All files of the system in one part. Everything is written beside its target, and known to fit,
        before Prepared; renames come after. Transient when a file changed meanwhile: nothing was lost.
        """
        if self.system.read_only:
            raise Misconfigured(f"{self.system.name} is read-only in the map.", "Its owner erases there.")
        with ExitStack() as stack:
            stack.enter_context(failures(self.system.name))
            stack.enter_context(locked(self.store.root))
            recover(self.store.root, now)
            self._refuse()
            stood = self._identities()
            changes = self._changes(steps, subject, now, entropy)
            tally = changes.tally()
            changes.within_limits(tally, allow)
            counts = changes.counts(tally)
            traces = changes.traces if isinstance(changes, Sets) else remember(changes.selector).write()
            kept = changes.before if isinstance(changes, Sets) else None
            lacking = changes.lacking if isinstance(changes, Sets) else ()
            commit = Commit(self.store.root, entropy())
            stack.callback(commit.undo)
            leaving = Leaving(self.store.root)
            self._write(changes, commit, stood, leaving)
            images = leaving.images(commit.moves) if before else ()
            self._unchanged(stood)
            commit.prepare()
            yield Prepared(self.system.name, "all", commit.token, counts, traces, before=kept, files=images)
            self._unchanged(stood)
            leaving.unchanged()
            commit.begun = True
            commit.carry_out()
        yield Committed(self.system.name, "all", Established.WITNESSED, counts, changes.dues(tally))
        if lacking:
            raise lacking_marks(self.system.name, lacking)

    def _refuse(self) -> None:
        stops = [each for each in self.check() if each.severity is Severity.STOP]
        if stops:
            place = f".{stops[0].table}" if stops[0].table else ""
            raise Misconfigured(f"{self.system.name}{place}: {stops[0].what}", stops[0].cure)

    def _write(
        self,
        changes: Changes | Sets,
        commit: Commit,
        before: Mapping[str, Identity | None],
        leaving: Leaving,
    ) -> None:
        for step in changes.steps:
            if isinstance(step, EraseFiles) and isinstance(changes, Changes):
                for name in sorted(changes.names(step)):
                    below = self._plan_removal(commit, name, step.file.root)
                    leaving.of[below] = About(step.selection.table, step.file.column)
        for name in changes.touched:
            table = self.system.table(name)
            for entry in self.store.entries(table):
                cuts: list[Cut] = []
                self._write_one(changes, commit, table, entry, before, cuts)
                leaving.of.setdefault(
                    entry.name, About(name, cuts=cuts, text=self.store.form(table) == "text")
                )

    def _plan_removal(self, commit: Commit, name: str, root: str) -> str:
        below = f"{root}/{name}"
        real = self.store.root.path(below)
        if name.startswith("/") or not real.is_relative_to(self.store.root.path(root)):
            raise Permanent(f"{self.system.name}: a row names a file outside {root}.", "Correct that row.")
        if real.is_dir():
            raise Permanent(
                f"{self.system.name}: a row names a folder in {root}, not a file.", "Correct that row."
            )
        commit.remove(below)
        return below

    def _write_one(
        self,
        changes: Changes | Sets,
        commit: Commit,
        table: Table,
        entry: Entry,
        before: Mapping[str, Identity | None],
        cuts: list[Cut],
    ) -> None:
        if self.store.removable(table):
            for _, row in self.store.rows(table, entry):
                if row is not None and changes.effect(table, row, Tally()) is None:
                    commit.remove(entry.name)
                    return
            if self.store.form(table) == "folder":
                return
        ready = commit.ready_path(entry.name)
        different = False
        try:
            with ready.open("xb") as out:
                os.fchmod(out.fileno(), 0o600)
                different = self.store.rewrite(
                    table, entry, lambda row: changes.effect(table, row), out, cuts
                )
                out.flush()
                if different:
                    os.fsync(out.fileno())
            if different:
                commit.replace(entry.name, ready, before.get(entry.name))
        finally:
            if not (commit.moves and commit.moves[-1].target == entry.name):
                ready.unlink(missing_ok=True)

    def _identities(self) -> dict[str, Identity | None]:
        """Every file of every table as it is now."""
        root = self.store.root
        return {
            entry.name: root.identity(entry.name)
            for table in self.system.tables
            for entry in self.store.entries(table)
        }

    def _unchanged(self, before: Mapping[str, Identity | None]) -> None:
        if self._identities() != before:
            raise Transient(f"{self.system.name}: somebody wrote into these files meanwhile.", "Try again.")

    # --- afterwards ---

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """By the map, reading every mapped file again."""
        with failures(self.system.name):
            selector = Selector(self.system, self.store.scan, subject, now, textual=self.store.textual)
            if sets_cells(steps) or any(map(are_cells, traces)):
                sets = Sets(selector, steps)
                sets.prepare()
                return sets.verified(traces)
            return look_again(selector, steps, traces, Changes(selector, (), _none).holds)

    def settle(self, token: str) -> Settled:
        """Finishes a commit that was begun, undoes one that was only prepared, and says which. UNKNOWN where
        there is no trace of it, or where somebody wrote since: then it is executed again, which does no harm.
        """
        if not valid(token):
            return Settled.UNKNOWN
        with failures(self.system.name), locked(self.store.root):
            return Commit(self.store.root, token).settle()

    # --- putting back ---

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        """From a look at each file; an execution may be under way. `before` is empty: this kind has no rows
        beside its files."""
        with failures(self.system.name):
            return Returning(self.store.root, files).decide()

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        """The lines that were cut and the files that went, judged by the map as if they stood there."""
        with failures(self.system.name):
            yield from sealed(self.store, steps, subject, files, until)

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        """One commit of the folder, as an erasure is. Refuses a read-only system."""
        if self.system.read_only:
            raise Misconfigured(f"{self.system.name} is read-only in the map.", "Its owner puts back there.")
        with ExitStack() as stack:
            stack.enter_context(failures(self.system.name))
            stack.enter_context(locked(self.store.root))
            recover(self.store.root, None)
            commit = Commit(self.store.root, entropy())
            stack.callback(commit.undo)
            returning = Returning(self.store.root, files)
            restored = returning.decide()
            returning.stage(commit)
            commit.prepare()
            yield Restoring(self.system.name, commit.token, restored)
            commit.refuse_changed()
            commit.begun = True
            commit.carry_out()
        yield Undone(self.system.name, Established.WITNESSED, restored)


def _none() -> str:
    return "0" * 24  # counting and looking write nothing, so nothing random is kept


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def connector(system: System, *, secrets: Mapping[str, str]) -> FilesConnector:
    """The entry point of kind `files`. `connect` is a folder, or names one: `${ARCHIVE_DIR}`."""

    def given(match: re.Match[str]) -> str:
        if match[1] not in secrets:
            raise Misconfigured(
                f"{system.name}: {match[1]} is not set ({system.origin}).",
                f"Set {match[1]} in the environment or in the file of secrets, as a folder.",
            )
        return secrets[match[1]]

    folder = re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", given, system.connect)
    if not folder:
        raise Misconfigured(f"{system.name} has no folder ({system.origin}).", "Add `connect:`.")
    if system.tenant or system.refresh or system.receipt:
        raise Misconfigured(
            f"{system.name}: folders have neither tenants, views nor receipts ({system.origin}).",
            "Remove `tenant:`, `refresh:` and `receipt:`.",
        )
    if not _plain(str(system.options.get("encoding", "utf-8"))):
        raise Misconfigured(
            f"{system.name}: that encoding is unknown, or has no plain line ends ({system.origin}).",
            "Write one such as utf-8, latin-1 or cp1252, or convert the files.",
        )
    return FilesConnector(system, Store(system, Root(system.name, Path(folder))))


def _plain(encoding: str) -> bool:
    """Whether commas, quotes and line ends are single bytes as in ASCII: records are found by them."""
    try:
        return ',;\t|"\r\n'.encode(encoding) == b',;\t|"\r\n'
    except (LookupError, UnicodeError):
        return False
