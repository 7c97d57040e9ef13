"""What a case waits for is in the privacy folder: holds that end, maps that are completed. Then `resume` goes on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.company import ADA, FORUM, ORGANISATION, Company, company, verified
from tests.servers.plugin import NewDatabase

ERASE = ["erase", "--identity", f"email={ADA}", "--yes"]
HOLD = "holds:\n  - {matter: prize-2026, owner: Legal, until: 2027-06-30, scope: [forum.posts]}\n"
DIARY = (
    "CREATE TABLE diary (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), body VARCHAR(50))",
    "CREATE INDEX diary_user ON diary(user_id)",
    "INSERT INTO diary VALUES (1, 7, 'hers'), (2, 8, 'his')",
)
DIARY_MAP = """\
  diary:
    belongs_to: {user_id: users.id}
    fields: {body: {category: contributions, purposes: [service], provided: true}}
    on_erase: delete
"""


@pytest.fixture
def example(new_database: NewDatabase, tmp_path: Path) -> Iterator[Company]:
    made = company("sqlite", "sqlite", new_database, tmp_path / "all")
    yield made
    made.stop()


def certificate(example: Company) -> dict[str, object]:
    """The one certificate's own words, verified."""
    (file,) = example.certificates
    assert verified(file) == 0
    words: dict[str, object] = json.loads(file.read_text())["certificate"]
    return words


def issued(example: Company) -> list[bool]:
    return [
        bool(complete)
        for (complete,) in example.records("SELECT complete FROM store_certificate ORDER BY id")
    ]


def test_scenario_42_a_hold_in_the_folder_withholds_and_taking_it_out_lets_resume_do_the_rest(
    example: Company,
) -> None:
    """G-17.4"""
    file = example.folder / "privacy" / "upheld.yaml"
    file.write_text(ORGANISATION + HOLD)

    assert example.run(ERASE) == 1, example.said
    assert "partially withheld: rows stay for the matter prize-2026" in example.said[0][1]
    rows = example.rows()
    assert ([row[2] for row in rows["posts"]], len(rows["customers"])) == (
        ["mine", "his", "mine too", "nobody's"],
        1,
    )
    assert rows["users"][0][1] == "removed-random@example.invalid"
    before = certificate(example)
    assert [(part["system"], part["why"]) for part in before["unfinished"]] == [
        ("forum", "partially withheld: rows stay for the matter prize-2026")
    ]
    assert "posts" in [part["what"] for part in before["retained"]]

    assert example.run(["resume"]) == 1, example.said
    assert issued(example) == [False]
    file.write_text(ORGANISATION)
    assert example.run(["resume"]) == 0, example.said

    assert [row[2] for row in example.rows()["posts"]] == ["[removed]", "his", "[removed]", "nobody's"]
    after = certificate(example)
    assert (after["unfinished"], "posts" in [part["what"] for part in after["retained"]]) == ([], False)
    counts = {part["system"]: (part["anonymised"], part["erased"]) for part in after["systems"]}
    assert counts["forum"] == (6, 3), (
        "a message, a gift, two posts, and the account by each version of the plan"
    )
    assert issued(example) == [False, True]
    assert example.records("SELECT state FROM store_case") == [("CLOSED",)]


def test_who_goes_on_without_a_whole_map_gets_a_certificate_that_says_so_until_the_map_is(
    example: Company,
) -> None:
    """Design: fail closed, per system."""
    example.forum.run(*DIARY)

    assert example.run(ERASE) == 1, example.said
    assert "diary" in example.said[0][1]
    assert example.rows()["users"][0][1] == ADA
    assert example.rows()["customers"] == [(80, "bob@example.com")]
    assert issued(example) == []

    assert example.run([*ERASE, "--go-on", "the diary is read by nobody"]) == 1, example.said
    assert example.rows()["users"][0][1] == "removed-random@example.invalid"
    assert [(part["system"], "diary" in part["why"]) for part in certificate(example)["unfinished"]] == [
        ("forum", True)
    ]
    for _ in range(2):
        assert example.run(["resume"]) == 1, example.said
    assert (issued(example), len(example.evidence())) == ([False], 3)

    (example.folder / "privacy" / "systems" / "forum.yaml").write_text(FORUM + DIARY_MAP)
    assert example.run(["resume"]) == 0, example.said

    assert example.forum.rows("SELECT body FROM diary") == [("his",)]
    assert certificate(example)["unfinished"] == []
    assert issued(example) == [False, True]


def test_a_limit_allowed_afterwards_counts_for_the_open_case(example: Company) -> None:
    """Scenario 68"""
    file = example.folder / "privacy" / "systems" / "forum.yaml"
    file.write_text(FORUM.replace("tables:", "limits: {share_of_table: 5%}\ntables:", 1))
    example.forum.run(
        *(f"INSERT INTO posts VALUES ({number}, 8, 'his')" for number in range(100, 160)),
        *(f"INSERT INTO posts VALUES ({number}, 7, 'hers')" for number in range(200, 230)),
    )

    before = example.rows()
    assert example.run(["erase", "--identity", f"email={ADA}", "--dry-run"]) == 1, example.said
    assert "share_of_table is 5%, this would be 34% of posts" in example.said[0][1]

    assert example.run(ERASE) == 1, example.said
    assert "--allow share_of_table" in example.said[0][1]
    assert example.rows() == before, "in no system, and whether or not it has a limit"
    assert example.records("SELECT count(*) FROM store_plan") == [(0,)]

    assert example.run([*ERASE, "--allow", "share_of_table", "--reason", "she wrote a third of it"]) == 0, (
        example.said
    )
    assert example.rows()["users"][0][1] == "removed-random@example.invalid"
