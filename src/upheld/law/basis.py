"""Why data may be used (Art. 6(1)), and which rights follow from it (X-02)."""

from enum import StrEnum


class LegalBasis(StrEnum):
    """The six bases of Art. 6(1); the value is how a privacy folder spells it."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTEREST = "vital-interest"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTEREST = "legitimate-interest"

    @property
    def article(self) -> str:
        """The letter of Art. 6(1) that names this basis."""
        return f"Art. 6(1)({'abcdef'[list(LegalBasis).index(self)]})"
