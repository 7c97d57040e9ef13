"""Entries get their place in batches, whoever writes at the same time; the ledger only grows (P-04, P-12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from upheld.actions.record import entry, put_all, record
from upheld.ledger.keys import Ed25519Signer
from upheld.ledger.proof import verify
from upheld.ledger.types import CASE_CLOSED
from upheld.rights.outcome import Misconfigured
from upheld.store import sequencer
from upheld.store.models import Checkpoint, Entry, Node, PendingEntry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNER = Ed25519Signer("example.org/ledger", bytes(range(32)))


def write(number: int) -> int:
    case = str(UUID(int=number))
    record(CASE_CLOSED, at=NOW, case=case, outcome="fulfilled")
    numbers = {case.encode() in bytes(each.content): each.pk for each in PendingEntry.objects.all()}
    return numbers.get(True, 0)


def write_many(first: int, count: int) -> None:
    for number in range(first, first + count):
        write(number)
    connection.close()


def test_entries_written_at_once_are_sequenced_each_once(records: str) -> None:
    """Four writers and a sequencer that runs between them: every entry has one index, without a gap."""
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write_many, start * 100, 10) for start in range(4)]
        while not all(writer.done() for writer in writers):
            sequencer.sequence(limit=7)
        for writer in writers:
            writer.result()
    signed = sequencer.drain(by=SIGNER, now=NOW)

    assert list(Entry.objects.values_list("index", flat=True)) == list(range(40))
    assert len({bytes(content) for content in Entry.objects.values_list("content", flat=True)}) == 40
    assert PendingEntry.objects.count() == 0
    assert signed.checkpoint.size == 40


def test_an_entry_is_proved_under_the_signed_checkpoint(records: str) -> None:
    """P-14"""
    rows = [write(number) for number in range(5)]

    proof = sequencer.prove_entry(rows[2], by=SIGNER, now=NOW)

    assert proof.extra is not None
    assert verify(proof, proof.extra, [SIGNER.verifier()], origin=SIGNER.name).size == 5


def test_an_entry_of_a_transaction_that_rolled_back_is_never_sequenced(records: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(1)
        raise RuntimeError
    write(2)

    sequencer.drain(by=SIGNER, now=NOW)

    assert [str(UUID(int=2)) in bytes(each.content).decode() for each in Entry.objects.all()] == [True]


def test_within_a_second_the_last_checkpoint_serves(records: str) -> None:
    write(1)
    sequencer.drain(by=SIGNER, now=NOW)
    write(2)
    sequencer.sequence()

    young = sequencer.sign(by=SIGNER, now=NOW + timedelta(milliseconds=900))
    later = sequencer.sign(by=SIGNER, now=NOW + timedelta(seconds=1))

    assert (young.checkpoint.size, later.checkpoint.size) == (1, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_entry SET content = ''",
        "DELETE FROM store_entry",
        "DELETE FROM store_node",
        "UPDATE store_checkpoint SET size = 9",
    ],
)
def test_what_is_sequenced_cannot_be_changed_or_deleted(records: str, statement: str) -> None:
    """P-04"""
    write(1)
    sequencer.drain(by=SIGNER, now=NOW)
    before = (Entry.objects.count(), Node.objects.count(), Checkpoint.objects.count())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert (Entry.objects.count(), Node.objects.count(), Checkpoint.objects.count()) == before


def test_nothing_is_signed_when_the_key_is_not_the_one_that_signed_before(records: str) -> None:
    """P-12"""
    write(1)
    sequencer.drain(by=SIGNER, now=NOW)
    write(2)
    sequencer.sequence()

    with pytest.raises(Misconfigured, match="another key"):
        sequencer.sign(by=Ed25519Signer("example.org/ledger", bytes(range(1, 33))), now=NOW, wait=False)

    assert list(Checkpoint.objects.values_list("size", flat=True)) == [0, 1]


def test_sequencing_a_batch_takes_the_same_number_of_queries_whatever_its_size(records: str) -> None:
    counts = []
    for size in (1, 3):
        for number in range(size):
            write(number)
        with CaptureQueriesContext(connection) as queries:
            sequencer.sequence()
        counts.append(len([each for each in queries if "SELECT" in each["sql"] or "INSERT" in each["sql"]]))

    assert counts[1] - counts[0] <= 1


@pytest.mark.parametrize("many", [1, 3, 50])
def test_entries_written_together_keep_their_order_and_their_moment(records: str, many: int) -> None:
    """However few or many there are: PostgreSQL takes many in another way than few."""
    noted = [
        entry(CASE_CLOSED, at=NOW + timedelta(microseconds=number), case=f"c-{number}", outcome="fulfilled")
        for number in range(many)
    ]

    with transaction.atomic():
        put_all(noted)

    assert [(bytes(each.content), each.recorded_at) for each in PendingEntry.objects.order_by("id")] == noted
    assert sequencer.sequence() == many
    assert [bytes(each) for each in Entry.objects.values_list("content", flat=True)] == [
        content for content, _ in noted
    ]
