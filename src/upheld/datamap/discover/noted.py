"""A remark beside a line of the draft, for whoever reads it; the reader of the file takes no notice of it."""

from collections.abc import Mapping

from upheld.datamap.discover.category import Guess

FIRM = 0.75
"""A category that is less sure is said to be a guess."""


class Noted(dict[str, object]):
    """What stands in the file, and the remark behind it."""

    def __init__(self, said: Mapping[str, object], note: str) -> None:
        super().__init__(said)
        self.note = note


def guessed(said: Mapping[str, object], guess: Guess) -> Mapping[str, object]:
    """With how sure it is and why, where it is not firm."""
    if guess.confidence >= FIRM:
        return said
    return Noted(said, f"a guess, {guess.confidence:.2f}: {guess.because}")
