"""`upheld access --identities-file`, killed at any boundary: the same command again gives everybody one copy, one request
and one entry, as one run would have (scenario 49, G-15.4)."""

import random
import signal
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from tests.kill.company import ADA, Company, company
from tests.servers.plugin import NewDatabase
from upheld.rights.package.opening import open_package

pytestmark = pytest.mark.kill

PEOPLE = f"email,username\n{ADA},\nbob@example.com,bob\n,quills\n"
SEED = 15


def access(at_work: Company) -> list[str]:
    return ["access", "--identities-file", str(at_work.folder / "people.csv"), "--yes", "--count", "3"]


def outcome(at_work: Company, to: Path) -> dict[str, object]:
    """What is there at the end: the rows of each copy that a request stands for, and what the ledger says."""
    opened: dict[str, object] = {}
    query = "SELECT path FROM store_package WHERE removed_at IS NULL ORDER BY path"
    for index, (path,) in enumerate(at_work.records(query)):
        copy, folder = Path(path), to / str(index)
        open_package(copy, copy.with_name(f"{copy.name}.key").read_text().strip(), folder)
        opened[copy.name] = {
            str(each.relative_to(folder)): sorted(each.read_text().splitlines())
            for each in folder.rglob("*.jsonl")
        }
        rmtree(folder)
    return {
        "copies": opened,
        "entries": at_work.entries(),
        "cases": at_work.records("SELECT state FROM store_case"),
        "requests": at_work.records("SELECT state FROM store_request"),
    }


@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_scenario_49_copies_for_a_list_killed_are_finished_as_one_run(
    forum: str, new_database: NewDatabase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made: Callable[[str], object] = new_database
    at_work = company(forum, "sqlite", made, tmp_path / "company")  # type: ignore[arg-type]
    (at_work.folder / "people.csv").write_text(PEOPLE)
    try:
        assert at_work.run(access(at_work)) == 0, at_work.said
        names, expected = at_work.names, outcome(at_work, tmp_path)
        packages = [at for at, name in enumerate(names) if "store_package" in name or name.endswith(".part")]
        assert len(packages) >= 6, names
        others = random.Random(SEED).sample(range(len(names)), 3)
        every = range(len(names)) if request.config.getoption("--all-boundaries") else {*packages, *others}
        for at in sorted(every):
            at_work.reset()
            assert at_work.run(access(at_work), at=at) == -signal.SIGKILL, names[at]

            assert at_work.run(access(at_work)) == 0, (names[at], at_work.said)

            assert (at, names[at], outcome(at_work, tmp_path)) == (at, names[at], expected)
    finally:
        at_work.stop()
