"""What proofs are worth together, under each law."""

from datetime import date
from itertools import combinations_with_replacement

import pytest

from upheld.law.certainty import Method, Proof, reached
from upheld.law.pack import Certainty
from upheld.law.packs import in_force

DAY = date(2026, 11, 26)
EU, CALIFORNIA = in_force("gdpr", DAY), in_force("ccpa", DAY)
LINK, MAIL, DECLARED = Proof(Method.LINK), Proof(Method.MAIL), Proof(Method.DECLARATION)
SIGNED_IN = Proof(Method.SIGN_IN, grants=Certainty.HIGH)
NONE, REASONABLE, HIGH = Certainty


def matched(many: int) -> Proof:
    return Proof(Method.DATA_POINTS, points=many)


@pytest.mark.parametrize(
    ("proofs", "eu", "california"),
    [
        ((), NONE, NONE),
        ((LINK,), REASONABLE, NONE),
        ((LINK, MAIL), REASONABLE, NONE),
        ((LINK, LINK, LINK), REASONABLE, NONE),
        ((DECLARED,), NONE, NONE),
        ((LINK, matched(1)), HIGH, REASONABLE),
        ((LINK, matched(2)), HIGH, REASONABLE),
        ((LINK, matched(1), matched(1)), HIGH, REASONABLE),
        ((LINK, matched(2), DECLARED), HIGH, HIGH),
        ((matched(3),), HIGH, REASONABLE),
        ((matched(3), DECLARED), HIGH, HIGH),
        ((SIGNED_IN,), HIGH, HIGH),
        ((Proof(Method.JUDGEMENT, grants=REASONABLE),), REASONABLE, REASONABLE),
        ((matched(0),), NONE, NONE),
    ],
)
def test_each_law_weighs_proofs_by_its_own_levels(
    proofs: tuple[Proof, ...], eu: Certainty, california: Certainty
) -> None:
    """C-39"""
    assert (reached(EU, proofs), reached(CALIFORNIA, proofs)) == (eu, california)


def test_another_proof_never_makes_it_less_sure() -> None:
    every = (LINK, MAIL, DECLARED, matched(1), matched(2), Proof(Method.JUDGEMENT, grants=REASONABLE))
    for law in (EU, CALIFORNIA):
        for some in combinations_with_replacement(every, 3):
            for more in every:
                assert reached(law, (*some, more)).reaches(reached(law, some)), (law.id, some, more)
