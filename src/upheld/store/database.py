"""What our two databases do differently."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import connection, models

_KINDS = {
    "PositiveSmallIntegerField": "smallint",
    "PositiveBigIntegerField": "bigint",
    "BinaryField": "bytea",
}


def hold(name: str) -> None:
    """Until the transaction ends, nobody else holds `name`. Must be called first in a transaction.

    On SQLite a transaction already has the write lock of the whole database when it begins.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[int | bytes]]) -> None:
    """Many rows of plain numbers and bytes, without an object for each: it took half of a ledger entry's
    time. Belongs into a transaction."""
    quote = connection.ops.quote_name
    known = {each.name: each for each in model._meta.concrete_fields}  # noqa: SLF001 - Django's way to ask
    fields = [known[name] for name in names]
    columns = ", ".join(quote(str(each.column)) for each in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: SLF001 - as above
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_KINDS[each.get_internal_type()]}[]" for each in fields)
            whole = f"{head} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours
            cursor.execute(whole, list(map(list, zip(*rows, strict=True))))
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{head} VALUES ({marks})", rows)
