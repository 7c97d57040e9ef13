"""`upheld access --identities-file` and `upheld port --identities-file`, on every database."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.company import ADA, Companies, Company, companies
from upheld.rights.package.opening import open_package

PEOPLE = f"email,username\n{ADA},\nbob@example.com,bob\n,quills\n"
ONE_BY_ONE = (f"email={ADA}", "email=bob@example.com", "username=quills")
VALUES = (ADA, "bob@", "quill", "Quillfeather")
Contents = dict[str, list[str]]


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


def copies(at_work: Company, out: Path, *more: str, right: str = "access", text: str = PEOPLE) -> list[str]:
    count = str(len(text.splitlines()) - 1)
    file = listed(at_work, text)
    return [right, "--identities-file", file, "--yes", "--count", count, "--out", str(out), *more]


def contents(copy: Path, to: Path) -> Contents:
    """Every table's rows, and every schema, of a copy; rows in some order."""
    open_package(copy, copy.with_name(f"{copy.name}.key").read_text().strip(), to)
    found = [*to.rglob("*.jsonl"), *to.rglob("*.schema.json")]
    return {str(each.relative_to(to)): sorted(each.read_text().splitlines()) for each in found}


def cells(copy: Contents, table: str, *columns: str) -> list[list[object]]:
    """Of each row of the forum's table; None for what is withheld."""
    rows = [json.loads(each) for each in copy[f"data/forum/{table}.jsonl"]]
    found = [[None if isinstance(row[name], dict) else row[name] for name in columns] for row in rows]
    return sorted(found, key=repr)


def line(number: int, out: Path) -> Path:
    return out / f"line-{number}.age"


@pytest.mark.parametrize("right", ["access", "port"])
@pytest.mark.parametrize("forum", ["sqlite", "postgresql", "mariadb"])
def test_scenario_52_copies_for_a_list_equal_copies_one_by_one(
    forum: str, right: str, a_company: Companies, tmp_path: Path
) -> None:
    at_work = a_company(forum)
    alone: list[Contents] = []
    for index, identity in enumerate(ONE_BY_ONE):
        out = tmp_path / f"{index}.age"
        assert at_work.run([right, "--identity", identity, "--yes", "--out", str(out)]) == 0, at_work.said
        alone.append(contents(out, tmp_path / f"alone-{index}"))
    entries = at_work.entries()
    at_work.reset()

    assert at_work.run(copies(at_work, tmp_path / "list", "--json", right=right)) == 0, at_work.said

    together = [contents(line(n, tmp_path / "list"), tmp_path / f"together-{n}") for n in (2, 3, 4)]
    assert together == alone
    assert at_work.entries() == entries
    said = json.loads(at_work.said[0][1])
    assert (said["lines"], said["people"], said["complete"]) == (3, 3, 3)
    assert [each["lines"] for each in said["copies"]] == [[2], [3], [4]]
    assert not [each for each in VALUES if each in at_work.said[0][1]]
    assert at_work.records("SELECT count(*) FROM store_case WHERE state = 'CLOSED'") == [(3,)]


def test_nobody_s_copy_holds_what_only_another_of_the_list_may_see(
    a_company: Companies, tmp_path: Path
) -> None:
    """G-15.5: neither a row that is only another's, nor another's key in a message that two of them share."""
    at_work = a_company("sqlite")

    assert at_work.run(copies(at_work, tmp_path / "list")) == 0, at_work.said

    ada, bob = (contents(line(n, tmp_path / "list"), tmp_path / f"open-{n}") for n in (2, 3))
    assert cells(ada, "sessions", "address") == [["192.0.2.7"], ["192.0.2.9"]]
    assert cells(bob, "sessions", "address") == [["192.0.2.8"]]
    shared = [["to ada", None, 7], ["to bob", 7, None]]
    assert [
        each for each in cells(ada, "messages", "body", "sender_id", "recipient_id") if None in each
    ] == shared
    assert "bob@example.com" not in json.dumps(ada)


def test_people_who_weigh_too_much_together_get_the_same_copies(a_company: Companies, tmp_path: Path) -> None:
    """G-15.4: with room for so few rows they are halved, down to each alone."""
    at_work = a_company("postgresql")
    assert at_work.run(copies(at_work, tmp_path / "whole")) == 0, at_work.said
    whole = [contents(line(n, tmp_path / "whole"), tmp_path / f"whole-{n}") for n in (2, 3, 4)]

    for rows in ("3", "16"):
        out = tmp_path / rows
        assert at_work.run(copies(at_work, out), ROWS_TOGETHER=rows) == 0, at_work.said
        assert [contents(line(n, out), tmp_path / f"{rows}-{n}") for n in (2, 3, 4)] == whole


def test_repeating_the_list_writes_only_what_is_missing(a_company: Companies, tmp_path: Path) -> None:
    at_work, out = a_company("sqlite"), tmp_path / "list"
    assert at_work.run(copies(at_work, out)) == 0, at_work.said
    first = {each.name: each.read_bytes() for each in out.iterdir()}
    line(3, out).unlink()

    assert at_work.run(copies(at_work, out)) == 0, at_work.said

    again = {each.name: each.read_bytes() for each in out.iterdir()}
    assert {name for name in first if first[name] != again[name]} == {"line-3.age", "line-3.age.key"}
    assert "Written before: lines 2, 4." in at_work.said[0][1]
    assert "1 of 1 copy is written and whole" in at_work.said[0][1]


def test_a_folder_with_another_list_s_copies_is_refused(a_company: Companies, tmp_path: Path) -> None:
    """Lines moved by one must never give somebody the copy of another."""
    at_work, out = a_company("sqlite"), tmp_path / "list"
    assert at_work.run(copies(at_work, out)) == 0, at_work.said
    first = {each.name: each.read_bytes() for each in out.iterdir()}

    assert at_work.run(copies(at_work, out, text="email,username\nbob@example.com,bob\n,quills\n")) == 1

    assert "Name another folder" in at_work.said[0][1]
    assert {each.name: each.read_bytes() for each in out.iterdir()} == first
    assert at_work.run(copies(at_work, out, right="port")) == 1
    assert {each.name: each.read_bytes() for each in out.iterdir()} == first


def test_a_system_that_breaks_leaves_everybody_s_request_open_and_a_repeat_ends_it(
    a_company: Companies, tmp_path: Path
) -> None:
    at_work, out = a_company("postgresql"), tmp_path / "list"
    at_work.forum.run(
        "CREATE FUNCTION broken(text) RETURNS text STABLE LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''ada.quillfeather''; END'",
        "ALTER TABLE sessions RENAME TO sessions_there",
        "CREATE VIEW sessions AS SELECT id, user_id, broken(address) AS address FROM sessions_there",
    )
    try:
        code = at_work.run(copies(at_work, out))
    finally:
        at_work.forum.run("DROP VIEW sessions", "ALTER TABLE sessions_there RENAME TO sessions")

    assert code == 1, at_work.said
    assert at_work.records("SELECT count(*) FROM store_request WHERE state = 'FULFILLED'") == [(1,)]
    assert "line 2: forum: failed" in at_work.said[0][1]
    assert not [each for each in VALUES if each in at_work.said[0][1]]

    assert at_work.run(copies(at_work, out)) == 0, at_work.said

    assert at_work.records("SELECT DISTINCT state FROM store_request") == [("FULFILLED",)]
    assert "data/forum/sessions.jsonl" in contents(line(2, out), tmp_path / "open")


def test_a_line_that_names_nobody_stops_everything_until_it_is_left_out(
    a_company: Companies, tmp_path: Path
) -> None:
    at_work, out, text = a_company("sqlite"), tmp_path / "list", PEOPLE + "nobody@example.org,\n"

    assert at_work.run(copies(at_work, out, text=text)) == 1

    assert "line 5: names nobody whom a system knows" in at_work.said[0][1]
    assert "nobody@example.org" not in at_work.said[0][1]
    assert not out.exists()
    assert at_work.records("SELECT count(*) FROM store_case") == [(0,)]

    assert at_work.run(copies(at_work, out, "--skip-doubtful", text=text)) == 0, at_work.said

    assert sorted(each.name for each in out.glob("*.age")) == ["line-2.age", "line-3.age", "line-4.age"]


def test_lines_of_one_person_are_one_copy(a_company: Companies, tmp_path: Path) -> None:
    at_work, out = a_company("sqlite"), tmp_path / "list"

    assert at_work.run(copies(at_work, out, text=f"email,username\n{ADA},\n,quill\n")) == 0, at_work.said

    assert [each.name for each in out.glob("*.age")] == ["line-2.age"]
    assert "lines 2, 3 are the same person." in at_work.said[0][1]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--identity", "email=x@example.org"], "--identities-file stands alone"),
        (["--recipient", "age1nonsense"], "age1nonsense"),
    ],
)
def test_what_does_not_fit_a_list_is_refused(
    more: list[str], told: str, a_company: Companies, tmp_path: Path
) -> None:
    at_work = a_company("sqlite")

    assert at_work.run(copies(at_work, tmp_path / "list", *more)) > 0

    assert told in at_work.said[0][1]


def test_without_a_list_there_is_nothing_to_count(a_company: Companies) -> None:
    at_work = a_company("sqlite")

    assert at_work.run(["access", "--identity", f"email={ADA}", "--count", "1", "--yes"]) == 2

    assert "go with a list" in at_work.said[0][1]
