"""Keys of `on_erase` and `rows`: what happens to a person's rows."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.datamap.keys.office import opened_copy, words
from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import counted
from upheld.rights.connector import Severity
from upheld.rights.outcome import Misconfigured

MEMBERS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, name VARCHAR(40), nick VARCHAR(40),
                    prefs TEXT, bio VARCHAR(80));
CREATE TABLE approvals (id INTEGER PRIMARY KEY, approver_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), author VARCHAR(40));
CREATE TABLE votes (id INTEGER PRIMARY KEY, user_id INTEGER, yes INTEGER);
INSERT INTO users VALUES (0, 'ada@chess.example.org', 'Ada', 'adal', '{"theme": "dark", "mail": "ada@chess.example.org"}', 'I'),
  (5, 'ben@chess.example.org', 'Ben', 'benny', '{"mail": "ben@chess.example.org"}', 'II'),
  (99, 'ghost@chess.example.org', 'Former member', 'ghost', '{}', NULL);
INSERT INTO approvals VALUES (1, 0), (2, 5);
INSERT INTO posts VALUES (1, 0, 'adal'), (2, 0, 'adal'), (3, 5, 'benny');
INSERT INTO votes VALUES (1, 0, 1), (2, 5, 0);
"""
ACTIONS = """
users:
  person: id
  identities: {email: email}
  ghost: {nick: ghost}
  fields: {email: {category: email-address, purposes: [service]}, prefs: {json: {$.mail: {category: email-address}}}}
  purposes: [service]
  on_erase:
    anonymise:
      email: {unique: "removed-{random}@example.invalid"}
      name: {ghost: name}
      nick: {pseudonym: "gone-{random}"}
      prefs: {json: {$.mail: null, $.theme: plain}}
      bio: null
  accept: [{finding: json.column, reason: written by our own software as JSON}]
approvals: {belongs_to: {approver_id: users.id}, on_erase: {detach: {to: ghost}}}
posts: {belongs_to: {user_id: users.id}, on_erase: {anonymise: {user_id: null, author: {pseudonym: "gone-{random}"}}}}
votes: {belongs_to: {user_id: users.id}, on_erase: {keep: counted in an official result}}
"""


@pytest.mark.key(
    "tables.*.ghost",
    "tables.*.on_erase.anonymise",
    "tables.*.on_erase.anonymise.*.ghost",
    "tables.*.on_erase.anonymise.*.json",
    "tables.*.on_erase.anonymise.*.pseudonym",
    "tables.*.on_erase.detach",
    "tables.*.on_erase.detach.to",
    "tables.*.on_erase.keep",
)
def test_every_value_that_a_column_can_become(make: Make) -> None:
    world = make(MEMBERS, ACTIONS)

    world.erase(ADA)

    ada, ben, ghost = world.rows("users", "id, email, name, nick, prefs, bio")
    assert ada[1].startswith("removed-r")
    assert ada[1].endswith("@example.invalid")
    assert (ada[2], ada[5]) == ("Former member", None)
    assert json.loads(ada[4]) == {"theme": "plain"}
    assert ben == (5, "ben@chess.example.org", "Ben", "benny", '{"mail": "ben@chess.example.org"}', "II")
    assert ghost == (99, "ghost@chess.example.org", "Former member", "ghost", "{}", None)
    assert world.rows("approvals") == [(1, 99), (2, 5)]
    # One pseudonym for all her rows: they stay together, without her.
    assert world.rows("posts") == [(1, None, ada[3]), (2, None, ada[3]), (3, 5, "benny")]
    assert world.rows("votes") == [(1, 0, 1), (2, 5, 0)]


GIFTS = (
    PEOPLE
    + """
CREATE TABLE gifts (id INTEGER PRIMARY KEY, user_id INTEGER, paid_on DATE NOT NULL, note VARCHAR(40), card VARCHAR(40));
CREATE TABLE letters (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(40));
CREATE TABLE papers (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(40));
INSERT INTO gifts VALUES (1, 0, '2019-11-22', 'a', 'x'), (2, 0, '2019-11-21', 'b', 'y'), (3, 5, '2001-01-01', 'c', 'z');
INSERT INTO letters VALUES (1, 0, 'dear'), (2, 5, 'sir');
INSERT INTO papers VALUES (1, 0, 'minutes'), (2, 5, 'more');
"""
)
KEPT = (
    USERS
    + """
gifts:
  belongs_to: {user_id: users.id}
  on_erase:
    retain:
      ground: legal-obligation
      law: the tax code
      for: 7y
      after: paid_on
      then: {anonymise: {user_id: null, note: gone, card: gone}}
      strip: [note]
      anonymise: {card: {pseudonym: "c-{random}"}}
letters: {belongs_to: {user_id: users.id}, on_erase: {retain: {ground: legal-claims, law: the Miller matter, hold: miller}}}
papers: {belongs_to: {user_id: users.id}, on_erase: {retain: {ground: archiving, law: the club's archive, review: 2030-05-01}}}
"""
)
HOLDS = """
holds: [{matter: miller, owner: Legal desk, until: 2027-03-31, scope: [club.letters]}]
"""


@pytest.mark.key(
    "tables.*.on_erase.retain",
    "tables.*.on_erase.retain.ground",
    "tables.*.on_erase.retain.law",
    "tables.*.on_erase.retain.for",
    "tables.*.on_erase.retain.after",
    "tables.*.on_erase.retain.then",
    "tables.*.on_erase.retain.strip",
    "tables.*.on_erase.retain.anonymise",
    "tables.*.on_erase.retain.review",
    "tables.*.on_erase.retain.hold",
    "holds",
    "holds.matter",
    "holds.owner",
    "holds.until",
    "holds.scope",
)
def test_what_is_retained_stays_for_its_ground_and_until_its_day(make: Make) -> None:
    """G-17.3, G-17.4"""
    world = make(GIFTS, KEPT, organisation=HOLDS)

    said = world.explained(ADA)
    erasure = world.erase(ADA)

    first, second, third = world.rows("gifts", "id, user_id, note, card")
    assert first[:3] == (1, 0, None)
    assert first[3].startswith("c-r")
    assert second == (2, None, "gone", "gone")
    assert third == (3, 5, "c", "z")
    assert world.rows("letters") == [(1, 0, "dear"), (2, 5, "sir")]
    assert world.rows("papers") == [(1, 0, "minutes"), (2, 5, "more")]
    assert [(each.table, each.on, each.rows) for each in erasure.due] == [("gifts", "2026-11-22", ((1,),))]
    assert "gifts: stays: legal obligation, the tax code, 7 years after paid_on. Art. 17(3)(b) GDPR" in said
    assert "letters: stays: legal claims, miller, reviewed on 2027-03-31; Legal desk answers for it" in said
    assert "papers: stays: archiving, the club's archive, reviewed on 2030-05-01. Art. 17(3)(d) GDPR" in said

    world.erase(BEN, now=datetime(2027, 4, 1, 12, tzinfo=UTC))

    # The hold has ended: what was kept for it goes.
    assert world.rows("letters") == [(1, 0, "dear")]


PARCELS = (
    PEOPLE
    + """
CREATE TABLE parcels (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), sent_on DATE NOT NULL);
CREATE TABLE labels (id INTEGER PRIMARY KEY, parcel_id INTEGER NOT NULL REFERENCES parcels(id), street VARCHAR(40),
                     reader VARCHAR(40));
CREATE INDEX parcels_user ON parcels (user_id);
CREATE INDEX labels_parcel ON labels (parcel_id);
INSERT INTO parcels VALUES (1, 0, '2001-05-01'), (2, 0, '2026-05-01'), (3, 5, '2001-05-01');
INSERT INTO labels VALUES (1, 1, 'Elm Street 1', 'Ada'), (2, 2, 'Elm Street 1', 'Ada'), (3, 3, 'Oak Lane 2', 'Ben');
"""
)
TOGETHER = (
    USERS
    + """
parcels:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: the customs code, for: 3y, after: sent_on, anonymise: {user_id: null}}}
labels:
  belongs_to: {parcel_id: parcels.id}
  on_erase: {follow: {link: parcel_id, strip: [street], anonymise: {reader: "[removed]"}}}
"""
)


@pytest.mark.key(
    "tables.*.on_erase.follow",
    "tables.*.on_erase.follow.link",
    "tables.*.on_erase.follow.strip",
    "tables.*.on_erase.follow.anonymise",
)
def test_a_row_that_follows_another_goes_with_it_or_stays_with_it(make: Make) -> None:
    """G-17.3"""
    world = make(PARCELS, TOGETHER)

    erasure = world.erase(ADA)

    assert world.rows("parcels", "id, user_id") == [(2, None), (3, 5)]
    assert world.rows("labels") == [(2, 2, None, "[removed]"), (3, 3, "Oak Lane 2", "Ben")]
    assert [(each.table, each.on, each.rows) for each in erasure.due] == [
        ("labels", "2029-05-01", ((2,),)),
        ("parcels", "2029-05-01", ((2,),)),
    ]


META = (
    PEOPLE
    + """
CREATE TABLE usermeta (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, meta_key VARCHAR(40), meta_value VARCHAR(200));
INSERT INTO usermeta VALUES (1, 0, 'billing_email', 'pay@chess.example.org'), (2, 0, 'caps', 'a:1:{s:5:"chess";b:1;}'),
  (3, 0, 'layout', '{"columns": ["left"]}'), (4, 5, 'billing_email', 'ben@chess.example.org'), (5, 0, 'pin', '4711');
"""
)
RULES = (
    USERS
    + """
usermeta:
  belongs_to: {user_id: users.id}
  rows:
    - {when: {meta_key: [billing_email, nickname]}, on_erase: delete,
       fields: {meta_value: {category: email-address, purposes: [billing], provided: true}}}
    - {when: {meta_key: caps}, on_erase: {anonymise: {meta_value: ""}}, format: php}
    - {when: {meta_key: layout}, on_erase: {keep: how her pages look}, format: json}
    - {when: {meta_key: pin}, on_erase: delete}
    - {otherwise: ask}
"""
)
BILLING = """
purposes:
  service: {title: Running the club, basis: contract, retention: as long as the account exists}
  billing: {title: Sending invoices, basis: legal-obligation, retention: ten years}
"""


@pytest.mark.key(
    "tables.*.rows",
    "tables.*.rows.when",
    "tables.*.rows.on_erase",
    "tables.*.rows.format",
    "tables.*.rows.fields",
    "tables.*.rows.otherwise",
)
def test_each_sort_of_row_follows_its_own_rule_and_an_unknown_one_stops(make: Make) -> None:
    world = make(META, RULES, purposes=BILLING)

    copy = opened_copy(world, ADA)
    page = words(next((copy / "pages").glob("*/usermeta/1.html")))
    start = words(copy / "index.html")
    world.erase(ADA)

    assert ("chess: yes" in page, "columns: left" in page.replace("  ", " ")) == (True, True)
    assert "Sending invoices" in start
    assert world.rows("usermeta") == [
        (2, 0, "caps", ""),
        (3, 0, "layout", '{"columns": ["left"]}'),
        (4, 5, "billing_email", "ben@chess.example.org"),
    ]

    world.run("INSERT INTO usermeta VALUES (6, 5, 'unheard_of', 'x')")

    assert ("rows.undecided", "usermeta") in {(each.code, each.table) for each in world.check()}
    with pytest.raises(Misconfigured):
        world.erase(BEN)
    assert len(world.rows("usermeta")) == 4
    assert len(world.rows("users")) == 2


MARKED = (
    PEOPLE
    + """
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, disputed VARCHAR(20), deleted_at VARCHAR(20), item VARCHAR(40));
CREATE TABLE comments (id INTEGER PRIMARY KEY, user_id INTEGER, parent_id INTEGER, frozen INTEGER, body VARCHAR(40));
INSERT INTO orders VALUES (1, 0, '2026-10-01', NULL, 'a clock'), (2, 0, NULL, '2026-09-30', 'a board'), (3, 0, NULL, NULL, 'a set'),
  (4, 0, '', NULL, 'a book'), (5, 5, '2026-10-01', NULL, 'a lamp');
INSERT INTO comments VALUES (1, 0, NULL, 0, 'c1'), (2, 5, 1, 1, 'c2'), (3, 0, 1, 1, 'c3'), (4, 0, 3, 0, 'c4'), (5, 5, 4, 0, 'c5');
"""
)
MARKS = (
    USERS
    + """
orders: {belongs_to: {user_id: users.id}, restriction: disputed, soft_delete: deleted_at, on_erase: delete}
comments: {belongs_to: {user_id: users.id}, restriction: frozen, replies: {column: parent_id, erase: subtree}, on_erase: delete}
"""
)


@pytest.mark.key("tables.*.restriction", "tables.*.soft_delete")
def test_a_restricted_row_is_shown_as_one_and_stays_until_the_restriction_is_lifted(make: Make) -> None:
    """G-18.2"""
    world = make(MARKED, MARKS)

    copy = opened_copy(world, ADA)
    page = words(next((copy / "pages").glob("*/orders/1.html")))
    said = world.explained(ADA)
    erasure = world.erase(ADA)

    assert page.count("restricted: we store it and do nothing else with it") == 1
    assert page.count("marked as deleted, but still there ( Wednesday 30 September 2026 )") == 1
    assert "their use is restricted; they stay until the restriction is lifted. Art. 18(2) GDPR" in said
    assert world.rows("orders", "id") == [(1,), (5,)]
    # A tree goes with everything below, except what is under restriction.
    assert world.rows("comments", "id") == [(2,), (3,)]
    assert counted(world, erasure)["Retain orders"] == 1

    world.run("UPDATE orders SET disputed = NULL", "UPDATE comments SET frozen = 0")
    world.erase_subject(world.subject(people=["users=0"]))

    assert world.rows("orders", "id") == [(5,)]
    assert world.rows("comments", "id") == [(2,)]


@pytest.mark.key("tables.*.accept", "tables.*.accept.finding", "tables.*.accept.reason")
def test_a_doubt_may_be_accepted_with_a_reason_and_harm_may_not(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE guests (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), label VARCHAR(40) NOT NULL);
        INSERT INTO guests VALUES (1, 0, 'x');
        """,
        USERS
        + """
guests:
  belongs_to: {user_id: users.id}
  on_erase: {anonymise: {user_id: null, label: null}}
  accept:
    - {finding: link.optional, reason: rows without a user are seats kept free}
    - {finding: value.null, reason: it will be fine}
""",
    )

    found = {each.code: each for each in world.check() if each.table == "guests"}

    assert found["link.optional"].severity is Severity.NOTE
    assert "seats kept free" in found["link.optional"].what
    assert found["value.null"].severity is Severity.STOP
    with pytest.raises(Misconfigured):
        world.erase(ADA)
    assert world.rows("guests") == [(1, 0, "x")]


@pytest.mark.key("tables.*.files", "tables.*.files.*.root")
def test_files_stand_below_a_root_that_the_environment_names(make: Make, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "ada.txt").write_text("hers")
    (media / "ben.txt").write_text("his")
    world = make(
        PEOPLE
        + """
        CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), path VARCHAR(40));
        INSERT INTO uploads VALUES (1, 0, 'ada.txt'), (2, 5, 'ben.txt');
        """,
        USERS
        + 'uploads: {belongs_to: {user_id: users.id}, files: {path: {root: "${MEDIA}"}}, on_erase: delete}\n',
        secrets={"MEDIA": str(media)},
    )

    world.erase(ADA)

    assert [each.name for each in media.iterdir()] == ["ben.txt"]
