"""What a person may wish for in plain words, and the right that it is under each law (X-02)."""

from collections.abc import Iterable
from enum import StrEnum

from upheld.law.pack import Pack
from upheld.law.right import Right


class Wish(StrEnum):
    """The value is the name of its box in the form."""

    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"
    STOP = "stop"
    OTHER = "other"


RIGHTS = {
    Wish.COPY: (Right.ACCESS, Right.KNOW, Right.PORTABILITY),
    Wish.CORRECT: (Right.RECTIFICATION,),
    Wish.STOP: (Right.OBJECTION, Right.OPT_OUT, Right.WITHDRAWAL),
    Wish.DELETE: (Right.ERASURE, Right.DELETE),
}
"""The first that the law gives is meant. What no law names is for staff to say."""


def rights_under(law: Pack, wishes: Iterable[Wish]) -> tuple[tuple[Right, ...], bool]:
    """The rights that the wishes are under this law, and whether one is left for which staff have to choose.
    Nobody is refused here for the law that she named."""
    chosen: list[Right] = []
    left = False
    for wish in wishes:
        right = next((each for each in RIGHTS.get(wish, ()) if law.given(each) is not None), None)
        if right is None:
            left = True
        else:
            chosen.append(right)
    return tuple(chosen), left


def wish_of(right: Right) -> Wish:
    """The plain word for a right."""
    return next((wish for wish, rights in RIGHTS.items() if right in rights), Wish.OTHER)
