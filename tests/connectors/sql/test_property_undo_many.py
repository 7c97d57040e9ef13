"""Of people erased as a set, one can have hers undone, and it gives what undoing hers gives after one by one."""

from copy import deepcopy
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given

from tests.connectors.sql.built import NOW, Stage, State, settled, state
from tests.connectors.sql.generated import Generated
from tests.connectors.sql.test_property_erase import usual
from tests.connectors.sql.test_property_many import crowds, unnamed, who
from tests.scenarios.undoing import WINDOW, erased, undone
from tests.servers.plugin import NewDatabase
from upheld.connectors.sql.many.run import TooMany
from upheld.connectors.sql.many.union import Unattributed
from upheld.rights.connector import Severity
from upheld.rights.many import PreparedMany


def without_counters(found: State, counters: list[tuple[str, str]]) -> State:
    """A counter in which several people's rows are counted is put back for none of them."""
    return {
        table: {
            number: {name: cell for name, cell in row.items() if (table, name) not in counters}
            for number, row in rows.items()
        }
        for table, rows in found.items()
    }


def _prove(stage: Stage, generated: Generated) -> None:
    sheets = generated.sheets
    for sheet in sheets.values():
        if not sheet.key:
            sheet.key = ("n",)
    world = stage.build(sheets, system=WINDOW)
    if [each for each in world.check() if each.code.startswith("undo.") and each.severity is Severity.STOP]:
        return
    settled(sheets, state(world, sheets))
    subjects = who(world, generated)
    counters = [(name, sheet.recount[1]) for name, sheet in sheets.items() if sheet.recount]
    counters += [(sheet.recount[0], sheet.recount[1]) for sheet in sheets.values() if sheet.recount]

    expected: list[tuple[State, State]] = []
    for order in permutations(range(len(subjects))):
        stage.refill(deepcopy(sheets))
        images = {member: erased(world, subjects[member]) for member in order}
        gone = unnamed(without_counters(state(world, sheets), counters))
        undone(world, images[0])
        expected.append((gone, unnamed(without_counters(state(world, sheets), counters))))
    stage.refill(deepcopy(sheets))

    before: dict[int, bytes | None] = {}
    try:
        for event in world.connector.execute_many(  # type: ignore[attr-defined]
            world.plan(now=NOW).of("club"),
            subjects,
            now=NOW,
            entropy=lambda: f"r{next(world.random):011d}",
            allow=frozenset(),
            before=True,
        ):
            if isinstance(event, PreparedMany):
                before.update(
                    (member, each.before) for member, each in zip(event.members, event.prepared, strict=True)
                )
    except (TooMany, Unattributed):
        return
    erased_together = unnamed(without_counters(state(world, sheets), counters))
    assert before[0] is not None
    undone(world, [before[0]])

    assert (erased_together, unnamed(without_counters(state(world, sheets), counters))) in expected


def test_scenario_55_one_of_a_set_is_undone_as_if_erased_alone_on_sqlite(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")

    @usual(50)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_scenario_55_one_of_a_set_is_undone_as_if_erased_alone(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(10)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()
