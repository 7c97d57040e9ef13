"""From the inbox into the ledger: an index for each entry, the tree extended, checkpoints signed.

A transaction inserts an unsequenced entry and never waits for an index: giving indexes inside it would hold
every other writer until its flush (measured: 380 against 2,400 entries a second). One sequencer at a time
does that in batches.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from upheld.ledger import checkpoint as checkpoints
from upheld.ledger.checkpoint import SignedCheckpoint
from upheld.ledger.keys import Signer
from upheld.ledger.merkle import leaf_hash
from upheld.ledger.note import UnverifiedNote, parse
from upheld.ledger.proof import Proof, prove, prove_many
from upheld.ledger.tree import Node, Tree
from upheld.rights.outcome import Misconfigured
from upheld.store import models, queries
from upheld.store.database import hold, insert, insert_all, take_out
from upheld.store.keys import KeyStore
from upheld.store.seen import OurSigner, RolledBack, seen

BATCH = 2_000
INTERVAL = timedelta(seconds=1)
_READ = 400
_FEW = 40
"""Up to so many nodes are asked for by a statement that is put together once."""


class Hashes:
    """The tree's nodes in our database. Writes belong to the sequencer's transaction."""

    def read(self, nodes: Sequence[Node]) -> Mapping[Node, bytes]:
        """The hashes of these nodes; those that are missing are left out."""
        known: dict[Node, bytes] = {}
        read = _few(nodes) if len(nodes) <= _FEW else _many(nodes)
        for level, position, value in read:
            known[Node(level, position)] = bytes(value)
        return known

    def write(self, hashes: Mapping[Node, bytes]) -> None:
        """Add nodes; one that exists already is an error of the database."""
        rows = [(node.level, node.position, value) for node, value in hashes.items()]
        insert(models.Node, ("level", "position", "hash"), rows)


def _few(nodes: Sequence[Node]) -> Iterable[tuple[int, int, bytes | memoryview]]:
    named = {f"level{place}": node.level for place, node in enumerate(nodes)}
    named |= {f"position{place}": node.position for place, node in enumerate(nodes)}
    return queries.nodes(len(nodes)).all(**named) if nodes else ()


def _many(nodes: Sequence[Node]) -> Iterable[tuple[int, int, bytes | memoryview]]:
    """Level by level: there are few."""
    wanted, levels = Q(), dict[int, list[int]]()
    for node in nodes:
        levels.setdefault(node.level, []).append(node.position)
    for level, positions in levels.items():
        wanted |= Q(level=level, position__among=positions)
    return models.Node.objects.filter(wanted).values_list("level", "position", "hash")


def signer(keys: KeyStore, name: str = "") -> Signer:
    """The ledger's key. Its name is `name`, else that of the last checkpoint, else made from the key
    itself. Misconfigured where another key has signed the last checkpoint: new keys beside old records would
    open nothing, know nobody who was erased, and look well."""
    last = models.Checkpoint.objects.order_by("-size").values_list("signed", flat=True).first()
    if last:
        if not keys.begun:
            raise _another_key()
        ours = OurSigner(name or last.partition("\n")[0], keys)
        if all(each.key_id != ours.key_id for each in parse(last).signatures):
            raise _another_key()
        return ours
    if keys.begun and (known := seen(keys)) is not None and known.size:
        raise RolledBack(size=0, seen=known.size)  # the records are gone, or other ones
    if name:
        return OurSigner(name, keys)
    unnamed = OurSigner("unnamed", keys)
    return OurSigner(f"upheld.invalid/{unnamed.key_id.hex()}", keys)


def size() -> int:
    """How many entries have an index."""
    last = queries.LAST_ENTRY.first()
    return 0 if last is None else int(last[0]) + 1


def sequence(*, limit: int = BATCH) -> int:
    """Give the oldest unsequenced entries their indexes; gives how many. 0 when the inbox is empty, found
    out without taking anybody's write lock."""
    return _sequence(limit) if queries.INBOX.any() else 0


@transaction.atomic
def _sequence(limit: int) -> int:
    hold("ledger")
    pending = take_out(models.PendingEntry, "content", limit)
    if not pending:
        return 0
    start = size()
    append([(start + offset, *each) for offset, each in enumerate(pending)])
    return len(pending)


def append(rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Entries that follow the last, with their indexes. Belongs into a transaction that holds the ledger."""
    if rows:
        insert(models.Entry, ("index", "pending", "content"), rows)
        Tree(Hashes(), rows[0][0]).extend(leaf_hash(content) for _, _, content in rows)


@transaction.atomic
def sign(*, by: Signer, now: datetime, wait: bool = True) -> SignedCheckpoint:
    """The newest checkpoint: a new one where the tree has grown, unless `wait` and the last is younger than a
    second. It is committed before anybody sees it (P-12). Raises RolledBack."""
    hold("ledger")
    stored = queries.LAST_CHECKPOINT.first()
    last = _open(stored.signed, by) if stored else _store(checkpoints.begin(by), now)
    young = stored is not None and wait and now - stored.signed_at < INTERVAL
    if isinstance(by, OurSigner):
        by.refuse_older(last)
    tree = Tree(Hashes(), size())
    if young or tree.size == last.checkpoint.size:
        return last
    fresh = _store(checkpoints.advance(tree=tree, last=last, signer=by), now)
    if isinstance(by, OurSigner):
        transaction.on_commit(partial(by.remember, fresh))
    return fresh


def drain(*, by: Signer, now: datetime) -> SignedCheckpoint:
    """Sequence everything there is and sign it. Loops until a batch is empty."""
    while sequence():
        pass
    return sign(by=by, now=now, wait=False)


def prove_entry(pending: int, *, by: Signer, now: datetime) -> Proof:
    """A portable proof that the entry of this inbox row stands in the ledger, under a checkpoint of now
    (P-14)."""
    signed = drain(by=by, now=now)
    entry = queries.ENTRY_OF.first(pending=pending)
    return prove(Tree(Hashes(), size()), entry.index, signed, extra=bytes(entry.content))


def prove_entries(pending: Sequence[int], *, by: Signer, now: datetime) -> Iterator[Proof]:
    """As `prove_entry` for each, in that order, all under one checkpoint."""
    signed = drain(by=by, now=now)
    tree = Tree(Hashes(), size())
    for start in range(0, len(pending), _READ):
        some = pending[start : start + _READ]
        found = models.Entry.objects.filter(pending__among=some).values_list("pending", "index", "content")
        rows = {number: (index, bytes(content)) for number, index, content in found}
        yield from prove_many(tree, [rows[number] for number in some], signed)


def entries(*, stop: int) -> Iterator[bytes]:
    """The first `stop` sequenced entries in order, in bounded memory."""
    for content in (
        models.Entry.objects.filter(index__lt=stop).values_list("content", flat=True).iterator(BATCH)
    ):
        yield bytes(content)


def _open(signed: str, by: Signer) -> SignedCheckpoint:
    try:
        return checkpoints.open_checkpoint(signed, (by.verifier(),), origin=by.name)
    except UnverifiedNote as error:
        raise _another_key() from error


def _another_key() -> Misconfigured:
    return Misconfigured(
        "The last checkpoint was signed with another key than the key folder's.",
        "Key folder and database do not belong together, or UPHELD_LEDGER_NAME changed: put it back. Where "
        "the key folder is lost, restore its newest copy.",
    )


def _store(signed: SignedCheckpoint, now: datetime) -> SignedCheckpoint:
    row = models.Checkpoint(size=signed.checkpoint.size, signed=signed.signed, signed_at=now)
    insert_all([row])
    return signed
