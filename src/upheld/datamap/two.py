"""What one person alone may not decide."""

from dataclasses import dataclass
from enum import StrEnum


class Second(StrEnum):
    """Who says the second yes to what one person alone may not decide: another member of staff, somebody
    outside by a link, or the same person after a cooling time."""

    COLLEAGUE = "colleague"
    OUTSIDE = "outside"
    COOLING = "cooling"


MATTERS = ("limits", "undo", "refusal", "stop", "map")
"""What takes two: going beyond a limit, an undo beyond one, a refusal, lifting the stop, and a change of the
map from the console that allows more."""


@dataclass(frozen=True, slots=True)
class Two:
    """The rules of two: for each of MATTERS who says the second yes; none where nobody has to. `cooling`:
    hours. `outside`: the address to which the link goes."""

    rules: tuple[tuple[str, Second], ...] = ()
    cooling: int = 24
    outside: str = ""

    def rule(self, matter: str) -> Second | None:
        """Who says the second yes to that; None where one person may decide it."""
        return dict(self.rules).get(matter)


ALONE = Two()
"""Where the organisation says nothing: one person decides everything."""
