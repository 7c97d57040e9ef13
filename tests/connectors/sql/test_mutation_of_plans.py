"""Verification does not trust the plan: take any one writing step out, and what it leaves is found.

A mutant that leaves the rows as the whole plan would is no mutant; every other has to be noticed, by the
verification or by an execution that fails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import example, given

from tests.connectors.sql.built import NOW, Stage, asked, differences, state
from tests.connectors.sql.generated import Generated, rich, worlds
from tests.connectors.sql.test_property_erase import usual
from tests.scenarios.world import World, make_world
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from upheld.rights.outcome import Failure, Prepared, Remnant
from upheld.rights.plan import Anonymise, Detach, Erase, EraseFiles, Recount, Retain, Step
from upheld.rights.subject import Subject

WRITING = (Erase, Anonymise, Detach, EraseFiles, Recount, Retain)


@dataclass
class Tally:
    """Mutants by the kind of the step taken out."""

    noticed: dict[str, int] = field(default_factory=dict)
    unnoticed: list[str] = field(default_factory=list)
    same: int = 0

    def note(self, step: Step, *, noticed: bool) -> None:
        name = type(step).__name__
        if noticed:
            self.noticed[name] = self.noticed.get(name, 0) + 1
        else:
            self.unnoticed.append(f"{name} {getattr(step, 'selection', step)}")


def _without(steps: Sequence[Step]) -> Iterator[tuple[Step, list[Step]]]:
    for step in steps:
        if isinstance(step, WRITING):
            yield step, [each for each in steps if each is not step]


def _run(world: World, steps: Sequence[Step], subject: Subject) -> tuple[Remnant, ...] | Failure:
    """One execution of these steps, and one look afterwards."""
    random = count()
    traces: list[bytes] = []
    try:
        connector = world.connector
        events = connector.execute(
            steps, subject, now=NOW, entropy=lambda: f"r{next(random):011d}", allow=frozenset()
        )
        traces.extend(event.traces for event in events if isinstance(event, Prepared))
        return connector.verify(steps, subject, traces, now=NOW).remnants
    except Failure as failure:
        return failure


def _mutate(stage: Stage, generated: Generated, tally: Tally) -> None:
    sheets = generated.sheets
    person, by_address = generated.erased[0]
    world = stage.build(sheets)
    subject, oracle = asked(world, sheets, person, by_address=by_address)
    expected = oracle.result()
    steps = world.plan().of("club")
    selected = {each.step: each.rows for each in world.preview(subject, now=NOW)}
    for step, fewer in _without(steps):
        if not selected.get(step.number, isinstance(step, Recount)):
            continue
        stage.refill(sheets)
        found = _run(world, fewer, subject)
        if not differences(expected, state(world, sheets)):
            tally.same += 1
            continue
        tally.note(step, noticed=isinstance(found, Failure) or bool(found))


# The rows of seed 5 are the ones in which a retention strips a column.
@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_step_left_out_of_a_rich_plan_is_noticed(
    seed: int, each_database: Database, tmp_path: Path
) -> None:
    tally = Tally()

    _mutate(Stage(each_database, tmp_path / "privacy"), rich(seed), tally)

    assert tally.unnoticed == []
    every = {"Erase", "Anonymise", "Detach", "Recount"} | ({"Retain"} if seed == 5 else set())
    assert set(tally.noticed) >= every
    assert sum(tally.noticed.values()) >= 15


def test_a_step_left_out_of_any_plan_is_noticed(new_database: NewDatabase, tmp_path: Path) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")
    tally = Tally()

    @usual(60)
    @given(worlds())
    @example(rich(5))
    def prove(generated: Generated) -> None:
        _mutate(stage, generated, tally)
        assert tally.unnoticed == []

    prove()
    assert set(tally.noticed) >= {"Erase", "Anonymise", "Detach"}


def test_files_left_standing_are_noticed(each_database: Database, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "hers.txt").write_text("hers")
    world = make_world(
        each_database,
        tmp_path / "privacy",
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
        CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id),
                              path VARCHAR(120));
        CREATE INDEX uploads_user ON uploads(user_id);
        CREATE INDEX uploads_path ON uploads(path);
        INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
        INSERT INTO uploads VALUES (1, 0, 'hers.txt'), (2, 5, 'his.txt');
        """,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        uploads: {belongs_to: {user_id: users.id}, files: {path: "${STORE}"}, on_erase: delete}
        """,
        secrets={"STORE": str(tmp_path / "store")},
    )
    subject = world.subject("email=ada@chess.example.org")
    fewer = [step for step in world.plan().of("club") if not isinstance(step, EraseFiles)]

    found = _run(world, fewer, subject)

    assert not isinstance(found, Failure)
    assert [(each.table, each.rows, each.how) for each in found] == [("files", 1, "file")]
