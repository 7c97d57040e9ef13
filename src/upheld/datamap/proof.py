"""What is asked as proof where the organisation's own numbers stand in place of the law's example."""

from dataclasses import dataclass

from upheld.law.pack import Certainty


@dataclass(frozen=True, slots=True)
class OwnProof:
    """So many data points, and a signed declaration or none, for a certainty under one regime, and why
    (C-39)."""

    regime: str
    certainty: Certainty
    data_points: int
    declaration: bool
    because: str
