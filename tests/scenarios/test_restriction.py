"""Restriction and its end, on every database: marks are set, respected, and put back to the byte."""

import json
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.scenarios.conftest import Make
from tests.scenarios.office import Office, open_office
from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.actions import cases, certificates, restriction
from upheld.actions.erasure import Standing
from upheld.actions.preview import preview
from upheld.actions.replay import replay
from upheld.connectors.sql.live import read_live
from upheld.connectors.sql.reads import reads
from upheld.datamap.read import read
from upheld.law.ground import RestrictionGround
from upheld.law.right import Right
from upheld.ledger.types import REGISTRY
from upheld.rights.connector import Severity
from upheld.rights.outcome import Permanent
from upheld.store.models import Case, CaseState, Evidence, PendingEntry, Restriction, Step

ADA, BOB = "email=ada.quillfeather@example.org", "email=bob@example.org"
TODAY = NOW.date()
TABLES = ("users", "posts", "letters", "orders", "tags")
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) UNIQUE, name VARCHAR(40), frozen INTEGER DEFAULT 0);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body VARCHAR(80), held {moment} NULL);
CREATE INDEX posts_user ON posts(user_id);
CREATE TABLE letters (id INTEGER PRIMARY KEY, from_id INTEGER, to_id INTEGER, body VARCHAR(80), status VARCHAR(12));
CREATE INDEX letters_from ON letters(from_id);
CREATE INDEX letters_to ON letters(to_id);
CREATE TABLE orders (user_id INTEGER, line INTEGER, what VARCHAR(80), held BOOLEAN, PRIMARY KEY (user_id, line));
CREATE TABLE tags (id INTEGER PRIMARY KEY, user_id INTEGER, tag VARCHAR(20));
CREATE INDEX tags_user ON tags(user_id);
INSERT INTO users VALUES (7, 'ada.quillfeather@example.org', 'Ada', 0), (8, 'bob@example.org', 'Bob', 0), (9, 'cy@example.org', 'Cy', NULL);
INSERT INTO posts VALUES (1, 7, 'mine', NULL), (2, 7, 'marked before', '2020-02-29 01:02:03'), (3, 8, 'his', NULL);
INSERT INTO letters VALUES (1, 7, 8, 'to bob', NULL), (2, 8, 7, 'to ada', ''), (3, 8, 9, 'theirs', NULL);
INSERT INTO orders VALUES (7, 1, 'ink', NULL), (7, 2, 'quills', {false}), (8, 1, 'paper', {true});
INSERT INTO tags VALUES (1, 7, 'x'), (2, 8, 'y');
"""
MAP = """
users:
  person: id
  identities: {email: {column: email, normalise: email}}
  fields: {email: {category: email-address, purposes: [service], provided: true}, name: {category: name, purposes: [service], provided: true}}
  restriction: frozen
  on_erase: {anonymise: {email: null, name: gone}}
posts: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}
letters:
  belongs_to: {from_id: users.id, to_id: users.id}
  restriction: status
  on_erase: {by: {from_id: {anonymise: {from_id: null, body: "-"}}, to_id: detach}, orphan: delete}
orders: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}
tags: {belongs_to: {user_id: users.id}, on_erase: delete, accept: [{finding: restriction.absent, reason: a tag says nothing}]}
"""


def club(make: Make, tables: str = MAP, extra: str = "", **more: str) -> World:
    """The same club on each database."""
    kinds = {"sqlite": ("TIMESTAMP", "0", "1"), "postgresql": ("TIMESTAMPTZ", "false", "true")}

    def written(dialect: str) -> str:
        moment, false, true = kinds.get(dialect, ("DATETIME", "0", "1"))
        return SCHEMA.format(moment=moment, false=false, true=true) + extra

    return make(written, tables, **more)


def state(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the server's own text where Python would round."""
    cast = "CAST(held AS TEXT)" if world.database.dialect == "postgresql" else "held"
    columns = {"posts": f"id, user_id, body, {cast}"}
    return {table: world.rows(table, columns.get(table, "*")) for table in TABLES}


def restrict(
    office: Office,
    *identities: str,
    people: tuple[str, ...] = (),
    ground: RestrictionGround = RestrictionGround.CONTESTED,
) -> Standing:
    means, asked = office.means(), office.asked(*identities, people=people)
    request = cases.receive(means=means, right=Right.RESTRICTION, asked=asked)
    known = cases.subject_of(means=means, case=request.case)
    seen = preview(means=means, right=Right.RESTRICTION, asked=asked, subject=known)
    restriction.approve(means=means, request=request, preview=seen, ground=ground)
    request.refresh_from_db()
    return restriction.fulfil(means=office.means(), request=request)


def lift(office: Office, case: Case, *, told_on: date | None = TODAY) -> Standing:
    means = office.means(NOW + timedelta(hours=1))
    if told_on:
        restriction.told(means=means, case=case, on=told_on)
    seen = restriction.lifting(means=means, case=case)
    request = restriction.order(means=means, case=case, lifting=seen)
    return restriction.fulfil(means=means, request=request)


@pytest.mark.parametrize("ground", list(RestrictionGround))
def test_each_ground_of_a_restriction_marks_the_same_and_is_named_in_record_and_ledger(
    ground: RestrictionGround, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.1"""
    world = club(make)
    office = open_office(world, tmp_path)

    standing = restrict(office, ADA, ground=ground)

    assert standing.complete, standing.systems
    assert [row[0] for row in state(world)["users"] if row[3]] == [7]
    assert Restriction.objects.get().ground == ground.value
    written = [json.loads(bytes(each.content)) for each in PendingEntry.objects.all()]
    assert [each["ground"] for each in written if "ground" in each] == [ground.value]


def test_restrict_marks_her_rows_and_lift_leaves_every_row_of_every_table_as_it_was(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.1, G-18.2"""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)

    standing = restrict(office, ADA)

    assert standing.complete, standing.systems
    now = state(world)
    assert [(row[0], bool(row[3])) for row in now["users"]] == [(7, True), (8, False), (9, False)]
    assert [(row[0], row[3] is not None) for row in now["posts"]] == [(1, True), (2, True), (3, False)]
    assert now["posts"][1] == before["posts"][1]
    assert [(row[0], row[4]) for row in now["letters"]] == [(1, "restricted"), (2, "restricted"), (3, None)]
    assert sorted((row[:2], bool(row[3])) for row in now["orders"]) == [
        ((7, 1), True), ((7, 2), True), ((8, 1), True),
    ]  # fmt: skip
    assert now["tags"] == before["tags"]
    case = Case.objects.get()
    assert case.state == CaseState.OPEN

    lifted = lift(office, case)

    assert lifted.complete, lifted.systems
    assert state(world) == before
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert Restriction.objects.get().lifted_at is not None


def test_nothing_is_lifted_before_the_person_was_told(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.4"""
    world = club(make)
    office = open_office(world, tmp_path)
    restrict(office, ADA)
    case, marked = Case.objects.get(), state(world)

    with pytest.raises(restriction.NotTold, match="told before"):
        lift(office, case, told_on=None)
    for wrong in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Permanent):
            lift(office, case, told_on=wrong)

    assert state(world) == marked
    assert Restriction.objects.filter(told_on__isnull=True, lift__isnull=True).count() == 1


def test_a_mark_that_somebody_changed_meanwhile_is_reported_and_left(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.4"""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)
    restrict(office, ADA)
    world.run("UPDATE letters SET status = 'archived' WHERE id = 1", "DELETE FROM posts WHERE id = 1")

    lifted = lift(office, Case.objects.get())

    assert lifted.complete
    after = state(world)
    assert after["letters"][0] == (1, 7, 8, "to bob", "archived")
    assert after["letters"][1:] == before["letters"][1:]
    assert [row[0] for row in after["posts"]] == [2, 3]
    assert {table: after[table] for table in ("users", "orders", "tags")} == {
        table: before[table] for table in ("users", "orders", "tags")
    }
    certificate = certificates.compose(
        means=office.means(), request=lifted.request, key=bytes(32), reader=certificates.Reader()
    )
    assert (certificate.right, certificate.systems[0].left) == ("LIFTING", 1)


def test_rows_that_two_people_had_restricted_stay_so_until_the_second_restriction_ends(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.2"""
    for first, second in ((ADA, BOB), (BOB, ADA)):
        folder = tmp_path / first.partition("=")[2]
        folder.mkdir()
        world = club(make)
        office = open_office(world, folder)
        before = state(world)
        one = restrict(office, first).request.case
        only_one = state(world)
        two = restrict(office, second).request.case
        both = state(world)

        lift(office, one)

        shared = [row for row in state(world)["letters"] if row[0] in (1, 2)]
        assert shared == [row for row in both["letters"] if row[0] in (1, 2)]
        assert state(world)["tags"] == only_one["tags"] == before["tags"]
        lift(office, two)
        assert state(world) == before
        world.run(*(f"DROP TABLE {name}" for name in TABLES))


def test_a_restriction_that_begins_while_another_waits_to_be_lifted_keeps_its_marks(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.2: an order to lift may wait for days for a system that is down."""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)
    one = restrict(office, ADA).request.case
    later = office.means(NOW + timedelta(hours=1))
    restriction.told(means=later, case=one, on=TODAY)
    request = restriction.order(means=later, case=one, lifting=restriction.lifting(means=later, case=one))
    two = restrict(office, BOB).request.case
    both = [row for row in state(world)["letters"] if row[0] in (1, 2)]

    assert restriction.fulfil(means=later, request=request).complete

    assert [row for row in state(world)["letters"] if row[0] in (1, 2)] == both
    assert state(world)["posts"][0] == before["posts"][0]
    lift(office, two)
    assert state(world) == before


def test_a_table_without_a_mark_leaves_the_system_unfinished_and_is_named(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.2: what cannot be marked is told, and done once the map says how."""
    unmarked = MAP.replace(", accept: [{finding: restriction.absent, reason: a tag says nothing}]", "")
    world = club(make, unmarked)
    office = open_office(world, tmp_path)
    before = state(world)
    means, asked = office.means(), office.asked(ADA)
    seen = preview(means=means, right=Right.RESTRICTION, asked=asked)

    standing = restrict(office, ADA)

    findings = restriction.unmarked(means=means, preview=seen)
    assert [(each.code, each.table, "1 rows" in each.what) for each in findings] == [
        ("restriction.absent", "tags", True)
    ]
    assert not standing.complete
    assert [(name, state) for name, state, _ in standing.systems] == [("club", "FAILED")]
    assert "tags" in standing.systems[0][2]
    assert [bool(row[3]) for row in state(world)["users"]] == [True, False, False]

    world.run("ALTER TABLE tags ADD COLUMN held INTEGER NULL")
    (world.folder / "systems" / "club.yaml").write_text(
        (world.folder / "systems" / "club.yaml")
        .read_text()
        .replace(
            "tags: {belongs_to: {user_id: users.id},",
            "tags: {belongs_to: {user_id: users.id}, restriction: held,",
        )
    )
    office.datamap = read(world.folder)
    (resumed,) = office.resume(now=NOW + timedelta(hours=2))

    assert resumed.complete, resumed.systems
    assert world.rows("tags", "id, held") == [(1, 1), (2, None)]
    lift(office, Case.objects.get())
    assert world.rows("tags", "id, held") == [(1, None), (2, None)]
    world.run("ALTER TABLE tags DROP COLUMN held")
    assert state(world) == before


def test_an_erasure_keeps_what_is_restricted_and_the_case_its_key(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.5: neither an erasure nor the purge touches what is restricted, and the way back is kept."""
    world = club(make)
    office = open_office(world, tmp_path)
    before = state(world)
    restrict(office, ADA)
    marked = state(world)

    erased = office.erase(ADA)

    assert erased.request.case == Case.objects.get()
    assert [state for _, state, _ in erased.systems] == ["RETAINED"]
    assert {table: rows for table, rows in state(world).items() if table != "tags"} == {
        table: rows for table, rows in marked.items() if table != "tags"
    }
    assert office.purge("2036-01-01").keys == 0
    lift(office, Case.objects.get())
    assert {table: rows for table, rows in state(world).items() if table != "tags"} == {
        table: rows for table, rows in before.items() if table != "tags"
    }


def test_no_value_of_hers_is_in_the_ledger_or_the_evidence_of_a_restriction(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """P-05"""
    world = club(make)
    office = open_office(world, tmp_path)
    restrict(office, ADA)
    lift(office, Case.objects.get())

    said = [bytes(each.content).decode() for each in PendingEntry.objects.all()]
    said += [each.record for each in Evidence.objects.all()] + [each.body for each in Step.objects.all()]

    assert len(said) > 10
    for secret in ("ada.quillfeather", "mine", "to bob", "quills", "2020-02-29"):
        assert [text for text in said if secret in text] == []
    types = [REGISTRY.decode(bytes(each.content)).type for each in PendingEntry.objects.order_by("pk")]
    assert types == [
        "case.opened/v1",
        "plan.approved/v1",
        "restriction.set/v1",
        "step.set/v1",
        "step.set/v1",
        "restriction.told/v1",
        "plan.approved/v1",
        "step.set/v1",
        "step.set/v1",
        "restriction.lifted/v1",
        "case.closed/v1",
    ]


PURPOSES = """
purposes:
  service: {title: Running the club, basis: contract, retention: always}
  news: {title: Sending the newsletter, basis: consent, retention: always}
  statistics: {title: Counting members, basis: legitimate-interest, retention: always}
  claims: {title: Defending claims, basis: legitimate-interest, retention: always, while_restricted: legal-claims}
"""
READ = MAP.replace("purposes: [service], provided: true}, name", "purposes: [service, news, claims], provided: true}, name").replace(
    "posts: {belongs_to: {user_id: users.id},",
    "posts: {belongs_to: {user_id: users.id}, fields: {body: {category: contribution, purposes: [statistics, claims]}},",
)  # fmt: skip


@pytest.mark.key("purposes.*.while_restricted")
def test_scenario_43_restricted_rows_are_refused_to_other_purposes_and_read_for_the_one_that_is_allowed(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.2, G-18.3"""
    world = club(make, READ, purposes=PURPOSES)
    office = open_office(world, tmp_path)
    database, system = world.database, world.datamap.system("club")
    prefix = f"r{secrets.token_hex(4)}_"
    with database.engine().connect() as connection:
        printed = reads(system, read_live(connection), world.datamap.purposes, role=prefix)
    statements = [line.removesuffix(";") for line in printed.splitlines() if not line.startswith("--")]
    database.run(*statements)
    roles = [f"{prefix}{name}" for name in ("news", "statistics", "claims", "service")]
    asked = {
        "news": "SELECT email FROM upheld_for_news_users",
        "statistics": "SELECT body FROM upheld_for_statistics_posts",
        "claims": "SELECT body FROM upheld_for_claims_posts",
    }

    def read(purpose: str, query: str) -> list[Any] | None:
        """What the purpose's role reads; None where it is refused."""
        return as_role(database, f"{prefix}{purpose}", query)

    try:
        before = {name: read(name, query) for name, query in asked.items()}
        restrict(office, ADA)
        during = {name: read(name, query) for name, query in asked.items()}

        assert [each for each in world.check() if each.severity is Severity.STOP] == []
        assert before == {
            "news": ["ada.quillfeather@example.org", "bob@example.org", "cy@example.org"],
            "statistics": ["his", "mine"],
            "claims": ["his", "marked before", "mine"],
        }
        assert during == {
            "news": ["bob@example.org", "cy@example.org"],
            "statistics": ["his"],
            "claims": ["his", "marked before", "mine"],
        }
        if database.dialect != "sqlite":
            past = [
                "SELECT email FROM users",
                "SELECT body FROM posts",
                "SELECT body FROM upheld_for_claims_posts",
            ]
            assert [read("statistics", query) for query in past] == [None, None, None]
            assert read("statistics", "UPDATE posts SET held = NULL") is None
        lift(office, Case.objects.get())
        assert {name: read(name, query) for name, query in asked.items()} == before
    finally:
        views = [f"DROP VIEW {line.split()[2]}" for line in statements if line.startswith("CREATE VIEW")]
        if database.dialect == "postgresql":
            owned = ", ".join(roles)
            database.run(*views, f"DROP OWNED BY {owned}", f"DROP ROLE {owned}")
        elif database.dialect == "mariadb":
            database.run(*views, *(f"DROP ROLE {each}" for each in roles))


def as_role(database: Database, role: str, query: str) -> list[Any] | None:
    """The first column as that role reads it, sorted; None where the server refuses. SQLite knows no roles."""
    engine = database.engine()
    if database.dialect == "sqlite":
        with engine.connect() as connection:
            return sorted(connection.exec_driver_sql(query).scalars())
    try:
        with engine.connect() as connection:
            if database.dialect == "mariadb":
                return _by_account(database, role, query)
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            return sorted(connection.exec_driver_sql(query).scalars())
    except sa.exc.DBAPIError as error:
        if "denied" not in str(error.orig).lower():
            raise
        return None


def _by_account(database: Database, role: str, query: str) -> list[Any]:
    account = f"'{role}_x'@'127.0.0.1'"
    database.run(
        f"CREATE USER {account} IDENTIFIED BY 'only-for-this-test'",
        f"GRANT {role} TO {account}",
        f"SET DEFAULT ROLE {role} FOR {account}",
    )
    url = sa.make_url(database.url).set(username=f"{role}_x", password="only-for-this-test")
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return sorted(connection.exec_driver_sql(query).scalars())
    finally:
        engine.dispose()
        database.run(f"DROP USER {account}")


def test_a_restored_backup_gets_the_marks_back_before_erasures_are_repeated(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.5"""
    world = club(make)
    office = open_office(world, tmp_path)
    old = state(world)
    restrict(office, ADA)
    office.erase(ADA)
    marked = state(world)
    back = [
        "UPDATE users SET frozen = 0 WHERE id = 7",
        "UPDATE posts SET held = NULL WHERE id = 1",
        "UPDATE letters SET status = NULL WHERE id = 1",
        "UPDATE letters SET status = '' WHERE id = 2",
        "UPDATE orders SET held = NULL WHERE line = 1 AND user_id = 7",
        "INSERT INTO tags VALUES (1, 7, 'x')",
    ]
    false = "false" if world.database.dialect == "postgresql" else "0"
    world.run(*back, f"UPDATE orders SET held = {false} WHERE line = 2")
    assert state(world) == old

    done = replay(means=office.means(NOW + timedelta(days=1)), system="club")

    assert (done.failures, done.values) == ((), 6)
    assert state(world) == marked
    lift(office, Case.objects.get())
    assert {name: rows for name, rows in state(world).items() if name != "tags"} == {
        name: rows for name, rows in old.items() if name != "tags"
    }


KEPT = MAP.replace(
    "posts: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}",
    "posts: {belongs_to: {user_id: users.id}, restriction: held,"
    " on_erase: {retain: {ground: legal-obligation, law: tax, for: 7y, after: written_on, then: delete}}}",
)


def test_the_purge_spares_what_is_restricted_until_that_is_lifted(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.5"""
    world = club(make, KEPT, extra="ALTER TABLE posts ADD COLUMN written_on DATE DEFAULT '2025-01-01';\n")
    office = open_office(world, tmp_path)
    assert office.erase(ADA).complete
    posts = world.rows("posts", "id")
    restrict(office, ADA, people=("users=7",))

    restricted = office.purge("2032-02-01")
    during = world.rows("posts", "id")
    lift(office, Case.objects.get(state=CaseState.OPEN))
    after = office.purge("2032-02-02")

    assert (restricted.rows, restricted.failures, during) == (0, (), posts)
    assert (after.rows, after.failures) == (1, ())
    assert world.rows("posts", "id") == [(2,), (3,)]
