"""Grounds: why data stays although its erasure was asked for (G-17.3), and why its use is restricted
(G-18.1)."""

from enum import StrEnum


class Ground(StrEnum):
    """An exception of Art. 17(3); the value is how a privacy folder spells it.

    LEGAL_CLAIMS holds only while a hold names the matter, its owner and an end (G-17.4). RESTRICTION is no
    exception of Art. 17(3) and no choice of a map: a row's own mark says it (Art. 18(2), docs/adr/0010).
    """

    FREE_EXPRESSION = "free-expression"
    LEGAL_OBLIGATION = "legal-obligation"
    PUBLIC_HEALTH = "public-health"
    ARCHIVING = "archiving"
    LEGAL_CLAIMS = "legal-claims"
    RESTRICTION = "restriction"

    @property
    def article(self) -> str:
        """The article, with the letter of Art. 17(3) that allows it."""
        if self is Ground.RESTRICTION:
            return "Art. 18(2)"
        return f"Art. 17(3)({'abcde'[list(Ground).index(self)]})"


class RestrictionGround(StrEnum):
    """A case of Art. 18(1); the value is what `upheld restrict --ground` takes."""

    CONTESTED = "contested"
    UNLAWFUL = "unlawful"
    CLAIMS = "claims"
    OBJECTION = "objection"

    @property
    def article(self) -> str:
        """The article, with its letter."""
        return f"Art. 18(1)({'abcd'[list(RestrictionGround).index(self)]})"


class Exemption(StrEnum):
    """For what restricted data may be used beyond keeping it (Art. 18(2)); the value is how a privacy
    folder spells it."""

    CONSENT = "consent"
    LEGAL_CLAIMS = "legal-claims"
    ANOTHER_PERSON = "another-person"
    PUBLIC_INTEREST = "public-interest"
