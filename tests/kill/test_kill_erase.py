"""Killed at any boundary and started again, an erasure has the effect of one run and one record of it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.connectors.sql.built import NOW, Stage, asked, differences, state
from tests.connectors.sql.generated import Generated, rich
from tests.connectors.sql.oracle import Oracle
from tests.kill.proxy import Proxy
from tests.scenarios.world import World
from tests.servers.plugin import NewDatabase
from upheld.rights.codec import encode
from upheld.rights.subject import Subject

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[2]
RECEIPTS = "CREATE TABLE upheld_receipts (token VARCHAR(100) PRIMARY KEY)"
TARGETS = ["sqlite", "sqlite with receipts", "postgresql", "mariadb", "mariadb with receipts"]
ESTABLISHED = {"sqlite": "reread", "postgresql": "witnessed", "mariadb": "reread"}


@dataclass
class Erasing:
    """One world, one subject, and the warm process that erases her."""

    stage: Stage
    world: World
    generated: Generated
    subject: Subject
    oracle: Oracle
    journal: Path
    receipts: bool
    process: "subprocess.Popen[str]"
    expected: Any = field(init=False)

    def __post_init__(self) -> None:
        self.expected = self.oracle.result()

    def reset(self) -> None:
        self.journal.unlink(missing_ok=True)
        self.stage.refill(self.generated.sheets)
        if self.receipts:
            self.world.run("DELETE FROM upheld_receipts")

    def run(
        self, number: int, *, at: int | None = None, prepares: bool = True, port: int | None = None
    ) -> int:
        """The status with which the child ended."""
        url = sa.make_url(self.world.secrets["CLUB_DATABASE_URL"])
        order = {
            "journal": str(self.journal),
            "prepares": prepares,
            "now": NOW.isoformat(),
            "folder": str(self.stage.folder),
            "url": (url.set(port=port) if port else url).render_as_string(hide_password=False),
            "subject": encode(self.subject),
            "run": number,
            "at": at,
            "names": str(self.names),
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline())["status"])

    @property
    def names(self) -> Path:
        return self.journal.with_suffix(".names")

    def boundaries(self) -> list[str]:
        """All of one run that nobody kills."""
        self.reset()
        assert self.run(1) == 0
        return list(json.loads(self.names.read_text()))

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    def faults(self, counts: list[list[int]]) -> list[str]:
        """What is not as after one run: rows, records, verification."""
        told = differences(self.expected, state(self.world, self.generated.sheets))
        committed = [line for line in self.records() if line["event"] == "committed"]
        if [(line["part"], line["counts"]) for line in committed] != [("rest", counts)]:
            told.append(f"records: {[(line['part'], line['counts']) for line in committed]}")
        looks = [line["remnants"] for line in self.records() if line["event"] == "verified"]
        if not looks or any(looks):
            told.append(f"looks: {looks}")
        return told


@pytest.fixture(scope="module")
def child() -> Iterator["subprocess.Popen[str]"]:
    """One for all tests here: to begin takes a second, and it forks a child an order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.stdout.close()
    process.wait(60)


def _erasing(target: str, new_database: NewDatabase, folder: Path, child: "subprocess.Popen[str]") -> Erasing:
    kind, _, receipts = target.partition(" ")
    stage = Stage(new_database(kind), folder / "privacy")
    generated = rich(3, shapes=("chain", "messages", "comments", "newsletter"))
    system = "receipt: upheld_receipts\n" if receipts else ""
    world = stage.build(generated.sheets, system=system)
    if receipts:
        world.run(RECEIPTS)
    person, by_address = generated.erased[0]
    subject, oracle = asked(world, generated.sheets, person, by_address=by_address)
    return Erasing(stage, world, generated, subject, oracle, folder / "journal", bool(receipts), child)


@pytest.mark.parametrize("target", TARGETS)
def test_scenario_49_killed_at_any_boundary_the_effect_is_that_of_one_run(
    target: str, new_database: NewDatabase, tmp_path: Path, child: "subprocess.Popen[str]"
) -> None:
    erasing = _erasing(target, new_database, tmp_path, child)
    names = erasing.boundaries()
    counts = erasing.records()[0]["counts"]
    assert erasing.faults(counts) == []
    assert counts

    for at, name in enumerate(names):
        erasing.reset()
        assert erasing.run(1, at=at) == -signal.SIGKILL, name

        assert erasing.run(2) == 0, name

        assert (name, erasing.faults(counts)) == (name, [])


@pytest.mark.parametrize("target", TARGETS)
def test_without_the_prepare_record_a_death_is_noticed(
    target: str, new_database: NewDatabase, tmp_path: Path, child: "subprocess.Popen[str]"
) -> None:
    """The proof that the test above can fail: who does not store Prepared cannot say what was done."""
    erasing = _erasing(target, new_database, tmp_path, child)
    names = erasing.boundaries()
    counts = erasing.records()[0]["counts"]
    at = names.index("Committed not yet in the journal")
    erasing.reset()
    assert erasing.run(1, at=at, prepares=False) == -signal.SIGKILL

    assert erasing.run(2, prepares=False) == 0

    assert [fault.partition(":")[0] for fault in erasing.faults(counts)] == ["records"]


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("target", ["postgresql", "mariadb", "mariadb with receipts"])
def test_scenario_69_the_outcome_of_a_commit_without_answer_is_established(
    target: str, arrives: bool, new_database: NewDatabase, tmp_path: Path, child: "subprocess.Popen[str]"
) -> None:
    erasing = _erasing(target, new_database, tmp_path, child)
    erasing.boundaries()
    counts = erasing.records()[0]["counts"]
    erasing.reset()
    port = sa.make_url(erasing.world.secrets["CLUB_DATABASE_URL"]).port
    assert port

    with Proxy(port, erasing.journal.exists, arrives=arrives) as proxy:
        status = erasing.run(1, port=proxy.port)
    assert proxy.cut
    assert [line["event"] for line in erasing.records()] == ["prepared"]
    assert erasing.run(2) == 0

    asked = "receipt" if erasing.receipts else ESTABLISHED[erasing.stage.database.dialect]
    # where it did not arrive, the second run sees its own commit
    established = asked if arrives else "witnessed"
    known = [(line["event"], line.get("how")) for line in erasing.records() if line["event"] != "prepared"]
    outcome = [] if arrives else [("aborted", None)]
    assert known == [*outcome, ("committed", established), ("verified", None)]
    assert status == 1
    assert erasing.faults(counts) == []
