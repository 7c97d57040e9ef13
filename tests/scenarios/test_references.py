"""Scenarios 16 to 27: cycles, diamonds, cascades, natural and composite keys, confused types."""

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.world import World, counted
from tests.servers.database import Database
from upheld.rights.connector import Severity
from upheld.rights.outcome import Failure, Misconfigured, Permanent

DELETED = "users: {person: id, identities: {email: email}, on_erase: delete}\n"
EMAILS = "emails: {belongs_to: {user_id: users.id}, identities: {email: address}, on_erase: delete}\n"


def _stops(world: World) -> set[str]:
    return {each.code for each in world.check() if each.severity is Severity.STOP}


def _pair(dialect: str, nullable: bool, deferrable: bool) -> str:
    """users.primary_email_id and emails.user_id refer to each other."""
    null = "" if nullable else " NOT NULL"
    defer = " DEFERRABLE INITIALLY IMMEDIATE" if deferrable and dialect == "postgresql" else ""
    create = f"""
    CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80), primary_email_id INTEGER{null});
    CREATE TABLE emails (id INTEGER PRIMARY KEY, address VARCHAR(80), user_id INTEGER NOT NULL,
                         FOREIGN KEY (user_id) REFERENCES users(id){defer});
    INSERT INTO users VALUES (0, 'ada@chess.example.org', 1), (5, 'ben@chess.example.org', 2);
    INSERT INTO emails VALUES (1, 'ada@chess.example.org', 0), (2, 'ben@chess.example.org', 5);
    """
    if dialect == "sqlite":
        return create.replace(
            f"primary_email_id INTEGER{null}",
            f"primary_email_id INTEGER{null} REFERENCES emails(id) DEFERRABLE INITIALLY DEFERRED",
        )
    return create + f"ALTER TABLE users ADD FOREIGN KEY (primary_email_id) REFERENCES emails(id){defer};\n"


def test_scenario_16_a_cycle_of_two_is_cut_at_the_link_that_may_be_empty(
    make: Make, each_database: Database
) -> None:
    world = make(_pair(each_database.dialect, nullable=True, deferrable=False), DELETED + EMAILS)

    world.erase(ADA)

    assert world.rows("users") == [(5, "ben@chess.example.org", 2)]
    assert world.rows("emails") == [(2, "ben@chess.example.org", 5)]


@pytest.mark.parametrize("deferrable", [True, False])
def test_scenario_16_a_full_cycle_waits_for_the_commit_or_is_refused_before_any_write(
    make: Make, each_database: Database, deferrable: bool
) -> None:
    world = make(_pair(each_database.dialect, nullable=False, deferrable=deferrable), DELETED + EMAILS)
    before = (world.rows("users"), world.rows("emails"))
    can_wait = each_database.dialect == "sqlite" or (each_database.dialect == "postgresql" and deferrable)

    if can_wait:
        world.erase(ADA)
        assert world.rows("users") == [(5, "ben@chess.example.org", 2)]
    else:
        with pytest.raises(Misconfigured):
            world.erase(ADA)
        assert (world.rows("users"), world.rows("emails")) == before


def test_scenario_17_a_cycle_of_three_is_cut_at_the_link_that_may_be_empty(
    make: Make, each_database: Database
) -> None:
    late = each_database.dialect != "sqlite"
    reference = "" if late else " REFERENCES c(id)"
    world = make(
        PEOPLE
        + f"""
        CREATE TABLE a (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id), c_id INTEGER{reference});
        CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a(id));
        CREATE TABLE c (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL REFERENCES b(id));
        {"ALTER TABLE a ADD FOREIGN KEY (c_id) REFERENCES c(id);" if late else ""}
        INSERT INTO a VALUES (1, 0, NULL), (2, 5, NULL);
        INSERT INTO b VALUES (1, 1), (2, 2);
        INSERT INTO c VALUES (1, 1), (2, 2);
        UPDATE a SET c_id = id;
        """,
        USERS
        + """
a: {belongs_to: {user_id: users.id}, on_erase: delete}
b: {belongs_to: {a_id: a.id}, on_erase: delete}
c: {belongs_to: {b_id: b.id}, on_erase: delete}
""",
    )

    world.erase(ADA)

    assert [world.rows(each) for each in "abc"] == [[(2, 5, 2)], [(2, 2)], [(2, 2)]]


def test_scenario_18_a_row_reached_by_two_ways_is_handled_and_counted_once(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
        CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id),
                            address_id INTEGER NOT NULL REFERENCES addresses(id));
        INSERT INTO addresses VALUES (1, 0), (2, 5);
        INSERT INTO orders VALUES (1, 0), (2, 5);
        INSERT INTO items VALUES (1, 1, 1), (2, 1, 1), (3, 2, 2);
        """,
        USERS
        + """
addresses: {belongs_to: {user_id: users.id}, on_erase: delete}
orders: {belongs_to: {user_id: users.id}, on_erase: delete}
items: {belongs_to: {order_id: orders.id, address_id: addresses.id}, on_erase: delete}
""",
    )

    erasure = world.erase(ADA)

    assert counted(world, erasure)["Erase items"] == 2
    assert erasure.matched["items"] == 2
    assert world.rows("items") == [(3, 2, 2)]
    assert world.copy(BEN)["items"] == [(3, 2, 2)]


DONATIONS = (
    PEOPLE
    + """
CREATE TABLE donations (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id) ON DELETE {action}, paid_on DATE);
INSERT INTO donations VALUES (1, 0, '2025-01-01'), (2, 5, '2025-01-01');
"""
)
RETAINED = """
donations:
  belongs_to: {user_id: users.id}
  on_erase: {retain: {ground: legal-obligation, law: tax records, for: 7y, after: paid_on}}
"""


def test_scenario_19_a_cascade_never_takes_what_must_be_kept(make: Make) -> None:
    world = make(DONATIONS.replace("{action}", "CASCADE"), USERS + RETAINED)
    before = (world.rows("users"), world.rows("donations"))

    with pytest.raises(Misconfigured):
        world.erase(ADA)

    assert _stops(world)
    assert (world.rows("users"), world.rows("donations")) == before


def test_scenario_20_nothing_becomes_null_where_null_is_forbidden(make: Make) -> None:
    world = make(PEOPLE, USERS.replace("on_erase: delete", "on_erase: {anonymise: {email: null}}"))

    with pytest.raises(Misconfigured):
        world.erase(ADA)

    assert {(each.table, each.column) for each in world.check() if each.severity is Severity.STOP} == {
        ("users", "email")
    }
    assert len(world.rows("users")) == 3


def test_scenario_21_a_column_that_looks_like_a_reference_is_a_doubt(make: Make) -> None:
    world = make(
        PEOPLE + "CREATE TABLE audit_log (id INTEGER PRIMARY KEY, user_id INTEGER, editor_id INTEGER);",
        USERS + "audit_log: {belongs_to: {editor_id: users.id}, on_erase: delete}\n",
    )

    doubts = {(each.table, each.column) for each in world.check() if each.severity is Severity.DOUBT}

    assert ("audit_log", "user_id") in doubts


def test_scenario_22_an_address_is_found_under_every_spelling_but_not_under_a_tag(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE newsletter (id INTEGER PRIMARY KEY, email VARCHAR(120));
        INSERT INTO newsletter VALUES (1, 'Ada@Chess.Example.ORG'), (2, ' ada@chess.example.org'),
          (3, 'ada+x@chess.example.org'), (4, 'xada@chess.example.org'), (5, 'adá@chess.example.org');
        """,
        USERS + "newsletter: {belongs_to: {email: {identity: email}}, on_erase: delete}\n",
    )

    world.erase(ADA)

    assert world.rows("newsletter", "id") == [(3,), (4,), (5,)]


def test_scenario_23_a_generic_key_is_hers_only_with_her_type(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE kinds (id INTEGER PRIMARY KEY, label VARCHAR(20));
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
        CREATE TABLE attachments (id INTEGER PRIMARY KEY, kind_id INTEGER, object_id VARCHAR(20));
        INSERT INTO kinds VALUES (1, 'user'), (2, 'ticket');
        INSERT INTO tickets VALUES (5, 0), (0, 5);
        INSERT INTO attachments VALUES (1, 1, '0'), (2, 2, '0'), (3, 2, '5'), (4, 1, '5'), (5, 1, '0x');
        """,
        USERS
        + """
tickets: {belongs_to: {user_id: users.id}, on_erase: delete}
attachments:
  belongs_to:
    - {columns: [object_id], to: users, key: [id], cast: text, when: {kind_id: {lookup: kinds, label: user}}}
    - {columns: [object_id], to: tickets, key: [id], cast: text, when: {kind_id: {lookup: kinds, label: ticket}}}
  on_erase: delete
""",
        system="no_personal_data: [{tables: [kinds], reason: names of kinds}]",
    )

    world.erase(ADA)

    assert world.rows("attachments", "id") == [(2,), (4,), (5,)]


def test_scenario_24_a_key_of_two_columns_is_compared_whole(make: Make) -> None:
    world = make(
        """
        CREATE TABLE users (org_id INTEGER NOT NULL, id INTEGER NOT NULL, email VARCHAR(80), PRIMARY KEY (org_id, id));
        CREATE TABLE membership (id INTEGER PRIMARY KEY, org_id INTEGER, user_id INTEGER,
                                 FOREIGN KEY (org_id, user_id) REFERENCES users(org_id, id));
        INSERT INTO users VALUES (1, 7, 'ada@chess.example.org'), (2, 7, 'ben@chess.example.org'),
                                 (1, 8, 'cy@chess.example.org');
        INSERT INTO membership VALUES (1, 1, 7), (2, 2, 7), (3, 1, 8), (4, NULL, 7);
        """,
        """
        users: {person: [org_id, id], identities: {email: email}, on_erase: delete}
        membership: {belongs_to: [{columns: [org_id, user_id], to: users, key: [org_id, id]}], on_erase: delete}
        """,
    )

    erasure = world.erase(ADA)

    assert world.rows("membership") == [(2, 2, 7), (3, 1, 8), (4, None, 7)]
    assert counted(world, erasure) == {"Erase membership": 1, "Erase users": 1}


GUESTS = (
    PEOPLE
    + """
CREATE TABLE contacts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), email VARCHAR(80));
INSERT INTO contacts VALUES (1, 0, 'other@chess.example.org'), (2, NULL, 'ADA@chess.example.org'),
                            (3, NULL, 'ben@chess.example.org');
"""
)


def test_scenario_25_a_guests_rows_are_found_by_her_address(make: Make) -> None:
    world = make(
        GUESTS,
        USERS + "contacts: {belongs_to: {user_id: users.id, email: {identity: email}}, on_erase: delete}\n",
    )

    world.erase(ADA)

    assert world.rows("contacts", "id") == [(3,)]


def test_scenario_25_a_table_with_only_optional_owners_is_a_doubt(make: Make) -> None:
    world = make(GUESTS, USERS + "contacts: {belongs_to: {user_id: users.id}, on_erase: delete}\n")

    assert "contacts" in {each.table for each in world.check() if each.severity is not Severity.NOTE}


def test_scenario_26_a_person_without_an_account_is_found_by_a_column(make: Make) -> None:
    world = make(
        """
        CREATE TABLE comment (id INTEGER PRIMARY KEY, author_name VARCHAR(40), author_email VARCHAR(80), body VARCHAR(80));
        INSERT INTO comment VALUES (1, 'Ada', 'ada@chess.example.org', 'x'), (2, 'Ada', 'other@chess.example.org', 'y');
        """,
        """
        comment:
          belongs_to: {author_email: {identity: email}}
          fields: {author_name: {category: name, purposes: [service]}}
          on_erase: {anonymise: {author_name: null, author_email: null, body: "[removed]"}}
        """,
    )

    world.erase(ADA)

    assert world.rows("comment") == [(1, None, None, "[removed]"), (2, "Ada", "other@chess.example.org", "y")]


@pytest.mark.parametrize(
    "text", ["7abc", "7 ", " 7", "%", "", "NULL", "7,7", "7.5", "١", "7; DROP TABLE users"]
)
def test_scenario_27_what_is_no_key_names_nobody(make: Make, text: str) -> None:
    world = make(PEOPLE + "INSERT INTO users VALUES (7, 'x@chess.example.org');", USERS)

    with pytest.raises(Permanent):
        world.erase(people=[f"users={text}"])

    assert len(world.rows("users")) == 4


def test_scenario_27_a_text_key_is_not_matched_as_a_number(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE marks (id INTEGER PRIMARY KEY, owner VARCHAR(20));
        INSERT INTO marks VALUES (1, '0'), (2, '0abc'), (3, 'abc'), (4, ''), (5, '00'), (6, ' 0'), (7, NULL);
        """,
        USERS + "marks: {belongs_to: {owner: {to: users.id, cast: text}}, on_erase: delete}\n",
    )

    world.erase(ADA)

    assert world.rows("marks", "id") == [(2,), (3,), (4,), (5,), (6,), (7,)]


@pytest.mark.parametrize("value", ["", "%", "ada", "' OR 1=1 --", "[]", "null"])
def test_scenario_27_an_address_that_is_none_finds_nobody(make: Make, value: str) -> None:
    world = make(PEOPLE, USERS)

    try:
        erasure = world.erase(f"email={value}")
        assert sum(erasure.counts.values()) == 0
    except Failure:
        pass

    assert len(world.rows("users")) == 3
