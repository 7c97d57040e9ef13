"""After an erasure every table is exactly as an independent oracle says, whatever the schema and the rows.

`--hypothesis-profile=soak` runs many more examples, from a seed of their own.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.connectors.sql.built import NOW, Stage, asked, copied, differences, settled, state, touched
from tests.connectors.sql.generated import Generated, worlds
from tests.servers.plugin import NewDatabase
from upheld.rights.outcome import Committed, Verified

SOAK = settings.get_current_profile_name() == "soak"


def usual(examples: int) -> settings:
    """The same examples in every run, unless a longer run is asked for. Only that one shrinks what it finds:
    it takes minutes, and the worlds are small."""
    return settings(
        max_examples=settings.default.max_examples if SOAK else examples,
        derandomize=not SOAK,
        phases=tuple(Phase) if SOAK else (Phase.explicit, Phase.generate),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def _prove(stage: Stage, generated: Generated) -> None:
    sheets = generated.sheets
    world = stage.build(sheets)
    for person, by_address in generated.erased:
        before = state(world, sheets)
        settled(sheets, before)
        if person not in {row["id"] for row in sheets["users"].rows}:
            continue
        subject, oracle = asked(world, sheets, person, by_address=by_address)
        expected = oracle.result()
        shown = copied(world, subject)

        erasure = world.erase_subject(subject, now=NOW)

        after = state(world, sheets)
        assert differences(expected, after) == []
        assert [type(each) for each in erasure.events if isinstance(each, Committed | Verified)] == [
            Committed,
            Verified,
        ]
        assert erasure.verified.remnants == ()
        committed = next(each for each in erasure.events if isinstance(each, Committed))
        previewed = {each.step: (each.rows, each.others) for each in erasure.preview}
        done = {each.step: (each.rows, each.others) for each in committed.counts if each.step in previewed}
        assert done == previewed
        assert set(committed.counts.tables) == set(erasure.preview.tables)
        counters = [(name, sheet.recount[0]) for name, sheet in sheets.items() if sheet.recount]
        others = {
            (name, row["n"])
            for name, sheet in sheets.items()
            if sheet.replies and sheet.replies[1] == "subtree"
            for row in sheet.rows
            if not oracle.owned(name, row)
        }
        assert touched(before, after, counters) - others <= shown
        if stage.database.dialect == "sqlite":
            broken = world.rows("pragma_foreign_key_check")
            assert broken == [], broken

        again, _ = asked(world, sheets, person, by_address=by_address)
        world.erase_subject(again, now=NOW)

        assert differences(expected, state(world, sheets)) == []


def test_scenario_47_erasure_leaves_what_the_oracle_says_on_sqlite(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")

    @usual(300)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_scenario_47_erasure_leaves_what_the_oracle_says(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(40)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()
