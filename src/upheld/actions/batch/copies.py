"""Copies for a list of people (G-15.4, G-20.1): each with a request, a file and an entry of her own. What the
systems hold of them is read some hundreds of people at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from upheld.actions import access, cases, plans
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
from upheld.actions.preview import LIMITS, Preview
from upheld.law.right import Right
from upheld.rights.connector import Collected, Connector
from upheld.rights.explain import Explanation, explain
from upheld.rights.many import Room, TooMuch, collect_many
from upheld.rights.outcome import Counts, Failure, Permanent
from upheld.rights.plan import Plan, Step
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.keys import Destroyed
from upheld.store.models import RequestState

NOBODY = "names nobody whom a system knows"


@dataclass(frozen=True, slots=True)
class Look:
    """Whom the list names and what the systems hold of them, before anything is written."""

    lines: int
    going: tuple[Going, ...]
    doubts: tuple[Doubt, ...]
    plan: Plan
    counts: Mapping[str, Counts]
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Written:
    """One person's copy, or why there is none: then `delivered` is None and her request stays open."""

    numbers: tuple[int, ...]
    path: Path
    delivered: access.Delivered | None = None
    failure: Failure | None = None


Readers = Callable[[Path], tuple[str, ...]]
"""Who can open the copy at that path: age public keys."""


def look(*, means: Means, right: Right, lines: Sequence[Line]) -> Look:
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
    pairs += recognised(automatic, unknown, doubts)
    going = list(persons(sorted(pairs, key=lambda each: each[0].number)))
    asked = {name: each for name, each in automatic.items() if name in plan.systems}
    found, counts = counted(means, asked, plan, going, frozenset(LIMITS), doubts)
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


def deliver_many(
    *,
    means: Means,
    seen: Look,
    going: Sequence[Going],
    folder: Path,
    readers: Readers,
    days: int,
    language: str = "",
) -> Iterator[Written]:
    """Write everybody's copy, one after another. Safe to stop at any time: whose copy is written has it, and
    `written` says whose are. One person's failure does not stop the others; writes `case.opened` and
    `package.issued` for each."""
    for some in in_groups(going, TOGETHER):
        for each, connectors in _read(means, seen.plan, some):
            yield _one(
                replace(means, connectors=connectors),
                seen,
                each,
                path_of(folder, each),
                readers,
                days,
                language,
            )


def _one(
    means: Means, seen: Look, going: Going, out: Path, readers: Readers, days: int, language: str
) -> Written:
    try:
        request = cases.receive(means=means, right=seen.plan.right, asked=going.asked)
        known = going.subject or Subject(())
        preview = Preview(known, (), seen.plan, going.counts or {}, (), (), seen.explanation)
        delivered = access.deliver(
            means=means,
            request=request,
            preview=preview,
            out=out,
            recipients=readers(out),
            days=days,
            language=language,
        )
    except Permanent as failure:
        return Written(going.numbers, out, failure=failure)
    return Written(going.numbers, out, delivered)


# --- reading together -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ready:
    """A connector of which one person's rows were read already, with those of others."""

    connector: Connector
    rows: Sequence[Collected]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connector, name)

    def collect(self, _steps: Sequence[Step], _subject: Subject, *, now: datetime) -> Iterator[Collected]:  # noqa: ARG002 - the port's
        return iter(self.rows)


def _read(means: Means, plan: Plan, some: Sequence[Going]) -> Iterator[tuple[Going, Mapping[str, Connector]]]:
    """Each with connectors that have hers ready. Who together weigh too much are halved; one who does alone
    is read while her copy is written."""
    room, ready = Room(), dict[str, list[list[Collected]]]()
    subjects = [each.subject or Subject(()) for each in some]
    try:
        for name, connector in means.connectors.items() if len(some) > 1 else ():
            if name in plan.systems and not plans.by_hand(plan, name):
                read = collect_many(connector, plan.of(name), subjects, now=means.now, room=room)
                if read is not None:
                    ready[name] = read
    except TooMuch:
        ready.clear()
        half = len(some) // 2
        yield from _read(means, plan, some[:half])
        yield from _read(means, plan, some[half:])
        return
    for index, each in enumerate(some):
        hers = {name: _Ready(means.connectors[name], read[index]) for name, read in ready.items()}
        yield each, {**means.connectors, **cast("Mapping[str, Connector]", hers)}
        for read in ready.values():
            read[index] = []
