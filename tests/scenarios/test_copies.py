"""Scenarios 46, 47 and 48: what a copy shows of others, that it shows what an erasure touches, and what is kept of it."""

import base64
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import test_groups, test_ownership, test_references, test_shapes, test_time
from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import World
from tests.servers.database import Database
from upheld.actions.certificates import certify
from upheld.actions.ledger import export
from upheld.actions.preview import preview
from upheld.law.right import Right
from upheld.rights.connector import REDACTED, Row
from upheld.rights.fulfil import Failed, execute
from upheld.store.models import Evidence

BETWEEN = (
    PEOPLE
    + """
CREATE TABLE msg (id INTEGER PRIMARY KEY, sender_id INTEGER, recipient_id INTEGER, sender_email VARCHAR(80),
                  body VARCHAR(40));
CREATE TABLE reviews (id INTEGER PRIMARY KEY, user_id INTEGER, reviewer_name VARCHAR(40), verdict VARCHAR(40));
INSERT INTO msg VALUES (1, 5, 0, 'ben@chess.example.org', 'to ada'), (2, 0, 5, 'ada@chess.example.org', 'from ada'),
  (3, 0, 0, 'ada@chess.example.org', 'to myself'), (4, 5, 10, 'ben@chess.example.org', 'not hers');
INSERT INTO reviews VALUES (1, 0, 'Cy', 'sound'), (2, 5, 'Cy', 'risky');
"""
)
REDACTING = (
    USERS
    + """
msg:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  fields: {sender_email: {category: email-address, purposes: [service], of: sender_id},
           body: {category: free-text, purposes: [service]}}
  on_erase: {by: {sender_id: {anonymise: {sender_id: null, sender_email: null}}, recipient_id: detach}, orphan: delete}
reviews:
  belongs_to: {user_id: users.id}
  fields: {reviewer_name: {category: name, purposes: [service], of: others}}
  on_erase: delete
"""
)


def test_scenario_46_a_copy_marks_what_is_about_somebody_else(make: Make) -> None:
    """G-15.5"""
    world = make(BETWEEN, REDACTING)

    copied = world.copy(ADA)

    address = "ada@chess.example.org"
    assert copied == {
        "users": [(0, address)],
        "msg": [
            (1, REDACTED, 0, REDACTED, "to ada"),
            (2, 0, REDACTED, address, "from ada"),
            (3, 0, 0, address, "to myself"),
        ],
        "reviews": [(1, 0, REDACTED, "sound")],
    }
    assert world.copy(BEN)["msg"] == [
        (1, 5, REDACTED, "ben@chess.example.org", "to ada"),
        (2, REDACTED, 5, REDACTED, "from ada"),
        (4, 5, REDACTED, "ben@chess.example.org", "not hers"),
    ]


def test_scenario_46_the_marks_are_named_so_that_nobody_takes_them_for_data(make: Make) -> None:
    world = make(BETWEEN, REDACTING)

    hidden = {
        (each.table, each.values["id"]): each.redacted for each in world.collect(ADA) if isinstance(each, Row)
    }

    assert hidden == {
        ("users", 0): (),
        ("msg", 1): ("sender_email", "sender_id"),
        ("msg", 2): ("recipient_id",),
        ("msg", 3): (),
        ("reviews", 1): ("reviewer_name",),
    }


Place = tuple[str, Any]


@dataclass(frozen=True)
class Told:
    """A world of another scenario. `stays`: rows in her copy that an erasure leaves as they are; `others`: rows
    that it changes and that are not in her copy, being other people's. `width`: columns of a table's key."""

    ddl: str
    tables: str
    who: str = ADA
    stays: frozenset[Place] = frozenset()
    others: frozenset[Place] = frozenset()
    width: dict[str, int] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)


COMMENTS = """
comments:
  belongs_to: {author_id: users.id}
  replies: {column: parent_id, erase: RULE}
  fields: {body: {category: free-text, purposes: [service]}}
  on_erase: {anonymise: {author_id: null, body: "[removed]"}}
"""
LIKED = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, like_count INTEGER NOT NULL);
CREATE TABLE likes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, post_id INTEGER NOT NULL);
INSERT INTO posts VALUES (1, 5, 2), (2, 5, 1), (3, 0, 1);
INSERT INTO likes VALUES (1, 0, 1), (2, 10, 1), (3, 10, 2), (4, 10, 3);
"""
)
COUNTED = (
    USERS
    + """
posts: {belongs_to: {user_id: users.id}, recount: {like_count: {of: likes, by: post_id}},
        on_erase: {anonymise: {user_id: null}}}
likes: {belongs_to: {user_id: users.id}, on_erase: delete}
"""
)
KEYED = (
    PEOPLE
    + """
CREATE TABLE meta (id INTEGER PRIMARY KEY, user_id INTEGER, name VARCHAR(40), content VARCHAR(40));
INSERT INTO meta VALUES (1, 0, 'nickname', 'Queen'), (2, 0, 'theme', 'dark'), (3, 0, 'phone', '123'),
  (4, 5, 'nickname', 'Rook');
"""
)
SORTED = (
    USERS
    + """
meta:
  belongs_to: {user_id: users.id}
  rows:
    - {when: {name: [nickname]}, on_erase: delete}
    - {when: {name: theme}, on_erase: {keep: a colour identifies nobody}}
    - {otherwise: {anonymise: {content: null}}}
"""
)
WORLDS = {
    "chain": Told(test_ownership.CHAIN, test_ownership.CHAINED),
    "messages": Told(test_ownership.MESSAGES, test_ownership.TWO_PARTIES),
    "redacted messages": Told(BETWEEN, REDACTING),
    "patient": Told(test_ownership.CLINIC, test_ownership.CARE, "email=pat@chess.example.org"),
    "doctor": Told(test_ownership.CLINIC, test_ownership.CARE, "email=doc@chess.example.org"),
    "groups": Told(test_groups.GROUPS, test_groups.MEMBERS, stays=frozenset({("clubs", (1,))})),
    "last member": Told(test_groups.GROUPS, test_groups.MEMBERS, BEN, stays=frozenset({("clubs", (1,))})),
    "shares": Told(test_groups.SHARES, test_groups.SHARED, BEN, stays=frozenset({("clubs", (1,))})),
    "group admin": Told(test_groups.SHARES, test_groups.SHARED, CY),
    "invited": Told(  # whom she invited is in her copy, but not who that is
        test_groups.INVITED,
        test_groups.INVITING,
        stays=frozenset({("users", (REDACTED,))}),
        others=frozenset({("users", (1,))}),
    ),
    "tombstones": Told(test_groups.TREE, USERS + COMMENTS.replace("RULE", "keep")),
    "leaves": Told(test_groups.TREE, USERS + COMMENTS.replace("RULE", "leaves")),
    "subtree": Told(
        test_groups.TREE,
        USERS + COMMENTS.replace("RULE", "subtree"),
        others=frozenset({("comments", (2,)), ("comments", (3,)), ("comments", (5,))}),
    ),
    "guests": Told(
        test_references.GUESTS,
        USERS + "contacts: {belongs_to: {user_id: users.id, email: {identity: email}}, on_erase: delete}\n",
    ),
    "tenants": Told(
        test_shapes.TENANTS,
        """
        users: {person: id, identities: {email: email}, on_erase: delete}
        notes: {belongs_to: {user_id: users.id}, on_erase: delete}
        """,
        width={"users": 2},
        more={"system": "tenant: {column: tenant_id, value: 1}"},
    ),
    "donations": Told(test_time.DONATIONS, test_time.TAXES),
    "hold": Told(
        test_time.HELD,
        test_time.HOLDING,
        stays=frozenset({("letters", (1,))}),
        more={"organisation": test_time.MATTER},
    ),
    "newsletter": Told(test_time.LETTERS, test_time.READERS),
    "counters": Told(LIKED, COUNTED, others=frozenset({("posts", (1,))})),
    "key and value": Told(KEYED, SORTED, stays=frozenset({("meta", (2,))})),
}


def _standing(world: World, told: Told) -> dict[Place, tuple[Any, ...]]:
    """Every row of the mapped tables by its key."""
    return {
        (table.name, row[: told.width.get(table.name, 1)]): row
        for table in world.datamap.system("club").tables
        for row in world.rows(table.name)
    }


@pytest.mark.parametrize("name", WORLDS)
def test_scenario_47_what_an_erasure_touches_is_what_the_copy_just_before_showed(
    make: Make, name: str
) -> None:
    told = WORLDS[name]
    world = make(told.ddl, told.tables, **told.more)
    before = _standing(world, told)

    shown = {
        (each.table, tuple(each.values.values())[: told.width.get(each.table, 1)])
        for each in world.collect(told.who)
        if isinstance(each, Row)
    }
    world.erase(told.who)

    after = _standing(world, told)
    touched = {place for place, row in before.items() if after.get(place) != row}
    assert touched - shown == set(told.others)
    assert shown - touched == set(told.stays)
    assert set(after) <= set(before)


PLANTED = (
    "ada.quillfeather@chess.example.org",
    "Quillfeather",
    "+49 30 901820",
    "17 Larkspur Lane",
    "7700123",
    "portrait-of-quill.txt",
    "she plays the Ponziani",
    "old-nickname-7f",
)
SECRETS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, name VARCHAR(80), phone VARCHAR(40));
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(80), path VARCHAR(80));
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, street VARCHAR(80), paid_on DATE NOT NULL);
CREATE TABLE names (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, nick VARCHAR(40) NOT NULL);
INSERT INTO users VALUES (7700123, 'ada.quillfeather@chess.example.org', 'Ada Quillfeather', '+49 30 901820'),
  (5, 'ben@chess.example.org', 'Ben', NULL);
INSERT INTO notes VALUES (1, 7700123, 'she plays the Ponziani', 'portrait-of-quill.txt');
INSERT INTO orders VALUES (1, 7700123, '17 Larkspur Lane', '2025-01-01'), (2, 7700123, '17 Larkspur Lane', '2001-01-01');
INSERT INTO names VALUES (1, 7700123, 'old-nickname-7f');
"""
SECRETIVE = """
users:
  person: id
  identities: {email: email, phone: phone}
  fields: {email: {category: email-address, purposes: [service]}, name: {category: name, purposes: [service]}}
  on_erase: delete
notes: {belongs_to: {user_id: users.id}, files: {path: "${MEDIA}"}, on_erase: delete}
orders:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on, strip: [street, user_id]}}
names: {belongs_to: {user_id: users.id}, on_erase: delete}
"""
REFUSING = {
    "sqlite": "CREATE TRIGGER stay BEFORE DELETE ON names BEGIN"
    " SELECT RAISE(ABORT, 'Ada Quillfeather, 17 Larkspur Lane, 7700123'); END",
    "mariadb": "CREATE TRIGGER stay BEFORE DELETE ON names FOR EACH ROW"
    " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Ada Quillfeather, 17 Larkspur Lane, 7700123'",
    "postgresql": "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'Ada Quillfeather, 17 Larkspur Lane, 7700123'; END $$;"
    " CREATE TRIGGER stay BEFORE DELETE ON names FOR EACH ROW EXECUTE FUNCTION stay()",
}


def _forms(value: str) -> Iterator[bytes]:
    """How a value could stand somewhere: plain, in another case, encoded, or as a hash that anybody can repeat."""
    for text in {value, value.lower()}:
        plain = text.encode()
        yield from (plain.lower(), text.encode("utf-16-le").lower(), plain.hex().encode())
        yield base64.b64encode(plain).rstrip(b"=")[:-1].lower()
        if len(value) > 8:
            yield from (sha256(plain).digest().lower(), sha256(plain).hexdigest().encode())


def _found(content: bytes) -> set[str]:
    lowered = content.lower()
    return {value for value in PLANTED if any(form in lowered for form in _forms(value))}


def _secretive(make: Make, tmp_path: Path) -> World:
    media = tmp_path / "media"
    media.mkdir()
    (media / "portrait-of-quill.txt").write_text("a picture")
    return make(SECRETS, SECRETIVE, secrets={"MEDIA": str(media)})


HER = "email=ada.quillfeather@chess.example.org"


def test_scenario_48_nothing_known_of_her_stands_in_evidence_ledger_or_records(
    make: Make,
    sqlite_records: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """P-05"""
    world = _secretive(make, tmp_path)
    office = open_office(world, tmp_path)
    seen = preview(means=office.means(), right=Right.ERASURE, asked=office.asked(HER))

    standing = office.erase(HER)
    issued = certify(means=office.means(), request=standing.request)
    certificate = issued.encode()
    ledger = b"".join(export(means=office.means()))

    assert standing.complete
    assert _found(certificate) == set()
    assert _found(ledger) == set()
    assert _found("".join(each.record for each in Evidence.objects.all()).encode()) == set()
    kept = [*sqlite_records.rglob("*"), *(tmp_path / "keys").rglob("*")]
    assert {
        each.name: found for each in kept if each.is_file() and (found := _found(each.read_bytes()))
    } == {}
    assert (
        _found(repr((seen.plan, seen.findings, seen.counts, seen.explanation, seen.beyond)).encode()) == set()
    )
    printed = capfd.readouterr()
    assert _found((printed.out + printed.err + caplog.text).encode()) == set()


def test_scenario_48_what_the_database_says_of_her_goes_into_no_error(
    make: Make,
    each_database: Database,
    sqlite_records: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    world = _secretive(make, tmp_path)
    world.run(*REFUSING[each_database.dialect].split("; CREATE TRIGGER")[:1])
    world.run(
        *("CREATE TRIGGER" + each for each in REFUSING[each_database.dialect].split("; CREATE TRIGGER")[1:])
    )
    office = open_office(world, tmp_path)

    standing = office.erase(HER)
    events = list(
        execute(
            world.plan(),
            {"club": world.connector},
            world.subject(HER),
            now=office.means().now,
            entropy=office.means().entropy,
        )
    )

    [failure] = [event.failure for event in events if isinstance(event, Failed)]
    assert [state for _, state, _ in standing.systems] == ["FAILED"]
    assert _found("".join(traceback.format_exception(failure)).encode()) == set()
    assert _found(repr((failure, failure.what, failure.remedy, standing.systems)).encode()) == set()
    assert _found(b"".join(export(means=office.means()))) == set()
    stored = b"".join(each.read_bytes() for each in sqlite_records.rglob("*") if each.is_file())
    printed = capfd.readouterr()
    assert _found(stored + (printed.out + printed.err).encode()) == set()
    assert world.rows("names") == [(1, 7700123, "old-nickname-7f")]


def test_scenario_48_the_scan_would_find_what_is_planted() -> None:
    letter = b"Dear Ada QUILLFEATHER, " + sha256(b"17 Larkspur Lane").hexdigest().encode()

    assert _found(letter) == {"Quillfeather", "17 Larkspur Lane"}
