"""What our two databases do differently."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from upheld.store import database
from upheld.store.models import Case


@pytest.mark.store("sqlite")
def test_sqlite_learns_how_large_a_table_is(sqlite_records: object) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    Case.objects.bulk_create(
        Case(key=f"{number:032x}", regime="gdpr", sealed_identities=b"", opened_at=at)
        for number in range(500)
    )

    database.refresh_statistics()

    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'store_case'")
        assert {row[0].split()[0] for row in cursor.fetchall()} == {"500"}
