"""Entries of the ledger, written inside the transaction of what they are about."""

from collections.abc import Iterable
from datetime import datetime

from upheld.ledger.canonical import Value
from upheld.ledger.entry import Entry
from upheld.ledger.types import REGISTRY
from upheld.store.database import insert_all
from upheld.store.models import PendingEntry


def record(entry_type: str, *, at: datetime, **fields: Value) -> None:
    """Write one entry to the inbox. Raises RefusedEntry when it does not fit its declaration: nothing that
    the type does not name as free of personal data gets in (P-05)."""
    put(REGISTRY.create(entry_type, at=at, **fields))


def entry(entry_type: str, *, at: datetime, **fields: Value) -> PendingEntry:
    """As `record`, for `put_all` to write."""
    return pending(REGISTRY.create(entry_type, at=at, **fields))


def pending(made: Entry) -> PendingEntry:
    """The row of an entry, not yet written."""
    return PendingEntry(content=made.encode(), recorded_at=made.at)


def put_all(entries: Iterable[PendingEntry]) -> None:
    """Write many entries, in their order."""
    insert_all(list(entries))


def put(entry: Entry) -> None:
    """Write an entry that somebody else made."""
    put_all([pending(entry)])
