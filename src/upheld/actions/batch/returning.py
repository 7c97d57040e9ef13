"""Undo the erasures of a list, person by person: whoever was erased last comes back first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Max

from upheld.actions import undo
from upheld.actions.allowance import ERASURES
from upheld.actions.batch.look import Doubt, Line, open_cases
from upheld.actions.means import Means
from upheld.actions.telling import Telling, silently
from upheld.actions.undo import Putting
from upheld.rights.outcome import Failure
from upheld.store.models import Request, RequestState


@dataclass(frozen=True, slots=True)
class Back:
    """One person of the list: the numbers of her lines, her erasure, and what comes back or came; `why` it
    could not be tried."""

    numbers: tuple[int, ...]
    request: Request
    putting: Putting | None = None
    why: str = ""

    @property
    def complete(self) -> bool:
        """Whether all of hers comes back, or is back."""
        return self.putting is not None and self.putting.complete

    @property
    def left(self) -> int:
        """Rows that something is in the way of."""
        return self.putting.left if self.putting else 0


@dataclass(frozen=True, slots=True)
class Look:
    """Who of the list can be put back, in the order in which it is done; `doubts`: lines for which nothing
    will be."""

    lines: int
    each: tuple[Back, ...]
    doubts: tuple[Doubt, ...]


def look(*, means: Means, lines: Sequence[Line], uncorrected: bool = False, told: Telling = silently) -> Look:
    """Which erasures are meant, and what each would bring back by itself. Nothing of it stays anywhere.

    A row that two of them shared may be in the way here and not when it is done, as whoever was erased after
    her is back by then.
    """
    doubts: list[Doubt] = []
    going, others, _known = open_cases(means, lines, doubts)
    doubts += [
        Doubt(each.number, "names nobody whose erasure can be put back, or who is back already")
        for each in others
    ]
    numbers = {each.case.pk: each.numbers for each in going if each.case is not None}
    erasures = Request.objects.filter(
        case__in=numbers, right__in=ERASURES, state=RequestState.IN_PROGRESS
    ).select_related("case")
    last = erasures.annotate(last=Max("fulfilments__parts__prepared_at"))
    ordered = sorted(last, key=lambda each: numbers[each.case_id], reverse=True)
    ordered.sort(key=lambda each: each.last or each.received_at, reverse=True)
    found: list[Back] = []
    for request in ordered:
        own = numbers[request.case_id]
        told("looking", 0, len(ordered))
        try:
            undo.refuse_late(means, request)
            putting = undo.look(means=means, request=request, uncorrected=uncorrected)
            found.append(Back(own, request, putting))
        except Failure as failure:
            doubts += [Doubt(number, str(failure)) for number in own]
        told("looking", 1, len(ordered))
    return Look(len(lines), tuple(found), tuple(sorted(doubts, key=lambda each: each.number)))


def put_back(
    *, means: Means, seen: Look, uncorrected: bool = False, told: Telling = silently
) -> tuple[Back, ...]:
    """Approve and undo each, one after the other; one who fails is named, the others go on. Whoever waited
    for a row that came back with somebody else is gone through again, as long as that brings anything back.
    Safe to repeat, as each undo is. Writes what `undo.undo` writes, for each."""
    ended: dict[tuple[int, ...], Back] = {}
    going: Sequence[Back] = seen.each
    while going:
        before = sum(each.left for each in ended.values())
        for each in going:
            told("putting back", 0, len(seen.each))
            ended[each.numbers] = _one(means, each, uncorrected=uncorrected)
            if going is seen.each:
                told("putting back", 1, len(seen.each))
        left = sum(each.left for each in ended.values())
        again = left and (going is seen.each or left < before)
        going = [each for each in ended.values() if each.left] if again else ()
    return tuple(sorted(ended.values(), key=lambda each: each.numbers))


def _one(means: Means, each: Back, *, uncorrected: bool) -> Back:
    try:
        undo.approve(means=means, request=each.request, uncorrected=uncorrected)
        return replace(each, putting=undo.undo(means=means, request=each.request), why="")
    except Failure as failure:
        return replace(each, putting=None, why=str(failure))
