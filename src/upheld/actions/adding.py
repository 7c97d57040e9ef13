"""A further right in an open case, as an officer read it out of what the person wrote."""

from django.db import transaction

from upheld.actions import cases, certainty
from upheld.actions.means import Means
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.rights.outcome import Permanent
from upheld.rights.regime import law_on
from upheld.store.database import hold
from upheld.store.models import Case, CaseState, Request
from upheld.store.models.case import UNFINISHED

DOABLE = (
    Right.ACCESS,
    Right.PORTABILITY,
    Right.RECTIFICATION,
    Right.RESTRICTION,
    *STOPPING,
    Right.ERASURE,
)
"""Rights that the console carries out, in the order in which they are done."""


def choices(*, means: Means, case: Case) -> tuple[Right, ...]:
    """What can be added: what its law gives and nobody asks for yet."""
    asked = {each.right for each in case.requests.all() if each.finished_at is None}
    law = law_on(case.regime, means.now.date())
    return tuple(each for each in DOABLE if each.value not in asked and law.given(each) is not None)


@transaction.atomic
def add(*, means: Means, case: Case, right: Right, why: str) -> Request:
    """The case's request of that right, received now. That she asked for it is the judgement of whoever adds
    it: `why` is kept, sealed, with the name. Permanent without it, for a closed case, and where what is known
    of the person belongs to another case too, and where she asks for it already."""
    hold("cases")
    case.refresh_from_db(fields=["state"])
    if case.state != CaseState.OPEN:
        raise Permanent("This case is closed.", "What she asks for now is a case of its own.")
    if case.requests.filter(right=right.value, state__in=UNFINISHED).exists():
        raise Permanent("She asks for that in this case already.", "Look at the case again.")
    asked = cases.asked_in(means=means, case=case)
    request = cases.receive(means=means, right=right, asked=asked, regime=case.regime)
    if request.case_id != case.pk:
        raise Permanent("What is known of this person belongs to another case.", "Look at that one.")
    certainty.judge_one(means=means, request=request, why=why)
    return request
