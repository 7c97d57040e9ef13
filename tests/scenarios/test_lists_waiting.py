"""A list of which one system is away or stopped by a finding: the others are gone through, as for each alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.actions.world import users
from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.people import ADA, BEN, CY
from tests.scenarios.test_case_again import POSTED, UNMARKED
from tests.scenarios.test_case_again import POSTS as POSTS_OF_TWO
from tests.scenarios.test_lists import POSTS, THIRDS
from tests.scenarios.test_restriction import restrict
from tests.scenarios.world import NOW
from tests.servers.database import Database
from upheld.actions import cases, erasure
from upheld.actions.batch.begin import approve_many
from upheld.actions.batch.fulfil import fulfil_many
from upheld.actions.batch.look import Line, look
from upheld.actions.erasure import Standing
from upheld.actions.means import Means
from upheld.actions.preview import preview
from upheld.actions.resume import resume
from upheld.datamap.model import System
from upheld.law.right import Right
from upheld.rights.outcome import Failure, Transient
from upheld.rights.testing import InMemoryConnector
from upheld.store.models import Request

TWO = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL);
INSERT INTO users VALUES (0, 'ada@chess.example.org'), (5, 'ben@chess.example.org');
"""
SHOP = System("shop", tables=(users(),))
Erase = Callable[[Means, Office, Sequence[str]], None]


class Lasting(dict[str, Failure]):
    """A double that fails there each time, not once."""

    def pop(self, name: str, *_: object) -> Failure:
        return self[name]


def away(double: InMemoryConnector) -> None:
    double.fail = Lasting(find=Transient("Down."))


def shop() -> InMemoryConnector:
    """Ada and Ben buy, Cy does not."""
    rows: list[dict[str, object]] = [
        {"id": 70, "email": "ada@chess.example.org"},
        {"id": 71, "email": "ben@chess.example.org"},
        {"id": 79, "email": "dan@chess.example.org"},
    ]
    return InMemoryConnector(SHOP, {"users": rows})


def with_shop(office: Office, double: InMemoryConnector, hours: int = 0) -> Means:
    means = office.means(NOW + timedelta(hours=hours))
    systems = (*means.datamap.systems, SHOP)
    return replace(
        means,
        datamap=replace(means.datamap, systems=systems),
        connectors={**means.connectors, "shop": double},
    )


def as_a_list(means: Means, office: Office, people: Sequence[str]) -> None:
    lines = [Line(number, office.asked(each)) for number, each in enumerate(people)]
    batch = approve_many(means=means, look=look(means=means, lines=lines))
    fulfil_many(means=means, requests=[each.request for each in batch.each.select_related("request")])


def one_by_one(means: Means, office: Office, people: Sequence[str]) -> None:
    for each in people:
        asked = office.asked(each)
        request = cases.receive(means=means, right=Right.ERASURE, asked=asked)
        seen = preview(means=means, right=Right.ERASURE, asked=asked, request=request)
        erasure.approve(means=means, request=request, preview=seen)
        request.refresh_from_db()
        erasure.fulfil(means=means, request=request)


def stand() -> list[Standing]:
    return [erasure.standing(each) for each in Request.objects.order_by("received_at", "pk")]


both = pytest.mark.parametrize("erase", [as_a_list, one_by_one])


@both
def test_scenario_53_while_a_system_is_away_the_others_are_gone_through_and_it_is_tried_again(
    erase: Erase, make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """Scenario 52: a list and each alone come to the same, before and after the system is back."""
    office, double = open_office(make(THIRDS, POSTS), tmp_path), shop()
    away(double)

    erase(with_shop(office, double), office, (ADA, BEN, CY))

    assert [each.systems for each in stand()] == [(("club", "DONE", ""), ("shop", "FAILED", "Down."))] * 3
    assert each_database.rows("SELECT id FROM users") == []
    assert each_database.rows("SELECT id FROM posts") == []
    assert len(double.tables["users"]) == 3

    resume(means=with_shop(office, double, hours=1))
    assert [each.complete for each in stand()] == [False] * 3
    del double.fail["find"]
    resume(means=with_shop(office, double, hours=2))

    assert [each.complete for each in stand()] == [True] * 3
    assert [row["id"] for row in double.tables["users"]] == [79]


@both
def test_scenario_53_while_a_finding_stops_a_system_the_others_are_gone_through(
    erase: Erase, make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    office, double = open_office(make(THIRDS, POSTS), tmp_path), shop()
    office.world.run("CREATE TABLE stray (id INTEGER PRIMARY KEY, email VARCHAR(100))")

    erase(with_shop(office, double), office, (ADA, BEN, CY))

    why = {each.systems[0][1:] for each in stand()}
    assert [each.systems[1] for each in stand()] == [("shop", "DONE", "")] * 3
    assert [(state, "table.undeclared" in text) for state, text in why] == [("FAILED", True)]
    assert each_database.rows("SELECT count(*) FROM users") == [(3,)]
    assert [row["id"] for row in double.tables["users"]] == [79]

    office.world.run("DROP TABLE stray")
    resume(means=with_shop(office, double, hours=1))

    assert [each.complete for each in stand()] == [True] * 3
    assert each_database.rows("SELECT id FROM users") == []


def test_a_list_says_which_systems_wait_and_asks_one_that_is_away_once(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office, double = open_office(make(THIRDS, POSTS), tmp_path), shop()
    office.world.run("CREATE TABLE stray (id INTEGER PRIMARY KEY, email VARCHAR(100))")
    away(double)
    means = with_shop(office, double)

    seen = look(means=means, lines=[Line(2, office.asked(ADA)), Line(3, office.asked(BEN))])

    assert [(name, str(why).partition(":")[0]) for name, why in seen.waiting.items()] == [
        ("club", "Nothing will be written there, because of table.undeclared at club.stray"),
        ("shop", "Down."),
    ]
    assert (dict(seen.unreached), seen.doubts) == ({"shop": double.fail["find"]}, ())
    assert list(seen.counts) == ["club"]


def test_scenario_53_who_has_a_case_already_is_looked_for_too_once_the_system_is_back(
    make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """Who she is in the others stood in her case: of the one that was away it says nothing."""
    office, double = open_office(make(TWO + POSTS_OF_TWO, UNMARKED + POSTED), tmp_path), shop()
    assert restrict(office, ADA).complete
    away(double)

    as_a_list(with_shop(office, double), office, (ADA, BEN))

    erasures = Request.objects.filter(right=Right.ERASURE.value)
    assert [erasure.standing(each).systems[1] for each in erasures] == [("shop", "FAILED", "Down.")] * 2
    double.fail = {}
    resume(means=with_shop(office, double, hours=1))

    assert [erasure.standing(each).complete for each in erasures.all()] == [True] * 2
    assert [row["id"] for row in double.tables["users"]] == [79]
