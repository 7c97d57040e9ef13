"""A journal in memory, and the smallest driver that treats an execution as the real one does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from upheld.rights.outcome import Committed, Prepared, Settled

Outcome = object
"""Anything that an execution yields: Prepared, Committed, Asked, and what the engine adds to them."""


@dataclass
class InMemoryJournal:
    """What was durably recorded, in order."""

    entries: list[Outcome] = field(default_factory=list)

    def store(self, outcome: Outcome) -> None:
        """Record it before the execution goes on."""
        self.entries.append(outcome)

    @property
    def open(self) -> tuple[Prepared, ...]:
        """Prepared parts whose commit was never recorded: to be settled after a crash."""
        done = {(each.system, each.part) for each in self.entries if isinstance(each, Committed)}
        return tuple(
            each
            for each in self.entries
            if isinstance(each, Prepared) and (each.system, each.part) not in done
        )

    @property
    def committed(self) -> tuple[Committed, ...]:
        """Parts whose commit is recorded."""
        return tuple(each for each in self.entries if isinstance(each, Committed))

    @property
    def traces(self) -> tuple[bytes, ...]:
        """What verification is given."""
        return tuple(each.traces for each in self.entries if isinstance(each, Prepared))

    def settle(self, ask: Callable[[str], Settled]) -> dict[str, Settled]:
        """Ask what became of every open part, by token."""
        return {each.token: ask(each.token) for each in self.open}


def drive(execution: Iterable[Outcome], journal: InMemoryJournal) -> InMemoryJournal:
    """Store each outcome, then let the execution go on, to its end."""
    for outcome in execution:
        journal.store(outcome)
    return journal
