"""From one verified identity to every identity the systems know, and to the rows that are the person."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from upheld.datamap.normalise import normalise
from upheld.rights.connector import Connector, Found
from upheld.rights.outcome import Failure
from upheld.rights.subject import Identity, Key, Person, Subject


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that an ambiguous identity names. The key is shown to the one who decides, and never logged."""

    system: str
    table: str
    key: Key
    kind: str


class Ambiguous(Failure):
    """An identity names several rows, of one person table or of several systems, that may be different
    people's: a person decides which are hers (scenario 36)."""

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        where = sorted({f"{each.system}.{each.table}" for each in candidates})
        kinds = sorted({each.kind for each in candidates})
        rows = "row" if len(candidates) == 1 else "rows"
        super().__init__(
            f"The {' and '.join(kinds)} names {len(candidates)} {rows} of "
            f"{', '.join(where)} that may be somebody else's.",
            "Decide which are this person and name each, as in "
            + " ".join(
                f"--identity {each.system}.{each.table}={','.join(map(str, each.key))}"
                for each in candidates[:3]
            )
            + "; where none of a table is, with nothing behind the equals sign.",
        )
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Unreached:
    """A system that could not be asked. Its part of the case stays open (scenario 53)."""

    system: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Identified:
    """The subject as far as the systems could be asked."""

    subject: Subject
    unreached: tuple[Unreached, ...] = ()


WORLDWIDE = frozenset({"email", "phone"})
"""Kinds whose values mean one thing everywhere. A name is anybody's in another system."""


def identify(
    connectors: Mapping[str, Connector], identities: Sequence[Identity], decisions: Sequence[Person] = ()
) -> Identified:
    """Ask every system in turn, until no answer adds anything.

    Reads only. A decision for a person table stands alone: only the rows it names count there, and none where
    its key is empty. Raises Ambiguous, before anything else is done, where an identity names several rows
    of a
    table without decision, and where what was learnt in one system names a row in another that may be a
    stranger's. A person without any row is a subject with no people, which is an answer too (G-15.1).
    """
    asking = search(connectors.keys(), identities, decisions)
    answer: Found | Failure | None = None
    while True:
        try:
            asked = asking.throw(answer) if isinstance(answer, Failure) else asking.send(answer)
        except StopIteration as ended:
            identified: Identified = ended.value
            return identified
        try:
            answer = connectors[asked.system].find(asked.identities, asked.people)
        except Failure as failure:
            answer = failure


@dataclass(frozen=True, slots=True)
class Question:
    """What `Connector.find` of a system has to be asked next."""

    system: str
    identities: Sequence[Identity]
    people: Sequence[Person]


Asking = Generator[Question, Found | None, bool]


def search(
    systems: Collection[str], identities: Sequence[Identity], decisions: Sequence[Person] = ()
) -> Generator[Question, Found | None, Identified]:
    """As `identify`, but whoever drives it does the asking, for one or for many at once: sends what was
    found, or throws the Failure that was met."""
    here = _Search(systems, identities, decisions)
    while (yield from here.around()):
        pass
    if here.doubtful:
        raise Ambiguous(tuple(here.doubtful))
    return Identified(
        Subject(tuple(here.known.values()), tuple(here.people.values())), tuple(here.unreached.values())
    )


class _Search:
    """What is known so far. `doubtful`: rows that the last time around could not be told from a
    stranger's."""

    def __init__(
        self, systems: Collection[str], identities: Sequence[Identity], decisions: Sequence[Person]
    ) -> None:
        self.systems = tuple(systems)
        self.known = {(each.kind, each.value): each for each in identities}
        self.people = {(each.system, each.table, each.key): each for each in decisions if each.key}
        self.decided = {(each.system, each.table) for each in decisions}
        self.unreached: dict[str, Unreached] = {}
        self.doubtful: list[Candidate] = []

    def around(self) -> Asking:
        """Ask each system once; whether anything was added."""
        self.doubtful = []
        grew = False
        for name in self.systems:
            if name not in self.unreached:
                try:
                    grew = (yield from self._ask(name)) or grew
                except Ambiguous:
                    raise
                except Failure as failure:
                    self.unreached[name] = Unreached(name, failure)
        return grew

    def _ask(self, name: str) -> Asking:
        found = yield from _found(
            name,
            [each for each in self.known.values() if each.verified],
            [each for each in self.people.values() if each.system == name],
        )
        fresh = [each for each in found.people if self._new(each)]
        _refuse_doubt([*self.people.values(), *fresh])
        strangers: list[Person] = []
        for each in fresh:
            doubtful = yield from self._perhaps_a_stranger(name, each)
            strangers += [each] if doubtful else []
        for person in fresh:
            if person not in strangers:
                self.people[person.system, person.table, person.key] = person
        vouched = found.identities
        if strangers:
            self.doubtful.extend(self._candidates(strangers))
            again = yield from _found(
                name, (), [each for each in self.people.values() if each.system == name]
            )
            vouched = again.identities
        learnt = [each for each in vouched if self._learn(each)]
        return bool(learnt) or len(fresh) > len(strangers)

    def _new(self, person: Person) -> bool:
        if (person.system, person.table) in self.decided:
            return False
        before = self.people.get((person.system, person.table, person.key))
        return before is None or (person.surely and not before.surely)

    def _learn(self, identity: Identity) -> bool:
        before = self.known.get((identity.kind, identity.value))
        if before is not None and (before.verified or not identity.verified):
            return False
        self.known[identity.kind, identity.value] = identity
        return True

    def _perhaps_a_stranger(self, name: str, person: Person) -> Asking:
        """Whether what led from one system to a row in another says too little: the row vouches for another
        address than hers under which somebody else stands beside her (a shared number), or for nothing by
        which a mere name could be told to be hers."""
        via = person.via
        if via is None or not self._from_elsewhere(person.system, via):
            return False
        hers = _by_kind(each for each in self.known.values() if each.verified)
        vouched = (yield from _found(name, (), (person,))).identities
        theirs = _by_kind(each for each in vouched if each.verified and each.kind != via.kind)
        if any(values & hers.get(kind, set()) for kind, values in theirs.items()):
            return False
        if via.kind not in WORLDWIDE:
            return True
        others = WORLDWIDE & hers.keys() - {via.kind}
        return (
            yield from self._name_another([each for each in vouched if each.verified and each.kind in others])
        )

    def _name_another(self, identities: Sequence[Identity]) -> Asking:
        """Whether these name a row beside hers in a table where she is known already."""
        known = {(each.system, each.table) for each in self.people.values()}
        asked = {system for system, _ in known} - self.unreached.keys() if identities else set()
        for name in sorted(asked & set(self.systems)):
            found = yield from _found(name, identities, ())
            for each in found.people:
                place = (each.system, each.table)
                if place in known and (*place, each.key) not in self.people:
                    return True
        return False

    def _from_elsewhere(self, system: str, via: Identity) -> bool:
        """A name that was given is hers in the one system that knows it; in a second it may be another's."""
        if via.source != "given":
            return via.source.partition(".")[0] != system
        named = {each.system for each in self.people.values()} - {system}
        return via.kind not in WORLDWIDE and bool(named)

    def _candidates(self, strangers: Sequence[Person]) -> list[Candidate]:
        """The doubtful rows; where a given name led to them, the rows that it named first are no surer."""
        given = {each.via.kind for each in strangers if each.via and each.via.source == "given"}
        first = [
            each
            for each in self.people.values()
            if each.via and each.via.source == "given" and each.via.kind in given
        ]
        return [
            Candidate(each.system, each.table, each.key, each.via.kind)
            for each in (*first, *strangers)
            if each.via
        ]


def _found(
    system: str, identities: Sequence[Identity], people: Sequence[Person]
) -> Generator[Question, Found | None, Found]:
    answer = yield Question(system, identities, people)
    return answer or Found()


def _by_kind(identities: Iterable[Identity]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in identities:
        rule = each.kind if each.kind in WORLDWIDE else "casefold"
        found.setdefault(each.kind, set()).add(normalise(rule, each.value))
    return found


def _refuse_doubt(people: Sequence[Person]) -> None:
    named: dict[tuple[str, str, str, str], list[Person]] = {}
    for person in people:
        if person.via:
            named.setdefault((person.system, person.table, person.via.kind, person.via.value), []).append(
                person
            )
    doubtful = [
        Candidate(each.system, each.table, each.key, kind)
        for (_, _, kind, _), rows in named.items()
        if len(rows) > 1
        for each in rows
    ]
    if doubtful:
        raise Ambiguous(tuple(doubtful))
