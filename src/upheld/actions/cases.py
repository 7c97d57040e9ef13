"""Receive a person's request, join it to her open case, and close the case."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction

from upheld.actions.asking import Asked
from upheld.actions.certainty import needed
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.actions.regime import columns, pinned, regime_for
from upheld.datamap.normalise import normalise
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.ledger.types import CASE_CLOSED, CASE_OPENED, KEY_DESTROYED
from upheld.rights.codec import decode, encode
from upheld.rights.outcome import Permanent
from upheld.rights.subject import Identity, Person, Subject
from upheld.store import queries
from upheld.store.compiled import numbered, save
from upheld.store.database import hold, insert_all
from upheld.store.models import BlindIndex, Case, CaseState, Request, RequestState
from upheld.store.models.case import UNFINISHED
from upheld.store.sealing import open_value, seal_value

BACKUP_DAYS = 30
"""How long a restore could bring a person back when the organisation has not said how long its backups
live."""


def backup_days(*, means: Means) -> timedelta:
    """How long a restore could bring something back."""
    days = means.datamap.organisation.backup_days
    return timedelta(days=BACKUP_DAYS if days is None else days)


NORMALISED = {"email": "email", "phone": "phone"}
FINAL = {RequestState.FULFILLED: "fulfilled", RequestState.DENIED: "denied", RequestState.REVOKED: "revoked"}


class TwoCases(Permanent):
    """The identities given belong to two open cases."""


@transaction.atomic
def receive(
    *,
    means: Means,
    right: Right,
    asked: Asked,
    regime: str | None = None,
    received_at: datetime | None = None,
) -> Request:
    """The person's unfinished request of this right: hers, if she has an open case, else a new one.

    Joins by any identity given; two cases at once are refused. Writes `case.opened` for a new case. Until
    its plan is approved, a case learns further identities from a repeat; afterwards its subject stands.
    A case stays under its regime; each request is pinned to that law as it is on its own day (X-01).
    `received_at`: when it reached us, where that is not now: all dates count from there (G-12.9).
    Misconfigured for a right that the law does not give.
    """
    hold("cases")
    means = replace(means, keys=means.keys.ring(()))
    found = _open_cases(means, asked)
    if len(found) > 1:
        raise TwoCases(
            f"These identities belong to {len(found)} open cases.",
            "Give them one at a time, or close one of the cases first (`upheld status` lists them).",
        )
    at = received_at or means.clock()
    law = found[0].regime if found else regime_for(means=means, regime=regime)
    kept = pinned(means=means, right=right, regime=law, at=at)
    sure = needed(means=means, law=kept.law, right=right)
    if not found or not _held_open(found[0]):
        case = _open(means, right, asked, kept.law)
        request = Request(case=case, right=right.value, received_at=at, needed=sure, **columns(kept))
        insert_all([request])
        return request
    case = found[0]
    _learn(means, case, asked)
    request, _ = Request.objects.get_or_create(
        case=case,
        right=right.value,
        state__in=UNFINISHED,
        defaults={"received_at": at, "needed": sure, **columns(kept)},
    )
    if at < request.received_at:  # a letter that lay somewhere: it counts from its own day
        Request.objects.filter(pk=request.pk).update(received_at=at, **columns(kept))
        request.refresh_from_db()
    return request


@transaction.atomic
def learn(*, means: Means, case: Case, asked: Asked) -> bool:
    """The case learns identities that were proved after it was opened; whether it still could: once its plan
    is approved, its subject stands. Refuses those of another open case (TwoCases)."""
    hold("cases")
    if any(each.pk != case.pk for each in _open_cases(means, asked)):
        raise TwoCases("This identity belongs to another open case.", "Close one of the two cases first.")
    if case.state != CaseState.OPEN or case.sealed_subject is not None:
        return False
    _learn(means, case, asked)
    return True


def asked_in(*, means: Means, case: Case) -> Asked:
    """What was given in this case. Raises Destroyed when its key is gone."""
    read = open_value(
        means.keys, case.key, bytes(case.sealed_identities), record=f"case:{case.pk}:identities"
    )
    asked = decode(read, (Asked, Identity, Person))
    if not isinstance(asked, Asked):
        raise TypeError("A case holds what was asked in it.")
    return asked


def subject_of(*, means: Means, case: Case) -> Subject | None:
    """The identified person, or None before the plan was approved."""
    if case.sealed_subject is None:
        return None
    return _opened(means, case, bytes(case.sealed_subject), f"case:{case.pk}:subject")


def subject_for(*, means: Means, request: Request) -> Subject | None:
    """Whom a request was about when it was fulfilled, to repeat it or to look for it: a later request of the
    same case may have been identified anew, when her rows were gone already."""
    if request.sealed_subject is None:
        return subject_of(means=means, case=request.case)
    return _opened(means, request.case, bytes(request.sealed_subject), f"request:{request.pk}:subject")


def _opened(means: Means, case: Case, sealed: bytes, record: str) -> Subject:
    subject = decode(open_value(means.keys, case.key, sealed, record=record), (Subject, Identity, Person))
    if not isinstance(subject, Subject):
        raise TypeError("A case holds a subject.")
    return subject


def identified_anew(*, means: Means, request: Request, subject: Subject) -> None:
    """As `remember`, for a request that is being approved: the finished ones of its case keep whom they were
    about. Never joined: what was her row then may be a stranger's by now (scenario 45)."""
    case = request.case
    known = subject_of(means=means, case=case)
    if known is not None and known != subject:
        earlier = case.requests.exclude(pk=request.pk).exclude(state__in=UNFINISHED)
        for each in earlier.filter(sealed_subject__isnull=True):
            each.sealed_subject = seal_value(
                means.keys, case.key, encode(known), record=f"request:{each.pk}:subject"
            )
            each.save(update_fields=["sealed_subject"])
    remember(means=means, case=case, subject=subject)


def remember(*, means: Means, case: Case, subject: Subject) -> None:
    """Seal who the case is about."""
    case.sealed_subject = seal_value(means.keys, case.key, encode(subject), record=f"case:{case.pk}:subject")
    save(queries.ONE_CASE, case, "sealed_subject")
    # Found by every identity of hers from now on: half-erased, a system may no longer know that they belong
    # together, and a repeat by another of them must still join this case (scenario 61).
    verified = tuple(each for each in subject.identities if each.verified)
    _find_by(case, [means.keys.blind(*name) for name in names(Asked(verified, subject.people))])


def _find_by(case: Case, digests: Iterable[bytes]) -> None:
    """From now on the case is found by these too."""
    insert_all([BlindIndex(case=case, digest=digest) for digest in digests], new=True)


@transaction.atomic(savepoint=False)
def finish(
    *, means: Means, request: Request, state: RequestState, reason: str = "", keep_until: date | None = None
) -> None:
    """A request ends; with its last one the case is closed. Writes `case.closed` then.

    While a restriction of its is in force a case stays open: who lifts it needs to know what the marks were
    before. A closed case is no longer joined by an identity; its key is destroyed when backups can no
    longer bring the person back, nor rows of hers that go on `keep_until`, the last date on which some are
    due.
    """
    at = means.clock()
    ended = {"state": state, "reason": reason, "finished_at": at}
    changed = queries.ONE_UNFINISHED.run(ended, pk=request.pk)
    case = request.case
    if changed:
        request.state, request.reason, request.finished_at = state, reason, at
    if not changed:
        return
    queries.CASE_HELD.all(pk=case.pk)  # until then another request may come into it
    if queries.STILL_OPEN.any(case=case.pk):
        return
    days = backup_days(means=means)
    destroy_on = max(at.date(), keep_until or at.date()) + days
    closed = {
        "state": CaseState.CLOSED,
        "closed_at": at,
        "closed_reason": reason,
        "key_destroy_on": max(destroy_on, case.key_destroy_on or destroy_on),
    }
    queries.ONE_CASE.run(closed, pk=case.pk)
    # What staff finds it by stays until its key goes; by nothing of it does anybody join it any more.
    queries.WHOLE_INDEX.run(case=case.pk)
    queries.INDEX.run({"open": False}, case=case.pk)
    record(CASE_CLOSED, at=at, case=str(case.pk), outcome=FINAL.get(state, "expired"))


@transaction.atomic
def destroy_key(*, means: Means, case: Case, at: datetime) -> None:
    """The case's key goes, and with it whom the case was about (K-02). Refuses while the case is open."""
    if case.state == CaseState.OPEN:
        raise Permanent(f"Case {case.pk} is open; its key is needed to finish it.", "Close the case first.")
    effective = at.date() + backup_days(means=means)
    Case.objects.filter(pk=case.pk, key_destroyed_at__isnull=True).update(key_destroyed_at=at)
    case.blind_index.all().delete()
    record(KEY_DESTROYED, at=at, case=str(case.pk), key=case.key, effective_by=effective.isoformat())
    # Last: if the commit fails, the key is gone and the next purge records it; the other way round it would
    # stay.
    means.keys.destroy([case.key])


# --- how an open case is found --------------------------------------------------------------------------


def canonical(identity: Identity) -> Identity:
    """The identity in the form in which it is compared, whatever the systems' own rules."""
    value = normalise(NORMALISED.get(identity.kind), identity.value)
    return Identity(identity.kind, value, identity.verified, identity.source)


def names(asked: Asked) -> list[tuple[str, str]]:
    """What a case is found by, before it is hashed."""
    named = [(each.kind, canonical(each).value) for each in asked.identities]
    rows = [(f"{each.system}.{each.table}", repr(each.key)) for each in asked.decisions if each.key]
    return sorted({*named, *rows})


def _held_open(case: Case) -> bool:
    """Whether the case is open still, now that nobody can end it: its last request may be ending meanwhile,
    and what joined then would stand in a case that is closed, and whose key goes. Its requests are held
    before it, as by whoever ends one."""
    list(case.requests.select_for_update().filter(state__in=UNFINISHED).order_by("pk").values_list("pk"))
    return queries.CASE_HELD.all(pk=case.pk) == [(CaseState.OPEN,)]


def _open_cases(means: Means, asked: Asked) -> list[Case]:
    digests = [means.keys.blind(kind, value) for kind, value in names(asked)]
    rows = queries.open_cases(len(digests)).all(**numbered(digests)) if digests else []
    cases = {row.case.pk: row.case for row in rows}
    return not_contradicted(means=means, asked=asked, found=cases.values())


def not_contradicted(*, means: Means, asked: Asked, found: Iterable[Case]) -> list[Case]:
    """Those of the cases in which nothing was decided otherwise."""
    if not any(each.key for each in asked.decisions):
        return list(found)
    return [case for case in found if not _contradict(asked, _known(means, case))]


def _known(means: Means, case: Case) -> Asked:
    """What was given in the case, and the rows that were found to be her."""
    given, subject = asked_in(means=means, case=case), subject_of(means=means, case=case)
    return Asked(given.identities, (*given.decisions, *(subject.people if subject else ())))


def open_case(*, means: Means, asked: Asked) -> Case | None:
    """The one open case that these identities belong to, or None. Opens none; for those who only look."""
    found = _open_cases(means, asked)
    return found[0] if len(found) == 1 else None


def _contradict(asked: Asked, known: Asked) -> bool:
    """Two people may share an address: when somebody decided which row each of them is, they stay apart."""
    named = [each for each in asked.decisions if each.key]
    first = {(each.system, each.table): set[object]() for each in named}
    second = {key: set[object]() for key in first}
    for each in named:
        first[each.system, each.table].add(each.key)
    for each in known.decisions:
        if (each.system, each.table) in second:
            second[each.system, each.table].add(each.key)
    return any(second[key] and not first[key] & second[key] for key in first)


def _open(means: Means, right: Right, asked: Asked, law: Pack) -> Case:
    key = means.keys.create()
    case = Case(regime=law.regime, key=key, opened_at=means.clock(), sealed_identities=b"")
    _seal_asked(means, case, asked)
    insert_all([case])
    record(CASE_OPENED, at=case.opened_at, case=str(case.pk), right=right.value, regime=law.id)
    digests = [BlindIndex(case=case, digest=means.keys.blind(*name)) for name in names(asked)]
    insert_all([*digests, BlindIndex(case=case, digest=whole(means=means, asked=asked), whole=True)])
    return case


def _learn(means: Means, case: Case, asked: Asked) -> None:
    known = asked_in(means=means, case=case)
    # Once the plan is approved only decisions are learnt, for systems that could not be asked before it.
    identities = asked.identities if case.sealed_subject is None else ()
    joined = Asked(
        tuple(dict.fromkeys((*known.identities, *identities))),
        tuple(dict.fromkeys((*known.decisions, *asked.decisions))),
    )
    if joined != known:
        _seal_asked(means, case, joined)
        case.save(update_fields=["sealed_identities"])
    known = joined
    case.blind_index.filter(whole=True).delete()
    _find_by(case, [means.keys.blind(*name) for name in names(known)])
    BlindIndex.objects.create(case=case, digest=whole(means=means, asked=known), whole=True)


def whole(*, means: Means, asked: Asked) -> bytes:
    """The mark of all identities of a case together."""
    return means.keys.blind("(whole)", sha256(repr(names(asked)).encode()).hexdigest())


def _seal_asked(means: Means, case: Case, asked: Asked) -> None:
    case.sealed_identities = seal_value(
        means.keys, case.key, encode(asked), record=f"case:{case.pk}:identities"
    )
