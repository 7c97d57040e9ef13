"""The journal for many systems' parts at once: as `actions.journal` for each of them, in few statements.

Each function is one transaction, fenced: it changes nothing and raises `Fenced` when one of the parts has
been taken over. `lost` says which.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from upheld.actions import allowance, evidence, kept
from upheld.actions.journal import (
    Fenced,
    Hold,
    committed_as,
    counts_of,
    evidence_of_part,
    new_due,
    part_row,
    retained_entry,
    retained_of,
    step_entry,
    verification_of,
)
from upheld.actions.lease import is_leased
from upheld.actions.means import Means
from upheld.actions.record import put_all
from upheld.actions.tempo import is_begun, is_free, room
from upheld.rights.outcome import Committed, Counts, Established, EvidenceClass, Prepared, Verified
from upheld.rights.plan import Plan, Retain
from upheld.store import models
from upheld.store.database import insert_all, read_all
from upheld.store.models import FulfilmentState, PartState, RequestState


def read_many(numbers: Sequence[UUID]) -> list[tuple[models.Request, list[models.Fulfilment]]]:
    """Requests with their cases, and of each its parts in order with their plans and windows."""
    by_number = {each.pk: each for each in read_all(models.Request.objects.filter(pk__among=numbers))}
    requests = [by_number[number] for number in numbers if number in by_number]
    cases = models.Case.objects.filter(pk__among={each.case_id for each in requests})
    by_case = {each.pk: each for each in read_all(cases)}
    parts: dict[UUID, list[models.Fulfilment]] = {}
    for part in read_all(models.Fulfilment.objects.filter(request__among=numbers).order_by("position")):
        parts.setdefault(part.request_id, []).append(part)
    every = [each for own in parts.values() for each in own]
    plans = _plans({each.plan_id for each in every})
    windows = models.Window.objects.in_bulk({each.window_id for each in every if each.window_id is not None})
    for request in requests:
        request.case = by_case[request.case_id]
        for each in parts.get(request.pk, ()):
            each.request, each.plan = request, plans[each.plan_id]
            each.window = None if each.window_id is None else windows[each.window_id]
    return [(each, parts.get(each.pk, [])) for each in requests]


def _plans(numbers: Collection[int]) -> dict[int, models.Plan]:
    """Plans with those under which their steps stand, which many have in common."""
    found = {each.pk: each for each in read_all(models.Plan.objects.filter(pk__among=numbers))}
    others = {each.same_as_id for each in found.values() if each.same_as_id is not None} - found.keys()
    same = found | {each.pk: each for each in read_all(models.Plan.objects.filter(pk__among=others))}
    for each in found.values():
        each.same_as = None if each.same_as_id is None else same[each.same_as_id]
    return found


def holding(holds: Sequence[Hold]) -> Q:
    """The parts that are still held by whoever took them."""
    return Q(
        pk__among=[each.fulfilment.pk for each in holds], owner=holds[0].owner, state=FulfilmentState.RUNNING
    )


@transaction.atomic
def take_many(*, means: Means, fulfilments: Sequence[models.Fulfilment], plan: Plan) -> tuple[Hold, ...]:
    """Take over those of these parts that nobody is at. Wants their requests, cases, plans and windows
    fetched."""
    at = means.clock()
    chosen = {each.pk: each for each in fulfilments}
    rows = models.Fulfilment.objects.select_for_update().filter(pk__among=list(chosen))
    done = (FulfilmentState.DONE, FulfilmentState.RETAINED)
    free = [
        _as_fetched(each, chosen[each.pk])
        for each in read_all(rows.order_by("pk"))
        if each.state not in done and not is_leased(each, at)
    ]
    free = _in_pace(means, free, at)
    models.Fulfilment.objects.filter(pk__among=[each.pk for each in free]).update(
        state=FulfilmentState.RUNNING,
        owner=means.owner,
        attempt=F("attempt") + 1,
        leased_until=at + means.lease,
        taken_at=at,
        failure="",
        failure_text="",
        later="",
    )
    for each in free:
        each.state, each.owner, each.attempt = FulfilmentState.RUNNING, means.owner, each.attempt + 1
        each.leased_until = at + means.lease
    by_pk = {each.pk: Hold(each, plan, each.owner, each.attempt) for each in free}
    return tuple(by_pk[pk] for pk in chosen if pk in by_pk)


def _in_pace(means: Means, free: Sequence[models.Fulfilment], at: datetime) -> list[models.Fulfilment]:
    """Those that may begin now, and whoever has begun; the others get their not-before time."""
    if not free or is_free(means=means, system=free[0].system):
        return list(free)
    begun = [each for each in free if is_begun(each)]
    fresh = [each for each in free if each not in begun]
    if not fresh:
        return begun
    left = room(means=means, system=fresh[0].system, at=at)
    if left.people is None:
        return list(free)
    beyond = [each.pk for each in fresh[left.people :]]
    models.Fulfilment.objects.filter(pk__among=beyond).update(later=left.why or "", not_before=left.until)
    return [*begun, *fresh[: left.people]]


def _as_fetched(fresh: models.Fulfilment, known: models.Fulfilment) -> models.Fulfilment:
    """The row as it stands now, with what was fetched of it before as far as that is still its own."""
    fresh.request = known.request
    if fresh.plan_id == known.plan_id:
        fresh.plan = known.plan
    if fresh.window_id == known.window_id:
        fresh.window = known.window
    return fresh


def lost(holds: Sequence[Hold]) -> frozenset[int]:
    """Those of the parts, by position, that somebody else has taken over, or whose erasure is undone or
    taken back."""
    mine = models.Fulfilment.objects.filter(holding(holds), request__undone_at__isnull=True)
    mine = mine.exclude(request__state=RequestState.REVOKED)
    held = dict(mine.values_list("pk", "attempt"))
    return frozenset(
        index for index, each in enumerate(holds) if held.get(each.fulfilment.pk) != each.attempt
    )


@transaction.atomic
def give_back_undone(holds: Sequence[Hold]) -> None:
    """Parts that this run holds of erasures that are being undone: a list goes on for long, and the undo need
    not wait for its end."""
    undone = models.Fulfilment.objects.filter(holding(holds), request__undone_at__isnull=False)
    undone.update(state=FulfilmentState.WAITING, owner="", leased_until=None)


def _mine(holds: Sequence[Hold]) -> QuerySet[models.Fulfilment]:
    """Those of the parts that are still held. Raises Fenced where others are seen not to be."""
    attempts = {each.attempt for each in holds}
    if len(attempts) > 1 and lost(holds):
        raise _fence(holds)
    mine = models.Fulfilment.objects.filter(holding(holds))
    return mine.filter(attempt=attempts.pop()) if len(attempts) == 1 else mine


def _fenced(holds: Sequence[Hold], at: datetime, lease: timedelta) -> None:
    """Nobody takes one of them over until the transaction ends; raises Fenced where somebody has. Renews
    the leases once half of their time is over: a row that is written anew goes into each of its indexes."""
    mine = _mine(holds)
    if all((until := each.fulfilment.leased_until) and until - at > lease / 2 for each in holds):
        many = len(mine.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    else:
        many = mine.update(leased_until=at + lease)
        for each in holds:
            each.fulfilment.leased_until = at + lease
    if many != len(holds):
        raise _fence(holds)


def _fence(holds: Sequence[Hold]) -> Fenced:
    return Fenced(f"{holds[0].system}: some were taken over by another")


@dataclass(frozen=True, slots=True)
class Written:
    """A part that this run has prepared, with what was sealed into it."""

    part: models.Part
    counts: Counts
    traces: bytes


@dataclass
class Memory:
    """What this run itself has written for people with whom nobody had begun before, so that it need not be
    read again. Whoever is not `known` here has to be looked up in the records."""

    known: dict[int, list[Written]] = field(default_factory=dict)

    def begin(self, holds: Sequence[Hold]) -> None:
        """Those of whom nothing stands in the records."""
        self.known.update((each.fulfilment.pk, []) for each in holds if each.attempt == 1)

    def keep(self, parts: Sequence[models.Part], events: Sequence[Prepared]) -> None:
        """These parts are in the records."""
        for part, event in zip(parts, events, strict=True):
            if part.fulfilment_id in self.known:
                self.known[part.fulfilment_id].append(Written(part, event.counts, event.traces))

    def forget(self, holds: Sequence[Hold]) -> None:
        """Something went wrong with these: only the records know."""
        for hold in holds:
            self.known.pop(hold.fulfilment.pk, None)

    def all(self, holds: Sequence[Hold]) -> dict[int, list[Written]] | None:
        """What was written for each; None unless everybody is known."""
        found = {each.fulfilment.pk: self.known.get(each.fulfilment.pk) for each in holds}
        known = {number: written for number, written in found.items() if written is not None}
        return known if len(known) == len(found) else None


def prepare_many(
    *, means: Means, holds: Sequence[Hold], events: Sequence[Prepared], memory: Memory
) -> list[models.Part]:
    """Durable before the target commits, for each of them under her own key. Raises Fenced once somebody had
    one of the erasures undone, and Permanent beyond `people_per_day`, as `journal.prepare` does."""
    copies = [
        kept.copy(means=means, fulfilment=hold.fulfilment, files=event.files)
        for hold, event in zip(holds, events, strict=True)
    ]
    return _prepare_many(means, holds, events, copies, memory)


@transaction.atomic
def _prepare_many(
    means: Means,
    holds: Sequence[Hold],
    events: Sequence[Prepared],
    copies: Sequence[Sequence[kept.Copied]],
    memory: Memory,
) -> list[models.Part]:
    at = means.clock()
    _fenced(holds, at, means.lease)
    chosen = [each.fulfilment.request_id for each in holds]
    locked = models.Request.objects.select_for_update().filter(pk__among=chosen).order_by("pk")
    standing = locked.values_list("state", "undone_at")
    if any(undone is not None or state == RequestState.REVOKED for state, undone in standing):
        raise Fenced(f"{holds[0].system}: some erasures are being undone, or were taken back")
    allowance.refuse_beginning(means=means, fulfilments=[each.fulfilment for each in holds])
    for hold, those in zip(holds, copies, strict=True):
        kept.note(fulfilment=hold.fulfilment, copies=those, at=at)
    written = memory.all(holds)
    before = (
        {number: len(each) for number, each in written.items()} if written is not None else _before(holds)
    )
    parts = [
        part_row(
            means=means,
            fulfilment=hold.fulfilment,
            event=event,
            at=at,
            position=before.get(hold.fulfilment.pk, 0) + 1,
        )
        for hold, event in zip(holds, events, strict=True)
    ]
    insert_all(parts)
    return parts


def _before(holds: Sequence[Hold]) -> dict[int, int]:
    """How many parts each has already."""
    return dict(
        models.Part.objects.filter(fulfilment__among=[each.fulfilment.pk for each in holds])
        .values("fulfilment")
        .annotate(many=Count("pk"))
        .values_list("fulfilment", "many")
    )


@transaction.atomic
def commit_many(*, means: Means, holds: Sequence[Hold], events: Sequence[Committed], memory: Memory) -> None:
    """The prepared parts are done: evidence, entries and dates of each."""
    at = means.clock()
    _fenced(holds, at, means.lease)
    written = memory.all(holds)
    parts = (
        open_parts(holds) if written is None else {number: each[-1].part for number, each in written.items()}
    )
    alone = written is not None and all(len(each) == 1 for each in written.values())
    _settle(
        means,
        [(hold, parts[hold.fulfilment.pk], event) for hold, event in zip(holds, events, strict=True)],
        at,
        alone=alone,
    )


def open_parts(holds: Sequence[Hold]) -> dict[int, models.Part]:
    """The part of each whose outcome is not known, by the fulfilment's number."""
    rows = models.Part.objects.filter(
        fulfilment__among=[each.fulfilment.pk for each in holds], state=PartState.PREPARED, due__isnull=True
    )
    return {each.fulfilment_id: each for each in rows}


def _settle(
    means: Means, those: Sequence[tuple[Hold, models.Part, Committed]], at: datetime, *, alone: bool = False
) -> None:
    """All in one established way. A repeat that changed nothing more leaves no second evidence. `alone`: they
    are everybody's first parts."""
    how = those[0][2].established
    models.Part.objects.filter(pk__among=[part.pk for _, part, _ in those]).update(
        state=PartState.COMMITTED, established=how.value, settled_at=at
    )
    numbers = [hold.fulfilment.pk for hold, _, _ in those]
    evidenced = models.Evidence.objects.filter(fulfilment__among=numbers, part__isnull=False)
    due = models.Due.objects.filter(fulfilment__among=numbers, purged_at__isnull=True)
    again, with_dues = (
        frozenset() if alone else frozenset(rows.values_list("fulfilment", flat=True))
        for rows in (evidenced, due)
    )
    dues: list[models.Due] = []
    rows: list[tuple[Hold, models.Part, models.Evidence, dict[str, int]]] = []
    for hold, part, event in those:
        known = hold.fulfilment.pk in with_dues
        dues += [row for due in event.due if (row := new_due(means, hold, due, known=known))]
        if hold.fulfilment.pk in again and not any(count.rows for count in event.counts):
            continue
        content, tallied = evidence_of_part(means, hold, part, event)
        piece = evidence.made(
            hold.fulfilment, content, EvidenceClass.ASSERTED, how, attempt=hold.attempt, at=at, part=part
        )
        rows.append((hold, part, piece, tallied))
    insert_all(dues)
    insert_all([piece for _, _, piece, _ in rows])
    put_all(step_entry(means, hold, piece, tallied, part=part) for hold, part, piece, tallied in rows)


@transaction.atomic
def settled_many(*, means: Means, holds: Sequence[Hold], established: Established | None) -> None:
    """Parts that a crash left open: committed, as established, or (None) forgotten by the target."""
    if not holds:
        return
    at = means.clock()
    _fenced(holds, at, means.lease)
    parts = open_parts(holds)
    if established is None:
        models.Part.objects.filter(pk__among=[each.pk for each in parts.values()]).update(
            state=PartState.ABORTED, settled_at=at
        )
        return
    those = [(hold, parts[hold.fulfilment.pk]) for hold in holds]
    _settle(means, [(hold, part, committed_as(means, hold, part, established)) for hold, part in those], at)


def through(holds: Sequence[Hold]) -> frozenset[int]:
    """Those for whom everything that the plan in force writes is committed, by the fulfilment's number."""
    rows = models.Part.objects.filter(
        fulfilment__among=[each.fulfilment.pk for each in holds],
        state=PartState.COMMITTED,
        due__isnull=True,
        last=True,
        plan=F("fulfilment__plan"),
    )
    return frozenset(rows.values_list("fulfilment", flat=True))


def traces_many(*, means: Means, holds: Sequence[Hold], memory: Memory) -> dict[int, list[bytes]]:
    """What verification must look for, by the fulfilment's number."""
    written = memory.all(holds)
    if written is not None:
        return {number: [each.traces for each in own] for number, own in written.items()}
    keys = {each.fulfilment.pk: each.case.key for each in holds}
    rows = models.Part.objects.filter(fulfilment__among=keys, due__isnull=True).exclude(
        state=PartState.ABORTED
    )
    found: dict[int, list[bytes]] = {}
    for part in rows:
        key = keys[part.fulfilment_id]
        opened = means.keys.open(key, bytes(part.sealed_traces), record=f"part:{part.pk}:traces")
        found.setdefault(part.fulfilment_id, []).append(opened)
    return found


@transaction.atomic
def verified_many(*, means: Means, holds: Sequence[Hold], events: Sequence[Verified], memory: Memory) -> None:
    """Nothing is left of any of them: their parts have their outcomes."""
    at, mine = means.clock(), _mine(holds)
    kept = _retained(holds, memory)
    by_state: dict[tuple[str, str], list[int]] = {}
    pieces: list[models.Evidence] = []
    for hold, event in zip(holds, events, strict=True):
        own = kept.get(hold.fulfilment.pk, [])
        state = (FulfilmentState.RETAINED if own else FulfilmentState.DONE).value
        matter = next((step.hold for step, _ in own if step.hold), None) or ""
        by_state.setdefault((state, matter), []).append(hold.fulfilment.pk)
        pieces.append(
            evidence.made(
                hold.fulfilment,
                verification_of(hold, event),
                EvidenceClass.REQUERIED,
                Established.WITNESSED,
                attempt=hold.attempt,
                at=at,
            )
        )
    over = 0
    for (state, matter), numbers in by_state.items():
        over += mine.filter(pk__among=numbers).update(
            state=state, withheld=matter, finished_at=at, owner="", leased_until=None, unreached=False
        )
    if over != len(holds):
        raise _fence(holds)
    insert_all(pieces)
    until = {
        (number, table): on
        for number, table, on in models.Due.objects.filter(fulfilment__among=kept)
        .order_by("on")
        .values_list("fulfilment", "table", "on")
    }
    entries = []
    for hold, piece in zip(holds, pieces, strict=True):
        entries.append(step_entry(means, hold, piece, None, part=None))
        for step, rows in kept.get(hold.fulfilment.pk, []):
            last = until.get((hold.fulfilment.pk, step.selection.table)) or step.review
            entries.append(retained_entry(hold, step, rows, last, at))
    put_all(entries)


def _retained(holds: Sequence[Hold], memory: Memory) -> dict[int, list[tuple[Retain, int]]]:
    written = memory.all(holds)
    if written is not None:
        counts = {number: [each.counts for each in own] for number, own in written.items()}
    else:
        counts = {}
        rows = models.Part.objects.filter(
            fulfilment__among=[each.fulfilment.pk for each in holds],
            state=PartState.COMMITTED,
            due__isnull=True,
            plan=F("fulfilment__plan"),
        )
        for part in rows:
            counts.setdefault(part.fulfilment_id, []).append(counts_of(part))
    found = {each.fulfilment.pk: retained_of(each, counts.get(each.fulfilment.pk, ())) for each in holds}
    return {number: kept for number, kept in found.items() if kept}
