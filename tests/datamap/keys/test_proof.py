"""`proof`: numbers of the organisation's own in place of the example of a law."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.office import asked
from tests.datamap.keys.office import means
from tests.scenarios.conftest import Make
from tests.scenarios.people import PEOPLE, USERS
from tests.scenarios.world import World
from upheld.actions import certainty, proofs
from upheld.datamap.fault import Invalid
from upheld.datamap.read import read
from upheld.law.certainty import Method
from upheld.law.right import Right
from upheld.store.models import Level

OWN = """
proof:
  - {under: ccpa, certainty: reasonable, data_points: 1, because: Members have a number and no more.}
  - {under: ccpa, certainty: high, data_points: 2, declaration: true, because: Members have no third.}
"""


def _with(make: Make, text: str) -> World:
    world = make(PEOPLE, USERS, controller="regimes: [gdpr, ccpa]\n")
    file = world.folder / "upheld.yaml"
    file.write_text(file.read_text() + text)
    return world


@pytest.mark.parametrize(("own", "reached"), [(OWN, Level.HIGH), ("", Level.REASONABLE)])
@pytest.mark.key(
    "proof", "proof.under", "proof.certainty", "proof.data_points", "proof.declaration", "proof.because"
)
def test_a_link_one_value_and_a_declaration_are_enough_where_the_organisation_says_why(
    make: Make, sqlite_records: Path, own: str, reached: Level
) -> None:
    """C-39"""
    world = _with(make, own)
    world.datamap = read(world.folder)
    able = replace(means(world), orders=False, regime="ccpa")
    request = asked(able, Right.ACCESS, address="ada@chess.example.org").requests.get()
    certainty.prove(means=able, request=request, method=Method.DATA_POINTS, points=1)
    certainty.prove(means=able, request=request, method=Method.DECLARATION)

    [box] = proofs.boxes(means=able, case=request.case)

    assert (certainty.standing(means=able, request=request).reached, box.because) == (
        reached,
        "Members have no third." if own else "",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{under: ccpa, certainty: high, data_points: 2}", "because"),
        ("{under: ccpa, certainty: high, data_points: 0, because: Trust.}", "data_points"),
        (
            (
                "{under: ccpa, certainty: reasonable, data_points: 2, because: Two.}\n"
                "  - {under: ccpa, certainty: high, data_points: 1, because: One.}"
            ),
            "high certainty needs less than reasonable",
        ),
        (
            (
                "{under: ccpa, certainty: high, data_points: 2, because: Two.}\n"
                "  - {under: ccpa, certainty: high, data_points: 3, because: Three.}"
            ),
            "stands here twice",
        ),
    ],
)
def test_numbers_without_a_reason_or_upside_down_are_refused(make: Make, line: str, said: str) -> None:
    """C-39"""
    world = _with(make, f"\nproof:\n  - {line}\n")

    with pytest.raises(Invalid, match=said):
        read(world.folder)
