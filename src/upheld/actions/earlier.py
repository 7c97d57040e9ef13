"""Closed cases of the same person, for her copy (ADR 70): only where it is certain that they are hers.

A mailbox may have another reader by now, and two people may share one. So beside the verified identity by
which a case is found, what the case knows of her rows must be rows of hers still; and nothing from before an
erasure of hers is found, for whoever registers again with her address may be somebody else (S-45).
"""

from collections.abc import Iterable, Sequence

from upheld.actions.asking import Asked
from upheld.actions.cases import canonical
from upheld.law.right import Right
from upheld.rights.codec import decode
from upheld.rights.subject import Identity, Key, Person, Subject
from upheld.store.keys import Destroyed, KeyStore
from upheld.store.models import BlindIndex, Case, Request, RequestState
from upheld.store.sealing import open_value

ERASING = (Right.ERASURE, Right.DELETE)
Rows = dict[tuple[str, str], set[Key]]


def of_all(keys: KeyStore, own: str, people: str, subjects: Sequence[Subject]) -> list[tuple[str, ...]]:
    """The numbers of each one's closed cases whose keys are there, in one query where there are none. `own`,
    `people`: our own system and its table of cases, in which her open case stands."""
    digests = [
        {keys.blind(*_named(each)) for each in subject.identities if each.verified} for subject in subjects
    ]
    marks = BlindIndex.objects.filter(
        digest__in=set().union(*digests), open=False, whole=False, case__key_destroyed_at=None
    ).values_list("digest", "case")
    by_digest: dict[bytes, set[object]] = {}
    for digest, case in marks:
        by_digest.setdefault(bytes(digest), set()).add(case)
    if not by_digest:
        return [()] * len(subjects)
    wanted = set().union(*by_digest.values())
    closed = Case.objects.prefetch_related("requests").in_bulk(list(wanted))
    found = []
    for own_digests, subject in zip(digests, subjects, strict=True):
        mine = {case for digest in own_digests for case in by_digest.get(digest, ())}
        some = _since_an_erasure([closed[each] for each in mine if each in closed])
        now = Case.objects.filter(pk__in=[str(key[0]) for key in subject.keys(own, people)]) if some else ()
        hers = _Her(keys, own, subject, tuple(now))
        found.append(tuple(sorted(str(each.pk) for each in some if hers.own(each))))
    return found


def _named(identity: Identity) -> tuple[str, str]:
    return identity.kind, canonical(identity).value


def _since_an_erasure(found: Sequence[Case]) -> list[Case]:
    erased = [each.closed_at for each in found if each.closed_at and any(map(_erased, each.requests.all()))]
    last = max(erased, default=None)
    return [each for each in found if last is None or each.opened_at > last]


def _erased(request: Request) -> bool:
    return request.right in ERASING and request.state == RequestState.FULFILLED


class _Her:
    """Whoever asks now: her rows in other systems, and what led to them."""

    def __init__(self, keys: KeyStore, own: str, subject: Subject, now: Sequence[Case]) -> None:
        others = [each for each in subject.people if each.system != own and each.surely]
        self._keys, self._own, self._rows = keys, own, _rows(others)
        self._led = {_named(each.via) for each in others if each.via}
        self._decided = not now or any(each.key for case in now for each in _asked(keys, case).decisions)

    def own(self, case: Case) -> bool:
        """Whether that case is hers."""
        try:
            asked, people = _asked(self._keys, case), _people(self._keys, case)
        except Destroyed:
            return False
        rows = _rows(each for each in people if each.system != self._own)
        if rows:
            common = rows.keys() & self._rows.keys()
            return bool(common) and all(rows[each] & self._rows[each] for each in common)
        # Nobody had to say which rows she is, then as now: the address that she proved names her alone.
        return not self._decided and any(
            _named(each) in self._led for each in asked.identities if each.verified
        )


def _rows(people: Iterable[Person]) -> Rows:
    found: Rows = {}
    for each in people:
        if each.key:
            found.setdefault((each.system, each.table), set()).add(each.key)
    return found


def _asked(keys: KeyStore, case: Case) -> Asked:
    sealed = open_value(keys, case.key, bytes(case.sealed_identities), record=f"case:{case.pk}:identities")
    asked = decode(sealed, (Asked, Identity, Person))
    return asked if isinstance(asked, Asked) else Asked(())


def _people(keys: KeyStore, case: Case) -> list[Person]:
    """Rows that are known to be the person of that case: found, or decided by somebody."""
    found = [*_asked(keys, case).decisions]
    if case.sealed_subject is not None:
        sealed = open_value(keys, case.key, bytes(case.sealed_subject), record=f"case:{case.pk}:subject")
        subject = decode(sealed, (Subject, Identity, Person))
        found += [each for each in subject.people if each.surely] if isinstance(subject, Subject) else []
    return found
