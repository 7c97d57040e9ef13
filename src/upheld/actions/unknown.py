"""Somebody whom no system knows: she is asked once for another identifier, then told that nothing was found
(G-11.1, G-12.8)."""

from upheld.actions import cases
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import Preview, preview
from upheld.law.right import Right
from upheld.rights.outcome import Counts, Permanent
from upheld.store.models import Request, RequestState

NO_MATCH = "no_match"
"""Why such a request is denied, as the Data Rights Protocol calls it."""


class Unknown(Permanent):
    """No system knows whom a request is about."""


def is_unknown(*, means: Means, asked: Asked, seen: Preview) -> bool:
    """Whether every system was asked, and none has anything of this person. Where one cannot be asked, or
    only its owner can look, nobody may say so. Reads only."""
    if known(means=means, seen=seen):
        return False
    # What a right is about may be little; all that there is, only a copy would hold.
    every = seen if seen.plan.right is Right.ACCESS else preview(means=means, right=Right.ACCESS, asked=asked)
    counted = all(every.counts.get(name) is not None for name in every.plan.systems)
    return counted and not (every.waiting or known(means=means, seen=every))


def known(*, means: Means, seen: Preview) -> int:
    """How many rows of the organisation's systems are her, or are hers; our own record of her asking is no
    sign that anybody knows her."""
    own = {each.name for each in means.datamap.systems if each.kind == "own"}
    people = sum(each.system not in own for each in seen.subject.people)
    counted = [each for name, each in seen.counts.items() if name not in own and isinstance(each, Counts)]
    return people or sum(count.rows for each in counted for count in each.steps)


def ended(*, means: Means, request: Request, asked: Asked, seen: Preview, nothing_found: bool) -> bool:
    """Whether the request ends here, denied, for no system knows her. Nothing is certified then, for nothing
    was done; writes `case.closed` with the case's last request.

    Unless it is to be answered that nothing was found, raises Unknown instead: the case stays open, and she
    is asked once for another identifier.
    """
    before = cases.subject_of(means=means, case=request.case)
    if before is not None or not is_unknown(means=means, asked=asked, seen=seen):
        return False
    if not nothing_found:
        raise Unknown(
            f"No system knows this person by what was given. Nothing was written; case {request.case_id} "
            "stays open.",
            "Ask her once for another identifier (Art. 12(6)), and repeat the command with both; where she "
            "has none, with --nothing-found.",
        )
    cases.finish(means=means, request=request, state=RequestState.DENIED, reason=NO_MATCH)
    request.refresh_from_db()
    return True
