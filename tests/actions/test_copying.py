"""Copies that are written many at a time, and those that two programs want to write at the same moment."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tests.actions.office import asked, office, request
from tests.actions.world import ADA, BOB
from upheld.actions import approving, copies, copying
from upheld.actions.means import Means
from upheld.law.right import Right
from upheld.store.models import Copy

WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
TAKING: dict[str, Callable[[Means, list[Copy]], Any]] = {
    "many": lambda able, some: [each.pk for each in copying._taken(able, some)],
    "one": lambda able, some: [each.pk for each in some if copies._taken(able, each)],
}


def approved(able: Means, address: str) -> None:
    found = request(asked(able, Right.ACCESS, address=address), Right.ACCESS)
    looked = approving.fingerprint(approving.look(means=able, request=found))
    approving.approve(means=able, request=found, looked=looked)


@pytest.mark.parametrize("records", ["postgresql"], indirect=True)
@pytest.mark.parametrize("how", TAKING)
def test_a_copy_that_another_wrote_while_its_taker_waited_for_the_row_is_not_written_again(
    how: str, records: str, tmp_path: Path
) -> None:
    """S-69: the statement that waited sees the row as it is now, but the request as it was before."""
    able = office(tmp_path)
    for address in (ADA, BOB):
        approved(able, address)
    some = list(Copy.objects.select_related("request__case").order_by("pk"))
    assert len(some) == 2
    found: list[Any] = []

    def take() -> None:
        found.append(TAKING[how](able, some))
        connections.close_all()

    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT id FROM store_copy FOR UPDATE")
        taking = threading.Thread(target=take)
        taking.start()
        until = time.monotonic() + 60
        while not _waiting() and time.monotonic() < until:
            time.sleep(0.05)
        cursor.execute("UPDATE store_copy SET owner = ''")
        cursor.execute("UPDATE store_request SET state = 'FULFILLED', finished_at = now()")
    other.commit()
    other.close()
    taking.join()

    assert found == [[]]
    assert [each.owner for each in Copy.objects.all()] == ["", ""]


def _waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])
