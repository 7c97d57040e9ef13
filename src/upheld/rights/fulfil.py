"""Execute a plan, system after system, as a generator that its caller makes durable (crash truth)."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from upheld.rights.connector import Connector, Entropy
from upheld.rights.outcome import Asked, Committed, Counts, Failure, Permanent, Prepared, Transient, Verified
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject

ROUNDS = 3
"""How often a system is gone through when verification finds rows that came in meanwhile (scenario 50)."""


@dataclass(frozen=True, slots=True)
class Started:
    """A system's turn begins: nothing of it was written yet in this run."""

    system: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A system's part ended without its commit; the others go on (scenario 53)."""

    system: str
    failure: Failure


Event = Started | Prepared | Committed | Asked | Verified | Failed


def execute(
    plan: Plan,
    connectors: Mapping[str, Connector],
    subject: Subject,
    *,
    now: datetime,
    entropy: Entropy,
    allow: frozenset[str] = frozenset(),
    done: frozenset[str] = frozenset(),
    remembered: Mapping[str, Sequence[bytes]] = MappingProxyType({}),
    before: frozenset[str] = frozenset(),
) -> Generator[Event, None, None]:
    """Yields what happened, in order. After a Prepared the caller stores it durably before it asks for the
    next event: only then is the target's transaction committed. Closing the generator rolls back what is
    prepared. Systems in `done` are passed over. `remembered`: traces of each system's parts that committed
    in an earlier run; verification looks for them too. `before`: systems whose undo window is open. A system
    without connector fails as Permanent.
    """
    for system in plan.systems:
        if system in done:
            continue
        yield Started(system)
        connector = connectors.get(system)
        if connector is None:
            yield Failed(
                system, Permanent(f"No connector for {system}.", "Check its `kind` in the privacy folder.")
            )
            continue
        try:
            yield from _one(
                plan,
                connector,
                subject,
                system,
                remembered.get(system, ()),
                now=now,
                entropy=entropy,
                allow=allow,
                before=system in before,
            )
        except Failure as failure:
            yield Failed(system, failure)


def _one(
    plan: Plan,
    connector: Connector,
    subject: Subject,
    system: str,
    remembered: Sequence[bytes],
    *,
    now: datetime,
    entropy: Entropy,
    allow: frozenset[str],
    before: bool,
) -> Generator[Event, None, None]:
    steps = plan.of(system)
    traces = list(remembered)
    waiting = False
    for _ in range(ROUNDS):
        for event in connector.execute(steps, subject, now=now, entropy=entropy, allow=allow, before=before):
            if isinstance(event, Prepared):
                traces.append(event.traces)
            waiting = waiting or isinstance(event, Asked)
            yield event
        if waiting:
            return
        verified = connector.verify(steps, subject, traces, now=now)
        if not verified.remnants:
            yield verified
            return
    yield verified
    places = ", ".join(sorted({f"{each.table}.{each.column}" for each in verified.remnants}))
    raise Transient(
        f"After {ROUNDS} rounds {system} still holds data of this person in {places}.", "Look at it there."
    )


def dry_run(
    plan: Plan, connectors: Mapping[str, Connector], subject: Subject, *, now: datetime
) -> dict[str, Counts | Failure]:
    """What each system's steps would touch; a system that cannot say gives its failure. Reads only."""
    counted: dict[str, Counts | Failure] = {}
    for system in plan.systems:
        try:
            counted[system] = connectors[system].count(plan.of(system), subject, now=now)
        except KeyError:
            counted[system] = Permanent(f"No connector for {system}.")
        except Failure as failure:
            counted[system] = failure
    return counted
