"""A connector that does nothing by itself: it asks (docs/adr/0008-manual-systems.md)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from upheld.datamap.model import System
from upheld.rights.connector import (
    Capabilities,
    Collected,
    Entropy,
    Execution,
    Finding,
    Found,
    Severity,
)
from upheld.rights.outcome import (
    Asked,
    Counts,
    Established,
    Misconfigured,
    Permanent,
    Settled,
    Verified,
)
from upheld.rights.plan import Step, Task
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.rights.unkept import Unkept

LONGEST = 31
"""Days after which an answer could no longer reach her within a month (G-12.3)."""


class ManualConnector(Unkept):
    """One manual system. It holds no answers: they belong to the case, and are given by `upheld answer`."""

    @property
    def capabilities(self) -> Capabilities:
        """Nothing but waiting: what is known is what a person asserts."""
        return Capabilities(
            transactions=False,
            establishes=Established.ASSERTED,
            restrict=False,
            undo=False,
            automatic=False,
            version="1",
        )

    def check(self) -> tuple[Finding, ...]:
        """Whether somebody can be asked, and knows what to do and by when."""
        found = []
        if not self.system.owner or not self.system.address:
            what, cure = "Nobody can be asked about this system.", "Add `owner:` and `address:`."
            found.append(self._finding("no-owner", Severity.STOP, what, cure))
        if not self.system.options.get("look_for"):
            what, cure = (
                "The task does not say what to look for.",
                "Add `look_for:`, such as her name and address.",
            )
            found.append(self._finding("no-look-for", Severity.STOP, what, cure))
        if not self.system.options.get("how"):
            what, cure = (
                "The task does not say how something is removed.",
                "Add `how:`, in words the owner understands.",
            )
            found.append(self._finding("no-how", Severity.DOUBT, what, cure))
        days = self.system.options.get("days", 10)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST:
            what, cure = (
                "The time to answer is not usable.",
                f"Write `days:` as a number from 1 to {LONGEST}.",
            )
            found.append(self._finding("no-days", Severity.STOP, what, cure))
        if self.system.tables:
            what, cure = "Tables of a manual system are not reached.", "Remove them, or use another kind."
            found.append(self._finding("tables-unreached", Severity.DOUBT, what, cure))
        return tuple(found)

    def _finding(self, code: str, severity: Severity, what: str, cure: str) -> Finding:
        return Finding(code, severity, self.system.name, "", "", what, f"{cure} ({self.system.origin})")

    def key(self, table: str, text: str) -> Key:
        """A manual system has no keys that could be looked up."""
        raise Permanent(
            f"{self.system.name} is looked after by hand: it has no keys.", "Leave this identity out."
        )

    def find(self, identities: Sequence[Identity], people: Sequence[Person]) -> Found:
        """Nobody: its owner looks when a task is open."""
        return Found()

    def count(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Counts:
        """Nothing is known before somebody has looked."""
        return Counts(())

    def collect(self, steps: Sequence[Step], subject: Subject, *, now: datetime) -> Iterator[Collected]:
        """Nothing: a copy comes with an answer, and the case adds it."""
        return iter(())

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
        """Ask for every task, of an access as of an erasure. Asking again for the same step is the same
        question; the caller asks only for steps without an answer. Misconfigured where nobody can be asked.
        """
        stops = [each for each in self.check() if each.severity is Severity.STOP]
        if stops:
            raise Misconfigured(f"{self.system.name}: {stops[0].what}", stops[0].cure)
        for step in steps:
            if isinstance(step, Task):
                yield Asked(
                    self.system.name,
                    step.number,
                    step.owner,
                    step.address,
                    step.look_for,
                    step.how,
                    now.date() + timedelta(days=step.days),
                )

    def verify(
        self, steps: Sequence[Step], subject: Subject, traces: Sequence[bytes], *, now: datetime
    ) -> Verified:
        """Nothing was searched, and it says so."""
        return Verified(self.system.name, (), (), (f"{self.system.name}.*",))

    def settle(self, token: str) -> Settled:
        """No token was ever given out."""
        return Settled.UNKNOWN


def connector(system: System, *, secrets: Mapping[str, str]) -> ManualConnector:  # noqa: ARG001 - no secrets
    """The entry point of kind `manual`. It needs no secrets."""
    if system.connect:
        raise Misconfigured(
            f"{system.name} is manual, but has a connection ({system.origin}).",
            "Remove `connect:`, or `kind: manual`.",
        )
    return ManualConnector(system)
