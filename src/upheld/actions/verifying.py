"""The whole ledger verified, on somebody's order, by a runner: any size, a piece at a time.

Every entry is hashed again, every checkpoint and every root computed again, as `upheld ledger verify` does
with an export. Whoever can write into our records could write a verdict too: what proves something to
somebody outside is that command, on a computer of her own.
"""

from django.db import transaction

from upheld.actions import ledger
from upheld.actions.means import Means
from upheld.ledger.audit import Audit
from upheld.ledger.checkpoint import InconsistentCheckpoint
from upheld.ledger.export import FORMAT, CheckpointLine, EndLine, EntryLine, Header
from upheld.ledger.types import REGISTRY
from upheld.store import sequencer
from upheld.store.database import hold
from upheld.store.models import Checkpoint, Entry, LedgerCheck

PIECE = 50_000
"""Entries that are read at a time: some two seconds, in which the program does nothing else."""

READ = 2_000


@transaction.atomic
def order(*, means: Means) -> LedgerCheck:
    """Have it done; what is ordered already is not ordered twice."""
    hold("ledger check")
    waiting = LedgerCheck.objects.filter(done_at=None).first()
    return waiting or LedgerCheck.objects.create(asked_at=means.clock(), asked_by=means.by)


def latest() -> tuple[LedgerCheck | None, LedgerCheck | None]:
    """The newest verdict, and what is ordered or at work."""
    done = LedgerCheck.objects.filter(done_at__isnull=False).order_by("-done_at", "-pk").first()
    return done, LedgerCheck.objects.filter(done_at=None).order_by("pk").first()


def broken() -> LedgerCheck | None:
    """The newest verdict, where the ledger did not hold."""
    done = LedgerCheck.objects.filter(done_at__isnull=False).order_by("-done_at", "-pk").first()
    return done if done is not None and not done.ok else None


def go_on(*, means: Means, most: int = PIECE) -> int:
    """Read the next piece of what was ordered first; gives how many entries. Cut off, or done by two programs
    at once, a piece is read again, and counts once. The entries at its beginning are those that it
    covers: what is recorded meanwhile is for the next."""
    row = LedgerCheck.objects.filter(done_at=None).order_by("pk").first()
    if row is None:
        return 0
    try:
        size = ledger.checkpoint(means=means).checkpoint.size if row.size is None else row.size
    except InconsistentCheckpoint as error:  # nothing is signed over it; that is a verdict too
        given = {"size": sequencer.size(), "done_at": means.clock(), "failures": [str(error)]}
        LedgerCheck.objects.filter(pk=row.pk, done_at=None).update(**given)
        return 0
    vkey = means.signer.verifier().vkey
    audit = Audit(Header(FORMAT, (), means.signer.name, vkey, ()), REGISTRY)
    if row.paused is not None:
        audit.resume(row.paused)
    else:
        audit.judge_names(vkey)
    stop = min(row.reached + most, size)
    _read(audit, row.reached, stop)
    found: dict[str, object] = {"size": size, "reached": stop, "paused": audit.paused()}
    if stop == size:
        many = Checkpoint.objects.filter(size__lte=size).count()
        audit.end(EndLine(audit.next_line, size, many))
        verdict = audit.verdict(vkey)
        found |= {
            "paused": None,
            "done_at": means.clock(),
            "ok": verdict.ok,
            "checked": list(verdict.checked),
            "failures": list(map(str, verdict.failures)),
            "limits": list(verdict.limits),
        }
    mine = LedgerCheck.objects.filter(pk=row.pk, done_at=None, reached=row.reached, size=row.size)
    return stop - row.reached if mine.update(**found) else 0


def _read(audit: Audit, start: int, stop: int) -> None:
    """The entries from that index on, and the checkpoints among them and behind the last; where none was
    read yet one of an empty ledger too."""
    checkpoints = Checkpoint.objects.filter(size__gt=start or -1, size__lte=stop)
    waiting = checkpoints.order_by("size").values_list("size", "signed").iterator(READ)
    following = next(waiting, None)
    entries = Entry.objects.filter(index__gte=start, index__lt=stop).order_by("index")
    for index, content in entries.values_list("index", "content").iterator(READ):
        while following is not None and following[0] <= index:
            audit.checkpoint(CheckpointLine(audit.next_line, following[1]))
            following = next(waiting, None)
        audit.entry(EntryLine(audit.next_line, bytes(content)))
    while following is not None:
        audit.checkpoint(CheckpointLine(audit.next_line, following[1]))
        following = next(waiting, None)
