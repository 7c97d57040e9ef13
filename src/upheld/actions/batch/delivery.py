"""The copies of a list, written one by one from rows that were read together (G-15.4)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from upheld.actions import access, cases, plans
from upheld.actions.batch.copies import Look, path_of
from upheld.actions.batch.look import TOGETHER, Going, in_groups
from upheld.actions.means import Means
from upheld.actions.preview import Preview
from upheld.rights.connector import Collected, Connector
from upheld.rights.many import Room, TooMuch, collect_many
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.plan import Plan, Step
from upheld.rights.subject import Subject


@dataclass(frozen=True, slots=True)
class Written:
    """One person's copy, or why there is none: then `delivered` is None and her request stays open."""

    numbers: tuple[int, ...]
    path: Path
    delivered: access.Delivered | None = None
    failure: Failure | None = None


Readers = Callable[[Path], tuple[str, ...]]
"""Who can open the copy at that path: age public keys."""


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
        for each, connectors in read_together(means, seen.plan, some):
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


def read_together(
    means: Means, plan: Plan, some: Sequence[Going]
) -> Iterator[tuple[Going, Mapping[str, Connector]]]:
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
        yield from read_together(means, plan, some[:half])
        yield from read_together(means, plan, some[half:])
        return
    for index, each in enumerate(some):
        hers = {name: _Ready(means.connectors[name], read[index]) for name, read in ready.items()}
        yield each, {**means.connectors, **cast("Mapping[str, Connector]", hers)}
        for read in ready.values():
            read[index] = []
