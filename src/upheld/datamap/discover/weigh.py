"""Which columns are keys although the schema does not declare them: names raise the question, values answer.

Numbers are contained in other numbers by chance: where tables count their rows from one, every small
number is a key of each. So where a name says little, all values have to be keys, enough of them, up to
where the keys end, and no other table may be as good an answer. A wrong link touches somebody else's
rows, a missed one is only missed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

from upheld.datamap.discover.implied import ENOUGH, Candidate, Hint, candidates
from upheld.datamap.discover.people import People
from upheld.datamap.discover.role import Role
from upheld.datamap.discover.seen import Answer, Question, Seen, Sort, Table
from upheld.datamap.discover.tie import Tie

CONTAINED = 0.95
REACH = 0.9
"""Keys of a table reach this far up its numbers; other numbers do so by chance alone."""
SPREAD = 0.15
"""The least share of them that lies in the upper half."""
NEAR = 0.02
"""Two tables are as good an answer as each other where the values reach as far in both, up to this."""
ALIKE = 3
"""So many tables with the same columns are tables of one kind."""
MOST = 4
"""A table that is called after others is called after so many at most."""
_STRENGTH = {Hint.KEY: 0.9, Hint.PEOPLE: 0.6, Hint.LOGIN: 0.5, Hint.LOGINS: 0.4, Hint.UUID: 0.3}
_SURE = {Hint.BARE: 0.8, Hint.TITLE: 0.75, Hint.VAGUE: 0.7, Hint.NUMBER: 0.6, Hint.TEXTS: 0.6}
"""How sure where all values fit and the name says little. Anything else is no link at all."""
_NAMED = (Hint.KEY, Hint.BARE, Hint.PEOPLE, Hint.VAGUE)
_DOUBTED = (Hint.TITLE, Hint.VAGUE, Hint.NUMBER, Hint.TEXTS)


def rivals(seen: Seen, people: Mapping[str, People]) -> tuple[Question, ...]:
    """What else the columns may be keys of for which little but values speaks: to be asked when the first
    questions are answered."""
    doubted = [
        each.question
        for each in candidates(seen, people)
        if each.hint in _DOUBTED and _fits(seen.answers.get(each.question))
    ]
    found = [rival for question in doubted for rival in _others(seen, question)]
    return tuple(each for each in dict.fromkeys(found) if each not in seen.answers)


def ties(seen: Seen, people: Mapping[str, People]) -> Iterator[tuple[Table, Tie]]:
    """What the answers say, for each column the surest first."""
    raised = tuple(candidates(seen, people))
    barred = {
        each.at
        for each in raised
        if each.hint is Hint.BARE and not _gainsaid(seen.answers.get(each.question))
    }
    led = {(table.name, each.to) for table in seen.tables.values() for each in table.references}
    for each in raised:
        plain = each.hint not in (Hint.TITLE, Hint.NUMBER)
        meant = each.hint in (Hint.PEOPLE, Hint.VAGUE) and each.at in barred
        tie = _tie(seen, people, each) if plain and not meant else None
        if tie is not None:
            led |= {(each.question.table, each.question.to)} if each.hint in _NAMED else set()
            yield seen.tables[each.question.table], tie
    yield from _rest(seen, people, raised, led)
    yield from _alike(seen, people, raised)


def _rest(
    seen: Seen, people: Mapping[str, People], raised: tuple[Candidate, ...], led: set[tuple[str, str]]
) -> Iterator[tuple[Table, Tie]]:
    """What ends like a key and says no more: it leads nowhere where the table leads by a better name."""
    open_yet = tuple(each for each in raised if (each.question.table, each.question.to) not in led)
    titled = _by_title(seen, open_yet)
    for each in open_yet:
        told = each.hint is Hint.TITLE and each.question in titled.sure
        guessed = each.hint is Hint.NUMBER and each.at not in titled.taken
        tie = _tie(seen, people, each) if told or guessed else None
        if tie is not None and (each.question.table, each.question.to) not in led:
            led |= {(each.question.table, each.question.to)} if told else set()
            yield seen.tables[each.question.table], tie


def _tie(seen: Seen, people: Mapping[str, People], each: Candidate) -> Tie | None:
    question, answer = each.question, seen.answers.get(each.question)
    own = seen.tables[question.table].columns[question.column]
    key = seen.tables[question.to].columns[question.key]
    cast = key.sort.value if own.sort is not key.sort else None
    found = Tie((question.column,), question.to, (question.key,), decided=False, cast=cast)
    if each.hint in _STRENGTH:
        return _answered(found, _STRENGTH[each.hint], answer, weak=each.hint is Hint.LOGINS)
    if answer is None or not _fits(answer) or (each.hint in _DOUBTED and _beaten(seen, question, answer)):
        return None
    because = f"{_all(answer)} seen are keys of {question.to}"
    owned = each.hint is Hint.TITLE and question.to in people
    return _as(
        found,
        _SURE[each.hint],
        because,
        role=Role.OWNER if owned else Role.UNSAID,
        weak=each.hint in (Hint.NUMBER, Hint.TEXTS),
    )


def _as(tie: Tie, confidence: float, because: str, *, role: Role = Role.UNSAID, weak: bool = False) -> Tie:
    return replace(tie, role=role, confidence=round(confidence, 2), because=because, weak=weak)


def _answered(tie: Tie, strength: float, answer: Answer | None, *, weak: bool) -> Tie | None:
    """Without data a name alone proposes, with little confidence; values that are not there speak against
    it."""
    if answer is None or answer.asked == 0:
        if strength < 0.6:
            return None
        return _as(tie, strength * 0.6, "its name says so; there are no values to look at")
    if answer.share >= CONTAINED and (answer.asked >= ENOUGH or strength >= 0.6):
        confidence = (0.95 if strength > 0.6 else 0.85) if answer.asked >= ENOUGH else strength * 0.85
        if strength < 0.5:
            confidence = 0.75
        return _as(tie, confidence, f"{_all(answer)} seen are keys of {tie.to}", weak=weak)
    if answer.share >= 0.8 and strength > 0.6:
        because = f"its name says so; {answer.inside} of {answer.asked} values are keys there"
        return _as(tie, 0.5, because)
    return None


def _all(answer: Answer) -> str:
    if answer.asked == answer.inside:
        return f"all {answer.asked} values" if answer.asked > 1 else "the one value"
    return f"{answer.inside} of {answer.asked} values"


def _all_inside(answer: Answer | None) -> bool:
    return answer is not None and 0 < answer.asked == answer.inside


def _gainsaid(answer: Answer | None) -> bool:
    """Whether values speak against what a name says."""
    return answer is not None and answer.asked > 0 and answer.share < CONTAINED


def _fits(answer: Answer | None) -> bool:
    """Whether values alone speak for it: enough of them, all keys, and up to where the keys end."""
    return (
        answer is not None
        and answer.asked >= ENOUGH
        and answer.asked == answer.inside
        and answer.reach >= REACH
        and answer.upper >= SPREAD
    )


def _others(seen: Seen, question: Question) -> Iterator[Question]:
    """Every other table of whose rows the column may hold keys, its own among them."""
    sort = seen.tables[question.to].columns[question.key].sort
    for other in seen.tables.values():
        if other.name == question.to or len(other.key) != 1 or other.columns[other.key[0]].sort is not sort:
            continue
        if any(each.columns == other.key and each.to == question.to for each in other.references):
            continue  # its rows are those of the other table
        yield Question(question.table, question.column, other.name, other.key[0])


def _beaten(seen: Seen, question: Question, answer: Answer) -> bool:
    """Whether another table is as good an answer."""
    for rival in _others(seen, question):
        other = seen.answers.get(rival)
        if _all_inside(other) and other is not None and other.reach >= answer.reach - 0.02:
            return True
    return False


# --- tables that are called after others, and tables of one kind ----------------------------------------


@dataclass(frozen=True, slots=True)
class _Titled:
    """`sure`: what can be told. `taken`: columns of which it is only known that they are some of these."""

    sure: frozenset[Question]
    taken: frozenset[tuple[str, str]]


def _by_title(seen: Seen, candidates: tuple[Candidate, ...]) -> _Titled:
    """Which column of a table that is called after others leads to which: each table that its name speaks of
    has one column, and only what every such reading has in common is told."""
    asked: dict[str, list[Question]] = {}
    for each in candidates:
        if each.hint is Hint.TITLE and _all_inside(seen.answers.get(each.question)):
            asked.setdefault(each.question.table, []).append(each.question)
    sure: set[Question] = set()
    taken: set[tuple[str, str]] = set()
    for questions_of in asked.values():
        readings = _readings(seen, questions_of)
        common = frozenset.intersection(*readings) if readings else frozenset()
        sure |= common
        taken |= {(each.table, each.column) for reading in readings for each in reading}
    return _Titled(frozenset(sure), frozenset(taken))


def _readings(seen: Seen, asked: list[Question]) -> list[frozenset[Question]]:
    """Every way in which as many as possible of the tables have a column of their own."""
    best: dict[str, float] = {}
    for each in asked:
        best[each.to] = max(best.get(each.to, 0.0), seen.answers[each].reach)
    fitting = [each for each in asked if seen.answers[each].reach >= best[each.to] - 0.1]
    columns = list(dict.fromkeys(each.column for each in fitting))[:MOST]
    tables = list(dict.fromkeys(each.to for each in fitting))[:MOST]
    by = {(each.column, each.to): each for each in fitting}
    for many in range(min(len(columns), len(tables)), 0, -1):
        found = {
            frozenset(by[pair] for pair in zip(some, which, strict=True))
            for some in permutations(columns, many)
            for which in permutations(tables, many)
            if all(pair in by for pair in zip(some, which, strict=True))
        }
        if found:
            return sorted(found, key=lambda reading: sorted(map(str, reading)))
    return []


def _alike(
    seen: Seen, people: Mapping[str, People], candidates: tuple[Candidate, ...]
) -> Iterator[tuple[Table, Tie]]:
    """Tables of one kind hold the same: what the values of several say, if those of the others allow it."""
    kinds: dict[tuple[tuple[str, Sort], ...], list[str]] = {}
    for table in seen.tables.values():
        shape = tuple((name, column.sort) for name, column in table.columns.items())
        kinds.setdefault(shape, []).append(table.name)
    by = {
        (each.question.table, each.question.column, each.question.to): each
        for each in candidates
        if each.hint is Hint.TEXTS
    }
    for names in kinds.values():
        for column in seen.tables[names[0]].columns if len(names) >= ALIKE else ():
            for who in people:
                yield from _of_one_kind(seen, people, [by.get((name, column, who)) for name in names])


def _of_one_kind(
    seen: Seen, people: Mapping[str, People], asked: list[Candidate | None]
) -> Iterator[tuple[Table, Tie]]:
    there = [each for each in asked if each is not None]
    with_values = [each for each in there if (answer := seen.answers.get(each.question)) and answer.asked]
    told = [tie for each in with_values if (tie := _tie(seen, people, each))]
    if len(told) < 2 or not all(_all_inside(seen.answers.get(each.question)) for each in with_values):
        return
    for each in there:
        because = f"in {len(told)} tables of the same columns it holds keys of {told[0].to}"
        yield seen.tables[each.question.table], _as(told[0], 0.5, because, weak=True)
