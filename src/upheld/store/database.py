"""What our two databases do differently."""

from hashlib import sha256

from django.db import connection


def hold(name: str) -> None:
    """Until the transaction ends, nobody else holds `name`. Must be called first in a transaction.

    On SQLite a transaction already has the write lock of the whole database when it begins.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
