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


def test_one_field_of_many_rows_gets_each_its_own_value(records: str) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    rows = [Case(key=f"{n:032x}", regime="gdpr", sealed_identities=b"", opened_at=at) for n in range(3)]
    Case.objects.bulk_create(rows)
    rows[0].sealed_subject, rows[1].sealed_subject = b"\x00one", b"two"

    database.update_all(rows[:2], "sealed_subject")
    database.update_all([], "sealed_subject")

    stands = Case.objects.order_by("key").values_list("sealed_subject", flat=True)
    assert [each and bytes(each) for each in stands] == [b"\x00one", b"two", None]
