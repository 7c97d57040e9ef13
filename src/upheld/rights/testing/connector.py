"""A connector over tables in memory: it follows the steps as real ones do, and fails or dies when told."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count, islice

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
    Failure,
    FileImage,
    Misconfigured,
    Permanent,
    Prepared,
    Settled,
    Verified,
)
from upheld.rights.plan import EraseFiles, Step
from upheld.rights.rows.again import look_again, remember
from upheld.rights.rows.change import Changes, Tally
from upheld.rights.rows.find import find
from upheld.rights.rows.select import Selector
from upheld.rights.rows.setting import Sets, lacking_marks, sets_cells
from upheld.rights.rows.values import Row
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restored, Undoing, cannot

POINTS = (
    "check",
    "find",
    "count",
    "collect",
    "before prepared",
    "after prepared",
    "after commit",
    "verify",
    "settle",
)
"""Where a double can be told to fail or to die, in the order of a request."""


class Died(BaseException):
    """The process is gone: not a failure that anybody could catch, as little as SIGKILL is."""


def serial_entropy() -> Entropy:
    """Fresh tokens that are the same in every run: a counter, zero-padded."""
    numbers = count(1)
    return lambda: f"{next(numbers):024d}"


class InMemoryConnector:
    """Tables are lists of dicts, keyed by their names in the map; `files` maps `root/name` to bytes.

    `fail` maps a point of POINTS to the Failure raised there, once; `die` names points at which Died is
    raised, once. `findings` are reported by `check` besides its own. Writing is atomic: at "before prepared"
    and "after prepared" nothing has changed, at "after commit" everything has.
    """

    def __init__(
        self,
        system: System,
        tables: Mapping[str, list[dict[str, object]]],
        *,
        files: Mapping[str, bytes] | None = None,
        fail: Mapping[str, Failure] | None = None,
        die: Sequence[str] = (),
        findings: Sequence[Finding] = (),
        settles: Established = Established.RECEIPT,
    ) -> None:
        unknown = ({*(fail or ()), *die}) - set(POINTS)
        if unknown:
            raise ValueError(f"No such point: {', '.join(sorted(unknown))}. Use one of: {', '.join(POINTS)}.")
        self.system = system
        self.tables = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        self.files = dict(files or {})
        self.fail = dict(fail or {})
        self.die = list(die)
        self.findings = tuple(findings)
        self.writes = 0
        self._settled: dict[str, Settled] = {}
        self._settles = settles

    @property
    def capabilities(self) -> Capabilities:
        """All that a good database can do, except putting rows back."""
        return Capabilities(
            transactions=True,
            establishes=self._settles,
            restrict=True,
            undo=False,
            tested=True,
            version="in memory",
        )

    def _point(self, name: str) -> None:
        if name in self.die:
            self.die.remove(name)
            raise Died(name)
        if name in self.fail:
            raise self.fail.pop(name)

    def _scan(self, table: Table) -> Iterator[Row]:
        yield from self.tables.get(table.name, [])

    def _changes(
        self, steps: Sequence[Step], subject: Subject, now: datetime, entropy: Entropy
    ) -> Changes | Sets:
        selector = Selector(self.system, self._scan, subject, now)
        changes = Sets(selector, steps) if sets_cells(steps) else Changes(selector, steps, entropy)
        changes.prepare()
        return changes

    def check(self) -> tuple[Finding, ...]:
        """Tables that are neither mapped nor declared are a STOP, as are mapped ones that are missing."""
        self._point("check")
        mapped = {table.name for table in self.system.tables}
        declared = [
            re.escape(name).replace(r"\*", ".*")
            for each in self.system.no_personal_data
            for name in each.tables
        ]
        found = list(self.findings)
        for name in self.tables:
            if name not in mapped and not any(re.fullmatch(pattern, name) for pattern in declared):
                cure = f"Map {name}, or list it under no_personal_data with a reason."
                found.append(self._finding("undeclared-table", name, "This table is not in the map.", cure))
        for name in mapped - set(self.tables):
            cure = f"Remove {name} from the map, or name it as it is."
            found += [self._finding("missing-table", name, "This table does not exist.", cure)]
        return tuple(found)

    def _finding(self, code: str, table: str, what: str, cure: str) -> Finding:
        return Finding(code, Severity.STOP, self.system.name, table, "", what, cure)

    def key(self, table: str, text: str) -> Key:
        """A text is read in the type of the keys that the table has; a table without rows has text keys."""
        person = self.system.table(table).person
        if len(person) != 1 or not text:
            raise Permanent(f"That is no key of {self.system.name}.{table}.")
        kinds = {
            type(row.get(person[0])) for row in self.tables.get(table, []) if row.get(person[0]) is not None
        }
        if kinds == {int}:
            if not re.fullmatch("-?[0-9]{1,30}", text):
                raise Permanent(f"That is no key of {self.system.name}.{table}: its keys are whole numbers.")
            return (int(text),)
        return (text,)

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        """By the identity columns of the person tables."""
        self._point("find")
        return find(self.system, self._scan, identities, people)

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """What the steps would select or change."""
        self._point("count")
        changes = self._changes(steps, subject, now, serial_entropy())
        return changes.counts(changes.tally(undecided=False))

    def size(self, table: str, enough: int | None) -> int:
        """See `rights.share`."""
        never = datetime.min.replace(tzinfo=UTC)
        rows = Selector(self.system, self._scan, Subject(()), never).rows(table)
        return sum(1 for _ in islice(rows, enough))

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """Rows in the order of the table, each followed by its files; from a copy made at the start."""
        self._point("collect")
        snapshot = InMemoryConnector(self.system, copy.deepcopy(self.tables), files=self.files)
        changes = snapshot._changes(steps, subject, now, serial_entropy())
        if isinstance(changes, Sets):
            yield from changes.to_correct()
        for step, row, copied in changes.collect():
            yield copied
            for file in step.files:
                name = f"{file.root}/{row.get(file.column)}"
                if name in snapshot.files:
                    yield Attachment(step.number, step.selection.table, name, iter([snapshot.files[name]]))

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
        """One transaction for the whole system."""
        self._point("before prepared")
        if before:
            raise cannot(self.system.name)
        if self.system.read_only:
            raise Misconfigured(f"{self.system.name} is read-only in the map.", "Its owner erases there.")
        stops = [each for each in self.check() if each.severity is Severity.STOP]
        if stops:
            raise Misconfigured(f"{self.system.name}: {stops[0].what} ({stops[0].table})", stops[0].cure)
        changes = self._changes(steps, subject, now, entropy)
        tally = changes.tally()
        changes.within_limits(tally, allow)
        counts, gone = changes.counts(tally), self._gone(changes)
        sets = changes if isinstance(changes, Sets) else None
        traces = sets.traces if sets else remember(changes.selector).write()
        written = self._written(changes)
        token = entropy()
        self._settled[token] = Settled.ABORTED
        lacking = sets.lacking if sets else ()
        yield Prepared(self.system.name, "all", token, counts, traces, before=sets.before if sets else None)
        self._point("after prepared")
        self._commit(written, gone)
        self._settled[token] = Settled.COMMITTED
        self._point("after commit")
        yield Committed(self.system.name, "all", Established.WITNESSED, counts, changes.dues(tally))
        if lacking:
            raise lacking_marks(self.system.name, lacking)

    def _written(self, changes: Changes | Sets) -> dict[str, list[dict[str, object]]]:
        written = {}
        for name in changes.touched:
            table = self.system.table(name)
            after = (changes.effect(table, row, Tally()) for row in self.tables.get(name, []))
            written[name] = [dict(row) for row in after if row is not None]
        return written

    def _gone(self, changes: Changes | Sets) -> set[str]:
        """Files to remove. Permanent for a name that leads out of its root (scenario 38)."""
        gone = set()
        for step in changes.steps:
            if isinstance(step, EraseFiles) and isinstance(changes, Changes):
                for name in changes.names(step):
                    if name.startswith("/") or ".." in name.split("/"):
                        raise Permanent(
                            f"A row of {step.selection.table} names a file outside {step.file.root}."
                        )
                    gone.add(f"{step.file.root}/{name}")
        return gone

    def _commit(self, written: Mapping[str, list[dict[str, object]]], gone: set[str]) -> None:
        for name in gone:
            self.files.pop(name, None)
        for name, rows in written.items():
            if self.tables.get(name) != rows:
                self.writes += 1
                self.tables[name] = rows

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """By the map, over every mapped table."""
        self._point("verify")
        selector = Selector(self.system, self._scan, subject, now)
        if sets_cells(steps) or any(map(are_cells, traces)):
            sets = Sets(selector, steps)
            sets.prepare()
            return sets.verified(traces)
        return look_again(selector, steps, traces, Changes(selector, (), serial_entropy()).holds)

    def settle(self, token: str) -> Settled:
        """COMMITTED or ABORTED for tokens given out here, UNKNOWN for others."""
        self._point("settle")
        return self._settled.get(token, Settled.UNKNOWN)

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:  # noqa: ARG002 - nothing was kept here
        """Misconfigured: this kind keeps nothing."""
        raise cannot(self.system.name)

    def sealed(
        self,
        steps: Sequence[Step],  # noqa: ARG002 - nothing was kept here
        subject: Subject,  # noqa: ARG002
        before: Sequence[bytes],  # noqa: ARG002
        *,
        until: date,  # noqa: ARG002
        files: Sequence[FileImage] = (),  # noqa: ARG002
    ) -> Iterator[Collected]:
        """Nothing: this kind keeps nothing."""
        return iter(())

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:  # noqa: ARG002 - as above
        """Misconfigured: this kind keeps nothing."""
        raise cannot(self.system.name)
