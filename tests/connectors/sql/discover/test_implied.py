"""Keys that no schema declares: found by names and by values together, and by values alone only where chance is out."""

from pathlib import Path

import pytest

from tests.connectors.sql.discover.trial import drafted, world_of
from tests.scenarios.world import NOW
from tests.servers.database import Database

MANY = 60
ADA = "email=p7@quill.example"
PEOPLE = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, login VARCHAR(40) NOT NULL UNIQUE, email VARCHAR(80) NOT NULL)",
    "INSERT INTO people VALUES "
    + ", ".join(f"({n}, 'quill{n}', 'p{n}@quill.example')" for n in range(1, MANY + 1)),
)


def _things(name: str, many: int) -> tuple[str, str]:
    return (
        f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, label VARCHAR(40))",
        f"INSERT INTO {name} VALUES " + ", ".join(f"({n}, '{name} no. {n}')" for n in range(1, many + 1)),
    )


def _rows(table: str, columns: str, rows: list[tuple[object, ...]]) -> tuple[str, str]:
    written = ", ".join("(" + ", ".join(map(repr, row)) + ")" for row in rows)
    return f"CREATE TABLE {table} ({columns})", f"INSERT INTO {table} VALUES {written}"


def _links(database: Database) -> dict[str, set[str]]:
    """By table, the columns by which its rows lead to people."""
    found = drafted(database).system
    return {
        table.name: {link.name for link in table.links if link.to == "people"}
        for table in found.tables
        if table.name != "people" and any(link.to == "people" for link in table.links)
    }


def test_a_table_that_joins_two_things_leads_to_the_people_whose_keys_fill_it(
    each_database: Database, tmp_path: Path
) -> None:
    """The issues are too few to be meant by `linkid`, the notes too many."""
    rows: list[tuple[object, ...]] = [(n % MANY + 1, n % 40 + 1) for n in range(120)]
    each_database.run(
        *PEOPLE,
        *_things("issue", 40),
        *_things("note", 300),
        *_rows("issue_nosy", "linkid INTEGER, nodeid INTEGER", rows),
    )
    draft = drafted(each_database)

    world = world_of(draft, each_database, tmp_path / "privacy")
    world.erase(ADA, now=NOW)

    left = [row for row in sorted(rows) if row[0] != 7]
    assert sorted(world.rows("issue_nosy")) == left
    assert draft.system.table("issue_nosy").links[0].columns == ("linkid",)


def test_keys_kept_as_text_in_a_journal_are_keys_and_only_who_acted_is_cut(
    each_database: Database, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [(n % 40 + 1, str(n % MANY + 1), f"set {n}") for n in range(120)]
    each_database.run(
        *PEOPLE,
        *_things("issue", 40),
        *_rows("issue__journal", "nodeid INTEGER, tag VARCHAR(40), params VARCHAR(40)", rows),
    )

    world = world_of(drafted(each_database), each_database, tmp_path / "privacy")
    world.erase(ADA, now=NOW)

    expected = {(node, None if tag == "7" else tag, params) for node, tag, params in rows}
    assert set(world.rows("issue__journal")) == expected


def test_a_long_journal_without_a_key_is_looked_at_from_both_ends(each_database: Database) -> None:
    """In its first thousand rows only the first people stand."""
    rows: list[tuple[object, ...]] = [(n % 40 + 1, str(n * MANY // 2_000 + 1), "set") for n in range(2_000)]
    each_database.run(
        *PEOPLE,
        *_things("issue", 40),
        *_rows("issue_journal", "nodeid INTEGER, tag VARCHAR(40), params VARCHAR(40)", rows),
        "CREATE INDEX by_who ON issue_journal (tag)",
    )

    assert _links(each_database) == {"issue_journal": {"tag"}}


def test_a_journal_of_people_is_theirs(each_database: Database) -> None:
    rows: list[tuple[object, ...]] = [(n, "1", f"address of {n}") for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE, *_rows("people_journal", "nodeid INTEGER, tag VARCHAR(40), params VARCHAR(40)", rows)
    )

    assert _links(each_database) == {"people_journal": {"nodeid"}}


def test_journals_of_the_same_columns_are_told_by_each_other(each_database: Database) -> None:
    """Of the third one alone, in which one person stands, nothing could be said."""
    columns = "nodeid INTEGER, tag VARCHAR(40), params VARCHAR(40)"
    full: list[tuple[object, ...]] = [(n % 20 + 1, str(n % MANY + 1), "set") for n in range(80)]
    each_database.run(
        *PEOPLE,
        *(part for name in ("issue", "file", "topic") for part in _things(name, 20)),
        *_rows("issue_journal", columns, full),
        *_rows("file_journal", columns, full),
        *_rows("topic_journal", columns, [(1, "3", "set")]),
    )

    assert _links(each_database) == {
        "issue_journal": {"tag"},
        "file_journal": {"tag"},
        "topic_journal": {"tag"},
    }


def test_names_by_which_people_log_in_are_keys_wherever_they_stand(
    each_database: Database, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [(n, f"quill{n % MANY + 1}", "Ink") for n in range(1, 121)]
    each_database.run(
        *PEOPLE, *_rows("shelf", "id INTEGER PRIMARY KEY, keptat VARCHAR(40), label VARCHAR(40)", rows)
    )

    world = world_of(drafted(each_database), each_database, tmp_path / "privacy")
    world.erase(ADA, now=NOW)

    assert sorted(world.rows("shelf")) == [
        (number, None if login == "quill7" else login, label) for number, login, label in rows
    ]


def test_a_log_in_in_a_key_of_several_columns_becomes_a_word_of_its_own(
    each_database: Database, tmp_path: Path
) -> None:
    """Two in one place would be refused."""
    rows: list[tuple[object, ...]] = [(n % 2, f"quill{n // 2 + 1}") for n in range(2 * MANY)]
    columns = "page INTEGER NOT NULL, title VARCHAR(60) NOT NULL, PRIMARY KEY (page, title)"
    each_database.run(*PEOPLE, *_rows("mention", columns, rows))
    world = world_of(drafted(each_database), each_database, tmp_path / "privacy")

    world.erase(ADA, now=NOW)
    world.erase(ADA.replace("p7", "p8"), now=NOW)

    kept = [row for row in world.rows("mention") if not str(row[1]).startswith("removed-")]
    assert (len(world.rows("mention")), sorted(kept)) == (
        len(rows),
        sorted(row for row in rows if row[1] not in ("quill7", "quill8")),
    )


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("weight INTEGER", range(1, MANY + 1)),
        ("position_from INTEGER", range(1, 13)),
        ("thingid INTEGER", [n % 9 + 1 for n in range(60)]),
        ("thingid INTEGER", [n % 30 + 1 for n in range(60)]),
        ("thingid INTEGER", range(2, MANY + 2)),
        ("closed INTEGER", [n % 2 for n in range(60)]),
        ("create_account INTEGER", [n % 2 for n in range(60)]),
        ("active_users INTEGER", [7]),
        ("remark VARCHAR(9)", [str(n) for n in range(1, MANY + 1)]),
    ],
    ids=[
        "a quantity",
        "few",
        "fewer than ten",
        "not up to the last",
        "one is not there",
        "a flag",
        "a right",
        "how many",
        "no log",
    ],
)
def test_numbers_that_are_keys_by_chance_lead_to_nobody(
    each_database: Database, column: str, values: "list[object]"
) -> None:
    rows: list[tuple[object, ...]] = list(enumerate(values, start=1))
    each_database.run(*PEOPLE, *_rows("crate", f"id INTEGER PRIMARY KEY, {column}", rows))

    assert _links(each_database) == {}


def test_numbers_that_fit_another_table_as_well_lead_to_nobody(each_database: Database) -> None:
    rows: list[tuple[object, ...]] = [(n, n) for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE,
        *_things("cask", MANY),
        *_rows("crate", "thingid INTEGER, otherid INTEGER", rows),
        *_rows("lorry", "id INTEGER PRIMARY KEY, loaded_from INTEGER", rows),
    )

    assert _links(each_database) == {}


def test_a_column_that_is_called_after_another_table_does_not_lead_to_people(each_database: Database) -> None:
    """`author` could be somebody; here it is a table of pen names."""
    rows: list[tuple[object, ...]] = [(n, n % 20 + 1) for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE,
        *_things("author", 20),
        *_rows("volume", "id INTEGER PRIMARY KEY, author INTEGER", rows),
        "CREATE TABLE leaflet (id INTEGER PRIMARY KEY, author INTEGER)",
    )

    assert _links(each_database) == {}


def test_a_table_called_after_two_tells_neither_where_both_readings_fit(each_database: Database) -> None:
    """Each column could hold the issues as well as the files: that they hold people is out, which is which is not."""
    rows: list[tuple[object, ...]] = [(n, MANY + 1 - n) for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE,
        *_things("issue", MANY),
        *_things("file", MANY),
        *_rows("issue_files", "linkid INTEGER, nodeid INTEGER", rows),
    )

    assert _links(each_database) == {}


def test_a_table_that_leads_to_people_by_name_does_not_lead_there_by_numbers_as_well(
    each_database: Database,
) -> None:
    """The marks are as many as the people, and stand in no table of their own."""
    rows: list[tuple[object, ...]] = [(n, MANY + 1 - n) for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE,
        *_rows("person_marks", "markid INTEGER, personid INTEGER", rows),
        *_rows("page_marks", "markid INTEGER, member_id INTEGER", rows),
    )

    assert _links(each_database) == {"person_marks": {"personid"}, "page_marks": {"member_id"}}


def test_words_written_as_one_say_who_it_is(each_database: Database) -> None:
    rows: list[tuple[object, ...]] = [(n, n % 9 + 1, n % 5 + 1, n % 3 + 1) for n in range(1, MANY + 1)]
    columns = "id INTEGER PRIMARY KEY, assignedto INTEGER, createdby INTEGER, memberid INTEGER"
    each_database.run(*PEOPLE, *_rows("chore", columns, rows))

    assert _links(each_database) == {"chore": {"assignedto", "createdby", "memberid"}}


def test_a_key_of_another_table_written_as_one_word_is_not_taken_for_a_persons(
    each_database: Database,
) -> None:
    rows: list[tuple[object, ...]] = [(n, n) for n in range(1, MANY + 1)]
    each_database.run(
        *PEOPLE, *_things("cask", 300), *_rows("crate", "id INTEGER PRIMARY KEY, caskid INTEGER", rows)
    )

    assert _links(each_database) == {}
