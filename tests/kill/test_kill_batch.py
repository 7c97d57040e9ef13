"""`upheld erase --identities-file`, killed at any boundary of a chunk, between two chunks and while a failing chunk is
halved: `upheld resume`, or the same command again, makes of it what one run would have made (scenario 49, P-23)."""

import random
import signal
from collections.abc import Iterator

import pytest

from tests.kill.company import ADA, Companies, Company, companies
from tests.kill.test_kill_command import chosen, exported

pytestmark = pytest.mark.kill

TWO_AT_ONCE = {"PEOPLE_TOGETHER": "2"}
PEOPLE = f"email,username\n{ADA},\nbob@example.com,bob\n,quills\n"
SEED = 52


@pytest.fixture(scope="module")
def a_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("companies")) as made:

        def with_a_list(forum: str) -> Company:
            at_work = made(forum)
            (at_work.folder / "people.csv").write_text(PEOPLE)
            return at_work

        yield with_a_list


def erase(at_work: Company) -> list[str]:
    return ["erase", "--identities-file", str(at_work.folder / "people.csv"), "--yes", "--count", "3"]


def next_command(at_work: Company, *, asks_again: bool) -> list[str]:
    """`resume` where all were approved; the list again where they were not, or where somebody asks again."""
    cases = at_work.records("SELECT id FROM store_case")
    return erase(at_work) if len(cases) < 3 or asks_again else ["resume"]


@pytest.mark.parametrize(("forum", "many"), [("sqlite", 10), ("postgresql", 3), ("mariadb", 3)])
def test_scenario_49_a_killed_list_is_finished_as_one_run(
    forum: str, many: int, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    at_work = a_company(forum)
    at_work.reset()
    assert at_work.run(erase(at_work), **TWO_AT_ONCE) == 0, at_work.said
    names = at_work.names
    expected = exported(at_work)
    assert names.count("before commit") >= 4, "two chunks in each of two systems"

    for at in chosen(names, many, every=request.config.getoption("--all-boundaries")):
        at_work.reset()
        assert at_work.run(erase(at_work), at=at, **TWO_AT_ONCE) == -signal.SIGKILL, names[at]

        again = next_command(at_work, asks_again=at % 2 == 1)
        assert at_work.run(again, **TWO_AT_ONCE) == 0, (names[at], again, at_work.said)

        outcome = exported(at_work)
        differs = {name: (outcome[name], value) for name, value in expected.items() if outcome[name] != value}
        assert (at, names[at], differs) == (at, names[at], {})


@pytest.mark.parametrize(("forum", "many"), [("sqlite", 6), ("postgresql", 10), ("mariadb", 6)])
def test_scenario_49_killed_while_a_failing_chunk_is_halved(
    forum: str, many: int, a_company: Companies
) -> None:
    at_work = a_company(forum)
    at_work.reset()
    assert at_work.run(erase(at_work)) == 0, at_work.said
    expected = at_work.rows()
    at_work.reset()
    with at_work.refusing_bob():
        assert at_work.run(erase(at_work)) == 1
    names = at_work.names
    first = names.index("begin")

    for at in random.Random(SEED).sample(range(first, len(names)), many):
        at_work.reset()
        with at_work.refusing_bob():
            assert at_work.run(erase(at_work), at=at) == -signal.SIGKILL, names[at]

        again = next_command(at_work, asks_again=False)
        assert at_work.run(again) == 0, (names[at], at_work.said)

        assert (at, at_work.rows()) == (at, expected)
        assert at_work.records("SELECT id FROM store_part WHERE state = 'PREPARED'") == []
        assert at_work.records("SELECT DISTINCT state FROM store_case") == [("CLOSED",)]
