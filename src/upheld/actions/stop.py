"""One switch stops every write in every system, whatever verb is at it; reading and answering go on."""

from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import transaction

from upheld.actions import two
from upheld.actions.means import Means
from upheld.rights.connector import Connector
from upheld.rights.outcome import Permanent, Transient
from upheld.store.database import hold
from upheld.store.models import Agreement, Matter, Stop

E = TypeVar("E")


class Stopped(Transient):
    """Somebody has stopped all writing. What is prepared is rolled back, and waits."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            f"All writing has been stopped since {at:%Y-%m-%d %H:%M} UTC.",
            "`upheld status` says by whom and why; `upheld stop --lift`, then `upheld resume`, goes on.",
        )


@transaction.atomic
def stop(*, means: Means, reason: str) -> Stop:
    """From now on nothing is written in any system; what is being prepared is rolled back before its commit.
    Stopping again changes nothing."""
    if not reason.strip():
        raise Permanent("Nobody said why writing is stopped.", "Say why: --reason TEXT.")
    hold("stop")
    return in_force() or Stop.objects.create(at=means.clock(), by=means.by, reason=reason.strip())


@transaction.atomic
def lift(*, means: Means, reason: str = "") -> bool | Agreement:
    """Writing is allowed again; False where it was. Gives the wish instead where two have to decide: nothing
    is written before the second yes."""
    there = in_force()
    if there is None:
        return False
    wish = two.Wish(Matter.STOP, "allow writing again", (there.pk,), stop=there)
    if two.rule_of(means=means, matter=Matter.STOP) is not None and not two.agreed(means=means, wish=wish):
        asked = two.ask(means=means, wish=wish, reason=reason)
        if asked.agreed_at is None:
            return asked
    two.require(means=means, wish=wish)
    return bool(Stop.objects.filter(lifted_at=None).update(lifted_at=means.clock(), lifted_by=means.by))


def in_force() -> Stop | None:
    """The stop that nobody has lifted."""
    return Stop.objects.filter(lifted_at=None).first()


def refuse() -> None:
    """Raises Stopped while a stop is in force."""
    there = in_force()
    if there is not None:
        raise Stopped(there.at)


def stoppable(connectors: Mapping[str, Connector]) -> dict[str, Connector]:
    """The same connectors, each of which asks before every transaction and before every commit."""
    return {name: cast("Connector", _Gate(each)) for name, each in connectors.items()}


class _Gate:
    """A connector behind the switch. What does not write passes."""

    WRITES = frozenset({"execute", "execute_many", "undo"})

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connector, name)
        return _asking(found) if name in self.WRITES else found


def _asking(
    write: Callable[..., Generator[E, None, None]],
) -> Callable[..., Generator[E, None, None]]:
    def asked(*values: Any, **named: Any) -> Generator[E, None, None]:
        refuse()
        events = write(*values, **named)
        try:
            for event in events:
                yield event
                refuse()
        finally:
            events.close()

    return asked
