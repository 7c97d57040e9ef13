"""Erased and undone, a database is byte for byte as before, or the check refused the undo beforehand."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from tests.connectors.sql.built import Stage, asked, settled, state
from tests.connectors.sql.generated import Generated, worlds
from tests.connectors.sql.test_property_erase import usual
from tests.scenarios.undoing import WINDOW, dump, erased, undone
from tests.servers.plugin import NewDatabase
from upheld.rights.connector import Severity
from upheld.rights.outcome import Misconfigured


def _prove(stage: Stage, generated: Generated, seen: Counter[str]) -> None:
    sheets = generated.sheets
    for sheet in sheets.values():
        if not sheet.key and len(sheet.rows) % 4 != 1:
            sheet.key = ("n",)
    world = stage.build(sheets, system=WINDOW)
    refused = [
        each for each in world.check() if each.code.startswith("undo.") and each.severity is Severity.STOP
    ]
    for person, by_address in generated.erased:
        settled(sheets, state(world, sheets))
        if person not in {row["id"] for row in sheets["users"].rows}:
            continue
        subject, _ = asked(world, sheets, person, by_address=by_address)
        before = dump(stage.database, list(sheets))
        if refused:
            seen[refused[0].code] += 1
            with pytest.raises(Misconfigured, match=r"undo\."):
                erased(world, subject)
            assert dump(stage.database, list(sheets)) == before
            continue
        images = erased(world, subject)
        gone = dump(stage.database, list(sheets))
        preview = world.connector.returning(images)
        assert dump(stage.database, list(sheets)) == gone

        restored = undone(world, images)

        assert (restored.conflicts, restored.already) == ((), 0)
        assert dump(stage.database, list(sheets)) == before
        assert preview == restored
        again = undone(world, images)
        assert (again.rows, again.already, again.conflicts) == (0, restored.rows, ())
        seen["restored"] += restored.rows > 0


def _shares(seen: Counter[str]) -> None:
    """The test would say nothing if nearly all were refused, or nothing erased."""
    assert seen["restored"] > sum(seen.values()) / 3, seen
    assert sum(many for code, many in seen.items() if code.startswith("undo.")) > 0, seen


def test_scenario_55_an_undo_restores_byte_for_byte_or_was_refused_beforehand_on_sqlite(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")
    seen: Counter[str] = Counter()

    @usual(100)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated, seen)

    prove()
    _shares(seen)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_scenario_55_an_undo_restores_byte_for_byte_or_was_refused_beforehand(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")
    seen: Counter[str] = Counter()

    @usual(20)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated, seen)

    prove()
    _shares(seen)
