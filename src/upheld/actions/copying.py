"""Copies that are ready at once, written together: what the systems hold is read for all of them, and what
becomes known of them is one transaction. Each has a file and an entry of her own, as `copies.write` gives it.

Whoever is in any way special (a part by hand or refused, a statement, something that could still come back,
an earlier try, a doubt who she is, a system that fails) is left to `copies.write`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from upheld.actions import cases, copies, lease, plans
from upheld.actions.access import Rows, uncounted
from upheld.actions.asking import Asked
from upheld.actions.batch.conclude import finish_many
from upheld.actions.batch.delivery import read_together
from upheld.actions.batch.look import Going, in_groups
from upheld.actions.means import Means
from upheld.actions.record import entry, put_all
from upheld.actions.regime import law_of, under
from upheld.law.right import Right
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import PACKAGE_ISSUED
from upheld.rights.connector import Connector
from upheld.rights.identify import Ambiguous
from upheld.rights.many import identify_many
from upheld.rights.outcome import Failure
from upheld.rights.package.writing import Summary, write
from upheld.rights.plan import Plan
from upheld.rights.subject import Subject
from upheld.store.database import insert_all
from upheld.store.models import (
    Copy,
    Decision,
    DecisionKind,
    Fulfilment,
    Package,
    Request,
    RequestState,
    Statement,
)

TOGETHER = 50
"""Copies that become known in one transaction, and whose leases one program holds meanwhile."""

Language = Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class _Written:
    copy: Copy
    path: Path
    summary: Summary


def write_many(
    *, means: Means, ready: Sequence[Copy], language: Language, rows: Rows = uncounted
) -> frozenset[int]:
    """Those that are written whole, by their numbers; the others are as they were. Wants their requests and
    cases fetched. Writes `package.issued` and `case.closed` for each."""
    done: set[int] = set()
    for plain in in_groups(_plain(ready), TOGETHER) if len(ready) > 1 else ():
        taken = _taken(means, plain)
        try:
            for (right, _), some in _alike(taken).items():
                written = list(_files(means, Right(right), some, language, rows))
                done |= _known(means, written)
        finally:
            left = [each.pk for each in taken if each.pk not in done]
            if left:
                Copy.objects.filter(pk__in=left, owner=means.owner).update(owner="", leased_until=None)
    return frozenset(done)


def _plain(ready: Sequence[Copy]) -> list[Copy]:
    if Statement.objects.exists():
        return []
    numbers = [each.request_id for each in ready if not each.failure]
    cases_ = [each.request.case_id for each in ready]
    special = set(Fulfilment.objects.filter(request__case__in=cases_).values_list("request__case", flat=True))
    tried = set(Package.objects.filter(request__in=numbers).values_list("request", flat=True))
    tried |= set(
        Decision.objects.filter(request__in=numbers, kind=DecisionKind.REFUSE).values_list(
            "request", flat=True
        )
    )
    return [
        each
        for each in ready
        if not each.failure and each.request_id not in tried and each.request.case_id not in special
    ]


@transaction.atomic
def _taken(means: Means, some: Sequence[Copy]) -> list[Copy]:
    """Take over those at which nobody is."""
    at = means.clock()
    found = Copy.objects.select_for_update().filter(pk__in=[each.pk for each in some], not_before__lte=at)
    free = {each.pk for each in found if not lease.is_leased(each, at)}
    # Asked once they are locked: a statement that had to wait for whoever wrote one saw requests as before.
    free &= set(
        Copy.objects.filter(pk__in=free, request__state=RequestState.IN_PROGRESS).values_list("pk", flat=True)
    )
    Copy.objects.filter(pk__in=free).update(owner=means.owner, leased_until=at + means.lease)
    return [each for each in some if each.pk in free]


def _alike(some: Sequence[Copy]) -> Mapping[tuple[str, str], list[Copy]]:
    """Those of one right under one law have one plan."""
    found: dict[tuple[str, str], list[Copy]] = {}
    for each in some:
        found.setdefault((each.request.right, each.request.pack), []).append(each)
    return found


def _files(
    means: Means, right: Right, some: Sequence[Copy], language: Language, rows: Rows
) -> Iterator[_Written]:
    """Their files; none for whom something is in the way."""
    first = some[0].request
    means = replace(means, keys=means.keys.ring([each.request.case.key for each in some]))
    try:
        law = law_of(means=means, request=first)
        plan = plans.planned(means=means, right=right, regime=first.case.regime, law=law)
        known = _identified(means, plan, some)
    except Failure:
        return
    by_number = {number: each for number, (each, _) in enumerate(known)}
    going = [Going((number,), Asked(()), subject=who) for number, (_, who) in enumerate(known)]
    try:
        for each, connectors in read_together(means, plan, going):
            rows("", 1)
            copy = by_number[each.numbers[0]]
            written = _file(means, plan, copy, each.subject or Subject(()), connectors, language)
            if written is not None:
                yield written
    except Failure:
        return


def _identified(means: Means, plan: Plan, some: Sequence[Copy]) -> list[tuple[Copy, Subject]]:
    automatic = {name: each for name, each in means.connectors.items() if not plans.by_hand(plan, name)}
    known = {each.pk: cases.subject_of(means=means, case=each.request.case) for each in some}
    fresh = [each for each in some if known[each.pk] is None]
    asked = [cases.asked_in(means=means, case=each.request.case) for each in fresh]
    answers = identify_many(automatic, [(each.identities, each.decisions) for each in asked])
    for copy, answer in zip(fresh, answers, strict=True):
        if not isinstance(answer, Ambiguous) and not answer.unreached:
            known[copy.pk] = answer.subject
    return [(each, who) for each, who in ((each, known[each.pk]) for each in some) if who is not None]


def _file(
    means: Means,
    plan: Plan,
    copy: Copy,
    subject: Subject,
    connectors: Mapping[str, Connector],
    language: Language,
) -> _Written | None:
    request, out = copy.request, copies.file_for(copy.request, means)
    try:
        summary = write(
            plan,
            means.datamap,
            subject,
            connectors,
            now=means.now,
            out=out,
            recipients=(copy.recipient,),
            language=copies.spoken(means, language(request)),
            pinned=under(means=means, right=Right(request.right), request=request),
        )
    except Failure:
        return None
    if not summary.complete:
        out.unlink(missing_ok=True)
        return None
    return _Written(copy, out, summary)


@transaction.atomic
def _known(means: Means, written: Sequence[_Written]) -> set[int]:
    """From now on they are known, and the requests fulfilled; of one that was taken over meanwhile the file
    goes."""
    mine = set(
        Copy.objects.select_for_update()
        .filter(pk__in=[each.copy.pk for each in written], owner=means.owner)
        .values_list("pk", flat=True)
    )
    for each in written:
        if each.copy.pk not in mine:
            each.path.unlink(missing_ok=True)
    kept = [each for each in written if each.copy.pk in mine]
    if not kept:
        return set()
    at, keys = means.clock(), means.keys.ring([each.copy.request.case.key for each in kept])
    expires = at + timedelta(days=settings.UPHELD_PACKAGE_DAYS)
    insert_all(
        [
            Package(
                request=each.copy.request,
                path=str(each.path.resolve()),
                digest=each.summary.sha256,
                size=each.summary.size,
                written_at=at,
                expires_at=expires,
            )
            for each in kept
        ]
    )
    put_all(
        entry(
            PACKAGE_ISSUED,
            at=at,
            case=str(each.copy.request.case_id),
            package=commit_to(keys.commitment_key(each.copy.request.case.key), each.summary.sha256.encode()),
            systems=len(each.summary.systems),
            expires=expires.date().isoformat(),
        )
        for each in kept
    )
    finish_many(means, [each.copy.request for each in kept])
    Copy.objects.filter(pk__in=mine).update(owner="", leased_until=None)
    return mine
