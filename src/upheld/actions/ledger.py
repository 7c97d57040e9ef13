"""Sequence what was written, export the whole ledger."""

from collections.abc import Iterator

from upheld.actions.means import Means
from upheld.ledger.checkpoint import SignedCheckpoint
from upheld.ledger.export import write_export
from upheld.store import sequencer
from upheld.store.models import Checkpoint


def checkpoint(*, means: Means) -> SignedCheckpoint:
    """Give every waiting entry its index and sign the tree."""
    return sequencer.drain(by=means.signer, now=means.clock())


def export(*, means: Means) -> Iterator[bytes]:
    """The one-file form (spec of `upheld.ledger.export`), up to now. The checkpoint is signed before the
    first line."""
    signed = checkpoint(means=means)
    checkpoints = Checkpoint.objects.filter(size__lte=signed.checkpoint.size).order_by("size")
    entries = sequencer.entries(stop=signed.checkpoint.size)
    yield from write_export(
        origin=means.signer.name,
        vkey=means.signer.verifier().vkey,
        entries=entries,
        checkpoints=checkpoints.values_list("signed", flat=True).iterator(),
    )
