"""A backup that is taken while everything is under way, restored elsewhere: what was begun is carried to its end there."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import run
from tests.kill.clients import Program, Visitor
from tests.kill.house import PATIENCE, ROOT, House
from tests.servers.plugin import MISSING_MARK, NewDatabase, servers_required
from tests.servers.postgresql import DEBIAN
from tests.servers.server import ServerMissing
from tests.web.journeys.plugin import SHOP
from tests.web.journeys.server import free_port

EACH, PROGRAMS = 100, 3
UNDO = SHOP.replace("tables:", "undo: 20d\ntables:")


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.store("sqlite")), "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    try:
        made = House(tmp_path, request.param, EACH * PROGRAMS, shop=UNDO)
    except ServerMissing as missing:
        if servers_required():
            raise
        pytest.skip(f"{MISSING_MARK}{missing.why} ({missing.remedy})")
    yield made
    made.stop()


class Elsewhere:
    """Another place for the records: a folder, and on PostgreSQL a database."""

    def __init__(self, house: House, name: str, new_database: NewDatabase) -> None:
        self.house, self.data = house, house.folder / name / "upheld"
        self.given = house.given | {"PATH": f"{DEBIAN}:{os.environ['PATH']}"}
        if house.kind != "sqlite":
            self.given["UPHELD_DATABASE_URL"] = new_database(house.kind).url

    def upheld(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(self.house.folder, *arguments, "--data", str(self.data), **self.given)

    def told(self, *what: str) -> Any:
        """As the officer there is told."""
        own = {"UPHELD_DATA": str(self.data), "UPHELD_LISTENS": "http://127.0.0.1"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.kill.office", *what],
            cwd=ROOT,
            env=self.house.environment() | self.given | own,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)


def running(house: House) -> set[tuple[object, ...]]:
    """Parts at work that do not get on; one that has only to say that it is done does."""
    found = "SELECT id FROM store_fulfilment WHERE state = 'RUNNING'"
    before = set(house.records.rows(found))
    time.sleep(2)
    return before & set(house.records.rows(found))


def backed_up(house: House, programs: list[Program]) -> tuple[dict[str, str], dict[int, str], int]:
    """Taken while copies are written, erasures can be undone, and others are at work and cannot get on; who had been
    answered by then, and one of those who were erased: of whoever is erased later the backup has no image."""
    until = time.monotonic() + PATIENCE
    wanted = "SELECT (SELECT count(*) FROM store_window), (SELECT count(*) FROM store_package)"
    while (
        min(house.records.rows(wanted)[0]) < 2
        or house.shop.rows("SELECT count(*) FROM users")[0][0] > EACH * PROGRAMS
    ):
        assert time.monotonic() < until, house.said()
        time.sleep(0.1)
    house.busy.held.set()
    assert house.busy.holding.wait(PATIENCE)
    while not (held := running(house)):
        assert time.monotonic() < until, house.said()
    asked = {number: right for each in programs for number, right in dict(each.asked).items()}
    there = {number for (number,) in house.shop.rows("SELECT id FROM users")}
    gone = min(number for number, right in asked.items() if right == "ERASURE" and number not in there)
    path = {"PATH": f"{DEBIAN}:{os.environ['PATH']}"}
    done = run(
        house.folder,
        *("backup", "--data", str(house.data), "--to", "b/records", "--keys-to", "b/keys", "--json"),
        **house.given | path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert held & running(house)
    house.busy.held.clear()
    return json.loads(done.stdout), asked, gone


def test_what_is_under_way_in_a_backup_is_carried_to_its_end_where_it_is_restored(
    house: House, new_database: NewDatabase
) -> None:
    """K-01, K-05, S-54, S-69"""
    secret = house.told("token")
    programs = [
        Program(lambda: house.server.address, secret, range(1 + n * EACH, 1 + (n + 1) * EACH), n)
        for n in range(PROGRAMS)
    ]
    visitor = Visitor(lambda: house.server.address, PROGRAMS)
    for each in (*programs, visitor):
        each.start()
    said, asked, gone = backed_up(house, programs)
    for each in (*programs, visitor):
        each.end()
    assert [each.wrong for each in programs] == [[]] * PROGRAMS
    for worker in house.workers:
        worker.terminate()
        worker.wait(PATIENCE)
    assert house.server.stop() == 0

    _without_the_keys(Elsewhere(house, "keyless", new_database), said)
    there = Elsewhere(house, "elsewhere", new_database)
    done = there.upheld("restore", said["records"], "--keys", said["keys"], "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    before = there.told("end")
    assert before["read"] == len(before["packages"]) >= 2, "each copy opens"
    assert before["leased"] > 0, "somebody was at a part when it was taken"
    assert sum(many for _, many in before["states"]) >= len(asked), "whoever was answered before is in it"

    assert there.upheld("stop", "--lift").returncode == 0
    again = replace(house.server, data=there.data, environment=there.given, said="").start()
    try:
        late = Program(lambda: again.address, secret, [EACH * PROGRAMS], 7)
        late.start()
        late.join(PATIENCE)
        assert late.wrong == []
        ended = _ended(there)
    finally:
        assert again.stop() == 0

    rights = Counter(right for (right, _), many in ended["states"] for _ in range(many))
    states = {tuple(each): many for each, many in ended["states"]}
    assert states.pop(("ERASURE", "OPEN"), 0) == len(ended["left"]), "who was erased since is found nowhere"
    assert states == {
        ("ACCESS", "FULFILLED"): rights["ACCESS"],
        ("ERASURE", "IN_PROGRESS"): rights["ERASURE"] - len(ended["left"]),
    }, "an erasure can be undone for twenty days"
    assert rights.total() == sum(many for _, many in before["states"]) + 1
    assert (ended["open parts"], ended["leased"], ended["unsequenced"]) == (0, 0, 0)
    assert (ended["read"], ended["files"]) == (rights["ACCESS"], ended["packages"])
    assert "Traceback" not in house.said()
    assert house.shop.rows(f"SELECT count(*) FROM users WHERE id = {gone}") == [(0,)]
    undone = there.upheld("undo", "--identity", f"email=person{gone}@example.org", "--yes")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert house.shop.rows(f"SELECT email FROM users WHERE id = {gone}") == [(f"person{gone}@example.org",)]
    exported = there.upheld("ledger", "export", "--out", "x")
    assert exported.returncode == 0, exported.stderr
    assert run(house.folder, "ledger", "verify", "x").returncode == 0


def _ended(there: Elsewhere) -> dict[str, Any]:
    """Once nobody is at anything, and every copy is written. What the first place approved only after the backup it
    carried out all the same: of such a person nothing is found here, and she is left to the staff."""
    until = time.monotonic() + PATIENCE
    while True:
        found: dict[str, Any] = there.told("end")
        states = {tuple(each): many for each, many in found["states"]}
        left = ["nobody"] * states.pop(("ERASURE", "OPEN"), 0)
        over = {*states} <= {("ACCESS", "FULFILLED"), ("ERASURE", "IN_PROGRESS")} and not found["unfinished"]
        if over and found["left"] == left:
            return found
        assert time.monotonic() < until, found
        time.sleep(1)


def _without_the_keys(there: Elsewhere, said: dict[str, str]) -> None:
    """Every program says what is lost, and goes on as soon as the keys are back."""
    done = there.upheld("restore", said["records"], "--without-keys", "--json")
    assert (done.returncode, json.loads(done.stdout)["keys"]) == (0, False), done.stderr

    for command in (["status"], ["undo", "--identity", "email=person1@example.org"], ["ledger", "export"]):
        refused = there.upheld(*command)
        assert (refused.returncode, "restored without it" in refused.stderr) == (1, True), refused.stderr
    serving = subprocess.run(
        [
            sys.executable,
            "-m",
            "upheld.cli.main",
            "serve",
            "--data",
            str(there.data),
            "--port",
            str(free_port()),
        ],
        env=there.house.environment() | there.given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (serving.returncode, "restored without it" in serving.stderr) == (1, True), serving.stderr
    assert "Traceback" not in serving.stderr
    shutil.copytree(there.house.data / "keys", there.data / "keys", dirs_exist_ok=True)
    (there.data / "keys" / "lost").unlink()
    assert there.upheld("status").returncode == 0
