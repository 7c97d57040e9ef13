"""What an erasure of a list of people would do, before anything is written anywhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from upheld.actions import allowance, cases, plans
from upheld.actions.allowance import Beyond
from upheld.actions.asking import Asked
from upheld.actions.means import Means
from upheld.actions.preview import shares
from upheld.actions.suppression import suppressed
from upheld.actions.telling import Telling, silently
from upheld.law.right import Right
from upheld.rights.connector import Connector, Severity
from upheld.rights.explain import Explanation, explain
from upheld.rights.identify import Ambiguous, Identified
from upheld.rights.many import Tallied, count_many, identify_many, summed
from upheld.rights.outcome import Counts, Failure, Misconfigured, Transient
from upheld.rights.plan import Plan
from upheld.rights.share import Sizes
from upheld.rights.subject import Subject
from upheld.store.models import BlindIndex, Case, Request, RequestState

TOGETHER = 500
"""People whom a system is asked about, and who are erased, in one go: a set keeps its locks short, and one
who fails in it is soon found."""

T = TypeVar("T")


def in_groups(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The values in order, so many at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: its number, and what it says of one person."""

    number: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line for which nothing will be done, and why. Never says what stands in it."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Going:
    """One person of the list. `case`: hers that is open already. Unless her erasure is under way, `subject`
    is who she is, and `counts` what each system's steps select of hers."""

    numbers: tuple[int, ...]
    asked: Asked
    case: Case | None = None
    subject: Subject | None = None
    counts: Mapping[str, Counts] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """All that the one who approves must see. `before`: lines whose people were erased earlier and are found
    nowhere any more, so that nothing is left to do. `unreached`: systems that could not be asked who anybody
    is; `waiting`: these and all others in which nothing will be written as things are, and why."""

    lines: int
    going: tuple[Going, ...]
    doubts: tuple[Doubt, ...]
    before: tuple[int, ...]
    plan: Plan
    counts: Mapping[str, Counts]
    beyond: tuple[Beyond, ...]
    explanation: Explanation
    unreached: Mapping[str, Failure] = field(default_factory=dict)
    waiting: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def fresh(self) -> tuple[Going, ...]:
        """Those who have no open case yet."""
        return tuple(each for each in self.going if each.case is None)


def look(
    *,
    means: Means,
    lines: Sequence[Line],
    allow: frozenset[str] = frozenset(),
    regime: str | None = None,
    told: Telling = silently,
) -> Look:
    """Identify everybody, plan once, check each system once, count for all. Reads only.

    A system that cannot be asked, or is stopped by a finding, waits, and the others are gone on with, as for
    one person (scenario 53). What concerns one is a doubt, named by line.
    """
    means = replace(means, keys=means.keys.ring(()))
    plan = plans.planned(means=means, right=Right.ERASURE, regime=regime)
    automatic = {
        name: each
        for name, each in means.connectors.items()
        if name in plan.systems and not plans.by_hand(plan, name)
    }
    waiting, unreached = _stopped(automatic), dict[str, Failure]()
    doubts: list[Doubt] = []
    going, unknown, known = open_cases(means, lines, doubts)
    before, fresh = _identified(means, automatic, unknown, doubts, told, unreached)
    reached = {name: each for name, each in automatic.items() if name not in unreached}
    sizes, uncounted = Sizes(reached), dict[str, Failure]()
    fresh, counts = counted(means, reached, plan, fresh, allow, doubts, sizes, told, uncounted)
    waiting |= unreached | uncounted
    fresh = [replace(each, case=_case(each, known)) for each in fresh]
    return Look(
        lines=len(lines),
        going=tuple(sorted((*going, *fresh), key=lambda each: each.numbers)),
        doubts=tuple(sorted(doubts, key=lambda each: each.number)),
        before=tuple(sorted(before)),
        plan=plan,
        counts=counts,
        beyond=_beyond(means, plan, len(fresh), counts, sizes),
        explanation=explain(plan, means.datamap, {**counts, **unreached, **uncounted}),
        unreached=unreached,
        waiting={name: waiting[name] for name in plan.systems if name in waiting},
    )


def _stopped(connectors: Mapping[str, Connector]) -> dict[str, Failure]:
    """Systems that a finding stops, or of which that cannot be asked."""
    waiting: dict[str, Failure] = {}
    for name, connector in connectors.items():
        try:
            stops = [each for each in connector.check() if each.severity is Severity.STOP]
        except Failure as failure:
            waiting[name] = failure
            continue
        if stops:
            first = stops[0]
            where = ".".join(part for part in (first.system, first.table, first.column) if part)
            more = f" and {len(stops) - 1} more" if len(stops) > 1 else ""
            waiting[name] = Misconfigured(
                f"Nothing will be written there, because of {first.code} at {where}{more}: {first.what}",
                "Run `upheld map check`; it says how to cure each.",
            )
    return waiting


# --- who has a case -------------------------------------------------------------------------------------


def open_cases(
    means: Means, lines: Sequence[Line], doubts: list[Doubt]
) -> tuple[list[Going], list[Line], dict[int, Case]]:
    """Lines whose person's erasure is under way, and the others; of those, by number, the open case that a
    line's person has for something else. She is identified and counted like anybody."""
    found: dict[object, tuple[Case, list[Line]]] = {}
    others: list[Line] = []
    known: dict[int, Case] = {}
    for some in in_groups(lines, TOGETHER):
        named = [[means.keys.blind(*name) for name in cases.names(line.asked)] for line in some]
        rows = BlindIndex.objects.filter(
            digest__in=[digest for each in named for digest in each], open=True, whole=False
        ).select_related("case")
        by_digest: dict[bytes, dict[object, Case]] = {}
        begun = _begun(row.case for row in rows)
        for row in rows:
            by_digest.setdefault(bytes(row.digest), {})[row.case.pk] = row.case
        for line, digests in zip(some, named, strict=True):
            theirs = {pk: case for each in digests for pk, case in by_digest.get(each, {}).items()}
            fitting = cases.not_contradicted(means=means, asked=line.asked, found=theirs.values())
            if len(fitting) > 1:
                doubts.append(Doubt(line.number, f"names people of {len(fitting)} open cases"))
            elif fitting and fitting[0].pk not in begun:
                known[line.number] = fitting[0]
                others.append(line)
            elif fitting:
                found.setdefault(fitting[0].pk, (fitting[0], []))[1].append(line)
            else:
                others.append(line)
    going = [
        Going(tuple(each.number for each in those), _joined(each.asked for each in those), case)
        for case, those in found.values()
    ]
    return going, others, known


def _begun(cases: Iterable[Case]) -> set[object]:
    """Those in which an erasure is approved and not finished."""
    found = Request.objects.filter(
        case__in=[each.pk for each in cases], right=Right.ERASURE.value, state=RequestState.IN_PROGRESS
    )
    return set(found.values_list("case", flat=True))


def _case(going: Going, known: Mapping[int, Case]) -> Case | None:
    return next((known[number] for number in going.numbers if number in known), None)


def _joined(asked: Iterable[Asked]) -> Asked:
    every = list(asked)
    return Asked(
        tuple(dict.fromkeys(identity for each in every for identity in each.identities)),
        tuple(dict.fromkeys(decision for each in every for decision in each.decisions)),
    )


# --- who they are ---------------------------------------------------------------------------------------


def _identified(
    means: Means,
    connectors: Mapping[str, Connector],
    lines: Sequence[Line],
    doubts: list[Doubt],
    told: Telling,
    unreached: dict[str, Failure],
) -> tuple[list[int], list[Going]]:
    known = recognised(connectors, lines, doubts, told, unreached)
    # Whether she is known nowhere any more cannot be said while one system is not asked.
    nobody = [] if unreached else [line for line, subject in known if not subject.people]
    erased = _erased(means, nobody)
    before = [line.number for line in nobody if line.number in erased]
    left = [(line, subject) for line, subject in known if line.number not in erased]
    return before, list(persons(left))


def recognised(
    connectors: Mapping[str, Connector],
    lines: Sequence[Line],
    doubts: list[Doubt],
    told: Telling,
    unreached: dict[str, Failure] | None = None,
) -> list[tuple[Line, Subject]]:
    """Who each line names, as far as that is not in doubt. A system that cannot be asked goes into
    `unreached`, and is asked about nobody after that; Transient where that is not given."""
    known: list[tuple[Line, Subject]] = []
    told("finding", 0, len(lines))
    for some in in_groups(lines, TOGETHER):
        asked = [(each.asked.identities, each.asked.decisions) for each in some]
        answers = identify_many(
            {name: each for name, each in connectors.items() if name not in (unreached or ())}, asked
        )
        for line, answer in zip(some, answers, strict=True):
            if isinstance(answer, Ambiguous):
                doubts.append(Doubt(line.number, _ambiguous(answer)))
                continue
            if unreached is None:
                _refuse_unreached(answer)
            else:
                unreached.update((each.system, each.failure) for each in answer.unreached)
            known.append((line, answer.subject))
        told("finding", len(some), len(lines))
    return known


def _refuse_unreached(answer: Identified) -> None:
    if answer.unreached:
        first = answer.unreached[0]
        raise Transient(
            f"Nothing was written for anybody: {first.system} cannot be asked. {first.failure.what}",
            "Try again when it can.",
        )


def _ambiguous(doubt: Ambiguous) -> str:
    where = ", ".join(sorted({f"{each.system}.{each.table}" for each in doubt.candidates}))
    return f"may be several people's rows of {where}; take this person alone, and decide which are hers"


def _erased(means: Means, lines: Sequence[Line]) -> set[int]:
    """Of these lines those of which every identity is suppressed."""
    identities = {each for line in lines for each in line.asked.identities}
    gone = set(suppressed(keys=means.keys, identities=identities))
    return {
        line.number
        for line in lines
        if line.asked.identities and all(each in gone for each in line.asked.identities)
    }


def persons(known: Sequence[tuple[Line, Subject]]) -> Iterator[Going]:
    """Lines that name the same row, or nobody's row and the same identities, are one person's."""
    first: dict[object, int] = {}
    group = list(range(len(known)))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for index, (line, subject) in enumerate(known):
        marks: list[object] = [(each.system, each.table, each.key) for each in subject.people]
        if not marks:
            marks = [frozenset(cases.names(line.asked))]
        for mark in marks:
            earlier = root(first.setdefault(mark, index))
            group[root(index)] = earlier
    gathered: dict[int, list[int]] = {}
    for index in range(len(known)):
        gathered.setdefault(root(index), []).append(index)
    for those in gathered.values():
        subjects = [known[index][1] for index in those]
        subject = Subject(
            tuple(dict.fromkeys(identity for each in subjects for identity in each.identities)),
            tuple(dict.fromkeys(person for each in subjects for person in each.people)),
        )
        lines = [known[index][0] for index in those]
        yield Going(
            tuple(each.number for each in lines), _joined(each.asked for each in lines), subject=subject
        )


# --- what is theirs -------------------------------------------------------------------------------------


def counted(
    means: Means,
    connectors: Mapping[str, Connector],
    plan: Plan,
    going: Sequence[Going],
    allow: frozenset[str],
    doubts: list[Doubt],
    sizes: Sizes,
    told: Telling,
    uncounted: dict[str, Failure] | None = None,
) -> tuple[list[Going], dict[str, Counts]]:
    """Those who have something somewhere, with it, and the sums; whoever has nothing is a doubt, and so is
    whoever is beyond a limit alone. A system that cannot count goes into `uncounted`, and out of the sums;
    its failure is raised where that is not given."""
    going_on: list[Going] = []
    sums: dict[str, list[Counts]] = {name: [] for name in connectors}
    told("counting", 0, len(going))
    for some in in_groups(going, TOGETHER):
        subjects = [each.subject or Subject(()) for each in some]
        tallied: dict[str, Tallied] = {}
        for name, connector in connectors.items():
            try:
                if name not in (uncounted or ()):
                    tallied[name] = count_many(connector, plan.of(name), subjects, now=means.now)
            except Failure as failure:
                if uncounted is None:
                    raise
                uncounted[name] = failure
        through: list[Subject] = []
        for index, person in enumerate(some):
            counts = {name: each.each[index] for name, each in tallied.items()}
            why = _why_not(means, person, counts, allow, sizes)
            if why:
                doubts.extend(Doubt(number, why) for number in person.numbers)
            else:
                going_on.append(Going(person.numbers, person.asked, subject=person.subject, counts=counts))
                through.append(subjects[index])
        for name, tally in tallied.items():
            together = tally.together
            if len(through) < len(some) and any(each.rows for each in together):
                # Whoever is left out is not counted either; a row of several people cannot be subtracted.
                together = count_many(connectors[name], plan.of(name), through, now=means.now).together
            sums[name].append(together)
        told("counting", len(some), len(going))
    return going_on, {name: summed(each) for name, each in sums.items() if name not in (uncounted or ())}


def _why_not(
    means: Means, person: Going, counts: Mapping[str, Counts], allow: frozenset[str], sizes: Sizes
) -> str | None:
    rows = {name: sum(each.rows for each in counted) for name, counted in counts.items()}
    if not any(rows.values()) and not (person.subject and person.subject.people):
        return "names nobody whom a system knows"
    for name, many in rows.items():
        most = plans.system_of(means, name).limits.rows_per_person
        if most is not None and many > most and "rows_per_person" not in allow:
            return f"has {many:,} rows in {name}, more than rows_per_person allows ({most:,})"
    for name, counted in counts.items() if "share_of_table" not in allow else ():
        for each in shares(sizes, name, plans.system_of(means, name).limits, counted):
            return f"has {each.found} in {name}, more than share_of_table allows ({each.allowed})"
    return None


def _beyond(
    means: Means, plan: Plan, people: int, counts: Mapping[str, Counts], sizes: Sizes
) -> tuple[Beyond, ...]:
    """What all of them together are beyond. The share of a table is the whole list's, as nobody looks at
    each of a list; a row of people of two groups counts twice in it."""
    beyond: list[Beyond] = []
    for name in plan.systems:
        limits = plans.system_of(means, name).limits
        beyond += shares(sizes, name, limits, counts.get(name))
        beyond += allowance.beyond(means=means, system=name, people=people)
    return tuple(beyond)
