"""Portability and statements, on every database: what she provided on consent or contract, and her own words."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.world import NOW, World
from upheld.actions import access, cases, rectification, statements
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.package.opening import open_package
from upheld.rights.statement import Statement
from upheld.store.models import Statement as Kept

SPEC = Path(__file__).parents[2] / "spec" / "schema"
ADA, BOB = "email=ada@example.org", "email=bob@example.org"
JSON = {"sqlite": "TEXT", "postgresql": "JSONB", "mariadb": "JSON"}
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(40), score INTEGER, about {json});
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(80), spam INTEGER);
CREATE INDEX posts_user ON posts(user_id);
CREATE TABLE letters (id INTEGER PRIMARY KEY, from_id INTEGER, to_id INTEGER, body VARCHAR(80), subject VARCHAR(40));
CREATE INDEX letters_from ON letters(from_id);
CREATE INDEX letters_to ON letters(to_id);
CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, amount INTEGER);
CREATE INDEX gifts_user ON gifts(user_id);
CREATE TABLE clubs (id INTEGER PRIMARY KEY, watcher_id INTEGER, title VARCHAR(40));
CREATE INDEX clubs_watcher ON clubs(watcher_id);
INSERT INTO users VALUES (7, 'ada@example.org', 'Ada', 93, '{{"bio": "I play chess", "internal": "likes to complain"}}'), (8, 'bob@example.org', 'Bob', 5, NULL);
INSERT INTO posts VALUES (1, 7, 'mine', 0), (2, 8, 'his', 1), (3, 7, NULL, 1);
INSERT INTO letters VALUES (1, 7, 8, 'to bob', 's1'), (2, 8, 7, 'to ada, in confidence', 's2');
INSERT INTO gifts VALUES (1, 7, 50);
INSERT INTO clubs VALUES (1, 7, 'seen by her');
"""
MAP = """
users:
  person: id
  identities: {email: {column: email, normalise: email}}
  fields:
    email: {category: email-address, purposes: [news], provided: true}
    name: {category: name, purposes: [service], provided: true}
    score: {category: rating, purposes: [service]}
    about: {json: {"$.bio": {category: biography, purposes: [service], provided: true}, "$.internal": {category: opinion, purposes: [service]}}}
  on_erase: delete
posts:
  belongs_to: {user_id: users.id}
  fields: {body: {category: contribution, purposes: [service], provided: true}, spam: {category: rating, purposes: [safety]}}
  on_erase: delete
letters:
  belongs_to: {from_id: users.id, to_id: users.id}
  fields: {body: {category: message, purposes: [service], provided: true, of: from_id}, subject: {category: message, purposes: [service], provided: true}}
  on_erase: delete
gifts: {belongs_to: {user_id: users.id}, fields: {amount: {category: payment, purposes: [law], provided: true}}, on_erase: delete}
clubs: {visible_to: {watcher_id: users.id}, fields: {title: {category: club, purposes: [service], provided: true}}, on_erase: {keep: nobody's}}
"""
PURPOSES = """
purposes:
  service: {title: Running the club, basis: contract, retention: always}
  news: {title: News, basis: consent, retention: always}
  safety: {title: Safety, basis: legitimate-interest, retention: always}
  law: {title: Tax, basis: legal-obligation, retention: always}
"""


def club(make: Make) -> World:
    return make(lambda dialect: SCHEMA.format(json=JSON[dialect]), MAP, purposes=PURPOSES)


def packed(office: Office, right: Right, folder: Path, *identities: str) -> Path:
    """The opened package."""
    key = pyrage.x25519.Identity.generate()
    means, asked = office.means(), office.asked(*identities)
    seen = preview(means=means, right=right, asked=asked)
    request = cases.receive(means=means, right=right, asked=asked)
    out = folder / f"{right.value}.age"
    delivered = access.deliver(
        means=means, request=request, preview=seen, out=out, recipients=(str(key.to_public()),), days=30
    )
    assert delivered.summary.complete
    return open_package(out, str(key), folder / right.value).parent


def lines(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows by table."""
    return {
        file.stem: [json.loads(line) for line in file.read_text().splitlines()]
        for file in sorted((folder / "data").rglob("*.jsonl"))
    }


def test_a_person_takes_along_what_she_provided_on_consent_or_contract_and_nothing_of_others(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-20.1, G-20.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    before = {table: world.rows(table, "id") for table in ("users", "posts", "letters", "gifts", "clubs")}

    ported = packed(office, Right.PORTABILITY, tmp_path, ADA)
    whole = packed(office, Right.ACCESS, tmp_path, ADA)

    rows = lines(ported)
    assert rows == {
        "letters": [{"body": "to bob"}],
        "posts": [{"body": "mine"}],
        "users": [{"email": "ada@example.org", "name": "Ada", "about": {"$$.bio": "I play chess"}}],
    }
    manifest = json.loads((ported / "package.json").read_text())
    schema = json.loads((SPEC / "portability-package.json").read_text())
    Draft202012Validator(schema).validate(manifest)
    (system,) = manifest["systems"]
    assert sorted((each["table"], each["field"], each["reason"]) for each in system["left_out"]) == [
        ("gifts", "amount", "legal-basis"),
        ("letters", "subject", "another-person"),
        ("posts", "spam", "not-provided"),
        ("users", "about:$.internal", "not-provided"),
        ("users", "score", "not-provided"),
    ]
    for table in system["tables"]:
        described = json.loads((ported / table["schema"]).read_text())
        for row in rows[table["name"]]:
            Draft202012Validator(described).validate(row)
    every = "".join(
        file.read_text(errors="replace")
        for file in ported.rglob("*")
        if file.is_file() and file.suffix != ".zip"
    )
    for secret in ("in confidence", "likes to complain", "bob@example.org", "seen by her", "s2"):
        assert secret not in every
    taken = {
        (table, column, str(value))
        for table, each in rows.items()
        for row in each
        for column, value in row.items()
    }
    shown = {
        (table, column, str(value))
        for table, each in lines(whole).items()
        for row in each
        for column, value in row.items()
    }
    assert {each for each in taken if each[1] != "about"} <= shown
    assert {table: world.rows(table, "id") for table in before} == before


HUNG = """
CREATE TABLE files (id INTEGER PRIMARY KEY, letter_id INTEGER, by_id INTEGER, title VARCHAR(80), note VARCHAR(80));
CREATE INDEX files_letter ON files(letter_id);
CREATE INDEX files_by ON files(by_id);
CREATE TABLE scans (id INTEGER PRIMARY KEY, letter_id INTEGER, title VARCHAR(80));
CREATE INDEX scans_letter ON scans(letter_id);
CREATE TABLE pages (id INTEGER PRIMARY KEY, scan_id INTEGER, words VARCHAR(80));
CREATE INDEX pages_scan ON pages(scan_id);
CREATE TABLE circles (id INTEGER PRIMARY KEY, about VARCHAR(80));
CREATE TABLE members (id INTEGER PRIMARY KEY, circle_id INTEGER, user_id INTEGER, nick VARCHAR(40));
CREATE INDEX members_circle ON members(circle_id);
CREATE INDEX members_user ON members(user_id);
CREATE TABLE drafts (id INTEGER PRIMARY KEY, post_id INTEGER, words VARCHAR(80));
CREATE INDEX drafts_post ON drafts(post_id);
INSERT INTO files VALUES (1, 1, 7, 'her file', 'her note'), (2, 2, 8, 'his file, in confidence', 'his note');
INSERT INTO scans VALUES (1, 1, 'her scan'), (2, 2, 'his scan, in confidence');
INSERT INTO pages VALUES (1, 1, 'her page'), (2, 2, 'his page, in confidence');
INSERT INTO circles VALUES (1, 'his illness, in confidence');
INSERT INTO members VALUES (1, 1, 8, 'his nick'), (2, 1, 7, 'her nick');
INSERT INTO drafts VALUES (1, 1, 'her draft'), (2, 2, 'his draft, in confidence');
"""
GIVEN = "{category: message, purposes: [service], provided: true}"
HANGING = f"""
files:
  belongs_to: {{letter_id: letters.id, by_id: users.id}}
  fields: {{title: {{category: message, purposes: [service], provided: true, of: by_id}}, note: {{category: message, purposes: [service], provided: true, of: letter_id}}}}
  on_erase: delete
scans: {{belongs_to: {{letter_id: letters.id}}, fields: {{title: {GIVEN}}}, on_erase: delete}}
pages: {{belongs_to: {{scan_id: scans.id}}, fields: {{words: {GIVEN}}}, on_erase: delete}}
circles: {{held_by: {{members: {{circle_id: id}}}}, fields: {{about: {GIVEN}}}, on_erase: {{keep: it is the club's}}}}
members: {{belongs_to: {{user_id: users.id}}, fields: {{nick: {GIVEN}}}, on_erase: delete}}
drafts: {{belongs_to: {{post_id: posts.id}}, fields: {{words: {GIVEN}}}, on_erase: delete}}
"""
BY = "{by: {from_id: {anonymise: {from_id: null, body: x}}, to_id: {anonymise: {to_id: null}}}, orphan: delete}"


@pytest.mark.parametrize("letters", ["delete", BY])
def test_what_hangs_on_rows_of_several_people_and_what_memberships_hold_is_not_hers_to_take(
    letters: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-20.1: however far above the shared row is; of a row with an owner named, what is by her goes."""
    head, shared, tail = MAP.partition("on_erase: delete\ngifts")
    tables = f"{head}on_erase: {letters}\ngifts{tail}{HANGING}"
    assert shared
    world = make(lambda dialect: SCHEMA.format(json=JSON[dialect]) + HUNG, tables, purposes=PURPOSES)
    office = open_office(world, tmp_path)

    ported = packed(office, Right.PORTABILITY, tmp_path, ADA)

    rows = lines(ported)
    assert {name: each for name, each in rows.items() if name not in ("users", "letters", "posts")} == {
        "drafts": [{"words": "her draft"}],
        "files": [{"title": "her file"}],
        "members": [{"nick": "her nick"}],
    }
    (system,) = json.loads((ported / "package.json").read_text())["systems"]
    assert [
        (each["table"], each["field"]) for each in system["left_out"] if each["reason"] == "another-person"
    ] == [
        ("letters", "subject"),
        ("files", "note"),
        ("scans", "title"),
        ("pages", "words"),
        ("circles", "about"),
    ]
    every = b"".join(file.read_bytes() for file in ported.rglob("*") if file.is_file())
    assert b"in confidence" not in every
    assert b"his nick" not in every


def stated(
    office: Office,
    *identities: str,
    about: tuple[str, str, tuple[str, ...]],
    words: str,
    hour: int = 0,
    people: tuple[str, ...] = (),
) -> None:
    means = office.means(NOW + timedelta(hours=hour))
    asked = office.asked(*identities, people=people)
    seen = rectification.look(means=means, asked=asked, wishes=[])
    request = cases.receive(means=means, right=Right.RECTIFICATION, asked=asked)
    rectification.approve(
        means=means, request=request, correction=seen, statement=Statement(words, means.clock(), *about)
    )
    request.refresh_from_db()
    assert rectification.fulfil(means=means, request=request).complete


def test_a_statement_stands_beside_what_it_is_about_in_every_package_until_she_is_erased(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    words = "I wrote this in jest.\n\n  Ada, <b>1843</b>\n"
    stated(office, ADA, about=("club", "posts", ("1",)), words=words)
    stated(office, ADA, about=("", "", ()), words="All of it is old.", hour=1)
    stated(office, BOB, about=("club", "posts", ("2",)), words="A word of Bob's.")

    ported = packed(office, Right.PORTABILITY, tmp_path, ADA)
    whole = packed(office, Right.ACCESS, tmp_path, ADA)

    for folder in (ported, whole):
        assert (folder / "statements" / "1.txt").read_text() == words
        manifest = json.loads((folder / "package.json").read_text())
        assert [(each["system"], each["table"], each["row"]) for each in manifest["statements"]] == [
            ("club", "posts", ["1"]),
            (None, None, None),
        ]
        page = (folder / "pages" / "club" / "posts" / "1.html").read_text()
        assert "I wrote this in jest." in page
        assert "All of it is old." not in page
        assert "&lt;b&gt;1843&lt;/b&gt;" in page
        assert "All of it is old." in (folder / "index.html").read_text()
        assert lines(folder)["posts"][0]["$statements"] == [1]
        assert not [file for file in folder.rglob("*") if file.is_file() and b"of Bob" in file.read_bytes()]
    Draft202012Validator(json.loads((SPEC / "access-package.json").read_text())).validate(
        json.loads((whole / "package.json").read_text())
    )
    keys = {each.key for each in Kept.objects.exclude(system="club", sealed_words=b"")}
    her = office.world.subject(ADA)

    assert office.erase(ADA).complete

    assert statements.of(means=office.means(), subject=her) == ()
    assert Kept.objects.count() == 1
    assert len(keys) == 3
    assert [
        each.words for each in statements.of(means=office.means(), subject=office.world.subject(BOB))
    ] == ["A word of Bob's."]


def test_scenario_36_who_shares_an_address_does_not_get_the_other_s_statement(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-16.2"""
    world = club(make)
    world.run(
        "INSERT INTO users (id, email) VALUES (10, 'two@example.org')",
        "INSERT INTO users (id, email) VALUES (11, 'two@example.org')",
    )
    office = open_office(world, tmp_path)
    stated(office, people=("users=10",), about=("", "", ()), words="Mine alone.")

    mine, other = (world.subject(people=[f"users={each}"]) for each in (10, 11))

    assert [each.words for each in statements.of(means=office.means(), subject=mine)] == ["Mine alone."]
    assert statements.of(means=office.means(), subject=other) == ()
