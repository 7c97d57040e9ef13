"""How sure it is who asks: what each way of proving it is worth, and what several are worth together
(G-12.8, C-39)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from upheld.law.pack import Certainty, Pack


class Method(StrEnum):
    """How somebody proved who she is. LINK: used a link sent to the address. MAIL: wrote from it, signed by
    its domain. SIGN_IN: signed in with the organisation anew. DATA_POINTS: named values that are held.
    DECLARATION: signed that she is the person. JUDGEMENT: a named member of staff is sure, and says why.
    ORDER: it was ordered at the command line, by somebody who knows who asked. PROGRAM: a program of the
    organisation's said that it has verified her, and is trusted to that degree."""

    LINK = "LINK"
    MAIL = "MAIL"
    SIGN_IN = "SIGN_IN"
    DATA_POINTS = "DATA_POINTS"
    DECLARATION = "DECLARATION"
    JUDGEMENT = "JUDGEMENT"
    ORDER = "ORDER"
    PROGRAM = "PROGRAM"


ADDRESS = frozenset({Method.LINK, Method.MAIL})
"""Both prove the same mailbox: together they are one data point, not two."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof. `points`: values that matched. `grants`: what it is worth by itself, whatever else there
    is: the judgement's own level, and for a sign-in, which is the law's own example of enough for somebody
    with an account (11 CCR 7061), all of it."""

    method: Method
    points: int = 0
    grants: Certainty = Certainty.NONE


def reached(pack: Pack, proofs: Iterable[Proof]) -> Certainty:
    """What they are worth together under that law: the most that one grants, or the highest level whose
    data points and declaration they have. Of several comparisons the best counts: two of them may have asked
    for the same."""
    given = tuple(proofs)
    address = any(each.method in ADDRESS for each in given)
    matched = max((each.points for each in given if each.method is Method.DATA_POINTS), default=0)
    declared = any(each.method is Method.DECLARATION for each in given)
    best = max((each.grants for each in given), key=list(Certainty).index, default=Certainty.NONE)
    for certainty in reversed(Certainty):
        level = pack.levels.get(certainty)
        if level is None or best.reaches(certainty):
            continue
        if address + matched >= level.data_points and (declared or not level.declaration):
            return certainty
    return best
