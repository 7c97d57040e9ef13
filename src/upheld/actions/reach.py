"""Connectors for the systems of a map, found by entry point."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn

from upheld.datamap.model import DataMap, Purpose, System
from upheld.rights.connector import (
    Capabilities,
    Collected,
    Connector,
    Entropy,
    Execution,
    Factory,
    Finding,
    Found,
)
from upheld.rights.outcome import Counts, Established, Failure, FileImage, Misconfigured, Settled, Verified
from upheld.rights.plan import Step
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.undo import Restored, Undoing

GROUP = "upheld.connectors"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Stands for a system whose connector could not be made: everything asked of it fails with the reason,
    so that this system waits, named, and the others go on (scenario 53)."""

    failure: Failure

    @property
    def capabilities(self) -> Capabilities:
        """Nothing."""
        return Capabilities(transactions=False, establishes=Established.ASSERTED, restrict=False, undo=False)

    def check(self) -> tuple[Finding, ...]:
        raise self.failure

    def grants(self) -> str:
        raise self.failure

    def reads(self, purposes: Sequence[Purpose]) -> str:
        raise self.failure

    def key(self, table: str, text: str) -> Key:
        raise self.failure

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        raise self.failure

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        raise self.failure

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        raise self.failure

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
        raise self.failure

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        raise self.failure

    def settle(self, token: str) -> Settled:
        raise self.failure

    def returning(self, before: Sequence[bytes], *, files: Sequence[FileImage] = ()) -> Restored:
        raise self.failure

    def sealed(
        self,
        steps: Sequence[Step],
        subject: Subject,
        before: Sequence[bytes],
        *,
        until: date,
        files: Sequence[FileImage] = (),
    ) -> Iterator[Collected]:
        raise self.failure

    def undo(self, before: Sequence[bytes], *, entropy: Entropy, files: Sequence[FileImage] = ()) -> Undoing:
        raise self.failure

    def discover(self, *_: object) -> NoReturn:
        raise self.failure


def connectors(*, datamap: DataMap, secrets: Mapping[str, str]) -> dict[str, Connector]:
    """One connector a system, in the map's order. Opens no connection. A system whose kind nobody brings,
    or whose secret is missing, is there as Unreachable."""
    return {system.name: reached(system, secrets) for system in datamap.systems}


@cache
def kinds() -> Mapping[str, EntryPoint]:
    """The connectors that are installed, by kind. Looked up once a program: every package is read for it."""
    return {each.name: each for each in entry_points(group=GROUP)}


def reached(system: System, secrets: Mapping[str, str]) -> Connector:
    """The connector of one system."""
    found = kinds()
    if system.kind not in found:
        known = ", ".join(sorted(found)) or "none"
        return Unreachable(
            Misconfigured(
                f"{system.origin}: no connector for the kind {system.kind!r} is installed.",
                f"Kinds that are: {known}. Others come with packages that name the entry point {GROUP}.",
            )
        )
    try:
        factory: Factory = found[system.kind].load()
    except (ImportError, AttributeError) as error:
        missing = getattr(error, "name", None) or found[system.kind].value
        return Unreachable(
            Misconfigured(
                f"The connector for {system.kind!r} needs {missing}, which is not installed.",
                "Install it, or the extra that brings it.",
            )
        )
    try:
        return factory(system, secrets=secrets)
    except Failure as failure:
        return Unreachable(failure)
