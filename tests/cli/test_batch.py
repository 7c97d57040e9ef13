"""`upheld erase --identities-file`: the command as people run it, on every database."""

import json
from collections.abc import Iterator
from itertools import permutations

import pytest

from tests.kill.company import ADA, Companies, Company, companies

PEOPLE = f"email,username\n{ADA},\nbob@example.com,bob\n,quills\n"
ONE_BY_ONE = (f"email={ADA}", "email=bob@example.com", "username=quills")


@pytest.fixture(scope="module")
def a_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("companies")) as made:

        def at_the_beginning(forum: str) -> Company:
            at_work = made(forum)
            at_work.reset()
            return at_work

        yield at_the_beginning


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


def test_scenario_51_two_people_of_the_same_messages_in_one_list_are_one_transaction(
    a_company: Companies,
) -> None:
    """G-17.1: whoever is erased with her goes with her, and what they wrote to each other is gone."""
    at_work = a_company("postgresql")

    assert at_work.run(erase(at_work)) == 0, at_work.said

    assert at_work.forum.rows("SELECT id FROM messages") == []
    tokens = at_work.records(
        "SELECT DISTINCT p.token FROM store_part p JOIN store_fulfilment f ON f.id = p.fulfilment_id"
        " WHERE f.system = 'forum'"
    )
    assert len(tokens) == 1


@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_the_one_who_fails_is_named_by_line_and_the_others_are_done(forum: str, a_company: Companies) -> None:
    at_work = a_company(forum)
    with at_work.refusing_bob():
        code = at_work.run(erase(at_work, PEOPLE, "--json"))
    said = json.loads(at_work.said[0][1])

    assert code == 1
    assert {tuple(each["lines"]): each["state"] for each in said["cases"]} == {
        (2,): "FULFILLED",
        (3,): "IN_PROGRESS",
        (4,): "FULFILLED",
    }
    assert "bob" not in at_work.said[0][1]
    assert at_work.forum.rows("SELECT name FROM users ORDER BY id") == [("gone",), ("Bob",), ("gone",)]

    assert at_work.run(["resume"]) == 0, at_work.said

    assert at_work.forum.rows("SELECT name FROM users ORDER BY id") == [("gone",), ("gone",), ("gone",)]


@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_scenario_55_the_wrong_list_is_undone_by_one_command_with_the_same_file(
    forum: str, a_company: Companies
) -> None:
    """What they wrote to each other comes back too, though whoever was erased later took it with her."""
    at_work = a_company(forum)
    systems = at_work.folder / "privacy" / "systems"
    written = {file: file.read_text() for file in sorted(systems.iterdir())}
    for file, text in written.items():
        file.write_text(text.replace("tables:", "undo: 7d\ntables:", 1))
    try:
        before = at_work.rows()
        assert at_work.run(erase(at_work)) == 0, at_work.said
        assert at_work.rows() != before
        undo = ["undo", *erase(at_work)[1:], "--json"]

        assert at_work.run(["undo", "--identities-file", listed(at_work), "--yes"]) == 2, at_work.said
        assert at_work.run([*undo[:4], "--count", "2"]) == 2, at_work.said
        assert at_work.run(undo) == 0, at_work.said

        said = json.loads(at_work.said[0][1])
        assert (said["lines"], said["people"], said["complete"]) == (3, 3, 3)
        assert [(each["lines"], each["state"], each["left"]) for each in said["cases"]] == [
            ([2], "REVOKED", 0),
            ([3], "REVOKED", 0),
            ([4], "REVOKED", 0),
        ]
        assert at_work.rows() == before
        assert not [each for each in (ADA, "bob@", "quill") if each in at_work.said[0][1]]

        assert at_work.run(undo[:-1]) == 1, at_work.said
        assert "is back already" in at_work.said[0][1]
    finally:
        for file, text in written.items():
            file.write_text(text)


def test_repeating_the_list_changes_nothing_and_says_who_was_erased_before(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    assert at_work.run(erase(at_work)) == 0, at_work.said
    rows, entries = at_work.rows(), at_work.entries()

    assert at_work.run(erase(at_work)) == 0, at_work.said

    assert (at_work.rows(), at_work.entries()) == (rows, entries)
    assert "erased before: lines 2, 3, 4" in at_work.said[0][1]


def test_a_line_that_names_nobody_stops_everything_until_it_is_left_out(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    before, text = at_work.rows(), PEOPLE + "nobody@example.org,\n"

    assert at_work.run(erase(at_work, text)) == 1

    assert at_work.rows() == before
    assert "line 5: names nobody whom a system knows" in at_work.said[0][1]
    assert "nobody@example.org" not in at_work.said[0][1]
    assert at_work.records("SELECT count(*) FROM store_case") == [(0,)]

    assert at_work.run(erase(at_work, text, "--skip-doubtful")) == 0, at_work.said

    assert at_work.records("SELECT count(*) FROM store_case") == [(3,)]
    [(left_out,)] = at_work.records("SELECT left_out FROM store_batch")
    assert str(left_out) == "[5]", "PostgreSQL gives it read already"


def test_the_preview_counts_nobody_who_is_left_out(a_company: Companies) -> None:
    """A row that the doubtful one shares with another counts for the other, once."""
    at_work = a_company("sqlite")
    limited = "  rows_per_person: 8\n"
    file = at_work.folder / "privacy" / "systems" / "forum.yaml"
    whole = file.read_text()
    file.write_text(f"{whole}limits:\n{limited}")
    text = f"email\nbob@example.com\n{ADA}\n"
    try:
        assert at_work.run(["erase", "--identities-file", listed(at_work, text), "--dry-run", "--json"]) == 1
        both = json.loads(at_work.said[0][1])
        text = "email\nbob@example.com\n"
        assert at_work.run(["erase", "--identities-file", listed(at_work, text), "--dry-run", "--json"]) == 0
        alone = json.loads(at_work.said[0][1])
    finally:
        file.write_text(whole)

    assert [each["line"] for each in both["doubtful"]] == [3]
    assert both["systems"] == alone["systems"]
    assert both["systems"]["forum"]["tables"]["messages"] == 3


def test_whoever_was_only_asked_about_before_is_shown_and_counted_like_the_others(
    a_company: Companies,
) -> None:
    at_work = a_company("sqlite")
    assert at_work.run(["erase", "--identities-file", listed(at_work), "--dry-run"]) == 0, at_work.said
    fresh = at_work.said[0][1]
    assert at_work.run(["erase", "--identity", f"email={ADA}"]) == 1
    assert "stays open" in at_work.said[0][1]

    assert at_work.run(["erase", "--identities-file", listed(at_work), "--dry-run"]) == 0, at_work.said

    assert at_work.said[0][1].replace("1 of them with an open case, which is gone on with.\n", "") == fresh
    assert at_work.run(erase(at_work)) == 0, at_work.said
    assert at_work.records("SELECT count(*) FROM store_case") == [(3,)]


def test_an_open_case_of_somebody_unknown_is_a_doubt_and_the_others_are_done(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    assert at_work.run(["erase", "--identity", "email=nobody@example.org"]) == 1
    text = PEOPLE + "nobody@example.org,\n"

    assert at_work.run(erase(at_work, text, "--skip-doubtful")) == 0, at_work.said

    assert "line 5: names nobody whom a system knows" in at_work.said[0][1]
    assert "3 of 3 people are erased." in at_work.said[0][1]


def test_one_person_in_two_lines_under_two_identities_is_one_case(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    text = f"email,username\n{ADA},\n,quill\nbob@example.com,\n{ADA.upper()},quill\n"

    assert at_work.run(erase(at_work, text, "--json")) == 0, at_work.said

    said = json.loads(at_work.said[0][1])
    assert [each["lines"] for each in said["cases"]] == [[2, 3, 5], [4]]
    assert at_work.records("SELECT count(*) FROM store_case") == [(2,)]


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (["--yes"], "--yes needs --count for a list."),
        (["--yes", "--count", "4"], "--count says 4, and the list has 3."),
        ([], "Nobody is there to ask; give --yes and --count to go on without."),
        (["--identity", "email=x@example.org"], "--identities-file stands alone"),
    ],
)
def test_without_the_number_of_people_nothing_is_written(
    more: list[str], wrong: str, a_company: Companies
) -> None:
    at_work = a_company("sqlite")
    before = at_work.rows()

    assert at_work.run(["erase", "--identities-file", listed(at_work), *more]) in (1, 2)

    assert wrong in at_work.said[0][1]
    assert at_work.rows() == before


def test_scenario_53_a_system_that_a_finding_stops_is_named_and_the_others_go_on(
    a_company: Companies,
) -> None:
    at_work = a_company("sqlite")
    before = at_work.rows()
    at_work.forum.run("CREATE TABLE stray (id INTEGER PRIMARY KEY, email VARCHAR(100))")
    try:
        file = listed(at_work, PEOPLE)
        looked = at_work.run(["erase", "--identities-file", file, "--dry-run", "--json"])
        waiting = json.loads(at_work.said[0][1])["waiting"]
        code = at_work.run(erase(at_work))
    finally:
        at_work.forum.run("DROP TABLE stray")

    assert (looked, code) == (1, 1)
    assert list(waiting) == ["forum"]
    named = [each for each in at_work.said[0][1].splitlines() if "waits, and the others go on" in each]
    assert [each.partition(": ")[2].partition(":")[0] for each in named] == ["forum"]
    by_system = "SELECT system, state, count(*) FROM store_fulfilment GROUP BY 1, 2 ORDER BY 1, 2"
    shop = [("shop", "DONE", 1), ("shop", "RETAINED", 2)]
    assert at_work.records(by_system) == [("forum", "FAILED", 3), *shop]
    assert at_work.rows() != before

    assert at_work.run(["resume"]) == 0, at_work.said
    left = "SELECT count(*) FROM store_fulfilment WHERE state NOT IN ('DONE', 'RETAINED')"
    assert at_work.records(left) == [(0,)]


def test_the_list_counts_against_people_per_day(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    map_ = at_work.folder / "privacy" / "systems" / "forum.yaml"
    written = map_.read_text()
    map_.write_text(written.replace("title: Forum\n", "title: Forum\nlimits: {people_per_day: 2}\n"))
    try:
        assert at_work.run(erase(at_work)) == 1
        assert "people_per_day is 2, this would be 3" in at_work.said[0][1]
        assert at_work.records("SELECT count(*) FROM store_case") == [(0,)]
        allowed = ["--allow", "people_per_day", "--reason", "the club closes"]
        assert at_work.run(erase(at_work, PEOPLE, *allowed)) == 0, at_work.said
    finally:
        map_.write_text(written)


def test_a_line_beyond_rows_per_person_is_named(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    map_ = at_work.folder / "privacy" / "systems" / "forum.yaml"
    written = map_.read_text()
    map_.write_text(written.replace("title: Forum\n", "title: Forum\nlimits: {rows_per_person: 8}\n"))
    try:
        assert at_work.run(erase(at_work)) == 1
    finally:
        map_.write_text(written)

    assert "line 2: has 12 rows in forum, more than rows_per_person allows (8)" in at_work.said[0][1]


def test_stopping_all_writing_rolls_back_what_is_prepared_and_lifting_it_goes_on(
    a_company: Companies,
) -> None:
    at_work = a_company("postgresql")
    before = at_work.rows()
    assert at_work.run(["stop", "--reason", "a wrong list"], erase(at_work)) == 1

    assert at_work.rows() == before
    assert "All writing has been stopped" in at_work.said[1][1]
    assert at_work.run(["status"]) == 0
    assert "a wrong list" in at_work.said[0][1]

    assert at_work.run(["stop", "--lift"], ["resume"]) == 0, at_work.said

    assert at_work.forum.rows("SELECT id FROM messages") == []


def test_proposals_are_not_accepted_for_a_list_where_no_system_is_a_copy(a_company: Companies) -> None:
    at_work = a_company("sqlite")
    before = at_work.rows()

    assert at_work.run(erase(at_work, PEOPLE, "--accept-proposals")) == 1

    assert "--accept-proposals has no use here" in at_work.said[0][1]
    assert at_work.rows() == before
