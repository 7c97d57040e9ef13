"""A system whose map holds proposals is asked as far as that is safe, and never written to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from upheld.datamap.model import DataMap, System
from upheld.rights import proposals
from upheld.rights.connector import Capabilities, Collected, Connector, Entropy, Execution, Finding, Found
from upheld.rights.outcome import Counts, FileImage, Settled, Verified
from upheld.rights.plan import Step
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restored, Undoing


@dataclass(frozen=True, slots=True)
class Undecided:
    """The connector of such a system. Where it is only proposed whose rows are whose, nobody is looked for
    either: a copy could be a stranger's."""

    system: System
    inner: Connector

    @property
    def capabilities(self) -> Capabilities:
        """The system's own."""
        return self.inner.capabilities

    def check(self) -> tuple[Finding, ...]:
        return self.inner.check()

    def key(self, table: str, text: str) -> Key:
        return self.inner.key(table, text)

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        proposals.refuse(self.system, only_identifying=True)
        return self.inner.find(identities, people)

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        proposals.refuse(self.system, only_identifying=True)
        return self.inner.count(steps, subject, now=now)

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        proposals.refuse(self.system, only_identifying=True)
        return self.inner.collect(steps, subject, now=now)

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
        proposals.refuse(self.system)
        return self.inner.execute(steps, subject, now=now, entropy=entropy, allow=allow, before=before)

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        return self.inner.verify(steps, subject, traces, now=now)

    def settle(self, token: str) -> Settled:
        return self.inner.settle(token)

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        return self.inner.returning(before, files=files)

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        return self.inner.sealed(steps, subject, before, until=until, files=files)

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        proposals.refuse(self.system)
        return self.inner.undo(before, entropy=entropy, files=files)


def guarded(datamap: DataMap, connectors: Mapping[str, Connector]) -> dict[str, Connector]:
    """The connectors, each behind the proposals of its system."""
    return {
        name: Undecided(system, each) if (system := datamap.system(name)).proposals else each
        for name, each in connectors.items()
    }
