"""Scenarios 41, 42, 44, 45, 54, 62 and 66: how long rows stay, holds, and who must not come back."""

import re
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import NOW, counted
from tests.servers.database import Database
from upheld.actions import cases
from upheld.actions.access import deliver
from upheld.actions.preview import preview
from upheld.actions.replay import replay
from upheld.actions.suppression import suppressed
from upheld.connectors.sql.order import touches
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.outcome import Prepared
from upheld.rights.subject import Identity
from upheld.store.models import Due, RequestState, Suppression

SHOP = """
system: shop
title: The shop
kind: sql
connect: ${SHOP_DATABASE_URL}
place: DE
tables:
  customers: {person: id, identities: {email: email}, on_erase: delete}
"""
LATER = NOW + timedelta(hours=1)

DONATIONS = (
    PEOPLE
    + """
CREATE TABLE donations (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), note VARCHAR(40),
                        paid_on DATE NOT NULL);
INSERT INTO donations VALUES (1, 0, 'a day too old', '2019-11-21'), (2, 0, 'its last day', '2019-11-22'),
  (3, 0, 'a day left', '2019-11-23'), (4, 0, 'leap day', '2020-02-29'), (5, 5, 'his', '2019-11-21');
"""
)
TAXES = (
    USERS
    + """
donations:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on,
             anonymise: {user_id: null, note: "[removed]"}}}
"""
)


def test_scenario_41_older_donations_go_and_younger_ones_stay_detached_until_their_date(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(DONATIONS, TAXES)
    office = open_office(world, tmp_path)

    standing = office.erase(ADA)

    def donations() -> list[tuple[object, ...]]:
        return [(*row[:3], str(row[3])) for row in world.rows("donations")]

    kept = [(2, "2019-11-22"), (3, "2019-11-23"), (4, "2020-02-29")]
    his = (5, 5, "his", "2019-11-21")
    assert standing.complete
    assert donations() == [*((number, None, "[removed]", day) for number, day in kept), his]
    assert [(str(each.on), each.rows) for each in Due.objects.order_by("on")] == [
        ("2026-11-22", 1),
        ("2026-11-23", 1),
        ("2027-02-28", 1),
    ]

    left = {
        day: (office.purge(day).rows, [row[0] for row in donations()])
        for day in (
            "2026-11-22",
            "2026-11-23",
            "2027-02-27",
            "2027-02-28",
            "2027-03-01",
        )
    }

    assert left == {
        "2026-11-22": (1, [3, 4, 5]),
        "2026-11-23": (1, [4, 5]),
        "2027-02-27": (0, [4, 5]),
        "2027-02-28": (1, [5]),
        "2027-03-01": (0, [5]),
    }
    assert donations() == [his]


ORDERS = (
    PEOPLE
    + """
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), state VARCHAR(9), paid_on DATE);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), what VARCHAR(20),
                    note VARCHAR(40));
CREATE TABLE choices (id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items(id), value VARCHAR(40));
CREATE INDEX orders_user ON orders (user_id);
CREATE INDEX items_order ON items (order_id);
CREATE INDEX choices_item ON choices (item_id);
INSERT INTO orders VALUES (1, 0, 'paid', '2019-11-21'), (2, 0, 'paid', '2019-11-22'), (3, 0, 'paid', '2020-02-29'),
  (4, 0, 'cart', NULL), (5, 0, 'old', NULL), (6, 5, 'paid', '2019-11-21');
INSERT INTO items VALUES (10, 1, 'board', 'for Ada'), (20, 2, 'clock', 'for Ada'), (30, 3, 'book', 'for Ada'),
  (31, 3, 'box', NULL), (40, 4, 'tea', 'for Ada'), (50, 5, 'cup', 'for Ada'), (60, 6, 'board', 'for Ben');
INSERT INTO choices VALUES (100, 10, 'green'), (200, 20, 'Ada'), (300, 30, 'red'), (400, 40, 'mint'),
  (500, 50, 'blue'), (600, 60, 'Ben');
"""
)
FOLLOWING = (
    USERS
    + """
orders:
  belongs_to: {user_id: users.id}
  rows:
    - {when: {state: cart}, on_erase: delete}
    - {when: {state: old}, on_erase: {anonymise: {user_id: null}}}
    - {otherwise: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on,
                   anonymise: {user_id: null}}}}
items:
  belongs_to: {order_id: orders.id}
  on_erase: {follow: {link: order_id, strip: [note]}}
choices:
  belongs_to: {item_id: items.id}
  on_erase: {follow: {link: item_id, anonymise: {value: "[removed]"}}}
"""
)


def test_scenario_41_what_hangs_on_a_kept_order_stays_and_goes_with_it(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(ORDERS, FOLLOWING)
    office = open_office(world, tmp_path)

    said = world.explained(ADA)
    standing = office.erase(ADA)

    def left() -> dict[str, list[tuple[object, ...]]]:
        columns = {"orders": "id, user_id", "items": "id, note", "choices": "id, value"}
        return {table: world.rows(table, shown) for table, shown in columns.items()}

    ben = {"orders": (6, 5), "items": (60, "for Ben"), "choices": (600, "Ben")}
    old = {"orders": (5, None), "items": (50, None), "choices": (500, "[removed]")}
    second = {"orders": (2, None), "items": (20, None), "choices": (200, "[removed]")}
    assert standing.complete, standing.systems
    assert (
        "choices: stays: legal obligation, tax records, 7 years after orders.paid_on. Art. 17(3)(b)" in said
    )
    assert left() == {
        "orders": [second["orders"], (3, None), old["orders"], ben["orders"]],
        "items": [second["items"], (30, None), (31, None), old["items"], ben["items"]],
        "choices": [second["choices"], (300, "[removed]"), old["choices"], ben["choices"]],
    }
    assert [(each.table, str(each.on), each.rows) for each in Due.objects.order_by("on", "step")] == [
        ("choices", "2026-11-22", 1),
        ("items", "2026-11-22", 1),
        ("orders", "2026-11-22", 1),
        ("choices", "2027-02-28", 1),
        ("items", "2027-02-28", 2),
        ("orders", "2027-02-28", 1),
    ]

    first, last = office.purge("2026-11-22"), office.purge("2027-02-28")

    assert (first.rows, first.failures, last.rows, last.failures) == (3, (), 4, ())
    assert left() == {table: [old[table], ben[table]] for table in ben}


LOOSE = re.sub(r" REFERENCES (users|orders|items)\(id\)", "", ORDERS)


def test_a_step_about_what_follows_a_row_is_missed_when_it_was_left_out(make: Make) -> None:
    """By the look afterwards, also where no foreign key would have told."""
    world = make(LOOSE, FOLLOWING)
    subject, steps = world.subject(ADA), world.plan().of("club")
    following = [each for each in touches(steps) if each.selection.table != "users"]
    filled = [each for each in LOOSE.split(";\n") if each.strip().startswith("INSERT")]
    missed = {}

    for left_out in following:
        done = [each for each in steps if each is not left_out]
        events = list(world.connector.execute(done, subject, now=NOW, entropy=lambda: "r", allow=frozenset()))
        traces = [each.traces for each in events if isinstance(each, Prepared)]
        seen = world.connector.verify(steps, subject, traces, now=NOW)
        missed[left_out.number] = {each.table for each in seen.remnants}
        world.run(*(f"DELETE FROM {table}" for table in ("choices", "items", "orders", "users")), *filled)

    assert len(following) == 12
    assert {
        number: following[index].selection.table in missed[number] for index, number in enumerate(missed)
    } == {each.number: True for each in following}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("DATE", "'{day}'"),
        ("TIMESTAMP", "'{day} 23:59:59'"),
        ("VARCHAR(40)", "'{day}T23:59:59+00:00'"),
        ("INTEGER", "{seconds}"),
    ],
)
def test_scenario_41_the_last_day_still_runs_however_the_date_is_written(
    make: Make, each_database: Database, kind: str, written: str
) -> None:
    """T-02: a period ends with the last hour of its last day."""
    rows = ", ".join(
        f"({number}, 0, {written.format(day=day, seconds=seconds)})"
        for number, day, seconds in ((1, "2019-11-21", 1574380799), (2, "2019-11-22", 1574467199))
    )
    kind = "DATETIME" if kind == "TIMESTAMP" and each_database.dialect == "mariadb" else kind
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE donations (id INTEGER PRIMARY KEY, user_id INTEGER, paid_on {kind} NOT NULL);
        INSERT INTO donations VALUES {rows};
        """,
        TAXES.replace(', note: "[removed]"', ""),
    )

    erasure = world.erase(ADA)

    assert world.rows("donations", "id, user_id") == [(2, None)]
    assert counted(world, erasure) == {"Erase donations": 1, "Retain donations": 1, "Erase users": 1}


HELD = (
    PEOPLE
    + """
CREATE TABLE letters (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), body VARCHAR(40));
CREATE TABLE games (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));
INSERT INTO letters VALUES (1, 0, 'hers'), (2, 5, 'his');
INSERT INTO games VALUES (1, 0), (2, 5);
"""
)
HOLDING = """
users:
  person: id
  identities: {email: email}
  fields: {email: {category: email-address, purposes: [service]}}
  on_erase: {anonymise: {email: {unique: "gone-{random}@chess.example.invalid"}}}
letters: {belongs_to: {user_id: users.id}, on_erase: delete}
games: {belongs_to: {user_id: users.id}, on_erase: delete}
"""
MATTER = """
holds:
  - {matter: board-dispute, owner: the board, until: 2027-06-30, scope: [club.letters]}
"""


def test_scenario_42_a_hold_keeps_one_table_and_its_release_does_the_rest(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(HELD, HOLDING, organisation=MATTER)
    office = open_office(world, tmp_path)

    standing = office.erase(ADA)

    assert standing.systems == (
        ("club", "RETAINED", "partially withheld: rows stay for the matter board-dispute"),
    )
    assert standing.request.state == RequestState.IN_PROGRESS
    assert world.rows("letters") == [(1, 0, "hers"), (2, 5, "his")]
    assert world.rows("games") == [(2, 5)]
    assert office.purge("2026-12-01").released == ()

    office.without_holds()
    [released] = office.purge("2026-12-02").released
    finished = office.fulfil(released, now=LATER + timedelta(days=10))

    assert finished.complete
    assert world.rows("letters") == [(2, 5, "his")]


def test_scenario_42_a_hold_ends_with_its_last_day(make: Make, sqlite_records: Path, tmp_path: Path) -> None:
    world = make(HELD, HOLDING, organisation=MATTER)
    office = open_office(world, tmp_path)
    office.erase(ADA)

    held = office.purge("2027-06-30")
    free = office.purge("2027-07-01")

    assert (held.released, len(free.released)) == ((), 1)


LETTERS = (
    PEOPLE
    + """
CREATE TABLE newsletter (id INTEGER PRIMARY KEY, email VARCHAR(120));
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER);
INSERT INTO newsletter VALUES (1, 'Ada@Chess.Example.ORG');
INSERT INTO posts VALUES (1, 0), (2, 5);
"""
)
READERS = (
    USERS
    + """
newsletter: {belongs_to: {email: {identity: email}}, on_erase: delete}
posts: {belongs_to: {user_id: users.id}, on_erase: delete}
"""
)


def test_scenario_44_only_a_keyed_hash_is_left_and_it_recognises_her_address(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-24"""
    world = make(LETTERS, READERS)
    office = open_office(world, tmp_path)
    offered = [Identity("email", value) for value in ("ADA@chess.example.org ", "ben@chess.example.org")]
    before = list(suppressed(keys=office.keys, identities=offered))

    office.erase(ADA)

    assert before == []
    assert list(suppressed(keys=office.keys, identities=offered)) == offered[:1]
    assert {bytes(row.digest) for row in Suppression.objects.all()} == {
        office.keys.suppress("email", "ada@chess.example.org")
    }
    stored = b"".join(each.read_bytes() for each in sqlite_records.iterdir()).lower()
    assert b"ada@chess" not in stored


def _register_again(world: object) -> None:
    world.run(  # type: ignore[attr-defined]
        "INSERT INTO users VALUES (11, 'ada@chess.example.org')",
        "INSERT INTO newsletter VALUES (2, 'ada@chess.example.org')",
        "INSERT INTO posts VALUES (3, 11)",
    )


def test_scenario_45_who_registers_again_gets_nothing_back_and_keeps_the_new_account(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(LETTERS, READERS)
    office = open_office(world, tmp_path)
    standing = office.erase(ADA)

    _register_again(world)
    again = office.fulfil(standing.request, now=LATER)
    resumed = office.resume(now=LATER)
    replayed = replay(means=office.means(LATER), system="club")

    new = {
        "users": [(11, "ada@chess.example.org")],
        "newsletter": [(2, "ada@chess.example.org")],
        "posts": [(3, 11)],
    }
    assert (again.complete, resumed, replayed.failures) == (True, (), ())
    assert world.copy(ADA) == new
    assert world.rows("posts") == [(2, 5), (3, 11)]


def test_scenario_45_a_number_that_somebody_else_has_now_is_not_hers(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(LETTERS, READERS)
    office = open_office(world, tmp_path)
    office.erase(ADA)

    world.run("INSERT INTO users VALUES (0, 'dora@chess.example.org')", "INSERT INTO posts VALUES (4, 0)")
    replayed = replay(means=office.means(LATER), system="club")

    assert replayed.rows == 0
    assert world.rows("posts") == [(2, 5), (4, 0)]
    assert world.copy("email=dora@chess.example.org")["posts"] == [(4, 0)]


SUSPENDED = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL, confirmed_on VARCHAR(20), is_active INTEGER,
                    banned INTEGER);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER);
INSERT INTO users VALUES (0, 'ada@chess.example.org', NULL, 1, 0), (1, 'bea@chess.example.org', '2026-01-01', 0, 0),
  (2, 'cleo@chess.example.org', '2026-01-01', 1, 1), (5, 'ben@chess.example.org', '2026-01-01', 1, 0);
INSERT INTO posts VALUES (10, 0), (11, 1), (12, 2), (15, 5);
"""
ACCOUNTS = """
users: {person: id, identities: {email: {column: email, verified_by: confirmed_on}}, on_erase: delete,
        fields: {email: {category: email-address, purposes: [service]}}}
posts: {belongs_to: {user_id: users.id}, on_erase: delete}
"""


@pytest.mark.parametrize(("who", "number"), [("ada", 0), ("bea", 1), ("cleo", 2)])
def test_scenario_66_an_account_in_any_state_is_copied_and_erased(make: Make, who: str, number: int) -> None:
    world = make(SUSPENDED, ACCOUNTS)

    copied = world.copy(f"email={who}@chess.example.org")
    world.erase(f"email={who}@chess.example.org")

    assert ([row[0] for row in copied["users"]], copied["posts"]) == ([number], [(10 + number, number)])
    assert number not in [row[0] for row in world.rows("users")]
    assert len(world.rows("posts")) == 3
    assert world.copy(BEN)["posts"] == [(15, 5)]


@pytest.mark.parametrize("shop", ["up", "down"])
def test_scenario_62_a_copy_expires_whatever_became_of_its_request(
    make: Make, sqlite_records: Path, tmp_path: Path, shop: str
) -> None:
    """P-25"""
    world = make(LETTERS, READERS)
    if shop == "down":
        (world.folder / "systems" / "shop.yaml").write_text(SHOP)
        world.datamap = read(world.folder)
        world.secrets["SHOP_DATABASE_URL"] = "postgresql://nobody:x@127.0.0.1:9/none"
    office = open_office(world, tmp_path)
    folder = tmp_path / "copies"
    folder.mkdir()
    means, asked = office.means(), office.asked(ADA)
    request = cases.receive(means=means, right=Right.ACCESS, asked=asked)
    reader = pyrage.x25519.Identity.generate()

    deliver(
        means=means,
        request=request,
        preview=preview(means=means, right=Right.ACCESS, asked=asked),
        out=folder / "ada.age",
        recipients=(str(reader.to_public()),),
        days=30,
    )
    request.refresh_from_db()
    written = [each.name for each in folder.iterdir()]
    early = office.purge("2026-12-21")
    still_there = [each.name for each in folder.iterdir()]
    late = office.purge("2026-12-23")

    assert request.state == (RequestState.FULFILLED if shop == "up" else RequestState.OPEN)
    assert (written, still_there, early.packages) == (["ada.age"], ["ada.age"], 0)
    assert (list(folder.iterdir()), late.packages) == ([], 1)


def test_scenario_54_yesterdays_backup_and_a_replay_give_the_state_before_the_restore(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-24"""
    world = make(LETTERS, READERS)
    office = open_office(world, tmp_path)
    backup = {table: world.rows(table) for table in ("users", "newsletter", "posts")}
    office.erase(ADA)
    erased = {table: world.rows(table) for table in backup}

    for table, rows in backup.items():
        world.run(f"DELETE FROM {table}", *(f"INSERT INTO {table} VALUES {row!r}" for row in rows))
    replayed = replay(means=office.means(LATER), system="club")

    assert (replayed.erasures, replayed.rows, replayed.spared, replayed.failures) == (1, 3, 0, ())
    assert {table: world.rows(table) for table in backup} == erased
