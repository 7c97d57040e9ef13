"""Grounds on which data stays although its erasure was asked for (G-17.3)."""

from enum import StrEnum


class Ground(StrEnum):
    """An exception of Art. 17(3); the value is how a privacy folder spells it.

    LEGAL_CLAIMS holds only while a hold names the matter, its owner and an end (G-17.4).
    """

    FREE_EXPRESSION = "free-expression"
    LEGAL_OBLIGATION = "legal-obligation"
    PUBLIC_HEALTH = "public-health"
    ARCHIVING = "archiving"
    LEGAL_CLAIMS = "legal-claims"

    @property
    def article(self) -> str:
        """The letter of Art. 17(3) that allows it."""
        return f"Art. 17(3)({'abcde'[list(Ground).index(self)]})"
