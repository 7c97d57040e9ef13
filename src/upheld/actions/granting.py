"""The rows of many approvals at once: what `copies.approve` and `erasure.approve` write for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyrage

from upheld.actions import cases, copies, plans, tasks, window
from upheld.actions.asking import Asked
from upheld.actions.difference import expected
from upheld.actions.means import Means
from upheld.actions.record import Noted, entry, put_all
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PLAN_APPROVED, REQUEST_RULED
from upheld.rights.codec import digest, encode, text
from upheld.rights.outcome import Counts
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject
from upheld.store import models
from upheld.store.database import fresh, insert_all, insert_numbered, update_all
from upheld.store.models import (
    BlindIndex,
    Copy,
    Fulfilment,
    Request,
    RequestState,
    Submission,
)
from upheld.store.models.journal import Later
from upheld.store.sealing import seal_value


@dataclass(frozen=True, slots=True)
class Granted:
    """One request that is approved: whose it is, and what each system's steps select of hers."""

    sent: Submission
    request: Request
    subject: Subject
    counts: Mapping[str, Counts]


def grant_copies(*, means: Means, plan: Plan, granted: Sequence[Granted]) -> None:
    """Copies may be written. Belongs into a transaction in which the requests are locked."""
    at, keyed = means.clock(), _ringed(means, granted)
    rows = []
    for each in granted:
        identity = pyrage.x25519.Identity.generate()
        rows.append(
            Copy(
                request=each.request,
                approved_by=means.by,
                approved_at=at,
                recipient=str(identity.to_public()),
                sealed_identity=keyed.keys.seal(
                    each.request.case.key, str(identity).encode(), record=copies.record_of(each.request)
                ),
                not_before=at,
            )
        )
    insert_all(rows)
    _begin(granted)
    for each in granted if any(plans.by_hand(plan, name) for name in plan.systems) else ():
        copies.ask(means, each.request, plan)
    put_all(_ruled(means, each) for each in granted)


def grant_erasures(*, means: Means, plan: Plan, granted: Sequence[Granted]) -> None:
    """Plans, and each system's part of them. Belongs into a transaction in which the requests are locked.
    Writes `plan.approved` for each."""
    keyed = _ringed(means, granted)
    rows = _plans(means, plan, granted)
    _remember(keyed, granted)
    fulfilments = []
    # Approved in one go, they are carried out as one batch.
    together = Later.TOGETHER if len(granted) > 1 else ""
    for each, row in zip(granted, rows, strict=True):
        windows = window.open_for(means=means, request=each.request, systems=plan.systems)
        fulfilments += [
            fresh(
                Fulfilment,
                request=each.request,
                plan=row,
                position=position,
                system=name,
                window=windows.get(name),
                later=together,
                not_before=means.clock() if together else None,
            )
            for position, name in enumerate(plan.systems)
        ]
    insert_numbered(fulfilments)
    for fulfilment in fulfilments:
        tasks.ask(means=means, fulfilment=fulfilment, plan=plan)
    _begin(granted)
    said = text(plan).encode()
    entries: list[Noted] = []
    for each in granted:
        key = keyed.keys.commitment_key(each.request.case.key)
        approved = entry(
            PLAN_APPROVED,
            at=means.clock(),
            case=str(each.request.case_id),
            plan=commit_to(key, said),
            systems=len(plan.systems),
        )
        entries += [_ruled(means, each), approved]
    put_all(entries)


def _ringed(means: Means, granted: Sequence[Granted]) -> Means:
    return replace(means, keys=means.keys.ring([each.request.case.key for each in granted]))


def _begin(granted: Sequence[Granted]) -> None:
    """All of them are in progress, as sure as was found."""
    for level in {each.request.reached for each in granted}:
        some = [each.request.pk for each in granted if each.request.reached == level]
        Request.objects.filter(pk__among=some).update(state=RequestState.IN_PROGRESS, reached=level)


def _ruled(means: Means, each: Granted) -> Noted:
    return entry(
        REQUEST_RULED,
        at=means.clock(),
        case=str(each.request.case_id),
        right=each.request.right,
        token=str(each.sent.token_id),
    )


def _plans(means: Means, plan: Plan, granted: Sequence[Granted]) -> list[models.Plan]:
    """The steps stand under the first; they are everybody's."""
    first = plans.store(
        means=means,
        request=granted[0].request,
        plan=plan,
        expected=_expected(plan, granted[0]),
        version=1,
    )
    found, at = digest(plan), means.clock()
    others = [
        fresh(
            models.Plan,
            request=each.request,
            version=1,
            format=Plan.form,
            digest=found,
            regime=plan.regime,
            approved_at=at,
            approved_by=means.by,
            allowed=[],
            expected=_expected(plan, each),
            same_as=first.same_as or first,
        )
        for each in granted[1:]
    ]
    insert_numbered(others)
    return [first, *others]


def _expected(plan: Plan, each: Granted) -> dict[str, dict[str, int]]:
    return {name: expected(each.counts.get(name)) for name in plan.systems}


def _remember(means: Means, granted: Sequence[Granted]) -> None:
    """Seal who each case is about, and find it by all her identities, as `cases.identified_anew` does; those
    whose case knew somebody already one by one."""
    first = [each for each in granted if each.request.case.sealed_subject is None]
    for each in granted:
        if each.request.case.sealed_subject is not None:
            cases.identified_anew(means=means, request=each.request, subject=each.subject)
    marks: list[BlindIndex] = []
    for each in first:
        case = each.request.case
        case.sealed_subject = seal_value(
            means.keys, case.key, encode(each.subject), record=f"case:{case.pk}:subject"
        )
        verified = tuple(one for one in each.subject.identities if one.verified)
        named = cases.names(Asked(verified, each.subject.people))
        marks += [fresh(BlindIndex, case=case, digest=means.keys.blind(*name)) for name in named]
    update_all([each.request.case for each in first], "sealed_subject")
    insert_all(marks, new=True)
