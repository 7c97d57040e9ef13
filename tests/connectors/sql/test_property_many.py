"""Erasing a set of people leaves what erasing them one by one leaves, in some order; in every order where that makes
no difference to the one by one either (scenario 52). Statements that were compiled for one of them serve the others."""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.connectors.sql.built import NOW, Stage, State, settled, state
from tests.connectors.sql.generated import SHAPES, Generated
from tests.connectors.sql.maker import Maker
from tests.connectors.sql.oracle import folded
from tests.connectors.sql.test_property_erase import usual
from tests.scenarios.world import World
from tests.servers.plugin import NewDatabase
from upheld.connectors.sql.many.run import TooMany
from upheld.rights.many import CommittedMany, PreparedMany, find_many
from upheld.rights.outcome import Committed
from upheld.rights.subject import Subject

DRAWN = re.compile(r"r\d{11}")


@st.composite
def crowds(draw: st.DrawFn) -> Generated:
    """A world, and two or three people of it who are erased together."""
    maker = Maker(lambda least, most: draw(st.integers(least, most)))
    maker.users()
    chosen = draw(st.lists(st.sampled_from(range(len(SHAPES))), min_size=1, max_size=3, unique=True))
    for index in chosen:
        SHAPES[index](maker)
    asking = draw(st.lists(st.sampled_from(maker.people), min_size=2, max_size=3, unique=True))
    return Generated(maker.sheets, tuple((each, maker.yes()) for each in asking))


def unnamed(found: State) -> State:
    """Random values by the order in which they come, so that who shares one is compared and not which it is."""
    names: dict[str, str] = {}

    def one(value: Any) -> Any:
        if isinstance(value, str):
            return DRAWN.sub(lambda drawn: names.setdefault(drawn[0], f"<{len(names)}>"), value)
        if isinstance(value, list):
            return [one(each) for each in value]
        return {key: one(each) for key, each in value.items()} if isinstance(value, dict) else value

    return {
        table: {
            number: {name: one(cell) for name, cell in sorted(row.items())}
            for number, row in sorted(rows.items())
        }
        for table, rows in sorted(found.items())
    }


def who(world: World, generated: Generated) -> list[Subject]:
    rows = {row["id"]: row for row in generated.sheets["users"].rows}
    return [
        world.subject(f"email={folded(rows[person]['email'])}")
        if by_address
        else world.subject(people=[f"users={person}"])
        for person, by_address in generated.erased
    ]


def in_turn(world: World, subjects: Sequence[Subject]) -> None:
    """One by one."""
    for subject in subjects:
        world.erase_subject(subject, now=NOW)


def each_anew(world: World, subjects: Sequence[Subject]) -> None:
    """One by one, each by a connector that knows nothing yet."""
    fresh = replace(world, kept=None)
    for subject in subjects:
        replace(fresh, kept=fresh.connector).erase_subject(subject, now=NOW)


def together(world: World, subjects: Sequence[Subject]) -> dict[int, Committed]:
    """As a set, verified; what was done of each."""
    connector, steps = world.connector, world.plan(now=NOW).of("club")
    traces: dict[int, bytes] = {}
    done: dict[int, Committed] = {}
    for event in connector.execute_many(  # type: ignore[attr-defined]
        steps, subjects, now=NOW, entropy=lambda: f"r{next(world.random):011d}", allow=frozenset()
    ):
        if isinstance(event, PreparedMany):
            traces.update(
                (member, each.traces) for member, each in zip(event.members, event.prepared, strict=True)
            )
        if isinstance(event, CommittedMany):
            done.update(zip(event.members, event.committed, strict=True))
    seen = connector.verify_many(  # type: ignore[attr-defined]
        steps, subjects, [[traces[member]] for member in range(len(subjects))], now=NOW
    )
    assert [each.remnants for each in seen] == [()] * len(subjects)
    alone = [connector.verify(steps, each, [traces[member]], now=NOW) for member, each in enumerate(subjects)]
    assert list(seen) == alone
    return done


def _prove(stage: Stage, generated: Generated) -> None:
    sheets = generated.sheets
    world = stage.build(sheets)
    settled(sheets, state(world, sheets))
    subjects = who(world, generated)
    steps = world.plan(now=NOW).of("club")
    for subject in subjects:
        (counts,) = world.connector.count_many(steps, [subject], now=NOW).each  # type: ignore[attr-defined]
        preview = world.preview(subject, now=NOW)
        assert (set(counts), set(counts.tables)) == (set(preview), set(preview.tables))
    questions = [([each for each in subject.identities if each.verified], ()) for subject in subjects]
    one_by_one = [world.connector.find(*question) for question in questions]
    for found, single in zip(find_many(world.connector, questions), one_by_one, strict=True):
        assert (set(found.people), set(found.identities)) == (set(single.people), set(single.identities))

    outcomes = []
    for order in permutations(subjects):
        stage.refill(deepcopy(sheets))
        in_turn(world, order)
        outcomes.append(unnamed(state(world, sheets)))
    for order, outcome in ((subjects, outcomes[0]), (subjects[::-1], outcomes[-1])):
        stage.refill(deepcopy(sheets))
        each_anew(world, order)
        assert unnamed(state(world, sheets)) == outcome
    stage.refill(deepcopy(sheets))
    before = state(world, sheets)

    try:
        together(world, subjects)
    except TooMany:
        assert state(world, sheets) == before
        return

    assert unnamed(state(world, sheets)) in outcomes


def test_scenario_52_a_set_equals_one_by_one_on_sqlite(new_database: NewDatabase, tmp_path: Path) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")

    @usual(80)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_scenario_52_a_set_equals_one_by_one(kind: str, new_database: NewDatabase, tmp_path: Path) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(15)
    @given(crowds())
    def prove(generated: Generated) -> None:
        _prove(stage, generated)

    prove()
