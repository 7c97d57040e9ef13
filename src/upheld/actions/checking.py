"""Look at the systems: can each be reached, and does the map fit it? Reads only."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import chain

from upheld.actions.means import Means
from upheld.datamap.model import System
from upheld.rights import registers
from upheld.rights.connector import Finding, Severity
from upheld.rights.outcome import Failure
from upheld.store.models import Check, Copy, Fulfilment, FulfilmentState, RequestState

EVERY = timedelta(days=1)
"""How old a look may be before the runner takes another."""
AGAIN = timedelta(hours=1)
"""The same for a system that could not be asked."""
NEVER = "never looked at"


@dataclass(frozen=True, slots=True)
class Checked:
    """One system as it was last seen. `failed`: open requests whose part failed here."""

    system: System
    at: datetime | None
    by: str
    failure: str
    findings: tuple[Finding, ...]
    failed: int

    @property
    def title(self) -> str:
        """As people name it."""
        return self.system.title or self.system.name

    @property
    def stops(self) -> int:
        """Findings that keep everything from being written."""
        return sum(each.severity is Severity.STOP for each in self.findings)

    @property
    def doubts(self) -> int:
        """Findings that somebody should look at."""
        return sum(each.severity is Severity.DOUBT for each in self.findings)

    @property
    def state(self) -> str:
        """`good`, `wait`, `bad`, or `none` where nobody has looked yet."""
        if self.at is None:
            return "none"
        if self.failure or self.stops:
            return "bad"
        return "wait" if self.doubts or self.failed else "good"


def overview(*, means: Means) -> tuple[Checked, ...]:
    """Every system of the map as it was last seen; connects to none, and takes the same number of queries for
    any number of systems."""
    seen = {each.system: each for each in Check.objects.all()}
    failed: dict[str, int] = {}
    parts = Fulfilment.objects.filter(state=FulfilmentState.FAILED).values_list("system", flat=True)
    for name in (*parts, *_in_copies()):
        failed[name] = failed.get(name, 0) + 1
    return tuple(
        _checked(each, seen.get(each.name), failed.get(each.name, 0)) for each in means.datamap.systems
    )


def one(*, means: Means, system: str) -> Checked:
    """One system as it was last seen. Raises KeyError for one that the map does not name."""
    found = Check.objects.filter(system=system).first()
    failed = Fulfilment.objects.filter(state=FulfilmentState.FAILED, system=system).count()
    failed += sum(each == system for each in _in_copies())
    return _checked(means.datamap.system(system), found, failed)


def _in_copies() -> Iterator[str]:
    """The systems that failed in copies, one for each copy."""
    copies = Copy.objects.filter(failure__gt="", request__state=RequestState.IN_PROGRESS)
    return chain.from_iterable(copies.values_list("failed", flat=True))


def _checked(system: System, found: Check | None, failed: int) -> Checked:
    if found is None:
        return Checked(system, None, "", "", (), failed)
    findings = tuple(Finding(**{**each, "severity": Severity(each["severity"])}) for each in found.findings)
    return Checked(system, found.at, found.by, found.failure, findings, failed)


def of_registers(*, means: Means) -> tuple[Finding, ...]:
    """What the folder's registers lack, by themselves."""
    return tuple(registers.check(means.datamap, means.now.date()))


def check(*, means: Means, system: str, by: str = "") -> Check:
    """Connect to one system and look; keeps what was found in place of the last look. `by`: who ordered it,
    where that is somebody else than who looks. A system that cannot be
    asked is no error: that is what was found."""
    failure, findings = "", []
    try:
        findings = [asdict(each) for each in means.connectors[system].check()]
    except Failure as error:
        failure = str(error)
    kept, _ = Check.objects.update_or_create(
        system=system,
        defaults={"at": means.clock(), "by": by or means.by, "failure": failure, "findings": findings},
    )
    return kept


def check_due(*, means: Means) -> int:
    """Look at the system whose last look is the oldest, if it is due; gives how many were looked at. One a
    round, so that a slow system delays nobody's request for long."""
    seen = {each.system: each for each in Check.objects.filter(system__in=means.connectors)}
    unseen = [name for name in means.connectors if name not in seen]
    at = means.clock()
    due = [each for each in seen.values() if each.at <= at - (AGAIN if each.failure else EVERY)]
    if not unseen and not due:
        return 0
    check(means=means, system=unseen[0] if unseen else min(due, key=lambda each: each.at).system)
    return 1
