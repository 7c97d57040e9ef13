"""Killed at any boundary and started again, a restriction is one that can be lifted exactly, and a correction has the
effect of one run."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from tests.connectors.sql.built import NOW, Stage, State, asked, differences, state
from tests.connectors.sql.generated import Generated, rich
from tests.connectors.sql.test_property_set import with_marks
from tests.scenarios.world import World
from tests.servers.plugin import NewDatabase
from upheld.law.right import Right
from upheld.rights.codec import encode, text
from upheld.rights.connector import Row
from upheld.rights.correcting import Wish, aim, to_cells
from upheld.rights.plan import Plan
from upheld.rights.planner import plan_correction
from upheld.rights.subject import Subject

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[2]
TARGETS = ["sqlite", "postgresql", "mariadb", "mariadb with receipts"]
RECEIPTS = "CREATE TABLE upheld_receipts (token VARCHAR(100) PRIMARY KEY)"


@dataclass
class Setting:
    """One world, one subject, one plan, and the warm process that carries it out."""

    stage: Stage
    world: World
    generated: Generated
    subject: Subject
    plan: Plan
    journal: Path
    receipts: bool
    process: "subprocess.Popen[str]"

    def reset(self) -> None:
        self.journal.unlink(missing_ok=True)
        self.journal.with_name(self.journal.name + ".back").unlink(missing_ok=True)
        self.stage.refill(self.generated.sheets)
        if self.receipts:
            self.world.run("DELETE FROM upheld_receipts")

    def run(self, number: int, *, at: int | None = None, back: bool = False) -> int:
        """The status with which the child ended."""
        url = sa.make_url(self.world.secrets["CLUB_DATABASE_URL"])
        order = {
            "journal": str(self.journal),
            "now": NOW.isoformat(),
            "folder": str(self.stage.folder),
            "url": url.render_as_string(hide_password=False),
            "subject": encode(self.subject),
            "plan": text(self.plan),
            "run": number,
            "at": at,
            "back": back,
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

    def state(self) -> State:
        return state(self.world, self.generated.sheets)


@pytest.fixture(scope="module")
def child() -> Iterator["subprocess.Popen[str]"]:
    """One for all tests here: to begin takes a second, and it forks a child an order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kill.setting_child"],
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


def _setting(
    right: Right, target: str, new_database: NewDatabase, folder: Path, child: "subprocess.Popen[str]"
) -> Setting:
    kind, _, receipts = target.partition(" ")
    stage = Stage(new_database(kind), folder / "privacy")
    generated = rich(3, shapes=("chain", "messages"))
    with_marks(generated.sheets, Random(3))
    system = "max_rows: 6\n" + ("receipt: upheld_receipts\n" if receipts else "")
    world = stage.build(generated.sheets, system=system)
    if receipts:
        world.run(RECEIPTS)
    person, by_address = generated.erased[0]
    subject, _ = asked(world, generated.sheets, person, by_address=by_address)
    plan = world.plan(Right.RESTRICTION)
    if right is Right.RECTIFICATION:
        aimed = aim(world.datamap, [Wish("name", "Ada Quillfeather")])
        plan = plan_correction(world.datamap, aimed.targets, regime="gdpr")
        read = world.connector.collect(plan.of("club"), subject, now=NOW)
        rows = [each for each in read if isinstance(each, Row)]
        cells = to_cells(plan, aimed.targets, {"club": rows})
        subject = Subject(subject.identities, subject.people, cells)
    return Setting(stage, world, generated, subject, plan, folder / "journal", bool(receipts), child)


@pytest.mark.parametrize("target", TARGETS)
def test_scenario_49_a_restriction_killed_at_any_boundary_is_whole_and_can_be_lifted_exactly(
    target: str, new_database: NewDatabase, tmp_path: Path, child: "subprocess.Popen[str]"
) -> None:
    """G-18.4"""
    setting = _setting(Right.RESTRICTION, target, new_database, tmp_path, child)
    setting.reset()
    before = setting.state()
    names = setting.boundaries()
    during = setting.state()
    changed = sum(row != before[table][n] for table, rows in during.items() for n, row in rows.items())
    assert changed > 6
    assert names.count("Prepared in the journal") > 1

    for at, name in enumerate(names):
        setting.reset()
        assert setting.run(1, at=at) == -signal.SIGKILL, name
        assert setting.run(2) == 0, name
        assert (name, differences(during, setting.state())) == (name, [])

        assert setting.run(3, back=True) == 0, name

        assert (name, differences(before, setting.state())) == (name, [])


@pytest.mark.parametrize("target", TARGETS)
def test_scenario_49_a_correction_killed_at_any_boundary_has_the_effect_of_one_run(
    target: str, new_database: NewDatabase, tmp_path: Path, child: "subprocess.Popen[str]"
) -> None:
    """G-16.1"""
    setting = _setting(Right.RECTIFICATION, target, new_database, tmp_path, child)
    setting.reset()
    before = setting.state()
    names = setting.boundaries()
    after = setting.state()
    assert after != before

    for at, name in enumerate(names):
        setting.reset()
        assert setting.run(1, at=at) == -signal.SIGKILL, name

        assert setting.run(2) == 0, name

        assert (name, differences(after, setting.state())) == (name, [])
