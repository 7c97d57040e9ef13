"""Two workers on hosts of their own, with data folders elsewhere and shared storage of packages; and the whole database
server killed under load: every approved request ends once all the same."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.test_kill_server import PATIENCE, Company
from tests.servers import postgresql as on_postgresql
from tests.servers.server import ServerMissing

pytestmark = pytest.mark.kill

SHARED = ("packages", "kept", "certificates")


class Hosts(Company):
    """Each worker's data folder is its own: it shares with the server's what is written for people, the key store, the
    privacy folder, and the mark by which it belongs to the installation."""

    def worker(self) -> "subprocess.Popen[bytes]":
        made = getattr(self, "made", 0)
        self.made = made + 1
        own, server = self.folder / f"host{made}" / "upheld", self.folder / "data"
        own.mkdir(parents=True)
        shutil.copy(server / "installation", own / "installation")
        for name in SHARED:
            (server / name).mkdir(exist_ok=True)
            (own / name).symlink_to(server / name)
        with (self.folder / "workers.txt").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "upheld.cli.main", "worker", "--data", str(own)],
                env=self.environment() | {"UPHELD_DATA": str(own), "UPHELD_KEYS": str(server / "keys")},
                stdout=said,
                stderr=said,
            )

    def kill_database_server(self) -> None:
        """PostgreSQL itself, and all of its processes with it."""
        own = [self.postgres.pid, *_children(self.postgres.pid)]
        for pid in own:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(self.postgres.pid, 0)

    def start_database_server(self) -> None:
        self.postgres = on_postgresql.again(self.postgres)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    try:
        made = Hosts(tmp_path, 6)
    except ServerMissing as missing:
        pytest.skip(f"no server: {missing.why} ({missing.remedy})")
    yield made
    made.stop()


def test_with_workers_on_their_own_hosts_and_a_database_server_that_dies_every_request_ends_once(
    hosts: Hosts,
) -> None:
    """S-69, S-53"""
    chance = random.Random(7)
    rights = ["ERASURE" if number % 2 else "ACCESS" for number in range(1, hosts.people + 1)]
    people = [(f"person{number}@example.org", right) for number, right in enumerate(rights, 1)]

    office = hosts.office("ask", json.dumps(people))
    assert office.stdout
    office.stdout.readline()  # the first is approved
    hosts.kill_worker(chance)
    for _ in range(2):
        time.sleep(chance.uniform(0.2, 2.0))
        hosts.kill_database_server()
        time.sleep(1.0)  # away for a moment, as a machine that starts again is
        hosts.start_database_server()
    hosts.kill_worker(chance)
    assert office.wait(PATIENCE) == 0
    office.stdout.close()
    end = hosts.end()

    assert end["left"] == 0, end
    assert "Traceback" not in (hosts.folder / "workers.txt").read_text() + hosts.server.errors()
    erased, copied = rights.count("ERASURE"), rights.count("ACCESS")
    assert hosts.shop.rows("SELECT id FROM users ORDER BY id") == [
        (0,),
        *((number,) for number, right in enumerate(rights, 1) if right == "ACCESS"),
    ]
    assert {tuple(each[1:]) for each in end["evidence"]} == {(2, 1)}, "one of the part, one of the look"
    assert (len(end["evidence"]), end["open parts"], end["leased"], end["unsequenced"]) == (erased, 0, 0, 0)
    once = Counter(str(kind).partition("/")[0] for (_, kind), times in end["entries"] for _ in range(times))
    assert {name: once[name] for name in ("certificate.issued", "package.issued", "case.closed")} == {
        "certificate.issued": erased,
        "package.issued": copied,
        "case.closed": erased + copied,
    }
    assert end["files"] == end["packages"], "wherever it was written"
    assert (len(end["packages"]), end["read"]) == (copied, copied), "and read by the server's own host"
    assert (dict(end["mails"])["DONE"], dict(end["mails"])["COPY_READY"]) == (erased, copied)


def test_a_worker_that_is_told_to_end_while_the_database_is_away_ends(hosts: Hosts) -> None:
    until = time.monotonic() + PATIENCE
    while (hosts.folder / "workers.txt").read_text().count("waits for cases") < 2:
        assert time.monotonic() < until
        time.sleep(0.2)

    hosts.kill_database_server()
    first, *others = hosts.workers
    first.terminate()
    time.sleep(11)
    for each in others:  # which have noticed, and try again
        each.terminate()

    assert {each.wait(PATIENCE) for each in hosts.workers} <= {0, -signal.SIGTERM}
    hosts.start_database_server()
