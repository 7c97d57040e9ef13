"""`upheld erase --identities-file`: the command as people run it, on every database."""

import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from tests.kill.company import ADA, Company, company
from tests.servers.database import Database
from tests.servers.plugin import new_server_database

PEOPLE = f"email,username\n{ADA},\nbob@example.com,bob\n,quills\n"
ONE_BY_ONE = (f"email={ADA}", "email=bob@example.com", "username=quills")
Companies = Callable[[str], Company]


@pytest.fixture(scope="module")
def a_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    made: dict[str, Company] = {}
    databases: list[tuple[Database, Callable[[], None]]] = []
    folder = tmp_path_factory.mktemp("companies")

    def database(kind: str) -> Database:
        databases.append(new_server_database(kind, folder))
        return databases[-1][0]

    def make(forum: str) -> Company:
        if forum not in made:
            made[forum] = company(forum, "sqlite", database, folder / forum)
        made[forum].reset()
        return made[forum]

    yield make
    for each in made.values():
        each.stop()
    for each_database, drop in reversed(databases):
        each_database.close()
        drop()


def listed(at_work: Company, text: str = PEOPLE) -> str:
    file = at_work.folder / "people.csv"
    file.write_text(text)
    return str(file)


def erase(at_work: Company, text: str = PEOPLE, *more: str) -> list[str]:
    count = str(len(text.splitlines()) - 1)
    return ["erase", "--identities-file", listed(at_work, text), "--yes", "--count", count, *more]


@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_scenario_52_a_list_by_the_command_equals_one_by_one_in_any_order(
    forum: str, a_company: Companies
) -> None:
    at_work = a_company(forum)
    rows = []
    for order in permutations(ONE_BY_ONE):
        at_work.reset()
        for identity in order:
            assert at_work.run(["erase", "--identity", identity, "--yes"]) == 0, at_work.said
        rows.append(at_work.rows())
    assert all(each == rows[0] for each in rows)
    at_work.reset()

    assert at_work.run(erase(at_work, PEOPLE, "--json")) == 0, at_work.said

    said = json.loads(at_work.said[0][1])
    assert at_work.rows() == rows[0]
    assert (said["lines"], said["people"], said["complete"]) == (3, 3, 3)
    assert [(each["lines"], each["state"]) for each in said["cases"]] == [
        ([2], "FULFILLED"),
        ([3], "FULFILLED"),
        ([4], "FULFILLED"),
    ]
    assert len(at_work.certificates) == 3
    told = at_work.said[0][1]
    assert not [each for each in (ADA, "bob@", "quill") if each in told]
