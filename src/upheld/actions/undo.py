"""Undo an erasure within its window: the same approval, the same crash safety, nothing overwritten (S-55)."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from upheld.actions import (
    beyond,
    carried,
    cases,
    erasure,
    evidence,
    journal,
    kept,
    plans,
    suppression,
    two,
    window,
)
from upheld.actions.allowance import ERASURES
from upheld.actions.asking import Asked
from upheld.actions.erasure import Progress, silently
from upheld.actions.means import Means
from upheld.actions.record import record
from upheld.ledger.commitment import commit as commit_to
from upheld.ledger.types import ERASURE_UNDONE
from upheld.rights.codec import Unreadable, decode, text
from upheld.rights.connector import Connector
from upheld.rights.outcome import (
    Established,
    EvidenceClass,
    Failure,
    FileImage,
    Misnamed,
    Permanent,
    Settled,
    Transient,
)
from upheld.rights.undo import Back, Conflict, Restored, Restoring, Undone, Why
from upheld.store import models
from upheld.store.models import PartState, RequestState

REASON = "undone"
PARTLY = "undone in part"


@dataclass(frozen=True, slots=True)
class Return:
    """What an undo does in one system: `restored` counts, or `why` nothing comes back there;
    `failed`: it may, later."""

    system: str
    title: str
    restored: Restored
    why: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Putting:
    """An undo, before or after it was done."""

    request: models.Request
    systems: tuple[Return, ...]

    @property
    def rows(self) -> int:
        """Rows that come back, or came."""
        return sum(each.restored.rows for each in self.systems)

    @property
    def left(self) -> int:
        """Rows that do not."""
        return sum(each.restored.left for each in self.systems)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to put back."""
        return not self.left and not any(each.failed for each in self.systems)


# --- which erasure --------------------------------------------------------------------------------------


def find(*, means: Means, case: str = "", asked: Asked | None = None) -> models.Request:
    """The erasure of a case, or of a person whose case is open. Permanent when there is none, when it had no
    window, and when that is over (scenario 56): then nobody can put anything back."""
    if asked is not None:
        found = cases.open_case(means=means, asked=asked)
        case = str(found.pk) if found else ""
        if not case:
            raise Permanent(
                "No case of this person is open, so nothing of hers can be put back.",
                "What was erased can come back within its undo window only; then its key is destroyed.",
            )
    erasures = models.Request.objects.filter(right__in=ERASURES).select_related("case")
    those = [each for each in erasures.order_by("received_at") if str(each.case_id).startswith(case)]
    if not case or len(those) != 1:
        which = "No erasure belongs to" if not those else "Several erasures belong to"
        raise Misnamed(f"{which} the case {case or '(none given)'}.", "Name one by its id: `upheld status`.")
    refuse_late(means, those[0])
    return those[0]


def refuse_late(means: Means, request: models.Request) -> None:
    """Permanent for an erasure that had no window, whose window is over, or that was undone."""
    windows = list(request.windows.all())
    if not windows:
        raise Permanent(
            f"Case {request.case_id} has no undo window; what was erased is gone.",
            "A window is set before an erasure, by `undo:` in the privacy folder.",
        )
    if request.state == RequestState.REVOKED:
        raise Permanent(
            f"The erasure of case {request.case_id} was undone; nothing of it is left to put back.", ""
        )
    if not any(window.is_open(each, means.now.date()) for each in windows):
        last = max(each.until for each in windows)
        raise Permanent(
            f"The undo window of case {request.case_id} ended on {last.isoformat()}; "
            "what was erased cannot be put back by anybody.",
            "That is what the certificate says. A new account has to be opened.",
        )


# --- before it ------------------------------------------------------------------------------------------


def look(
    *, means: Means, request: models.Request, progress: Progress = silently, uncorrected: bool = False
) -> Putting:
    """What would come back in each system, and what is in its way. Nothing of it stays in any system.
    `uncorrected`: although she had something corrected since."""
    refuse_corrected(request, uncorrected=uncorrected)
    found = []
    for fulfilment in _fulfilments(request):
        progress(fulfilment.system, "looked at")
        found.append(_return(means, fulfilment, lambda each: _seen(means, each)))
    return Putting(request, tuple(found))


def refuse_corrected(request: models.Request, *, uncorrected: bool) -> None:
    """Permanent where a correction was ordered since and nobody said to go on without: what is back would
    stand there as it was before it, and nobody would know."""
    on = None if uncorrected else carried.corrected(request)
    if on is not None:
        raise Permanent(
            f"On {on.date().isoformat()} a correction was ordered in case {request.case_id}, while these "
            "rows were away: they would come back without it. They stay sealed.",
            "Put them back with --uncorrected, and correct them again with `upheld rectify`.",
        )


def _fulfilments(request: models.Request) -> list[models.Fulfilment]:
    return list(request.fulfilments.select_related("window", "plan", "request__case").order_by("position"))


def _return(
    means: Means, fulfilment: models.Fulfilment, restored: Callable[[models.Fulfilment], Restored]
) -> Return:
    title = plans.system_of(means, fulfilment.system).title or fulfilment.system
    why = _not_here(means, fulfilment)
    if why:
        return Return(fulfilment.system, title, Restored(), why)
    try:
        return Return(fulfilment.system, title, restored(fulfilment))
    except Failure as failure:
        return Return(fulfilment.system, title, Restored(), str(failure), failed=True)


def _not_here(means: Means, fulfilment: models.Fulfilment) -> str:
    """Why nothing can be put back in a system; empty where it can be, or where nothing was removed."""
    removed = fulfilment.parts.filter(due__isnull=True).exclude(state=PartState.ABORTED).exists()
    if fulfilment.tasks.exists():
        answered = fulfilment.tasks.filter(answered_at__isnull=False).exists()
        return "what was removed by hand has to be put back by hand" if answered else ""
    if removed and not window.is_open(fulfilment.window, means.now.date()):
        return "what was removed here is gone: it had no undo window, or that is over"
    return ""


def _seen(means: Means, fulfilment: models.Fulfilment) -> Restored:
    held = _held(means, fulfilment)
    if fulfilment.parts.filter(state=PartState.PREPARED).exists():
        raise Transient("its last transaction is not settled yet; that is asked first", "")
    return _connector(means, fulfilment).returning(held.rows, files=held.files) if held else Restored()


@dataclass(frozen=True, slots=True)
class _Held:
    """What is kept of one system."""

    rows: tuple[bytes, ...]
    files: tuple[FileImage, ...]


def _held(means: Means, fulfilment: models.Fulfilment) -> _Held | None:
    """What is kept of a system. Before its last day a window's key is only destroyed when all of it is back:
    if a crash kept that from being recorded, nothing is left to do but to record it."""
    if fulfilment.window is None or not means.keys.exists(fulfilment.window.key):
        return None
    held = _Held(
        window.images(means=means, fulfilment=fulfilment), kept.files(means=means, fulfilment=fulfilment)
    )
    return held if held.rows or held.files else None


def _connector(means: Means, fulfilment: models.Fulfilment) -> Connector:
    connector = means.connectors.get(fulfilment.system)
    if connector is None:
        raise Permanent(f"No connector for {fulfilment.system}.", "Check its `kind` in the privacy folder.")
    return connector


# --- doing it -------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, means: Means, request: models.Request, uncorrected: bool = False) -> None:
    """From here on nothing more is erased for this request, and she is no longer kept out. Writes
    `suppression.lifted` for each mark that no other erasure needs. Refuses a request that is finished, and
    what `look` refuses."""
    refuse_corrected(request, uncorrected=uncorrected)
    request = models.Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state != RequestState.IN_PROGRESS:
        raise Permanent("This erasure is finished; there is nothing to undo.", "`upheld status` shows it.")
    if request.undone_at is None:
        exceeding = beyond.of_undo(means=means, request=request)
        if exceeding is not None:
            two.require(means=means, wish=exceeding)
        request.undone_at, request.undone_by = means.clock(), means.by
        request.save(update_fields=["undone_at", "undone_by"])
    suppression.lift(means=means, request=request)


def undo(*, means: Means, request: models.Request, progress: Progress = silently) -> Putting:
    """Put back what can be, system after system, and close the case when nothing is left to put back. Rows
    with a conflict stay sealed until the window ends. A restriction that was ordered meanwhile is carried out
    over what came back, before the case is closed. Safe to repeat, after a crash too."""
    done = []
    for fulfilment in _fulfilments(request):
        done.append(_return(means, fulfilment, lambda each: _one(means, each)))
        progress(fulfilment.system, "failed" if done[-1].failed else "put back")
    putting = Putting(request, tuple(done))
    conclude(
        means=means, request=request, over=carried.mark(means=means, request=request) and putting.complete
    )
    request.refresh_from_db()
    return putting


def _one(means: Means, fulfilment: models.Fulfilment) -> Restored:
    _settle_erasure(means, fulfilment)
    if not journal.borrow(means=means, fulfilment=fulfilment):
        raise Transient(f"{fulfilment.system} is being worked on by another run.", "Try again.")
    try:
        settle(means=means, fulfilment=fulfilment)
        held = _held(means, fulfilment)
        if held is None:
            return Restored()
        connector = _connector(means, fulfilment)
        for event in connector.undo(held.rows, entropy=means.entropy, files=held.files):
            match event:
                case Restoring():
                    _prepare(means, fulfilment, event)
                case Undone():
                    return _commit(means, fulfilment, event.established)
        raise Permanent(f"{fulfilment.system}: the undo ended without an outcome.", "Report this.")
    finally:
        journal.give_back(means=means, fulfilment=fulfilment)


def _settle_erasure(means: Means, fulfilment: models.Fulfilment) -> None:
    """What became of a part of the erasure whose commit nobody saw."""
    if not fulfilment.parts.filter(state=PartState.PREPARED, due__isnull=True).exists():
        return
    hold = journal.take(means=means, fulfilment=fulfilment, plan=plans.load(fulfilment.plan))
    if hold is None:
        raise Transient(f"{fulfilment.system} is being worked on by another run.", "Try again.")
    try:
        erasure.settle(means=means, hold=hold)
    finally:
        journal.wait(hold=hold)


@transaction.atomic
def _prepare(means: Means, fulfilment: models.Fulfilment, event: Restoring) -> None:
    models.Undoing.objects.create(
        fulfilment=fulfilment,
        token=event.token,
        restored=text(event.restored),
        prepared_at=means.clock(),
    )


@transaction.atomic
def _commit(means: Means, fulfilment: models.Fulfilment, established: Established) -> Restored:
    """One piece of evidence and one entry; a repeat that brought nothing back leaves none."""
    at = means.clock()
    row = fulfilment.undoings.get(state=PartState.PREPARED)
    row.state, row.established, row.settled_at = PartState.COMMITTED, established.value, at
    row.save()
    restored = restored_of(row)
    earlier = fulfilment.undoings.filter(state=PartState.COMMITTED).exclude(pk=row.pk).exists()
    if earlier and not restored.rows:
        return restored
    fresh = models.Fulfilment.objects.select_for_update().get(pk=fulfilment.pk)
    fresh.attempt += 1
    fresh.save(update_fields=["attempt"])
    key = means.keys.commitment_key(fulfilment.request.case.key)
    written = evidence.write(
        fulfilment,
        {
            "system": fulfilment.system,
            "token": commit_to(key, row.token.encode()),
            "established": established.value,
            "restored": {"rows": restored.rows, "already": restored.already, "conflicts": restored.left},
            "tables": [[each.table, each.rows, each.already] for each in restored],
            "conflicts": [[each.table, each.why.value, each.rows] for each in restored.conflicts],
        },
        EvidenceClass.ASSERTED,
        established,
        attempt=fresh.attempt,
        at=at,
    )
    record(
        ERASURE_UNDONE,
        at=at,
        case=str(fulfilment.request.case_id),
        system=fulfilment.system,
        restored=restored.rows,
        conflicts=restored.left,
        evidence=commit_to(key, written.record.encode()),
        established=established.value,
    )
    return restored


def restored_of(row: models.Undoing) -> Restored:
    """What one undo counted."""
    read = decode(json.loads(row.restored), (Restored, Back, Conflict, Why))
    if not isinstance(read, Restored):
        raise Unreadable("form", "A row of the journal holds no counts of an undo.")
    return read


def settle(*, means: Means, fulfilment: models.Fulfilment) -> None:
    """What became of an undo whose commit nobody saw (scenario 69). Where the target cannot say, it is looked
    at again: with nothing left to bring back it was committed."""
    row = fulfilment.undoings.filter(state=PartState.PREPARED).first()
    if row is None:
        return
    connector = _connector(means, fulfilment)
    outcome, known = connector.settle(row.token), connector.capabilities.establishes
    if outcome is Settled.UNKNOWN:
        held = _held(means, fulfilment)
        left = connector.returning(held.rows, files=held.files).rows if held else 0
        outcome, known = (Settled.ABORTED if left else Settled.COMMITTED), Established.REREAD
    if outcome is Settled.COMMITTED:
        _commit(means, fulfilment, known)
    else:
        row.state, row.settled_at = PartState.ABORTED, means.clock()
        row.save()


@transaction.atomic
def conclude(*, means: Means, request: models.Request, over: bool) -> None:
    """When all of it is back, or its windows have ended, nothing is kept any longer: the case is closed, as
    undone where she is back. Where she is not, the erasure stands: it is fulfilled and certified, as if
    nobody had tried where nothing came back, and otherwise as undone in part."""
    request.refresh_from_db()
    if request.undone_at is None or request.state != RequestState.IN_PROGRESS:
        return
    if over:
        for each in window.alive(request):
            window.close(means=means, window=each)
    if window.alive(request):
        return
    stands = not over and any(stays(means, each) for each in _fulfilments(request))
    if not stands:
        cases.finish(means=means, request=request, state=RequestState.REVOKED, reason=REASON)
    elif any(last.rows or last.already for last in map(brought_back, _fulfilments(request)) if last):
        cases.finish(means=means, request=request, state=RequestState.FULFILLED, reason=PARTLY)
    else:
        request.undone_at, request.undone_by = None, ""
        request.save(update_fields=["undone_at", "undone_by"])
        erasure.conclude(means=means, request=request)


def brought_back(fulfilment: models.Fulfilment) -> Restored | None:
    """What the last undo of a system left there; None where none was committed."""
    committed = fulfilment.undoings.filter(state=PartState.COMMITTED).order_by("settled_at")
    last = committed.last()
    return restored_of(last) if last else None


def stays(means: Means, fulfilment: models.Fulfilment) -> bool:
    """Whether she did not come back in a system: the rows by which she is found there stay erased."""
    if fulfilment.window_id is None:
        return False
    last = brought_back(fulfilment)
    if last is None:
        parts = fulfilment.parts.filter(state=PartState.COMMITTED, due__isnull=True)
        return any(count.rows for part in parts for count in journal.counts_of(part))
    tables = plans.system_of(means, fulfilment.system).tables
    people = {table.name.rpartition(".")[2] for table in tables if table.person}
    return any(each.table.rpartition(".")[2] in people for each in last.conflicts)
