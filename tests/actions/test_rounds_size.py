"""What a round of the runner reads depends on what is due, and not on all cases that ever were."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.filled import copies
from tests.actions.office import asked, office, request
from tests.actions.test_owing import certify, erased, owed, rest
from tests.actions.world import ADA, BOB, FORUM
from upheld.actions import awaited, rounds
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store import database
from upheld.store.models import Request

FEW, MANY = 150, 3_000


@contextmanager
def counted() -> Iterator[SimpleNamespace]:
    """How much the database reads: steps of SQLite's machine, rows that PostgreSQL fetched. Neither hangs on how fast
    this machine is."""
    found = SimpleNamespace(read=0)
    if connection.vendor == "sqlite":
        raw: sqlite3.Connection = connection.connection

        def step() -> int:
            found.read += 1
            return 0

        raw.set_progress_handler(step, 10)
        yield found
        raw.set_progress_handler(None, 0)
        return
    with transaction.atomic():
        yield found
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
            )
            found.read = int(cursor.fetchone()[0])


def analysed() -> None:
    """As a server does by itself: PostgreSQL's own, and our runner once an hour."""
    database.refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def one_round(able: Means) -> tuple[int, int]:
    """How many statements it takes, and how much they read."""
    rest(able)
    rest(able)  # nothing is left to be told
    analysed()
    with CaptureQueriesContext(connection) as asked_, counted() as found:
        rounds.drain(means=able, certify=certify, server=None, sender="")
        awaited.earliest(at=able.clock())
    return len(asked_), found.read


def test_a_round_reads_no_more_when_there_are_twenty_times_as_many_cases(
    records: str, tmp_path: Path
) -> None:
    able = office(tmp_path, systems=(FORUM,))
    copied = request(asked(able, Right.ACCESS, address=BOB), Right.ACCESS)
    done = erased(able, request(asked(able, Right.ERASURE, address=ADA)))
    rest(able)
    copies([(done.case, FEW, 400), (copied.case, 3, 20)], seed=1)
    few = one_round(able)

    copies([(done.case, MANY, 400)], seed=2)
    assert (owed(), Request.objects.count()) == ((0, 0, 0), FEW + MANY + 5)
    many = one_round(able)

    assert many[0] == few[0]
    assert many[1] < few[1] * 1.5 + 50, (few, many)
