"""What somebody wants to have stopped (Art. 21, Art. 7(3) GDPR; Cal. Civ. Code 1798.120)."""

from enum import StrEnum

from upheld.law.basis import LegalBasis
from upheld.law.right import Right


class Against(StrEnum):
    """What is to stop; the value is how a privacy folder and `upheld object --to` spell it.

    MARKETING stops at once, without weighing (Art. 21(2), (3)). USE is any other use on a public task or a
    legitimate interest, and is weighed (Art. 21(1)). CONSENT: what rests on a consent that she takes back.
    SALE: selling and sharing.
    """

    MARKETING = "marketing"
    USE = "use"
    CONSENT = "consent"
    SALE = "sale"

    @property
    def right(self) -> Right:
        """The right that is exercised."""
        return _RIGHTS[self]

    @property
    def bases(self) -> frozenset[LegalBasis] | None:
        """The legal bases of purposes that this can stop; None: a purpose does not tell."""
        return _BASES[self]


_RIGHTS = {
    Against.MARKETING: Right.OBJECTION,
    Against.USE: Right.OBJECTION,
    Against.CONSENT: Right.WITHDRAWAL,
    Against.SALE: Right.OPT_OUT,
}
_BASES = {
    Against.MARKETING: frozenset({LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST}),
    Against.USE: frozenset({LegalBasis.PUBLIC_TASK, LegalBasis.LEGITIMATE_INTEREST}),
    Against.CONSENT: frozenset({LegalBasis.CONSENT}),
    Against.SALE: None,
}

STOPPING = (Right.OBJECTION, Right.WITHDRAWAL, Right.OPT_OUT)
"""Rights that stop a use and remove nothing."""


def against_of(right: Right, said: str = "") -> Against | None:
    """What a request of that right is against. Only an objection can be against more than one thing: None as
    long as nobody said which."""
    if said:
        return Against(said)
    return {Right.WITHDRAWAL: Against.CONSENT, Right.OPT_OUT: Against.SALE}.get(right)
