"""Approve the erasure of a list: a case, a request, a plan for each of them, in few statements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import product
from uuid import uuid4

from django.db import IntegrityError, transaction

from upheld.actions import allowance, cases, certainty, erasure, plans, two, window
from upheld.actions.allowance import refuse_beyond
from upheld.actions.asking import Asked
from upheld.actions.batch.look import TOGETHER, Going, Look, in_groups
from upheld.actions.difference import expected
from upheld.actions.journal import kind_of
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.actions.record import Noted, entry, put_all
from upheld.actions.regime import columns, pinned
from upheld.actions.telling import Telling, silently
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import CASE_OPENED, PLAN_APPROVED
from upheld.rights.codec import encode
from upheld.rights.identify import Unreached
from upheld.rights.outcome import Permanent, Transient
from upheld.rights.plan import Plan
from upheld.store import models
from upheld.store.database import fresh, hold, insert_all, insert_numbered
from upheld.store.models import RequestState
from upheld.store.sealing import seal_value


def approve_many(
    *,
    means: Means,
    look: Look,
    allow: frozenset[str] = frozenset(),
    reason: str = "",
    told: Telling = silently,
) -> models.Batch:
    """Cases of those who have none, each with its approved plan; nothing is written in any system yet. Writes
    `case.opened` and `plan.approved` for each. Open cases join as they are.

    In transactions of some hundreds: what a crash leaves out is found and approved by a repeat. Refuses
    beyond a limit that is not allowed with a reason, the people of this day counted anew, and when somebody
    else has opened a case of one of them since they were looked at.
    """
    if allow and not reason:
        raise Permanent("A limit was allowed without a reason.", "Say why: --reason TEXT.")
    if allow and two.rule_of(means=means, matter=models.Matter.LIMITS) is not None:
        raise Permanent(
            "Going beyond a limit is for two to decide, and for one person at a time.",
            "Leave out --allow; whoever is beyond it is approved alone, in the console.",
        )
    refuse_beyond(look.beyond, allow)
    batch = models.Batch.objects.create(
        at=means.clock(),
        by=means.by,
        lines=look.lines,
        left_out=sorted({each.number for each in look.doubts}),
    )
    left = len(look.fresh)
    for some in in_groups(look.fresh, TOGETHER):
        told("approving", 0, len(look.going))
        _approve(means, batch, look, some, sorted(allow), reason, left=left)
        left -= len(some)
        told("approving", len(some), len(look.going))
    for each in look.going:
        if each.case is not None:
            _join(means, batch, look, each, allow, reason)
            told("approving", 1, len(look.going))
    return batch


def _approve(
    means: Means,
    batch: models.Batch,
    look: Look,
    some: Sequence[Going],
    allowed: list[str],
    reason: str,
    *,
    left: int,
) -> None:
    """`left`: so many are still to be approved, these among them: room for some of them is not enough."""
    names = means.keys.create_many(len(some))
    ringed = replace(means, keys=means.keys.ring(names))
    try:
        with transaction.atomic():
            hold("cases")
            allowance.claim(means=ringed, systems=look.plan.systems, allowed=allowed, people=left)
            _Opening(ringed, batch, look, allowed, reason).all(some, names)
    except IntegrityError as error:
        raise Transient(
            "Somebody else opened a case for one of these people in this moment.", "Repeat the command."
        ) from error


class _Opening:
    """The rows of many cases, to be inserted table by table. Belongs into one transaction."""

    def __init__(
        self, means: Means, batch: models.Batch, look: Look, allowed: list[str], reason: str
    ) -> None:
        self.means, self.batch, self.plan = means, batch, look.plan
        self.unreached = {
            name: {
                "state": models.FulfilmentState.FAILED,
                "unreached": True,
                "failure": kind_of(failure),
                "failure_text": str(failure),
            }
            for name, failure in look.unreached.items()
        }
        self.allowed, self.reason = allowed, reason
        self.at = means.clock()
        self.text = plans.text_of(self.plan).encode()
        self.digest = sha256(self.text).hexdigest()
        self.pinned = pinned(means=means, right=Right.ERASURE, regime=self.plan.regime, at=self.at)
        self.needed = certainty.needed(means=means, law=self.pinned.law, right=Right.ERASURE)

    def all(self, some: Sequence[Going], names: Sequence[str]) -> None:
        opened = [self._case(going, key) for going, key in zip(some, names, strict=True)]
        marks = [self._marks(going, case) for going, case in zip(some, opened, strict=True)]
        self._refuse_known(marks)
        insert_all(opened)
        insert_all([each for own in marks for each in own])
        requests = [
            fresh(
                models.Request,
                id=uuid4(),
                case=case,
                right=Right.ERASURE.value,
                state=RequestState.IN_PROGRESS,
                received_at=self.at,
                needed=self.needed,
                reached=models.Level.HIGH,
                **columns(self.pinned),
            )
            for case in opened
        ]
        # First: a request says no more than a proof that is there, and each of these was ordered.
        insert_all([certainty.ordered(means=self.means, request=each, at=self.at) for each in requests])
        insert_all(requests)
        rows = self._plans(some, requests)
        windows = self._windows(requests)
        fulfilments = [
            fresh(
                models.Fulfilment,
                request=request,
                plan=row,
                position=position,
                system=system,
                window=windows.get((request.pk, system)),
                **self.unreached.get(system, {}),
            )
            for request, row in zip(requests, rows, strict=True)
            for position, system in enumerate(self.plan.systems)
        ]
        insert_numbered(fulfilments)
        models.Task.objects.bulk_create(task for each in fulfilments for task in self._tasks(each))
        insert_all(
            [
                fresh(models.BatchLine, batch=self.batch, line=number, request=request)
                for going, request in zip(some, requests, strict=True)
                for number in going.numbers
            ]
        )
        put_all(each for case in opened for each in self._entries(case))

    def _case(self, going: Going, key: str) -> models.Case:
        means = self.means
        case = fresh(
            models.Case,
            id=uuid4(),
            regime=self.plan.regime,
            key=key,
            opened_at=self.at,
            sealed_identities=b"",
        )
        case.sealed_identities = seal_value(
            means.keys, key, encode(going.asked), record=f"case:{case.pk}:identities"
        )
        case.sealed_subject = seal_value(
            means.keys, key, encode(going.subject), record=f"case:{case.pk}:subject"
        )
        return case

    def _marks(self, going: Going, case: models.Case) -> list[models.BlindIndex]:
        subject = going.subject
        if subject is None:
            raise TypeError("Whoever has no case was identified.")
        verified = tuple(each for each in subject.identities if each.verified)
        named = {*cases.names(going.asked), *cases.names(Asked(verified, subject.people))}
        marks = [
            fresh(models.BlindIndex, case=case, digest=self.means.keys.blind(*each)) for each in sorted(named)
        ]
        whole = cases.whole(means=self.means, asked=going.asked)
        return [*marks, fresh(models.BlindIndex, case=case, digest=whole, whole=True)]

    def _refuse_known(self, marks: Sequence[Sequence[models.BlindIndex]]) -> None:
        """Somebody's case that was opened since everybody was looked at; by its whole mark, for a part of it
        two people may share."""
        digests = [each.digest for own in marks for each in own if each.whole]
        if models.BlindIndex.objects.filter(digest__in=digests, open=True, whole=True).exists():
            raise IntegrityError("a case was opened meanwhile")

    def _windows(self, requests: Sequence[models.Request]) -> dict[tuple[object, str], models.Window]:
        """As `window.open_for`: everybody's windows have the same dates, and each a key of its own."""
        found = window.spans(means=self.means, last=self.pinned.dates.legal, systems=self.plan.systems)
        dates = sorted({(span.until, span.legal) for span in found.values() if span.until})
        names = self.means.keys.create_many(len(requests) * len(dates))
        made = models.Window.objects.bulk_create(
            models.Window(request=request, key=key, until=until, legal=legal)
            for key, (request, (until, legal)) in zip(names, product(requests, dates), strict=True)
        )
        return {
            (each.request_id, name): each
            for each in made
            for name, span in found.items()
            if (span.until, span.legal) == (each.until, each.legal)
        }

    def _plans(self, some: Sequence[Going], requests: Sequence[models.Request]) -> list[models.Plan]:
        """The steps stand under the first; they are everybody's."""
        first = plans.store(
            means=self.means,
            request=requests[0],
            plan=self.plan,
            allowed=self.allowed,
            reason=self.reason,
            expected=self._expected(some[0]),
            version=1,
        )
        others = [
            fresh(
                models.Plan,
                request=request,
                version=1,
                format=Plan.form,
                digest=self.digest,
                regime=self.plan.regime,
                approved_at=self.at,
                approved_by=self.means.by,
                allowed=self.allowed,
                reason=self.reason,
                expected=self._expected(going),
                same_as=first.same_as or first,
            )
            for going, request in zip(some[1:], requests[1:], strict=True)
        ]
        insert_numbered(others)
        return [first, *others]

    def _expected(self, going: Going) -> dict[str, dict[str, int]]:
        counts = going.counts or {}
        return {name: expected(counts.get(name)) for name in self.plan.systems}

    def _tasks(self, fulfilment: models.Fulfilment) -> list[models.Task]:
        return [
            models.Task(
                fulfilment=fulfilment,
                step=task.number,
                asked_at=self.at,
                due_on=_due(self.means.now, task.days),
            )
            for task in plans.by_hand(self.plan, fulfilment.system)
        ]

    def _entries(self, case: models.Case) -> list[Noted]:
        key = self.means.keys.commitment_key(case.key)
        return [
            entry(
                CASE_OPENED,
                at=self.at,
                case=str(case.pk),
                right=Right.ERASURE.value,
                regime=self.pinned.law.id,
            ),
            entry(
                PLAN_APPROVED,
                at=self.at,
                case=str(case.pk),
                plan=commit_to(key, self.text),
                systems=len(self.plan.systems),
            ),
        ]


def _due(now: datetime, days: int) -> date:
    return now.date() + timedelta(days=days)


def _join(
    means: Means, batch: models.Batch, look: Look, going: Going, allow: frozenset[str], reason: str
) -> None:
    """Somebody whose case is open: gone on with; received only, or for another right, it is approved now, as
    she was identified and counted."""
    request = cases.receive(means=means, right=Right.ERASURE, asked=going.asked, regime=look.plan.regime)
    if request.state == RequestState.OPEN:
        seen = preview(
            means=means, right=Right.ERASURE, asked=going.asked, subject=going.subject, request=request
        )
        seen = replace(seen, unreached=tuple(Unreached(*each) for each in look.unreached.items()))
        erasure.approve(means=means, request=request, preview=seen, allow=allow, reason=reason)
    models.BatchLine.objects.bulk_create(
        fresh(models.BatchLine, batch=batch, line=number, request=request) for number in going.numbers
    )
