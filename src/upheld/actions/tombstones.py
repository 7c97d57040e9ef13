"""After a restore of our own records: what ended since the backup ends again (K-05, P-24).

A key that is no longer in the key store is a tombstone: whatever the older records still hold under it is
over. A key that the ledger says is destroyed and that came back with an older key store goes again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from upheld.ledger.canonical import decode
from upheld.ledger.types import KEY_DESTROYED, STATEMENT_REMOVED, SUPPRESSION_ADDED, SUPPRESSION_LIFTED
from upheld.store import sequencer
from upheld.store.keys import KeyStore
from upheld.store.models import (
    Arrival,
    Case,
    CaseState,
    Communication,
    FileCopy,
    Kept,
    Mail,
    Part,
    Request,
    RequestState,
    Statement,
    Suppression,
    Window,
)
from upheld.store.models.case import UNFINISHED

RESTORED = "(restored)"
ENDED = "ended before the restore: its key is destroyed"


@dataclass(frozen=True, slots=True)
class Ended:
    """What was over: cases, undo windows, messages that nobody had confirmed, mails, statements; keys that an
    older key store had brought back; marks of erased people that were set again. `newer`: keys of what came
    in after the backup, and is lost with the records of then."""

    cases: int = 0
    windows: int = 0
    arrivals: int = 0
    mails: int = 0
    statements: int = 0
    keys: int = 0
    marks: int = 0
    newer: int = 0


@transaction.atomic
def end_again(*, keys: KeyStore, at: datetime, older_keys: bool = False) -> Ended:
    """Bring records of then to what key store and ledger say. Safe to repeat. Destroys keys; writes nothing
    in any system. `older_keys`: the key store is older than the records; then what none of them names is of
    what ended since, and goes too."""
    gone, marks = _told()
    destroyed = len(keys.destroy(gone))
    here = set(keys.names())
    windows = [each for each in Window.objects.filter(destroyed_at=None) if each.key not in here]
    for window in windows:
        Part.objects.filter(fulfilment__window=window).update(sealed_before=None)
        Kept.objects.filter(fulfilment__window=window).delete()
        FileCopy.objects.filter(fulfilment__window=window).delete()
        Window.objects.filter(pk=window.pk).update(destroyed_at=at)
    statements = [each.pk for each in Statement.objects.all() if each.key not in here]
    Statement.objects.filter(pk__in=statements).delete()
    waiting = Mail.objects.filter(sent_at=None, dropped_at=None)
    mails = [each.pk for each in waiting.only("pk", "key") if each.key not in here]
    Mail.objects.filter(pk__in=mails).update(dropped_at=at, sealed_content=b"", failure=ENDED)
    cases = [each for each in Case.objects.filter(key_destroyed_at=None) if each.key not in here]
    for case in cases:
        _end(case, at)
    arrivals = [each.pk for each in Arrival.objects.filter(case=None) if each.key not in here]
    Arrival.objects.filter(pk__in=arrivals).delete()
    messages = [each.pk for each in Communication.objects.all() if each.key not in here]
    Communication.objects.filter(pk__in=messages).delete()
    orphans = here - _named()
    if older_keys:
        destroyed += len(keys.destroy(orphans))
    return Ended(
        cases=len(cases),
        windows=len(windows),
        arrivals=len(arrivals) + len(messages),
        mails=len(mails),
        statements=len(statements),
        keys=destroyed,
        marks=_marked(marks, at),
        newer=0 if older_keys else len(orphans),
    )


def _end(case: Case, at: datetime) -> None:
    case.blind_index.all().delete()
    Request.objects.filter(case=case, state__in=UNFINISHED).update(
        state=RequestState.EXPIRED, finished_at=at, reason=ENDED
    )
    Case.objects.filter(pk=case.pk, state=CaseState.OPEN).update(
        state=CaseState.CLOSED, closed_at=at, closed_reason=ENDED
    )
    Case.objects.filter(pk=case.pk).update(key_destroyed_at=at)


def _told() -> tuple[set[str], set[str]]:
    """Keys that the ledger says are destroyed, and marks that it says are set, those that were lifted later
    left out."""
    gone: set[str] = set()
    marks: set[str] = set()
    for kind, name in _entries():
        if kind in (KEY_DESTROYED, STATEMENT_REMOVED):
            gone.add(name)
        elif kind == SUPPRESSION_ADDED:
            marks.add(name)
        else:
            marks.discard(name)
    return gone, marks


FIELDS = {
    KEY_DESTROYED: "key",
    STATEMENT_REMOVED: "key",
    SUPPRESSION_ADDED: "mark",
    SUPPRESSION_LIFTED: "mark",
}


def _entries() -> Iterator[tuple[str, str]]:
    wanted = [each.encode() for each in FIELDS]
    for content in sequencer.entries(stop=sequencer.size()):
        if not any(each in content for each in wanted):
            continue
        read = decode(content)
        if isinstance(read, dict) and read.get("type") in FIELDS:
            yield str(read["type"]), str(read[FIELDS[str(read["type"])]])


def _marked(marks: set[str], at: datetime) -> int:
    known = {bytes(each).hex() for each in Suppression.objects.values_list("digest", flat=True).iterator()}
    fresh = sorted(marks - known)
    Suppression.objects.bulk_create(
        (Suppression(kind=RESTORED, digest=bytes.fromhex(each), at=at) for each in fresh), batch_size=500
    )
    return len(fresh)


def _named() -> set[str]:
    """Keys that some record names."""
    return {
        name
        for model in (Case, Window, Statement, Arrival, Communication, Mail)
        for name in model.objects.values_list("key", flat=True).iterator()
    }
