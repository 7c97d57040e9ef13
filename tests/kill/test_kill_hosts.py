"""Workers on hosts of their own, told to end while the database is away."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.house import PATIENCE, House
from tests.servers.plugin import MISSING_MARK, servers_required
from tests.servers.server import ServerMissing

pytestmark = pytest.mark.kill


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[House]:
    try:
        made = House(tmp_path, "postgresql", 6)
    except ServerMissing as missing:
        if servers_required():
            raise
        pytest.skip(f"{MISSING_MARK}{missing.why} ({missing.remedy})")
    yield made
    made.stop()


def test_a_worker_that_is_told_to_end_while_the_database_is_away_ends(hosts: House) -> None:
    until = time.monotonic() + PATIENCE
    while (hosts.folder / "workers.txt").read_text().count("waits for cases") < 2:
        assert time.monotonic() < until
        time.sleep(0.2)

    hosts.end_database()
    first, *others = hosts.workers
    first.terminate()
    time.sleep(11)
    for each in others:  # which have noticed, and try again
        each.terminate()

    assert {each.wait(PATIENCE) for each in hosts.workers} <= {0, -signal.SIGTERM}
    hosts.start_database()
