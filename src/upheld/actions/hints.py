"""Names and numbers that she gave beside her address: for staff to compare, never looked up, and used only
where a system says the same of her."""

from dataclasses import dataclass

from upheld.actions import arrivals, cases
from upheld.actions.means import Means
from upheld.store.models import Case


@dataclass(frozen=True, slots=True)
class Hint:
    """One of them. `found`: the systems hold it for the person that was identified; not known before that."""

    value: str
    found: bool

    def __repr__(self) -> str:
        return f"Hint(found={self.found})"


def of(*, means: Means, case: Case) -> tuple[Hint, ...]:
    """Those of all messages of the case. Raises Destroyed."""
    subject = cases.subject_of(means=means, case=case)
    known = {_folded(each.value) for each in subject.identities if each.verified} if subject else set()
    given = dict.fromkeys(
        value
        for arrival in case.arrivals.order_by("received_at")
        for value in arrivals.opened(means=means, arrival=arrival).told.hints
    )
    return tuple(Hint(each, _folded(each) in known) for each in given)


def _folded(value: str) -> str:
    """As it is compared: a telephone number by its digits, anything else without case and spaces."""
    digits = "".join(each for each in value if each.isdigit())
    if digits and not any(each.isalpha() for each in value):
        return digits
    return " ".join(value.split()).casefold()
