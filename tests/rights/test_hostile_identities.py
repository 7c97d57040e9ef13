"""Scenario 27: whatever is given as an identity, the answer is right or a clear refusal, and never everybody.

The population knows which rows hold which values; each hostile value is asked for as a key, looked for as an
identity, and a sample of them is erased.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from tests.servers.plugin import NewDatabase
from upheld.datamap.normalise import normalise
from upheld.rights.connector import Connector
from upheld.rights.identify import Ambiguous
from upheld.rights.outcome import Failure, Permanent
from upheld.rights.plan import Erase, Step
from upheld.rights.subject import Identity, Person, Subject

pytestmark = pytest.mark.fuzz

NASTY = (
    "", " ", "\t\n", "7", " 7", "7 ", "07", "+7", "7.0", "7e0", "0x7", "7abc", "abc7", "-7", "0", "00", "1 OR 1=1",
    "%", "_", "%@%", "*", "?", "\\", "\\'", "'", "''", '"', "`", ";", "--", "/*", "' OR '1'='1", "\x00", "7\x00",
    "a\x00b", "NULL", "null", "None", "nil", "NaN", "inf", "-0", "true", "false", "[]", "{}", "[7]", '["7"]',
    '{"$ne": null}', "7,8", ",", ",,", "7;8", "${HOME}", "{random}", ":x", "%s", "%(x)s", "\u202e7", "\ufeff7",
    "٧", "７", "ı", "İ", "ß", "ss", "é", "e\u0301", "😀", "\ud800", "9" * 18, "9" * 19, "9" * 20, "9" * 5000,
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "x" * 100_000, "josé@x.example.org", "JOSÉ", "éva", "Éva@x.example.org", "émile", "émile@x.example.org", "jose@x.example.org", "JOSE@X.EXAMPLE.ORG ",
    "o'neil@x.example.org", "per%cent@x.example.org", "percent@x.example.org", "under_score@x.example.org",
    "7@x.example.org", "+49 30 901820", "0000000", "+", "()", "2026-11-22", "12345678-1234-5678-1234-567812345678",
)  # fmt: skip
PEOPLE = (
    (7, "seven", "7", "ADA@x.example.org", "+4930901820"),
    (8, "7abc", "007", "jose@x.example.org", "+4930901821"),
    (9, "", "%", "o'neil@x.example.org", None),
    (10, "abc", "null", "per%cent@x.example.org", ""),
    (11, "O'Neil", "_", "under_score@x.example.org", "0"),
    (12, "josé", "x", "", None),
    (13, "ÉVA", "y", "ÉVA@x.example.org", None),
    (14, "e\u0301mile", "z", " E\u0301MILE@X.example.org", None),
    (0, "zero", "0", " ", "-"),
)
SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, username VARCHAR(60), code VARCHAR(60) NOT NULL UNIQUE, email VARCHAR(120),
                     phone VARCHAR(40));
CREATE TABLE names (code VARCHAR(60) PRIMARY KEY, body VARCHAR(60));
CREATE TABLE notes (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people(id), writer VARCHAR(120));
CREATE INDEX notes_person ON notes(person_id);
CREATE INDEX notes_writer ON notes(writer)
"""
MAP = """
people:
  person: id
  identities: {username: {column: username, normalise: casefold}, code: {column: code, normalise: none}, email: email, phone: phone}
  on_erase: delete
names:
  person: code
  on_erase: delete
notes:
  belongs_to: {person_id: people.id, writer: {identity: email}}
  on_erase: delete
"""
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=40),
    st.from_regex(r"\A[ '\"%_\\0-9a-z@.;-]{0,12}\Z"),
    st.integers().map(str),
    st.floats().map(str),
    st.lists(st.integers(), max_size=3).map(json.dumps),
    st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=2).map(json.dumps),
    st.sampled_from(NASTY).flatmap(
        lambda nasty: st.sampled_from([f"{nasty} ", f" {nasty}", nasty * 2, nasty.upper()])
    ),
)
keys: st.SearchStrategy[Any] = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=9),
    st.decimals(allow_nan=False),
    st.uuids(),
)


@pytest.fixture
def make(new_database: NewDatabase, tmp_path: Path) -> Callable[[str], World]:
    def made(kind: str) -> World:
        world = make_world(new_database(kind), tmp_path / "privacy", SCHEMA, MAP)
        _populate(world.database)
        return world

    return made


def _populate(database: Database) -> None:
    engine = sa.create_engine(database.url)
    with engine.begin() as connection:
        for table in ("notes", "people", "names"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        insert = "INSERT INTO people VALUES (:a, :b, :c, :d, :e)"
        connection.execute(sa.text(insert), [dict(zip("abcde", row, strict=True)) for row in PEOPLE])
        codes = [{"a": row[2], "b": "x"} for row in PEOPLE] + [{"a": "7abc", "b": "y"}, {"a": "", "b": "z"}]
        connection.execute(sa.text("INSERT INTO names VALUES (:a, :b)"), codes)
        notes = [{"a": row[0] * 10 + 1, "b": row[0], "c": row[3]} for row in PEOPLE]
        notes.append({"a": 999, "b": None, "c": None})
        connection.execute(sa.text("INSERT INTO notes VALUES (:a, :b, :c)"), notes)
    engine.dispose()


def _ids(kind: str, value: str) -> set[int]:
    """Who the value names, by plain comparison of normalised texts."""
    column = {"username": 1, "code": 2, "email": 3, "phone": 4}[kind]
    rule = {"username": "casefold", "code": None, "email": "email", "phone": "phone"}[kind]
    wanted = normalise(rule, value)
    if not wanted:
        return set()
    return {row[0] for row in PEOPLE if row[column] is not None and normalise(rule, row[column]) == wanted}


def _asked(connector: Connector, table: str, text: str) -> tuple[Any, ...] | None:
    try:
        return connector.key(table, text)
    except Permanent:
        return None


def _no_guess(connector: Connector, text: str) -> None:
    """A key is the text itself, in the column's type, or nothing."""
    key = _asked(connector, "people", text)
    if key is not None:
        assert [str(part) for part in key] == [text]
        assert isinstance(key[0], int)
    name = _asked(connector, "names", text)
    assert name in (None, (text,))


def _found(connector: Connector, kind: str, values: list[str]) -> None:
    """Each of the values names its people, as plain comparison says, and nobody is refused."""
    named: dict[str, set[int]] = {value: set() for value in values}
    for person in connector.find([Identity(kind, value) for value in values], []).people:
        if person.table == "people" and person.via:
            named[person.via.value].add(int(str(person.key[0])))
    assert named == {value: _ids(kind, value) for value in values}


def _counted(connector: Connector, steps: tuple[Step, ...], key: Any) -> None:
    """A person whose key is hostile owns one row at most, and that has this key."""
    subject = Subject((), (Person("club", "people", (key,)), Person("club", "names", (key,))))
    try:
        counts = connector.count(steps, subject, now=NOW)
    except Failure:
        return
    rows = {step.selection.table: counts.rows(step.number) for step in steps if isinstance(step, Erase)}
    fits = isinstance(key, bool | int | str | Decimal) and str(int(key) if isinstance(key, bool) else key)
    if isinstance(key, Decimal) and key.is_finite() and key == int(key):
        fits = str(int(key))
    mine = [row for row in PEOPLE if fits is not False and str(row[0]) == fits]
    assert (rows["people"], rows["notes"]) == (len(mine), len(mine))
    assert rows["names"] <= 1


def _erased(world: World, value: str) -> None:
    """Erasing by any value takes those it names and nobody else."""
    before = {row[0] for row in world.rows("people", "id")}
    named = _ids("email", value)
    try:
        world.erase(f"email={value}")
    except (Failure, Ambiguous):
        assert {row[0] for row in world.rows("people", "id")} == before
        return
    after = {row[0] for row in world.rows("people", "id")}
    assert before - after == named
    assert (999,) in world.rows("notes", "id")
    if named:
        _populate(world.database)


EXAMPLES = {"sqlite": 300, "postgresql": 50, "mariadb": 50}
VALUES = 25


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_scenario_27_a_hostile_identity_names_whom_it_names_or_nobody(
    kind: str, make: Callable[[str], World]
) -> None:
    world = make(kind)
    connector = world.connector
    steps = world.plan().of("club")

    @settings(
        max_examples=EXAMPLES[kind],
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(texts, min_size=VALUES, max_size=VALUES, unique=True),
        keys,
        st.sampled_from(["username", "code", "email", "phone"]),
    )
    def ask(values: list[str], key: Any, which: str) -> None:
        _no_guess(connector, values[0])
        _found(connector, which, values)
        _counted(connector, steps, key)

    ask()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_scenario_27_each_nasty_value_erases_whom_it_names_or_nobody(
    kind: str, make: Callable[[str], World]
) -> None:
    world = make(kind)
    connector = world.connector
    steps = world.plan().of("club")

    for value in NASTY:
        _no_guess(connector, value)
        _counted(connector, steps, value)
    for which in ("username", "code", "email", "phone"):
        _found(connector, which, list(dict.fromkeys(NASTY)))
    for value in NASTY[::7] + NASTY[-14:]:
        _erased(world, value)
    for key in (True, False, 7.0, Decimal(7), b"7", None, UUID(int=7), 2**64, -(2**70), float("nan")):
        _counted(connector, steps, key)
