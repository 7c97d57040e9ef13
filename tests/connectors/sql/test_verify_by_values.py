"""Verification looks for her address in every mapped column, accuses nobody else, and names what it did not search."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.scenarios.world import NOW, World, make_world
from tests.servers.database import Database
from upheld.connectors.sql import verify
from upheld.rights.outcome import Prepared, Remnant, Verified
from upheld.rights.subject import Subject

ADA = "ada.quill@chess.example.org"
PLACES = (
    ("users", "name"),
    ("posts", "author_name"),
    ("posts", "body"),
    ("news", "email"),
    ("donations", "donor"),
    ("ledger_book", "memo"),
)
SCHEMA = f"""
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120), name VARCHAR(120));
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), author_name VARCHAR(120),
                    body VARCHAR(2000));
CREATE INDEX posts_user ON posts(user_id);
CREATE TABLE news (id INTEGER PRIMARY KEY, email VARCHAR(120));
CREATE INDEX news_email ON news(email);
CREATE TABLE donations (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), donor VARCHAR(120), paid_at DATE);
CREATE INDEX donations_user ON donations(user_id);
CREATE TABLE ledger_book (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), memo VARCHAR(120));
CREATE INDEX ledger_book_user ON ledger_book(user_id);
INSERT INTO users VALUES (1, '{ADA}', 'Ada Quill'), (2, 'ben@chess.example.org', 'Ben'),
                         (3, 'ada.quill@chess.example.com', 'Ada Quill');
INSERT INTO posts VALUES (1, 1, 'Ada Quill', 'hers'), (2, 3, 'Ada Quill', 'of a namesake'), (3, 2, 'Ben', 'his');
INSERT INTO news VALUES (1, '{ADA}'), (2, 'ada.quill+x@chess.example.org'), (3, 'xada.quill@chess.example.org'),
                        (4, 'ada_quill@chess.example.org'), (5, 'ada.quill@chess.example.orga');
INSERT INTO donations VALUES (1, 1, 'Ada Quill', '2025-01-01'), (2, 3, 'Ada Quill', '2025-01-01');
INSERT INTO ledger_book VALUES (1, 2, 'ADA QUILL');
"""
MAP = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}, name: {category: name, purposes: [service]}}
  on_erase: delete
posts:
  belongs_to: {user_id: users.id}
  fields:
    author_name: {category: name, purposes: [service], copy_of: users.name}
    body: {category: text, purposes: [service]}
  on_erase: delete
news:
  belongs_to: {email: {identity: email}}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: delete
donations:
  belongs_to: {user_id: users.id}
  fields: {donor: {category: name, purposes: [service], copy_of: users.email}}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_at, strip: [user_id]}}
ledger_book:
  belongs_to: {user_id: users.id}
  fields: {memo: {category: text, purposes: [service]}}
  on_erase: detach
"""


@pytest.fixture
def world(each_database: Database, tmp_path: Path) -> World:
    return make_world(each_database, tmp_path / "privacy", SCHEMA, MAP)


@dataclass
class Look:
    """She was erased; look again as often as one likes."""

    world: World
    subject: Subject = field(init=False)
    traces: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.subject = self.world.subject(f"email={ADA}")
        numbers = count()
        steps = self.world.plan().of("club")
        events = self.world.connector.execute(
            steps, self.subject, now=NOW, entropy=lambda: f"r{next(numbers):011d}", allow=frozenset()
        )
        self.traces.extend(event.traces for event in events if isinstance(event, Prepared))

    def again(self) -> Verified:
        steps = self.world.plan().of("club")
        return self.world.connector.verify(steps, self.subject, self.traces, now=NOW)


def test_nothing_is_said_of_namesakes_and_addresses_that_look_alike(world: World) -> None:
    verified = Look(world).again()

    assert verified.remnants == ()
    assert set(verified.searched) >= {f"{table}.{column}" for table, column in PLACES}
    assert verified.not_searched == ()


def test_her_address_is_found_wherever_it_is_planted(world: World) -> None:
    look = Look(world)
    found = []
    for table, column in PLACES:
        # Not in the row retained for a ground: that stays, and is said to.
        where = {"users": 2, "posts": 3, "news": 5, "donations": 2, "ledger_book": 1}[table]
        ((before,),) = world.database.rows(f"SELECT {column} FROM {table} WHERE id = {where}")
        for spelling in (ADA, f" {ADA.upper()} "):
            world.run(f"UPDATE {table} SET {column} = '{spelling}' WHERE id = {where}")
            remnants = look.again().remnants
            assert Remnant(table, column, 1, "value") in remnants
            found.append({each.table for each in remnants})
        world.run(f"UPDATE {table} SET {column} = '{before}' WHERE id = {where}")

    assert found == [{table} for table, _ in PLACES for _ in range(2)]
    assert look.again().remnants == ()


def test_scenario_36_the_same_address_of_another_person_is_hers_to_name(world: World) -> None:
    look = Look(world)
    world.run(f"UPDATE users SET email = '{ADA}' WHERE id = 2")

    assert look.again().remnants == ()


def test_a_column_too_large_to_search_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = "posts, users, news, donations, ledger_book"
    world.run(f"ANALYZE TABLE {tables}" if world.database.dialect == "mariadb" else "ANALYZE")
    monkeypatch.setattr(verify, "_SCAN", 0)

    verified = Look(world).again()

    assert "posts.body" in verified.not_searched
    assert "news.email" in verified.searched
    assert not {*verified.searched} & {*verified.not_searched}
