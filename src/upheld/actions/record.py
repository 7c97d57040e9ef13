"""Entries of the ledger, written inside the transaction of what they are about."""

from collections.abc import Iterable
from datetime import datetime

from upheld.ledger.canonical import Value
from upheld.ledger.entry import Entry
from upheld.ledger.types import REGISTRY
from upheld.store.models import PendingEntry


def record(entry_type: str, *, at: datetime, **fields: Value) -> PendingEntry:
    """Write one entry to the inbox. Raises RefusedEntry when it does not fit its declaration: nothing that
    the type does not name as free of personal data gets in (P-05)."""
    return put(REGISTRY.create(entry_type, at=at, **fields))


def entry(entry_type: str, *, at: datetime, **fields: Value) -> PendingEntry:
    """As `record`, for `put_all` to write."""
    made = REGISTRY.create(entry_type, at=at, **fields)
    return PendingEntry(content=made.encode(), recorded_at=made.at)


def put_all(entries: Iterable[PendingEntry]) -> None:
    """Write many entries, in their order."""
    PendingEntry.objects.bulk_create(entries)


def put(entry: Entry) -> PendingEntry:
    """Write an entry that somebody else made."""
    return PendingEntry.objects.create(content=entry.encode(), recorded_at=entry.at)
