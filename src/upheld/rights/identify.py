"""From one verified identity to every identity the systems know, and to the rows that are the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from upheld.rights.connector import Connector
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
    """One identity names several rows of one person table: a person decides which are hers (scenario 36)."""

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        where = sorted({f"{each.system}.{each.table}" for each in candidates})
        kinds = sorted({each.kind for each in candidates})
        super().__init__(
            f"The {' and '.join(kinds)} given names {len(candidates)} rows of {', '.join(where)}, not one.",
            "Decide which are this person and name each, as in "
            + " ".join(
                f"--identity {each.system}.{each.table}={','.join(map(str, each.key))}"
                for each in candidates[:3]
            )
            + ".",
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


def identify(
    connectors: Mapping[str, Connector], identities: Sequence[Identity], decisions: Sequence[Person] = ()
) -> Identified:
    """Ask every system in turn, until no answer adds anything.

    Reads only. A decision for a person table stands alone: only the rows it names count there. Raises
    Ambiguous, before anything else is done, where an identity names several rows of a table without decision.
    A person without any row is a subject with no people, which is an answer too (G-15.1).
    """
    known = {(each.kind, each.value): each for each in identities}
    people = {(each.system, each.table, each.key): each for each in decisions}
    decided = {(each.system, each.table) for each in decisions}
    unreached: dict[str, Unreached] = {}
    grew = True
    while grew:
        grew = False
        for name, connector in connectors.items():
            if name in unreached:
                continue
            try:
                found = connector.find(
                    [each for each in known.values() if each.verified],
                    [each for each in people.values() if each.system == name],
                )
            except Failure as failure:
                unreached[name] = Unreached(name, failure)
                continue
            fresh = [
                each
                for each in found.people
                if (each.system, each.table, each.key) not in people
                and (each.system, each.table) not in decided
            ]
            _refuse_doubt([*people.values(), *fresh])
            for person in fresh:
                people[person.system, person.table, person.key] = person
                grew = True
            for identity in found.identities:
                before = known.get((identity.kind, identity.value))
                if before is None or (identity.verified and not before.verified):
                    known[identity.kind, identity.value] = identity
                    grew = True
    return Identified(Subject(tuple(known.values()), tuple(people.values())), tuple(unreached.values()))


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
