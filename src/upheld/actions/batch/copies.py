"""Copies for a list of people (G-15.4, G-20.1): each with a request, a file and an entry of her own. What the
systems hold of them is read some hundreds of people at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from upheld.actions import cases, plans
from upheld.actions.batch.look import (
    TOGETHER,
    Doubt,
    Going,
    Line,
    counted,
    in_groups,
    open_cases,
    persons,
    recognised,
)
from upheld.actions.means import Means
from upheld.actions.preview import LIMITS
from upheld.actions.telling import Telling, silently
from upheld.law.right import Right
from upheld.rights.explain import Explanation, explain
from upheld.rights.outcome import Counts, Permanent
from upheld.rights.plan import Plan
from upheld.rights.share import Sizes
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.keys import Destroyed
from upheld.store.models import RequestState


@dataclass(frozen=True, slots=True)
class Look:
    """Whom the list names and what the systems hold of them, before anything is written."""

    lines: int
    going: tuple[Going, ...]
    doubts: tuple[Doubt, ...]
    plan: Plan
    counts: Mapping[str, Counts]
    explanation: Explanation


def look(*, means: Means, right: Right, lines: Sequence[Line], told: Telling = silently) -> Look:
    """Identify everybody, plan once, count for all. Reads only. Raises for what concerns all of them; what
    concerns one is a doubt, named by line. Whose case is open is who she is there."""
    plan = plans.planned(means=means, right=right, regime=None)
    automatic = {name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)}
    doubts: list[Doubt] = []
    begun, _, known = open_cases(means, lines, doubts)
    by_line = {**{number: each.case for each in begun for number in each.numbers}, **known}
    left_out = {each.number for each in doubts}
    pairs: list[tuple[Line, Subject]] = []
    unknown: list[Line] = []
    for line in lines:
        case = by_line.get(line.number)
        subject = cases.subject_of(means=means, case=case) if case else None
        if subject is not None:
            pairs.append((line, subject))
        elif line.number not in left_out:
            unknown.append(line)
    pairs += recognised(automatic, unknown, doubts, told)
    going = list(persons(sorted(pairs, key=lambda each: each[0].number)))
    asked = {name: each for name, each in automatic.items() if name in plan.systems}
    found, counts = counted(means, asked, plan, going, frozenset(LIMITS), doubts, Sizes({}), told)
    return Look(
        lines=len(lines),
        going=tuple(sorted(found, key=lambda each: each.numbers)),
        doubts=tuple(sorted(doubts, key=lambda each: each.number)),
        plan=plan,
        counts=counts,
        explanation=explain(plan, means.datamap, counts),
    )


def path_of(folder: Path, going: Going) -> Path:
    """Where a person's copy goes: named by her first line, which says nothing of her."""
    return folder / f"line-{going.numbers[0]}.age"


def written(*, means: Means, seen: Look, folder: Path) -> frozenset[tuple[int, ...]]:
    """Those of whom a whole copy stands in the folder already, by an earlier run with the same list.

    Permanent where what stands there is somebody else's: the list was changed, or the folder is another's.
    """
    paths = {str(path_of(folder, each).resolve()): each for each in seen.going}
    done = set()
    for some in in_groups(list(paths), TOGETHER):
        rows = models.Package.objects.filter(
            path__in=some, removed_at__isnull=True, expires_at__gt=means.now
        ).select_related("request__case")
        for row in rows:
            going = paths[row.path]
            if not Path(row.path).is_file():
                continue
            if row.request.right != seen.plan.right.value or not _hers(means, row.request.case, going):
                raise Permanent(
                    f"{Path(row.path).name} in that folder is a copy of another list's or another right's.",
                    "Name another folder with --out.",
                )
            if row.request.state == RequestState.FULFILLED:
                done.add(going.numbers)
    return frozenset(done)


def _hers(means: Means, case: models.Case, going: Going) -> bool:
    try:
        asked = cases.asked_in(means=means, case=case)
    except Destroyed:
        return False
    return {*cases.names(going.asked)} <= {*cases.names(asked)}
