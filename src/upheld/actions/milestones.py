"""What of the first run and the first week is done: seen where it can be, else said by somebody."""

from collections.abc import Callable
from dataclasses import dataclass

from upheld.actions import house
from upheld.actions.means import Means
from upheld.rights.outcome import Misnamed
from upheld.store.models import Arrival, Milestone, MilestoneState, Staff

FIRST_CONTACT = "privacy@example.org"
"""What stands in a folder that nobody has looked at yet."""

FIRST = ("organisation", "countries", "policy", "systems", "try")
WEEK = ("organisation", "systems", "mail", "link", "try", "colleague")
NAMES = frozenset({*FIRST, *WEEK})


@dataclass(frozen=True, slots=True)
class Standing:
    """One of them. `state`: "done", "skipped", or "open". `seen`: known without anybody saying so."""

    name: str
    state: str
    seen: bool = False


def put(*, means: Means, name: str, state: MilestoneState) -> None:
    """It is done, or passed over. Misnamed for what is none."""
    if name not in NAMES:
        raise Misnamed(f"There is no step {name!r}.", f"Steps: {', '.join(sorted(NAMES))}.")
    Milestone.objects.update_or_create(
        name=name, defaults={"state": state, "by": means.by, "at": means.clock()}
    )


def standing(*, means: Means, names: tuple[str, ...]) -> tuple[Standing, ...]:
    """How far each is, in that order. One query for what was said, two for what is seen in them."""
    kept = {each.name: each.state.lower() for each in Milestone.objects.filter(name__in=names)}
    found = _seen(means, names)
    return tuple(
        Standing(name, "done", seen=True) if name in found else Standing(name, kept.get(name, "open"))
        for name in names
    )


def _seen(means: Means, names: tuple[str, ...]) -> set[str]:
    facts: dict[str, Callable[[], bool]] = {
        "organisation": lambda: means.datamap.organisation.contact != FIRST_CONTACT,
        "systems": lambda: sum(each.kind != "own" for each in means.datamap.systems) > 1,
        "mail": house.mailing,
        "try": Arrival.objects.exists,
        "colleague": lambda: Staff.objects.filter(is_active=True).count() > 1,
    }
    return {name for name in names if name in facts and facts[name]()}


def fresh(*, means: Means) -> bool:
    """Whether nobody has begun the first run yet."""
    return means.datamap.organisation.contact == FIRST_CONTACT and not Milestone.objects.exists()
