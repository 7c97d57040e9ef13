"""What is durable between two systems: taking a system's part over, preparing, committing, verifying,
failing.

Each function is one transaction, fenced: it changes nothing and raises Fenced when another owner or a later
attempt has taken over. Foreign writes happen between them, never inside.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from upheld.actions import allowance, evidence, kept
from upheld.actions.lease import is_leased
from upheld.actions.means import Means
from upheld.actions.record import Noted, entry, put_all, record
from upheld.actions.tempo import is_begun, is_free, put_off, room
from upheld.law.objection import STOPPING
from upheld.law.right import Right
from upheld.ledger import canonical
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import (
    SET_COUNTS,
    STEP_COUNTS,
    STEP_FAILED,
    STEP_FULFILLED,
    STEP_RETAINED,
    STEP_SET,
)
from upheld.rights import plan as steps
from upheld.rights.codec import decode, encode, text
from upheld.rights.outcome import (
    Asked,
    Committed,
    Count,
    Counts,
    Due,
    Established,
    EvidenceClass,
    Failure,
    Misconfigured,
    Permanent,
    Prepared,
    TableCount,
    Transient,
    Verified,
)
from upheld.rights.plan import Plan
from upheld.rights.recent import Recent
from upheld.rights.subject import Key
from upheld.store import models, queries
from upheld.store.compiled import save
from upheld.store.database import fresh, insert_all
from upheld.store.models import FulfilmentState, PartState
from upheld.store.models.journal import FailureKind
from upheld.store.sealing import open_value, seal_value

TAKING = ("state", "owner", "attempt", "leased_until", "taken_at", "failure", "failure_text", "later")
RETRY_AFTER = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)

SETTING = (Right.RESTRICTION, Right.RECTIFICATION, *STOPPING)
"""Rights that set values and remove nothing."""

KINDS = {
    Transient: FailureKind.TRANSIENT,
    Permanent: FailureKind.PERMANENT,
    Misconfigured: FailureKind.MISCONFIGURED,
}


def kind_of(failure: Failure) -> FailureKind:
    """Which of the three a failure is, by its class or that of its parents."""
    for each in type(failure).__mro__:
        if each in KINDS:
            return KINDS[each]
    return FailureKind.PERMANENT


class Fenced(Exception):
    """Another owner has taken this system's part over; whoever sees this must write nothing more."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A system's part as taken over: the fence of every later write. `first`: nothing of it stands in the
    records but the `parts` that were prepared under this hold."""

    fulfilment: models.Fulfilment
    plan: Plan
    owner: str
    attempt: int
    first: bool = False
    parts: list[models.Part] = field(default_factory=list, compare=False)

    @property
    def system(self) -> str:
        """The system's name."""
        return self.fulfilment.system

    @property
    def case(self) -> models.Case:
        """The case it is for."""
        return self.fulfilment.request.case


# --- who works on it ------------------------------------------------------------------------------------


@transaction.atomic
def take(*, means: Means, fulfilment: models.Fulfilment, plan: Plan) -> Hold | None:
    """Take a system's part over; None when somebody else is at it, or when the pace of the system does not
    let it begin: then it has its not-before time. A lease that has run out, or whose program is gone from
    this machine, is no hindrance."""
    at = means.clock()
    fresh: models.Fulfilment = queries.FULFILMENT_LOCKED.first(pk=fulfilment.pk)
    if fresh.state in (FulfilmentState.DONE, FulfilmentState.RETAINED) or is_leased(fresh, at):
        return None
    if not is_free(means=means, system=fresh.system) and not is_begun(fresh):
        left = room(means=means, system=fresh.system, at=at)
        if left.people is not None and left.people < 1:
            put_off(fulfilment, left)
            return None
    fresh.state = FulfilmentState.RUNNING
    fresh.owner = means.owner
    fresh.attempt += 1
    fresh.leased_until, fresh.taken_at = at + means.lease, at
    fresh.failure, fresh.failure_text, fresh.later = "", "", ""
    save(queries.FULFILMENT, fresh, *TAKING)
    fresh.request = fulfilment.request
    if fresh.plan_id == fulfilment.plan_id:
        fresh.plan = fulfilment.plan
    return Hold(fresh, plan, fresh.owner, fresh.attempt, first=fresh.attempt == 1)


@transaction.atomic
def borrow(*, means: Means, fulfilment: models.Fulfilment) -> bool:
    """Keep everybody else off a system's part that has its outcome, for a purge; False when somebody is at
    it."""
    at = means.clock()
    fresh = models.Fulfilment.objects.select_for_update().get(pk=fulfilment.pk)
    if is_leased(fresh, at) and fresh.owner != means.owner:
        return False
    fresh.owner, fresh.leased_until = means.owner, at + means.lease
    fresh.save(update_fields=["owner", "leased_until"])
    return True


def give_back(*, means: Means, fulfilment: models.Fulfilment) -> None:
    """The end of `borrow`."""
    mine = models.Fulfilment.objects.filter(pk=fulfilment.pk, owner=means.owner)
    mine.update(owner="", leased_until=None)


def _fenced(hold: Hold, **changes: object) -> None:
    """Raises Fenced unless this owner and attempt still hold the part."""
    if not queries.FENCED.run(changes, pk=hold.fulfilment.pk, owner=hold.owner, attempt=hold.attempt):
        raise Fenced(f"{hold.system}: taken over by another")


# --- what happened --------------------------------------------------------------------------------------


def prepare(*, means: Means, hold: Hold, event: Prepared) -> models.Part:
    """Durable before the target commits: how to ask it later, and, sealed, what to look for, and its files.
    Raises Fenced once somebody had it undone or took it back: what is not prepared then is never
    committed. Raises Permanent where that would be one person more than `people_per_day`."""
    copies = kept.copy(means=means, fulfilment=hold.fulfilment, files=event.files)
    return _prepare(means, hold, event, copies)


@transaction.atomic
def _prepare(means: Means, hold: Hold, event: Prepared, copies: Sequence[kept.Copied]) -> models.Part:
    at = means.clock()
    _fenced(hold, leased_until=at + means.lease)
    [(state, undone)] = queries.WITHDRAWN.all(pk=hold.fulfilment.request_id)
    if undone is not None or state == models.RequestState.REVOKED:
        raise Fenced(f"{hold.system}: the request is being undone, or was taken back")
    if not hold.parts:
        allowance.refuse_beginning(means=means, fulfilments=[hold.fulfilment])
    kept.note(fulfilment=hold.fulfilment, copies=copies, at=at)
    position = len(hold.parts) + 1 if hold.first else None
    part = keep_part(means=means, fulfilment=hold.fulfilment, event=event, at=at, position=position)
    hold.parts.append(part)
    return part


def keep_part(
    *,
    means: Means,
    fulfilment: models.Fulfilment,
    event: Prepared,
    at: datetime,
    purges: models.Due | None = None,
    position: int | None = None,
) -> models.Part:
    """The row of a prepared part, after those that are there unless its `position` is known. Belongs into the
    transaction that fences it."""
    part = part_row(
        means=means,
        fulfilment=fulfilment,
        event=event,
        at=at,
        position=position or fulfilment.parts.count() + 1,
        purges=purges,
    )
    insert_all([part])
    return part


def part_row(
    *,
    means: Means,
    fulfilment: models.Fulfilment,
    event: Prepared,
    at: datetime,
    position: int,
    purges: models.Due | None = None,
) -> models.Part:
    """As `keep_part`, not yet stored."""
    part = fresh(
        models.Part,
        id=uuid4(),
        fulfilment=fulfilment,
        plan=fulfilment.plan if purges is None else purges.plan,
        attempt=fulfilment.attempt,
        position=position,
        name=event.part,
        last=event.last,
        due=purges,
        token=event.token,
        counts=text(event.counts),
        prepared_at=at,
    )
    keys, key = means.keys, fulfilment.request.case.key
    sets = fulfilment.request.right in SETTING
    sealing = fulfilment.window.key if fulfilment.window else key if sets else None
    if event.before is not None and sealing is not None:
        part.sealed_before = keys.seal(sealing, event.before, record=f"part:{part.pk}:before")
    part.sealed_traces = keys.seal(key, event.traces, record=f"part:{part.pk}:traces")
    part.sealed_due = seal_value(keys, key, encode(event.due), record=f"part:{part.pk}:due")
    return part


@transaction.atomic
def commit(*, means: Means, hold: Hold, event: Committed) -> None:
    """The prepared part is done: one piece of evidence, one ledger entry, the dates on which kept rows are
    due.

    A repeat that changed nothing more is no step of its own: it leaves no second evidence.
    """
    at = means.clock()
    _fenced(hold, leased_until=at + means.lease)
    part = (
        hold.parts[-1]
        if hold.parts
        else hold.fulfilment.parts.get(state=PartState.PREPARED, due__isnull=True)
    )
    _settle_part(means, hold, part, event, at)


def _settle_part(means: Means, hold: Hold, part: models.Part, event: Committed, at: datetime) -> None:
    part.state = PartState.COMMITTED
    part.established = event.established.value
    part.counts = text(event.counts)
    part.settled_at = at
    save(queries.PART, part, "state", "established", "counts", "settled_at")
    alone = hold.first and len(hold.parts) == 1
    for due in event.due:
        _keep_due(means, hold, due, known=not alone)
    if not alone and not any(count.rows for count in event.counts):
        written = models.Evidence.objects.filter(fulfilment=hold.fulfilment, part__isnull=False)
        if written.exists():
            return
    content, matched = evidence_of_part(means, hold, part, event)
    _evidence(means, hold, content, EvidenceClass.ASSERTED, event.established, matched, part=part, at=at)


def evidence_of_part(
    means: Means, hold: Hold, part: models.Part, event: Committed
) -> tuple[dict[str, canonical.Value], dict[str, int]]:
    """What the evidence of a committed part says, and its rows by what happened to them."""
    matched = tally(hold.plan, event.counts)
    content: dict[str, canonical.Value] = {
        "system": hold.system,
        "part": part.position,
        "token": commit_to(means.keys.commitment_key(hold.case.key), part.token.encode()),
        "established": event.established.value,
        "counts": matched,
        "steps": [[count.step, count.table, count.rows, count.others] for count in event.counts],
    }
    return content, matched


@transaction.atomic
def settled(*, means: Means, hold: Hold, part: models.Part, established: Established | None) -> None:
    """A part that a crash left open: committed, as established, or (None) forgotten by the target."""
    at = means.clock()
    _fenced(hold, leased_until=at + means.lease)
    if established is None:
        part.state = PartState.ABORTED
        part.settled_at = at
        part.save()
        return
    _settle_part(means, hold, part, committed_as(means, hold, part, established), at)


def committed_as(means: Means, hold: Hold, part: models.Part, established: Established) -> Committed:
    """What the commit that nobody saw would have said."""
    due = decode(
        open_value(means.keys, hold.case.key, bytes(part.sealed_due or b""), record=f"part:{part.pk}:due"),
        (Due,),
    )
    rows = due if isinstance(due, tuple) else ()
    return Committed(hold.system, part.name, established, counts_of(part), rows)


@transaction.atomic
def verified(*, means: Means, hold: Hold, event: Verified) -> None:
    """Looked at again and nothing is left: the system's part has its outcome. With remnants this only says
    so; the failure that follows keeps the case open."""
    at = means.clock()
    if event.remnants:
        _fenced(hold, leased_until=at + means.lease)
        return
    kept = _retained(hold)
    state = FulfilmentState.RETAINED if kept else FulfilmentState.DONE
    matter = next((step.hold for step, _ in kept if step.hold), None) or ""
    _fenced(hold, state=state, withheld=matter, finished_at=at, owner="", leased_until=None, unreached=False)
    content = verification_of(hold, event)
    _evidence(means, hold, content, EvidenceClass.REQUERIED, Established.WITNESSED, None, part=None, at=at)
    for step, rows in kept:
        last = queries.DUE_OF.first(fulfilment=hold.fulfilment.pk, table=step.selection.table)
        put_all([retained_entry(hold, step, rows, last[0] if last else step.review, at)])


def verification_of(hold: Hold, event: Verified) -> dict[str, canonical.Value]:
    """What the evidence of a look that found nothing says."""
    return {
        "system": hold.system,
        "remnants": 0,
        "searched": list(event.searched),
        "not_searched": list(event.not_searched),
    }


def retained_entry(hold: Hold, step: steps.Retain, rows: int, last: date | None, at: datetime) -> Noted:
    """The entry that says what stays, not yet written."""
    return entry(
        STEP_RETAINED,
        at=at,
        case=str(hold.case.pk),
        system=hold.system,
        step=f"retain:{step.number}",
        ground=step.ground.value,
        records=rows,
        **({"until": last.isoformat()} if last else {}),
    )


@transaction.atomic
def asked(*, means: Means, hold: Hold, event: Asked) -> None:
    """A person was asked: the system's part waits for the answer. Asking again changes nothing."""
    at = means.clock()
    _fenced(hold, leased_until=at + means.lease)
    models.Task.objects.get_or_create(
        fulfilment=hold.fulfilment, step=event.step, defaults={"asked_at": at, "due_on": event.due}
    )


@transaction.atomic
def wait(*, hold: Hold) -> None:
    """Nothing more to do in this system until somebody answers or a later run comes."""
    _fenced(hold, state=FulfilmentState.WAITING, owner="", leased_until=None)


@transaction.atomic
def failed(*, means: Means, hold: Hold, failure: Failure) -> None:
    """This system's part waits, named and with its reason; the others go on (scenario 53)."""
    at = means.clock()
    kind = kind_of(failure)
    _fenced(
        hold,
        state=FulfilmentState.FAILED,
        failure=kind,
        failure_text=str(failure),
        owner="",
        leased_until=None,
        not_before=at + _pause(hold.attempt) if kind == FailureKind.TRANSIENT else None,
    )
    record(
        STEP_FAILED,
        at=at,
        case=str(hold.case.pk),
        system=hold.system,
        step=f"attempt:{hold.attempt}",
        failure=kind.value.lower(),
        reason=type(failure).__name__,
    )


def _pause(attempt: int) -> timedelta:
    """Until something transient is tried again: longer each time."""
    return min(RETRY_AFTER * (1 << min(attempt - 1, 10)), LONGEST)


def traces(*, means: Means, fulfilment: models.Fulfilment) -> tuple[bytes, ...]:
    """What verification must look for, of every part that committed, in earlier runs too."""
    parts = fulfilment.parts.exclude(state=PartState.ABORTED).filter(due__isnull=True)
    return tuple(trace(means=means, part=part) for part in parts)


def trace(*, means: Means, part: models.Part) -> bytes:
    """What verification must look for, of one part. Raises Destroyed."""
    key = part.fulfilment.request.case.key
    return means.keys.open(key, bytes(part.sealed_traces), record=f"part:{part.pk}:traces")


def before(*, means: Means, part: models.Part) -> bytes | None:
    """The rows of one part as they were, where its connector remembered them. Raises Destroyed."""
    if part.sealed_before is None:
        return None
    key = part.fulfilment.request.case.key
    return means.keys.open(key, bytes(part.sealed_before), record=f"part:{part.pk}:before")


# --- counting -------------------------------------------------------------------------------------------


def counts_of(part: models.Part) -> Counts:
    """The counts that a part was prepared with."""
    counts = decode(json.loads(part.counts), (Counts, Count, TableCount))
    if not isinstance(counts, Counts):
        raise TypeError("A part holds counts.")
    return counts


def tally(plan: Plan, counts: Counts) -> dict[str, int]:
    """Rows by what happened to them, for ledger and certificate."""
    words = _WORDS_OF.of(plan, make=lambda: _words_of(plan))
    tallied = dict.fromkeys(_tallied(plan), 0)
    for count in counts:
        if count.rows and count.step in words:
            tallied[words[count.step]] += count.rows
    tallied["matched"] = sum(each.matched for each in counts.tables) or sum(tallied.values())
    if "left" in tallied:
        tallied["left"] = sum(each.matched for each in counts.left)
    return tallied


_WORDS: dict[type, str] = {
    steps.Erase: "deleted",
    steps.Anonymise: "anonymised",
    steps.Detach: "detached",
    steps.Retain: "retained",
    steps.Restrict: "restricted",
    steps.Reset: "lifted",
    steps.Correct: "corrected",
}
_WORDS_OF: Recent[dict[int, str]] = Recent()


def _words_of(plan: Plan) -> dict[int, str]:
    """What happens to the rows of each step that does something to them."""
    return {step.number: _WORDS[type(step)] for step in plan.steps if type(step) in _WORDS}


def _tallied(plan: Plan) -> tuple[str, ...]:
    """The counts that evidence and ledger have for a plan of that right."""
    return SET_COUNTS if plan.right in SETTING else STEP_COUNTS


def erasing(fulfilment: models.Fulfilment) -> QuerySet[models.Part]:
    """The committed parts of the erasure itself, not those of a purge."""
    return fulfilment.parts.filter(state=PartState.COMMITTED, due__isnull=True)


def _retained(hold: Hold) -> list[tuple[steps.Retain, int]]:
    """Retain steps with the most rows that any part counted for them."""
    parts = hold.parts if hold.first else erasing(hold.fulfilment).filter(plan=hold.fulfilment.plan)
    return retained_of(hold, map(counts_of, parts))


def retained_of(hold: Hold, counted: Iterable[Counts]) -> list[tuple[steps.Retain, int]]:
    """The same, from what the parts counted."""
    rows: dict[int, int] = {}
    for counts in counted:
        for count in counts:
            if count.rows > rows.get(count.step, 0):
                rows[count.step] = count.rows
    own = hold.plan.of(hold.system)
    return [
        (step, rows[step.number]) for step in own if isinstance(step, steps.Retain) and rows.get(step.number)
    ]


def _keep_due(means: Means, hold: Hold, due: Due, *, known: bool) -> None:
    """Remember rows once, however often a repeat or a later version of the plan names them."""
    row = new_due(means, hold, due, known=known)
    if row is not None:
        insert_all([row])


def new_due(means: Means, hold: Hold, due: Due, *, known: bool) -> models.Due | None:
    """The row that remembers them, not yet stored; None where all are remembered. `known`: whether some may
    be."""
    earlier = {
        key
        for row in (hold.fulfilment.dues.filter(table=due.table, purged_at__isnull=True) if known else ())
        for key in due_rows(means=means, row=row)
    }
    rows = tuple(key for key in due.rows if key not in earlier)
    if not rows:
        return None
    row = models.Due(
        id=uuid4(),
        fulfilment=hold.fulfilment,
        plan=hold.fulfilment.plan,
        step=due.step,
        table=due.table,
        on=date.fromisoformat(due.on),
        key=list(due.key),
        rows=len(rows),
    )
    row.sealed_rows = seal_value(means.keys, hold.case.key, encode(rows), record=f"due:{row.pk}")
    return row


def due_rows(*, means: Means, row: models.Due) -> tuple[Key, ...]:
    """The keys of rows that stay until a date. Raises Destroyed."""
    case = row.fulfilment.request.case
    read = decode(open_value(means.keys, case.key, bytes(row.sealed_rows), record=f"due:{row.pk}"), ())
    return tuple(tuple(key) for key in read) if isinstance(read, tuple) else ()


def _evidence(
    means: Means,
    hold: Hold,
    content: dict[str, canonical.Value],
    cls: EvidenceClass,
    established: Established,
    counts: dict[str, int] | None,
    *,
    part: models.Part | None,
    at: datetime,
) -> None:
    row = evidence.write(hold.fulfilment, content, cls, established, attempt=hold.attempt, at=at, part=part)
    put_all([step_entry(means, hold, row, counts, part=part)])


def step_entry(
    means: Means,
    hold: Hold,
    row: models.Evidence,
    counts: dict[str, int] | None,
    *,
    part: models.Part | None,
) -> Noted:
    """The entry beside a piece of evidence, not yet written. `counts` is None where nothing was changed."""
    asserted = row.established == Established.ASSERTED.value
    known = {} if asserted else {"established": row.established}
    if hold.plan.right not in SETTING:
        known["outcome"] = "done"
    return entry(
        STEP_SET if hold.plan.right in SETTING else STEP_FULFILLED,
        at=row.at,
        case=str(hold.case.pk),
        system=hold.system,
        step=f"part:{part.position}" if part else "verify",
        evidence_class=row.cls,
        counts=dict.fromkeys(_tallied(hold.plan), 0) if counts is None else counts,
        evidence=commit_to(means.keys.commitment_key(hold.case.key), row.record.encode()),
        **known,
    )
