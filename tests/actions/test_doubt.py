"""A system that answers only after the approval may name a row that could be a stranger's."""

from pathlib import Path

import pytest

from tests.actions.world import ADA, BOB, means
from upheld.actions import cases, erasure
from upheld.actions.asking import Asked
from upheld.actions.preview import preview
from upheld.actions.resume import resume
from upheld.datamap.model import Delete, IdentityColumn, Rule, System, Table, Treatment
from upheld.law.right import Right
from upheld.rights.outcome import Transient
from upheld.rights.subject import Identity, Person
from upheld.rights.testing import InMemoryConnector


def system(name: str) -> System:
    users = Table(
        "users",
        person=("id",),
        identities=(
            IdentityColumn("email", "email", normalise="email"),
            IdentityColumn("username", "username"),
        ),
        treatment=Treatment((Rule(Delete()),)),
    )
    return System(name, tables=(users,))


@pytest.mark.parametrize(("decision", "left"), [((), [70, 71]), ((71,), [70])])
def test_a_doubt_met_later_stops_its_system_until_a_person_decides(
    records: str, tmp_path: Path, decision: tuple[int, ...], left: list[int]
) -> None:
    """Scenarios 36, 53: the other systems go on, the keys are kept nowhere in plain, and a repeat decides."""
    systems = (system("forum"), system("shop"))
    up = InMemoryConnector(systems[0], {"users": [{"id": 7, "email": ADA, "username": "ada"}]})
    down = InMemoryConnector(
        systems[1],
        {
            "users": [
                {"id": 70, "email": BOB, "username": "ada"},
                {"id": 71, "email": "x@example.org", "username": "a2"},
            ]
        },
        fail={"find": Transient("Down.")},
    )
    with_ = means(tmp_path, up, down, systems=systems)
    asked = Asked((Identity("email", ADA),))
    request = cases.receive(means=with_, right=Right.ERASURE, asked=asked)
    seen = preview(means=with_, right=Right.ERASURE, asked=asked)
    erasure.approve(means=with_, request=request, preview=seen)
    request.refresh_from_db()

    standing = erasure.fulfil(means=with_, request=request)

    assert up.tables["users"] == []
    assert not standing.complete
    why = standing.systems[1][2]
    assert "shop.users may be this person's or somebody else's" in why
    assert "70" not in why

    decided = Asked(asked.identities, (Person("shop", "users", decision),))
    assert cases.receive(means=with_, right=Right.ERASURE, asked=decided).pk == request.pk
    again = resume(means=with_)

    assert [each.complete for each in again] == [True]
    assert [row["id"] for row in down.tables["users"]] == left
