"""Schemas of every kind survive discovery: generated, hostile, huge, empty, without people."""

from pathlib import Path

import pytest
from hypothesis import given
from sqlalchemy import event

from tests.connectors.sql.built import Stage
from tests.connectors.sql.discover.trial import DAY, asked_of, drafted, folder_of
from tests.connectors.sql.generated import Generated, worlds
from tests.connectors.sql.shape import keys
from tests.connectors.sql.test_property_erase import usual
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from upheld.connectors.sql.discover.reach import Wish
from upheld.rights.proposals import CODE

FATAL = (
    "table.absent",
    "column.absent",
    "table.undeclared",
    "edge.undeclared",
    "detach.null",
    "delete.refused",
)


def _found(generated: Generated, stage: Stage) -> None:
    stage.fill(generated.sheets)
    draft = drafted(stage.database)
    system = draft.system
    mapped = {table.name: table for table in system.tables}
    declared = {name for each in system.no_personal_data for name in each.tables}

    assert set(generated.sheets) == set(mapped) | declared
    assert mapped["users"].person == ("id",)
    assert "email" in {each.kind for each in mapped["users"].identities}
    for name, sheet in generated.sheets.items():
        for ours, to, _ in keys(sheet):
            if to == "users" and name != "users":
                assert tuple(ours.split(", ")) in {link.columns for link in mapped[name].links}, (name, ours)
    assert [(each.code, each.table, each.column) for each in draft.findings if each.code in FATAL] == []


def test_every_key_and_link_of_a_generated_schema_is_found_on_sqlite(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database("sqlite"), tmp_path / "privacy")

    @usual(60)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _found(generated, stage)

    prove()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_every_key_and_link_of_a_generated_schema_is_found(
    kind: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    stage = Stage(new_database(kind), tmp_path / "privacy")

    @usual(12)
    @given(worlds())
    def prove(generated: Generated) -> None:
        _found(generated, stage)

    prove()


NAMES = (
    'say "hi"',
    "it's",
    "order",
    "two words",
    "Größe ß",
    "名前",
    "null",
    "a,b",
    "semi;colon",
    "x" * 63,
    "back\\slash",
    "percent%s",
    "{brace}",
    "# no comment",
    "a: b",
    "- dash",
    "🐟 fish",
    "dot.ted",
)


def _quoted(database: Database, name: str) -> str:
    sign = "`" if database.dialect == "mariadb" else '"'
    return sign + name.replace(sign, sign * 2) + sign


def test_hostile_names_come_back_as_they_are(each_database: Database, tmp_path: Path) -> None:
    names = list(NAMES)
    if (
        each_database.dialect == "mariadb"
    ):  # no letters beyond the basic plane, and it adds to the name for the key
        names = [each[:56] for each in NAMES if "🐟" not in each]
    table, statements = (lambda name: _quoted(each_database, name)), []
    key = _quoted(each_database, "the id")
    statements.append(
        f"CREATE TABLE {table('my users')} ({key} INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)"
    )
    for name in names:
        column = _quoted(each_database, name)
        statements.append(
            f"CREATE TABLE {column} ({column} INTEGER PRIMARY KEY, {_quoted(each_database, 'user id')} INTEGER NOT NULL, "
            f"FOREIGN KEY ({_quoted(each_database, 'user id')}) REFERENCES {table('my users')} ({key}))"
        )
    percent = "%%" if each_database.dialect != "sqlite" else "%"
    each_database.run(*(each.replace("%", percent) for each in statements))

    draft = drafted(each_database)
    system = folder_of(draft, tmp_path / "privacy").system("club")

    assert {table.name for table in system.tables} == {"my users", *names}
    assert [(each.code, each.table) for each in draft.findings if each.code in FATAL] == []
    assert system.drafted is not None
    seen = {name: [column for column, _ in columns] for name, columns in system.drafted.tables}
    assert seen == {"my users": ["the id", "email"], **{name: [name, "user id"] for name in names}}


def test_an_empty_database_gives_a_file_without_tables(each_database: Database, tmp_path: Path) -> None:
    draft = drafted(each_database)

    system = folder_of(draft, tmp_path / "privacy").system("club")
    assert (system.tables, system.no_personal_data, system.proposals, draft.findings) == ((), (), (), ())


def test_a_database_without_people_is_declared_as_one(each_database: Database, tmp_path: Path) -> None:
    each_database.run(
        "CREATE TABLE parts (id INTEGER PRIMARY KEY, title VARCHAR(80), weight INTEGER)",
        "CREATE TABLE bins (id INTEGER PRIMARY KEY, part_id INTEGER NOT NULL, FOREIGN KEY (part_id) REFERENCES parts (id))",
        "INSERT INTO parts VALUES (1, 'Bolt M4', 3), (2, 'Nut M4', 1)",
    )

    draft = drafted(each_database)

    system = folder_of(draft, tmp_path / "privacy").system("club")
    assert system.tables == ()
    assert sorted(name for each in system.no_personal_data for name in each.tables) == ["bins", "parts"]
    assert {each.code for each in draft.findings} == {CODE}


def test_four_hundred_tables_are_drafted_with_a_few_queries_each(each_database: Database) -> None:
    each_database.run(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)",
        "INSERT INTO users VALUES (1, 'a@example.org'), (2, 'b@example.org'), (3, 'c@example.org')",
        *(
            f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, t{max(number - 1, 0)}_id INTEGER,"
            " note VARCHAR(80), price INTEGER, done INTEGER, kind VARCHAR(9), a INTEGER, b INTEGER, c INTEGER, d INTEGER,"
            " e INTEGER, f INTEGER)"
            for number in range(400)
        ),
    )
    counted: list[object] = []
    asking = asked_of(each_database)
    event.listen(asking.engine, "before_cursor_execute", lambda *_: counted.append(1))

    draft = asking.discover(Wish(DAY))

    assert len(draft.system.tables) + sum(len(each.tables) for each in draft.system.no_personal_data) == 401
    assert len(counted) < 401 * 8
