"""What somebody chose to see of the list of cases. Its address says it, so that a view can be kept."""

from typing import Any

from django.http import QueryDict

from upheld.actions import queue, thread
from upheld.actions.choice import NOBODY, Choice
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.regime import law_on
from upheld.store.models import RequestState, Staff

ENDED = "ended"
STATES = {
    "": "Every open case",
    "approval": "Something waits for approval",
    "under-way": "Something is under way",
    ENDED: "What has ended",
}
OUTCOMES = {
    RequestState.FULFILLED: ("✓", "good", "done"),
    RequestState.DENIED: ("–", "none", "refused"),
    RequestState.REVOKED: ("–", "none", "taken back"),
    RequestState.EXPIRED: ("–", "none", "ran out"),
}
"""How a request ended: mark, colour, word."""
_OPEN = {"approval": RequestState.OPEN, "under-way": RequestState.IN_PROGRESS}
NAMES = ("state", "right", "law", "with")


def chosen(asked: QueryDict) -> tuple[Choice, bool]:
    """The choice, and whether it is of what has ended. Permanent for one that is none."""
    given = {name: asked.get(name, "") for name in NAMES}
    try:
        right = Right(given["right"]) if given["right"] else None
        keeper = int(given["with"]) if given["with"] else None
    except ValueError as error:
        raise _unknown() from error
    if given["state"] not in STATES or (keeper is not None and not NOBODY <= keeper < 2**31):
        raise _unknown()
    return Choice(right, given["law"][:20], keeper, _OPEN.get(given["state"])), given["state"] == ENDED


def _unknown() -> Permanent:
    return Permanent("This choice is not known.", "Choose from the lists above the cases.")


def offered(asked: QueryDict, *, means: Means, me: Staff) -> dict[str, Any]:
    """What the form offers, what of it is chosen, the views that are kept ready, and the choice as the end of
    an address."""
    laws = means.datamap.organisation.regimes
    kept = asked.copy()
    kept.pop("after", None)
    return {
        "chosen": {name: asked.get(name, "") for name in NAMES},
        "states": STATES.items(),
        "rights": [(each.value, name.capitalize()) for each, name in queue.NAMES.items()],
        "laws": [(each, law_on(each, means.now.date()).title) for each in laws] if len(laws) > 1 else [],
        "keepers": [(str(each.pk), each.name) for each in thread.keepers()],
        "views": (
            ("All open", ""),
            ("Mine", f"with={me.pk}"),
            ("Nobody’s", f"with={NOBODY}"),
            ("To approve", "state=approval"),
            ("Ended", f"state={ENDED}"),
        ),
        "said": kept.urlencode(),
    }
