"""The purge on real databases: retained rows go on their date, by their keys, with the connector that ships."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.actions.test_erasure import erase
from tests.actions.world import ADA, SHOP, means
from tests.servers.database import Database
from upheld.actions.purge import purge
from upheld.connectors.sql import connector


def test_scenario_41_retained_rows_are_purged_on_their_date_on_real_databases(
    sqlite_records: Path, tmp_path: Path, each_database: Database
) -> None:
    each_database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100))",
        "CREATE TABLE donations (id INTEGER PRIMARY KEY, user_id INTEGER, paid_at TIMESTAMP, note VARCHAR(100))",
        "CREATE INDEX donations_user ON donations(user_id)",
        f"INSERT INTO users VALUES (70, '{ADA}'), (80, 'bob@example.com')",
        "INSERT INTO donations VALUES (1, 70, '2025-03-01 00:00:00', 'n'), (2, 70, '2010-03-01 00:00:00', 'n'),"
        " (3, 80, '2025-03-01 00:00:00', 'n')",
    )
    system = replace(SHOP, connect="${URL}")
    real = connector(system, secrets={"URL": each_database.url})

    standing = erase(means(tmp_path, real, systems=(system,)))
    assert standing.complete, standing.systems
    assert each_database.rows("SELECT id, note FROM donations ORDER BY id") == [(1, None), (3, "n")]
    early = purge(means=means(tmp_path, real, systems=(system,), now=datetime(2032, 2, 29, tzinfo=UTC)))
    late = purge(means=means(tmp_path, real, systems=(system,), now=datetime(2032, 3, 1, tzinfo=UTC)))

    assert (early.rows, late.rows, late.failures) == (0, 1, ())
    assert each_database.rows("SELECT id FROM donations") == [(3,)]
