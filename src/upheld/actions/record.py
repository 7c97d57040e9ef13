"""Entries of the ledger, written inside the transaction of what they are about."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from upheld.ledger.canonical import Value
from upheld.ledger.entry import Entry
from upheld.ledger.types import REGISTRY
from upheld.store.database import insert
from upheld.store.models import PendingEntry


class Noted(NamedTuple):
    """An entry that waits to be written. Not a row of Django's: making one took as long as writing it."""

    content: bytes
    recorded_at: datetime


def record(entry_type: str, *, at: datetime, **fields: Value) -> None:
    """Write one entry to the inbox. Raises RefusedEntry when it does not fit its declaration: nothing that
    the type does not name as free of personal data gets in (P-05)."""
    put_all([entry(entry_type, at=at, **fields)])


def entry(entry_type: str, *, at: datetime, **fields: Value) -> Noted:
    """As `record`, for `put_all` to write."""
    return Noted(REGISTRY.spell(entry_type, at=at, **fields), at)


def pending(made: Entry) -> PendingEntry:
    """The row of an entry, not yet written."""
    return PendingEntry(content=made.encode(), recorded_at=made.at)


def put_all(entries: Iterable[Noted]) -> None:
    """Write many entries, in their order."""
    insert(PendingEntry, Noted._fields, list(entries))


def put(made: Entry) -> None:
    """Write an entry that somebody else made."""
    put_all([Noted(made.encode(), made.at)])
