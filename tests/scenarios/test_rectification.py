"""Rectification, on every database: exactly the values that are wrong become right, wherever they are."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.actions import cases, certificates, rectification
from upheld.actions.erasure import Standing
from upheld.law.right import Right
from upheld.ledger.types import REGISTRY
from upheld.rights.correcting import Wish
from upheld.rights.outcome import Misconfigured
from upheld.store.models import Case, CaseState, Evidence, PendingEntry, Plan, Step

ADA = "email=ada.quilfeather@example.org"
TABLES = ("users", "profiles", "subscribers", "invoices", "users_log", "letters")
JSON = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, name VARCHAR(24), born DATE, shoe INTEGER);
CREATE TABLE profiles (id INTEGER PRIMARY KEY, user_id INTEGER, about {json});
CREATE INDEX profiles_user ON profiles(user_id);
CREATE TABLE subscribers (id INTEGER PRIMARY KEY, email VARCHAR(80), topic VARCHAR(20));
CREATE INDEX subscribers_email ON subscribers(email);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER, billed_to VARCHAR(40), total INTEGER);
CREATE INDEX invoices_user ON invoices(user_id);
CREATE TABLE users_log (version INTEGER PRIMARY KEY {auto}, user_id INTEGER, name VARCHAR(40));
CREATE INDEX users_log_user ON users_log(user_id);
CREATE TABLE letters (id INTEGER PRIMARY KEY, from_id INTEGER, to_id INTEGER, signed VARCHAR(40));
CREATE INDEX letters_from ON letters(from_id);
CREATE INDEX letters_to ON letters(to_id);
INSERT INTO users VALUES (7, 'Ada.Quilfeather@example.org', 'Ada Quilfeather', '1990-02-30x', 38), (8, 'bob@example.org', 'Bob', '1991-01-01', 44), (9, 'cy@example.org', 'Ada Quilfeather', NULL, NULL);
INSERT INTO profiles VALUES (1, 7, '{{"name": {{"full": "Ada Quilfeather"}}, "n": 1.10, "z": [1, 2]}}'), (2, 8, '{{"name": {{"full": "Bob"}}}}'), (3, 7, '{{"n": 2}}');
INSERT INTO subscribers VALUES (1, 'ada.quilfeather@example.org', 'chess'), (2, 'ADA.QUILFEATHER@EXAMPLE.ORG', 'go'), (3, 'bob@example.org', 'chess');
INSERT INTO invoices VALUES (1, 7, 'Ada Quilfeather', 10), (2, 7, 'A. Mother', 20), (3, 8, 'Bob', 30);
INSERT INTO users_log (version, user_id, name) VALUES (1, 7, 'Ada Quilfeather'), (2, 7, 'Ada Byron'), (3, 8, 'Bob');
INSERT INTO letters VALUES (1, 7, 8, 'Ada Quilfeather'), (2, 8, 7, 'Bob');
"""
MAP = """
users:
  person: id
  identities: {email: {column: email, normalise: email}}
  fields:
    email: {category: email-address, purposes: [service], provided: true}
    name: {category: name, purposes: [service], provided: true}
    born: {category: date-of-birth, purposes: [service], provided: true}
    shoe: {category: size, purposes: [service], provided: true}
  on_erase: delete
profiles:
  belongs_to: {user_id: users.id}
  fields: {about: {json: {"$.name.full": {category: name, purposes: [service], provided: true}}}}
  on_erase: delete
subscribers: {belongs_to: {email: {identity: email, normalise: email}}, on_erase: delete}
invoices:
  belongs_to: {user_id: users.id}
  fields: {billed_to: {category: recipient, purposes: [service], copy_of: users.name}, total: {category: amount, purposes: [service]}}
  on_erase: delete
users_log:
  history_of: {user_id: users.id}
  fields: {name: {category: name, purposes: [service]}}
  on_erase: delete
letters:
  belongs_to: {from_id: users.id, to_id: users.id}
  fields: {signed: {category: name, purposes: [service], provided: true, of: from_id}}
  on_erase: delete
"""
TRIGGERS = {
    "sqlite": ["CREATE TRIGGER log_users BEFORE UPDATE ON users BEGIN INSERT INTO users_log (user_id, name) VALUES (old.id, old.name); END"],
    "postgresql": [
        """CREATE FUNCTION log_users() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO users_log (version, user_id, name) VALUES ((SELECT max(version) + 1 FROM users_log), old.id, old.name);
        RETURN new; END $$""",
        "CREATE TRIGGER log_users BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION log_users()",
    ],
    "mariadb": ["CREATE TRIGGER log_users BEFORE UPDATE ON users FOR EACH ROW INSERT INTO users_log (user_id, name) VALUES (old.id, old.name)"],
}  # fmt: skip


def club(make: Make) -> World:
    def written(dialect: str) -> str:
        auto = "AUTO_INCREMENT" if dialect == "mariadb" else ""
        return SCHEMA.replace("1990-02-30x", "1990-03-02").format(json=JSON[dialect], auto=auto)

    return make(written, MAP)


def state(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, documents as text."""
    about = "CAST(about AS TEXT)" if world.database.dialect == "postgresql" else "about"
    columns = {"profiles": f"id, user_id, {about}"}
    return {
        table: [tuple(map(str, row)) for row in world.rows(table, columns.get(table, "*"))]
        for table in TABLES
    }


def plain(document: str) -> object:
    """A document without its white space, numbers digit for digit."""
    return json.loads(document, parse_float=str)


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By table, the rows that are otherwise than before, by their first column."""
    found: dict[str, dict[str, Any]] = {}
    for table, rows in after.items():
        known = {row[0]: row for row in before[table]}
        different = {row[0]: row for row in rows if known.get(row[0]) != row}
        if different or len(rows) < len(before[table]):
            found[table] = different
    return found


def rectify(office: Office, *wishes: str, approve: bool = True) -> Standing:
    means, asked = office.means(), office.asked(ADA)
    given = [Wish(target, value) for target, _, value in (each.partition("=") for each in wishes)]
    seen = rectification.look(means=means, asked=asked, wishes=given)
    request = cases.receive(means=means, right=Right.RECTIFICATION, asked=asked)
    rectification.approve(means=means, request=request, correction=seen)
    request.refresh_from_db()
    return rectification.fulfil(means=office.means(), request=request)


def test_a_name_is_corrected_in_every_field_copy_history_and_document_and_nowhere_else(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.1"""
    world = club(make)
    world.run(*TRIGGERS[world.database.dialect])
    office = open_office(world, tmp_path)
    before = state(world)

    standing = rectify(office, "name=Ada Quillfeather")

    assert standing.complete, standing.systems
    after = state(world)
    log = changed(before, after)["users_log"]
    assert sorted(row[2] for row in log.values()) == ["Ada Quillfeather"] * len(log)
    assert len(log) == 2  # the version that was there, and the one that the trigger added
    assert [row for row in after["users_log"] if row[2] == "Ada Byron"] == [("2", "7", "Ada Byron")]
    born = "1990-03-02"
    assert {
        name: rows for name, rows in changed(before, after).items() if name not in ("users_log", "profiles")
    } == {
        "users": {"7": ("7", "Ada.Quilfeather@example.org", "Ada Quillfeather", born, "38")},
        "invoices": {"1": ("1", "7", "Ada Quillfeather", "10")},
        "letters": {"1": ("1", "7", "8", "Ada Quillfeather")},
    }
    ((number, row),) = changed(before, after)["profiles"].items()
    was = next(each for each in before["profiles"] if each[0] == number)
    assert plain(row[2]) == plain(was[2].replace("Quilfeather", "Quillfeather"))
    assert Case.objects.get().state == CaseState.CLOSED
    evidence = rectification.before_and_after(means=office.means(), request=standing.request)
    assert {(each.before, each.after) for each in evidence["club"]} == {
        ("Ada Quilfeather", "Ada Quillfeather")
    }
    assert len(evidence["club"]) == 6


def test_an_address_keeps_what_is_linked_by_it_and_numbers_keep_their_type(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.1"""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)

    standing = rectify(
        office, "email-address=ada@example.net", "club.users.shoe=39", "club.users.born=1990-03-03"
    )

    assert standing.complete, standing.systems
    assert changed(before, state(world)) == {
        "users": {"7": ("7", "ada@example.net", "Ada Quilfeather", "1990-03-03", "39")},
        "subscribers": {"1": ("1", "ada@example.net", "chess"), "2": ("2", "ada@example.net", "go")},
    }
    assert (40,) in world.rows("users", "shoe + 1")
    assert len(world.copy("email=ada@example.net")["subscribers"]) == 2


ODD = (
    '{"zebra": 1.10,  "age": 38, "vip": true, "height": 1.70, "b":  1, "name":{"full" : "Ada Quilfeather"},'
    ' "twice": 1, "twice": 2, "far": 0.12345678901234567890, "a": [3,  {"k": null}]}'
)
ODD_PATHS = {"age": "$.age", "vip": "$.vip", "height": "$.height", "third": "$.a[0]"}
KINDS = [
    JSON,
    {"sqlite": "JSON", "postgresql": "JSON", "mariadb": "LONGTEXT"},
    {"sqlite": "VARCHAR(400)", "postgresql": "TEXT", "mariadb": "TEXT"},
]


def with_document(make: Make, kind: str) -> World:
    def written(dialect: str) -> str:
        auto = "AUTO_INCREMENT" if dialect == "mariadb" else ""
        ddl = SCHEMA.replace("1990-02-30x", "1990-03-02").replace(
            '{{"name": {{"full": "Ada Quilfeather"}}, "n": 1.10, "z": [1, 2]}}',
            ODD.replace("{", "{{").replace("}", "}}"),
        )
        return ddl.format(json=kind, auto=auto)

    more = "".join(
        f'"{path}": {{category: {name}, purposes: [service], provided: true}}, '
        for name, path in ODD_PATHS.items()
    )
    return make(written, MAP.replace("about: {json: {", "about: {json: {" + more))


def document_of(world: World) -> str:
    """The document as its own text, or as the server writes it."""
    return next(str(row[2]) for row in state(world)["profiles"] if row[0] == "1")


@pytest.mark.parametrize("kinds", KINDS, ids=["documents", "text of JSON", "plain text"])
def test_scenario_28_in_a_document_only_the_text_of_the_value_changes(
    kinds: dict[str, str], make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.1: white space, the order of keys, keys that stand there twice and digits stay."""
    kind = kinds[each_database.dialect]
    world = with_document(make, kind)
    office = open_office(world, tmp_path)
    before = document_of(world)

    standing = rectify(office, "name=Ada Quillfeather", "age=39", "vip=false", "height=1.750", "third=4")

    assert standing.complete, standing.systems
    expected = before
    for old, new in (("Quilfeather", "Quillfeather"), ("38", "39"), ("true", "false"), ("1.70", "1.750")):
        assert before.count(old) == 1
        expected = expected.replace(old, new)
    opened = expected.index('"a": [') + len('"a": [')
    assert document_of(world) == expected[:opened] + "4" + expected[opened + 1 :]
    assert (kind == "JSONB") == (before != ODD)


@pytest.mark.parametrize("wish", ["age=old", "age=true", "vip=1", "vip=yes", "height=1,70"])
def test_scenario_60_a_value_of_another_type_than_the_documents_is_refused(
    wish: str, make: Make, each_database: Database, sqlite_records: Path, tmp_path: Path
) -> None:
    world = with_document(make, JSON[each_database.dialect])
    office = open_office(world, tmp_path)
    before = state(world)
    target, _, value = wish.partition("=")

    seen = rectification.look(means=office.means(), asked=office.asked(ADA), wishes=[Wish(target, value)])
    standing = rectify(office, wish)

    assert "value.type" in str(seen.preview.counts["club"])
    assert [(name, state, "value.type" in why) for name, state, why in standing.systems] == [
        ("club", "FAILED", True)
    ]
    assert state(world) == before


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("club.users.name=" + "x" * 25, "value.long"),
        ("club.users.shoe=thirty-eight", "value.type"),
        ("club.users.born=yesterday", "value.type"),
        ("email-address=bob@example.org", "value.unique"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_before_the_first_write(
    wish: str, code: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """S-60"""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)
    target, _, value = wish.partition("=")

    seen = rectification.look(means=office.means(), asked=office.asked(ADA), wishes=[Wish(target, value)])
    standing = rectify(office, wish)

    assert code in str(seen.preview.counts["club"])
    assert seen.preview.waiting == ("club",)
    assert [(name, state, code in why, value in why) for name, state, why in standing.systems] == [
        ("club", "FAILED", True, False)
    ]
    assert state(world) == before


@pytest.mark.parametrize("target", ["club.users.id", "club.invoices.user_id", "club.nothing.x", "nmae"])
def test_keys_links_and_what_the_map_does_not_have_are_refused(
    target: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    office = open_office(club(make), tmp_path)

    with pytest.raises(Misconfigured):
        rectify(office, f"{target}=9")


def test_a_value_that_changed_after_the_preview_stops_the_system_and_is_looked_at_again(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.1: only what was shown is changed."""
    world = club(make)
    office = open_office(world, tmp_path)
    means, asked = office.means(), office.asked(ADA)
    wishes = [Wish("name", "Ada Quillfeather")]
    seen = rectification.look(means=means, asked=asked, wishes=wishes)
    request = cases.receive(means=means, right=Right.RECTIFICATION, asked=asked)
    rectification.approve(means=means, request=request, correction=seen)
    request.refresh_from_db()
    world.run("UPDATE users SET name = 'A. Quilfeather' WHERE id = 7")
    between = state(world)

    standing = rectification.fulfil(means=office.means(), request=request)

    assert [(name, state) for name, state, _ in standing.systems] == [("club", "FAILED")]
    assert "no longer what the preview showed" in standing.systems[0][2]
    assert state(world) == between
    (resumed,) = office.resume(now=NOW + timedelta(hours=1))
    assert not resumed.complete
    assert state(world) == between

    left = rectification.left(request)
    again = rectification.look(means=office.means(), asked=asked, wishes=wishes, only=left)
    rectification.approve_again(means=means, request=request, correction=again, allow=frozenset(), reason="")
    done = rectification.fulfil(means=office.means(), request=request)

    assert done.complete, done.systems
    assert state(world)["users"][0][2] == "Ada Quillfeather"
    assert done.request.plans.count() == 2


def test_neither_old_nor_new_values_are_in_plan_ledger_or_evidence(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-05, G-16.1"""
    office = open_office(club(make), tmp_path)
    standing = rectify(office, "name=Ada Quillfeather")

    said = [bytes(each.content).decode() for each in PendingEntry.objects.all()]
    said += [each.record for each in Evidence.objects.all()] + [each.body for each in Step.objects.all()]
    said += [repr(each) for each in Plan.objects.values()] + [repr(certificates.compose(
        means=office.means(), request=standing.request, key=bytes(32), reader=certificates.Reader()
    ))]  # fmt: skip

    assert [text for text in said if "uilfeather" in text or "uillfeather" in text] == []
    assert [REGISTRY.decode(bytes(each.content)).type for each in PendingEntry.objects.order_by("pk")] == [
        "case.opened/v1",
        "plan.approved/v1",
        "step.set/v1",
        "step.set/v1",
        "case.closed/v1",
    ]
