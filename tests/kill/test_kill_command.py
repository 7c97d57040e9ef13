"""`upheld erase`, killed at any boundary of both systems, of our own records and of our files: the next command makes
of it what one run would have made.

Boundaries that matter most are killed at every time, the others by a seeded sample; `--all-boundaries` takes all.
"""

import random
import signal
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.kill.company import ADA, NOW, Companies, Company, companies
from tests.kill.proxy import Proxy

pytestmark = pytest.mark.kill

ERASE = ["erase", "--identity", f"email={ADA}", "--yes"]
BY_ANOTHER_NAME = ["erase", "--identity", "username=quill", "--yes"]
COMPANIES = [
    ("sqlite", "sqlite", 6),
    pytest.param("postgresql", "sqlite", 2, marks=pytest.mark.store("sqlite")),
    ("mariadb", "sqlite", 2),
    ("postgresql", "postgresql", 3),
]
"""Forum, store, and how many boundaries are drawn beside those around the commits of a system: those of our own records
and files are the same whatever the forum stands on."""
SEED = 49


@pytest.fixture(scope="module")
def a_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("companies")) as made:
        yield made


def one_run(at_work: Company) -> tuple[dict[str, object], list[str]]:
    """What an undisturbed run makes, and its boundaries."""
    at_work.reset()
    assert at_work.run(ERASE) == 0, at_work.said
    names = at_work.names
    return exported(at_work), names


def exported(at_work: Company, *first: list[str], now: str = NOW) -> dict[str, object]:
    """The outcome after these commands, with the whole ledger verified from its export."""
    file = str(at_work.folder / "ledger.jsonl")
    commands = (*first, ["ledger", "export", "--out", file], ["ledger", "verify", file])
    assert at_work.run(*commands, now=now) == 0, at_work.said
    return at_work.outcome()


def next_command(at_work: Company, *, asks_again: bool) -> list[str]:
    """What follows a death: `resume`, or the person asks again, by another of her names once we know it."""
    states = [state for (state,) in at_work.records("SELECT state FROM store_request")]
    if states in ([], ["OPEN"]):
        return ERASE
    return BY_ANOTHER_NAME if states == ["IN_PROGRESS"] and asks_again else ["resume"]


def chosen(names: list[str], many: int, *, every: bool) -> list[int]:
    """Around each commit of a system, and some of the others."""
    if every:
        return list(range(len(names)))
    commits = [at for at, name in enumerate(names) if name == "before commit"]
    matter = {near for at in commits for near in (at - 1, at, at + 1)}
    others = [at for at in range(len(names)) if at not in matter]
    return sorted({*matter, *random.Random(SEED).sample(others, many)})


@pytest.mark.parametrize(("forum", "store", "many"), COMPANIES)
def test_scenario_49_a_killed_command_is_finished_as_one_run(
    forum: str, store: str, many: int, a_company: Companies, request: pytest.FixtureRequest
) -> None:
    """P-23; scenario 61: whoever asks again meanwhile joins the open case."""
    at_work = a_company(forum, store)
    expected, names = one_run(at_work)

    for at in chosen(names, many, every=request.config.getoption("--all-boundaries")):
        at_work.reset()
        assert at_work.run(ERASE, at=at) == -signal.SIGKILL, names[at]

        outcome = exported(at_work, next_command(at_work, asks_again=at % 2 == 1))

        assert (at, names[at], outcome) == (at, names[at], expected)


def test_without_the_prepare_record_a_death_is_noticed(a_company: Companies) -> None:
    """The proof that the test above can fail: who does not store what was prepared cannot say what was done."""
    at_work = a_company("postgresql", "sqlite")
    expected, _ = one_run(at_work)
    at_work.reset()
    assert at_work.run(ERASE, prepares=False) == 0
    assert at_work.outcome()["evidence"] == expected["evidence"]
    written = next(at for at, name in enumerate(at_work.names) if name.startswith("after UPDATE"))
    at = at_work.names.index("before commit", written) + 1
    at_work.reset()
    assert at_work.run(ERASE, at=at, prepares=False) == -signal.SIGKILL

    assert at_work.run(["resume"], prepares=False) == 0

    assert [name for name, value in exported(at_work).items() if value != expected[name]] == [
        "entries",
        "evidence",
    ]


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("forum", ["postgresql", "mariadb"])
def test_scenario_69_a_commit_without_answer_is_established_by_the_next_command(
    forum: str, arrives: bool, a_company: Companies
) -> None:
    at_work = a_company(forum, "sqlite")
    expected, _ = one_run(at_work)
    at_work.reset()
    url = sa.make_url(at_work.forum.url)
    assert url.port

    def prepared() -> bool:
        return bool(at_work.records("SELECT id FROM store_part WHERE state = 'PREPARED'"))

    with Proxy(url.port, prepared, arrives=arrives) as proxy:
        through = url.set(port=proxy.port).render_as_string(hide_password=False)
        assert at_work.run(ERASE, FORUM_URL=through) == 1, at_work.said
    assert proxy.cut
    assert at_work.records("SELECT state FROM store_request") == [("IN_PROGRESS",)]
    assert at_work.run(["resume"]) == 0, at_work.said

    states = [state for (state,) in at_work.records("SELECT state FROM store_part ORDER BY prepared_at")]
    outcome = exported(at_work)
    failures = [entry for entry in outcome["entries"] if "step.failed" in entry]  # type: ignore[attr-defined]
    for entry in failures:
        del outcome["entries"][entry]  # type: ignore[attr-defined]
    assert len(failures) == 1
    assert states.count("ABORTED") == (0 if arrives else 1)
    assert outcome == expected
