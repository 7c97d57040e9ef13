"""The copies of a set of people are those that each would have got alone (G-15.4, scenario 52)."""

from pathlib import Path

import pytest
from hypothesis import given

from tests.connectors.sql.built import NOW, Stage
from tests.connectors.sql.generated import Generated
from tests.connectors.sql.test_property_erase import usual
from tests.connectors.sql.test_property_many import crowds, who
from tests.servers.plugin import NewDatabase
from upheld.law.right import Right
from upheld.rights.connector import Row
from upheld.rights.many import Room, collect_many


def _shown(row: Row) -> tuple[object, ...]:
    values = tuple((name, type(value).__name__, repr(value)) for name, value in row.values.items())
    return (row.step, row.table, values, row.redacted, row.mine, row.key)


def _rows(given: list[object]) -> list[tuple[object, ...]]:
    return sorted((_shown(each) for each in given if isinstance(each, Row)), key=repr)


def _prove(stage: Stage, generated: Generated) -> None:
    world = stage.build(generated.sheets)
    subjects = who(world, generated)
    connector, steps = world.connector, world.plan(Right.ACCESS, now=NOW).of("club")

    together = collect_many(connector, steps, subjects, now=NOW, room=Room())

    assert together is not None
    for subject, found in zip(subjects, together, strict=True):
        alone = list(connector.collect(steps, subject, now=NOW))
        assert _rows(list(found)) == _rows(list(alone))
        assert alone


def test_scenario_52_copies_of_a_set_equal_copies_one_by_one_on_sqlite(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")

    @usual(80)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_scenario_52_copies_of_a_set_equal_copies_one_by_one(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(15)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()
