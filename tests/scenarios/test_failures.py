"""Scenarios 50, 51, 53, 57, 61 and 69: rows that come in meanwhile, two at once, systems down, maps that have aged."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.actions import cases, erasure
from upheld.actions.certificates import certify
from upheld.datamap.read import read
from upheld.law.right import Right
from upheld.rights.connector import Severity
from upheld.rights.fulfil import Event, Failed, execute
from upheld.rights.outcome import Committed, Misconfigured, Prepared, Transient, Verified
from upheld.rights.testing import Died
from upheld.store.models import Evidence, RequestState

LATER = NOW + timedelta(hours=1)

POSTS = (
    PEOPLE
    + """
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL{reference});
INSERT INTO posts VALUES (1, 0), (2, 5);
"""
)
POSTED = USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


def _insert(world: World, statement: str, *, patience: float = 0.05) -> bool:
    """Another program writes; whether the database let it, within `patience` seconds on SQLite."""
    options: dict[str, Any] = (
        {"connect_args": {"timeout": patience}} if world.database.dialect == "sqlite" else {}
    )
    engine = world.database.engine(**options)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except exc.OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def _failure(events: Sequence[Event]) -> Exception | None:
    return next((event.failure for event in events if isinstance(event, Failed)), None)


def test_scenario_50_a_row_that_comes_in_before_the_commit_is_not_left_behind(make: Make) -> None:
    world = make(POSTS.replace("{reference}", ""), POSTED)
    events: list[Event] = []

    came_in: list[bool] = []
    for event in execute(
        world.plan(), {"club": world.connector}, world.subject(ADA), now=NOW, entropy=lambda: "r1"
    ):
        events.append(event)
        if isinstance(event, Prepared) and not came_in:
            came_in.append(_insert(world, "INSERT INTO posts VALUES (3, 0)"))

    assert came_in == [world.database.dialect != "sqlite"], "SQLite lets nobody else write meanwhile"
    assert isinstance(events[-1], Verified)
    assert events[-1].remnants == ()
    assert world.rows("posts") == [(2, 5)]


def test_scenario_50_a_foreign_key_keeps_a_late_row_out(make: Make) -> None:
    world = make(POSTS.replace("{reference}", " REFERENCES users(id)"), POSTED)
    outcome: list[str] = []

    def late() -> None:
        try:
            with world.database.engine().begin() as connection:
                connection.exec_driver_sql("INSERT INTO posts VALUES (3, 0)")
            outcome.append("written")
        except exc.IntegrityError:
            outcome.append("refused")

    writer = threading.Thread(target=late)
    for event in execute(
        world.plan(), {"club": world.connector}, world.subject(ADA), now=NOW, entropy=lambda: "r1"
    ):
        if isinstance(event, Prepared) and not writer.ident:
            writer.start()
            writer.join(0.2)
            assert outcome == [], "it waits for our transaction"
    writer.join(10)

    assert outcome == ["refused"]
    assert world.rows("posts") == [(2, 5)]


ACCOUNTS = (
    PEOPLE
    + """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL);
CREATE TABLE payments (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL);
INSERT INTO accounts VALUES (1, 0), (2, 5);
INSERT INTO payments VALUES (1, 1), (2, 2);
"""
)
PAYING = (
    USERS
    + """
accounts: {belongs_to: {user_id: users.id}, on_erase: delete}
payments: {belongs_to: {account_id: accounts.id}, on_erase: delete}
"""
)


@pytest.mark.parametrize("before", ["payments", "accounts", "users"])
def test_scenario_50_a_row_behind_a_row_that_comes_in_is_not_left_behind_either(
    make: Make, before: str
) -> None:
    """Another program opens an account for her and pays into it, just before ours deletes from a table."""
    world = make(ACCOUNTS, PAYING)
    subject = world.subject(ADA)
    connector: Any = world.connector
    came_in: list[bool] = []

    @sa.event.listens_for(connector.engine, "before_cursor_execute")
    def arrive(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("DELETE") and before in statement.partition("WHERE")[0] and not came_in:
            came_in.append(_insert(world, "INSERT INTO accounts VALUES (99, 0)"))
            _insert(world, "INSERT INTO payments VALUES (99, 99)")

    events = list(execute(world.plan(), {"club": connector}, subject, now=NOW, entropy=lambda: "r1"))

    assert came_in == [world.database.dialect != "sqlite"]
    assert _failure(events) is None
    assert (world.rows("accounts"), world.rows("payments")) == ([(2, 5)], [(2, 2)])


LETTERS = (
    PEOPLE
    + """
CREATE TABLE msg (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id),
                  recipient_id INTEGER REFERENCES users(id), body VARCHAR(40));
CREATE INDEX by_sender ON msg (sender_id);
CREATE INDEX by_recipient ON msg (recipient_id);
"""
)
TWO_SIDES = (
    USERS
    + """
msg:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  fields: {body: {category: free-text, purposes: [service]}}
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
"""
)


def test_scenario_51_both_people_of_the_same_messages_at_once(make: Make) -> None:
    world = make(LETTERS, TWO_SIDES)
    rows = ", ".join(f"({n}, {0 if n % 2 else 5}, {5 if n % 2 else 0}, 'm{n}')" for n in range(1, 301))
    world.run(f"INSERT INTO msg VALUES {rows}, (1001, 0, 10, 'to cy'), (1002, 10, 5, 'from cy')")
    subjects = {who: world.subject(who) for who in (ADA, BEN)}
    start = threading.Barrier(2)
    events: dict[str, list[Event]] = {}

    def erase(who: str) -> None:
        connector = world.connector
        start.wait(60)
        for _ in range(20):  # a server may end one of two that wait for each other: the runner tries again
            events[who] = list(
                execute(world.plan(), {"club": connector}, subjects[who], now=NOW, entropy=lambda: f"r{who}")
            )
            if not isinstance(_failure(events[who]), Transient):
                break

    threads = [threading.Thread(target=erase, args=(who,)) for who in subjects]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert {who: _failure(each) for who, each in events.items()} == {ADA: None, BEN: None}
    assert world.rows("msg") == [(1001, None, 10, "to cy"), (1002, 10, None, "from cy")]
    assert world.rows("users", "id") == [(10,)]


def test_scenario_51_one_who_is_prepared_makes_the_other_wait_and_see(make: Make) -> None:
    """The other begins while the first has written and not committed: the moment at which neither sees the other."""
    world = make(LETTERS, TWO_SIDES)
    world.run("INSERT INTO msg VALUES (1, 0, 5, 'a'), (2, 5, 0, 'b')")
    other: list[Event] = []
    hers, his = world.subject(ADA), world.subject(BEN)

    def second() -> None:
        other.extend(execute(world.plan(), {"club": world.connector}, his, now=NOW, entropy=lambda: "r2"))

    thread = threading.Thread(target=second)
    first: list[Event] = []
    for event in execute(world.plan(), {"club": world.connector}, hers, now=NOW, entropy=lambda: "r1"):
        first.append(event)
        if isinstance(event, Prepared) and not thread.ident:
            thread.start()
            thread.join(0.4)
    thread.join(30)

    assert (_failure(first), _failure(other)) == (None, None)
    assert (world.rows("msg"), world.rows("users", "id")) == ([], [(10,)])


def with_shop(world: World, url: str) -> World:
    """A second system, wherever `url` leads."""
    head = "system: shop\ntitle: The shop\nkind: sql\nconnect: ${SHOP_DATABASE_URL}\nplace: DE\n"
    tables = "customers: {person: id, identities: {email: email}, on_erase: delete}\n"
    (world.folder / "systems" / "shop.yaml").write_text(f"{head}tables:\n  {tables}")
    world.datamap = read(world.folder)
    world.secrets["SHOP_DATABASE_URL"] = url
    return world


DOWN = "postgresql://nobody:x@127.0.0.1:9/none"


def test_scenario_53_one_of_two_systems_down_keeps_the_case_open_and_is_not_waited_for(
    make: Make, new_database: Any, sqlite_records: Path, tmp_path: Path
) -> None:
    shop: Database = new_database("sqlite")
    shop.run(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)",
        "INSERT INTO customers VALUES (70, 'ADA@chess.example.org'), (75, 'ben@chess.example.org')",
    )
    world = with_shop(make(POSTS.replace("{reference}", ""), POSTED), DOWN)
    office = open_office(world, tmp_path)

    standing = office.erase(ADA)
    issued = certify(means=office.means(), request=standing.request)
    before = Evidence.objects.filter(fulfilment__system="club").count()

    assert not standing.complete
    assert [(system, state) for system, state, _ in standing.systems] == [
        ("club", "DONE"),
        ("shop", "FAILED"),
    ]
    assert [part.system for part in issued.certificate.unfinished] == ["shop"]
    assert (world.rows("posts"), len(shop.rows("SELECT id FROM customers"))) == ([(2, 5)], 2)

    world.secrets["SHOP_DATABASE_URL"] = shop.url
    world.run(
        "INSERT INTO posts VALUES (9, 0)"
    )  # somebody else got her number since: the club is not repeated
    [finished] = office.resume(now=LATER)

    assert finished.complete
    assert shop.rows("SELECT id FROM customers") == [(75,)]
    assert Evidence.objects.filter(fulfilment__system="club").count() == before
    assert world.rows("posts") == [(2, 5), (9, 0)]


@pytest.mark.parametrize("held", ["", "NOT NULL"])
def test_scenario_57_a_table_that_came_after_the_approval_stops_the_run(
    make: Make, sqlite_records: Path, tmp_path: Path, held: str
) -> None:
    world = make(POSTS.replace("{reference}", ""), POSTED)
    office = open_office(world, tmp_path)
    request = office.begin(ADA)
    before = (world.rows("users"), world.rows("posts"))

    world.run(
        f"CREATE TABLE invoices (id INTEGER PRIMARY KEY, user_id INTEGER {held} REFERENCES users(id))",
        "INSERT INTO invoices VALUES (1, 0)",
    )
    standing = office.fulfil(request)

    [(_, state, why)] = standing.systems
    assert (state, "invoices" in why) == ("FAILED", True)
    assert (world.rows("users"), world.rows("posts")) == before
    stops = {(each.code, each.column) for each in world.check() if each.severity is Severity.STOP}
    assert ("edge.undeclared", "user_id") in stops


def test_scenario_57_a_column_that_came_later_is_a_doubt_and_stops_nothing(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(POSTS.replace("{reference}", ""), POSTED)
    office = open_office(world, tmp_path)
    request = office.begin(ADA)

    world.run("ALTER TABLE posts ADD COLUMN author_email VARCHAR(80)")

    assert office.fulfil(request).complete
    doubts = {(each.table, each.column) for each in world.check() if each.severity is Severity.DOUBT}
    assert ("posts", "author_email") in doubts


MANY = USERS + "posts: {belongs_to: {user_id: users.id}, on_erase: delete}\n"


def test_scenario_61_a_run_that_stopped_half_way_is_gone_on_with_and_never_called_complete(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(POSTS.replace("{reference}", ""), MANY, system="max_rows: 2")
    world.run("INSERT INTO posts VALUES (11, 0), (12, 0), (13, 0), (14, 0)")
    office = open_office(world, tmp_path)
    request = office.begin(ADA)
    commits = []

    def dies(_system: str, what: str) -> None:
        commits.append(what)
        if commits.count("committed") == 2:
            raise Died

    with pytest.raises(Died):
        erasure.fulfil(means=office.means(), request=request, progress=dies)
    half_way = len(world.rows("posts"))
    again = cases.receive(means=office.means(LATER), right=Right.ERASURE, asked=office.asked(ADA))

    assert (half_way, world.rows("users", "id")) == (2, [(0,), (10,), (5,)])
    assert (again, again.state) == (request, RequestState.IN_PROGRESS)
    assert office.fulfil(again).complete is False, "somebody else's lease still runs"

    finished = office.fulfil(again, now=LATER)

    assert finished.complete
    assert (world.rows("posts"), world.rows("users", "id")) == ([(2, 5)], [(10,), (5,)])


def test_scenario_61_a_second_look_at_the_half_erased_person_still_finds_her(make: Make) -> None:
    world = make(POSTS.replace("{reference}", ""), MANY, system="max_rows: 2")
    world.run("INSERT INTO posts VALUES (11, 0), (12, 0), (13, 0), (14, 0)")
    subject = world.subject(ADA)
    run = execute(world.plan(), {"club": world.connector}, subject, now=NOW, entropy=lambda: "r1")
    for event in run:
        if isinstance(event, Committed):
            break
    run.close()

    preview = world.preview(world.subject(ADA))
    world.erase(ADA)

    assert sum(each.rows for each in preview) == 4
    assert (world.rows("posts"), world.rows("users", "id")) == ([(2, 5)], [(10,), (5,)])
    with pytest.raises(Misconfigured):
        world.run("DROP TABLE posts")
        world.erase(BEN)


RECEIPTS = "CREATE TABLE receipts (token VARCHAR(100) PRIMARY KEY);\n"


@pytest.mark.parametrize("receipt", ["with a receipt", "without"])
def test_scenario_69_death_between_the_commit_and_our_record_is_established_afterwards(
    make: Make, sqlite_records: Path, tmp_path: Path, receipt: str
) -> None:
    kept = receipt == "with a receipt"
    posts = POSTS.replace("{reference}", "")
    world = make(posts + RECEIPTS * kept, POSTED, system="receipt: receipts" if kept else "")
    office = open_office(world, tmp_path)
    request = office.begin(ADA)

    def dies(_system: str, what: str) -> None:
        if what == "committed":
            raise Died

    with pytest.raises(Died):
        erasure.fulfil(means=office.means(), request=request, progress=dies)
    assert not Evidence.objects.exists()
    [standing] = office.resume(now=LATER)

    best = "receipt" if kept else "reread"
    known = "witnessed" if world.database.dialect == "postgresql" else best
    assert standing.complete
    assert [each.established for each in Evidence.objects.filter(part__isnull=False)] == [known]
    assert world.rows("posts") == [(2, 5)]
