"""Each test's records are empty and as the migrations make them, whatever the one before did to them."""

import pytest
from django.db import connection

COLUMNS = "SELECT * FROM store_installation LIMIT 0"
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'"


def asked(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def columns() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return [each[0] for each in cursor.description]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO store_checkpoint VALUES (1, 'x', CURRENT_TIMESTAMP)",  # append-only
        "ALTER TABLE store_installation ADD COLUMN surplus INTEGER",
        "SELECT 1",
    ],
)
def test_records_are_empty_and_nobody_changed_them(records: str, statement: str) -> None:
    assert asked("SELECT * FROM store_checkpoint") == []
    assert "surplus" not in columns()
    if records == "postgresql":
        assert asked(TRIGGERS) == []
        assert asked("SELECT nextval('store_evidence_id_seq')") == [(1,)]
    asked(statement)
