"""The rights a person can exercise, in the words of the GDPR and the CCPA."""

from enum import StrEnum


class Right(StrEnum):
    """One right; the value is what is stored and logged. GDPR 15-21 and 7(3), Cal. Civ. Code 1798.100-121."""

    ACCESS = "ACCESS"
    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"
    RESTRICTION = "RESTRICTION"
    PORTABILITY = "PORTABILITY"
    OBJECTION = "OBJECTION"
    WITHDRAWAL = "WITHDRAWAL"
    KNOW = "KNOW"
    DELETE = "DELETE"
    OPT_OUT = "OPT_OUT"
