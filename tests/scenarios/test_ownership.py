"""Scenarios 1 to 9: whose row it is, near and far."""

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.people import ADA, BEN, CY, PEOPLE, USERS
from tests.scenarios.world import counted
from upheld.rights.outcome import Committed


def test_scenario_1_a_person_with_nothing_else_is_erased_and_others_stay(make: Make) -> None:
    world = make(PEOPLE, USERS)

    erasure = world.erase(ADA)

    assert world.rows("users", "id") == [(10,), (5,)]
    assert erasure.matched == {"users": 1}
    assert counted(world, erasure) == {"Erase users": 1}
    assert erasure.verified.remnants == ()


def test_scenario_2_rows_that_point_at_her_go_with_her(make: Make) -> None:
    world = make(
        PEOPLE
        + """
        CREATE TABLE addr (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
        INSERT INTO addr VALUES (0, 0), (1, 0), (2, 5);
        """,
        USERS + "addr: {belongs_to: {user_id: users.id}, on_erase: delete}\n",
    )

    erasure = world.erase(ADA)

    assert world.rows("addr") == [(2, 5)]
    assert counted(world, erasure) == {"Erase addr": 2, "Erase users": 1}


def test_scenario_3_a_table_without_people_is_never_touched(make: Make) -> None:
    world = make(
        PEOPLE + "CREATE TABLE openings (id INTEGER PRIMARY KEY, name VARCHAR(40));\n"
        "INSERT INTO openings VALUES (0, 'ada@chess.example.org'), (5, 'Ponziani');",
        USERS,
        system="no_personal_data: [{tables: [openings], reason: names of openings}]",
    )

    world.erase(ADA)

    assert world.rows("openings") == [(0, "ada@chess.example.org"), (5, "Ponziani")]


CHAIN = (
    PEOPLE
    + """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users(id));
CREATE TABLE payments (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts(id));
CREATE TABLE refunds (id INTEGER PRIMARY KEY, payment_id INTEGER NOT NULL REFERENCES payments(id));
INSERT INTO accounts VALUES (1, 0), (2, 0), (3, 5);
INSERT INTO payments VALUES (1, 1), (2, 1), (3, 2), (4, 3);
INSERT INTO refunds VALUES (1, 1), (2, 4), (3, 3), (4, 3);
"""
)
CHAINED = (
    USERS
    + """
accounts: {belongs_to: {user_id: users.id}, on_erase: delete}
payments: {belongs_to: {account_id: accounts.id}, on_erase: delete}
refunds: {belongs_to: {payment_id: payments.id}, on_erase: delete}
"""
)


def test_scenario_4_rows_behind_a_table_between_are_hers_too(make: Make) -> None:
    world = make(CHAIN, CHAINED)

    world.erase(BEN)

    assert world.rows("payments") == [(1, 1), (2, 1), (3, 2)]
    assert world.rows("refunds") == [(1, 1), (3, 3), (4, 3)]


def test_scenario_5_a_chain_of_four_goes_children_first_and_is_counted_by_level(make: Make) -> None:
    world = make(CHAIN, CHAINED)

    erasure = world.erase(ADA)

    assert counted(world, erasure) == {
        "Erase refunds": 3,
        "Erase payments": 3,
        "Erase accounts": 2,
        "Erase users": 1,
    }
    assert (world.rows("accounts"), world.rows("payments"), world.rows("refunds")) == (
        [(3, 5)],
        [(4, 3)],
        [(2, 4)],
    )


MESSAGES = (
    PEOPLE
    + """
CREATE TABLE msg (id INTEGER PRIMARY KEY, sender_id INTEGER REFERENCES users(id),
                  recipient_id INTEGER REFERENCES users(id));
INSERT INTO msg VALUES (1, 0, 10), (2, 0, 0), (3, 5, 10), (4, 5, 0);
"""
)
TWO_PARTIES = (
    USERS
    + """
msg:
  belongs_to: {sender_id: users.id, recipient_id: users.id}
  on_erase: {by: {sender_id: detach, recipient_id: detach}, orphan: delete}
"""
)


@pytest.mark.key("tables.*.on_erase.by")
def test_scenario_6_a_message_of_two_loses_only_her_side(make: Make) -> None:
    world = make(MESSAGES, TWO_PARTIES)

    erasure = world.erase(ADA)

    assert world.rows("msg") == [(1, None, 10), (3, 5, 10), (4, 5, None)]
    assert erasure.matched == {"msg": 3, "users": 1}


def test_scenario_7_a_message_goes_when_the_last_of_its_people_leaves(make: Make) -> None:
    world = make(MESSAGES, TWO_PARTIES)
    world.erase(ADA)

    world.erase(CY)

    assert world.rows("msg") == [(3, 5, None), (4, 5, None)]


CLINIC = """
CREATE TABLE patients (id INTEGER PRIMARY KEY, email VARCHAR(80));
CREATE TABLE doctors (id INTEGER PRIMARY KEY, email VARCHAR(80));
CREATE TABLE chat (id INTEGER PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES patients(id), doctor_id INTEGER,
                   body VARCHAR(80));
INSERT INTO patients VALUES (10, 'pat@chess.example.org'), (20, 'quinn@chess.example.org');
INSERT INTO doctors VALUES (2, 'doc@chess.example.org');
INSERT INTO chat VALUES (1, 10, 2, 'it hurts'), (2, 10, 2, 'still'), (3, 20, 2, 'better');
"""
CARE = """
patients: {person: id, identities: {email: email}, fields: {email: {category: email-address, purposes: [service]}},
           on_erase: delete}
doctors: {person: id, identities: {email: email}, fields: {email: {category: email-address, purposes: [service]}},
          on_erase: delete}
chat:
  belongs_to: {patient_id: patients.id}
  visible_to: {doctor_id: doctors.id}
  fields: {body: {category: health, purposes: [service]}}
  on_erase: {by: {patient_id: delete, doctor_id: {anonymise: {doctor_id: -1}}}}
"""


def test_scenario_8_the_owner_takes_the_chats_with_her(make: Make) -> None:
    world = make(CLINIC, CARE)

    world.erase("email=pat@chess.example.org")

    assert world.rows("chat") == [(3, 20, 2, "better")]
    assert world.rows("doctors") == [(2, "doc@chess.example.org")]


def test_scenario_8_one_who_may_only_see_leaves_them_under_a_pseudonym(make: Make) -> None:
    world = make(CLINIC, CARE)

    world.erase("email=doc@chess.example.org")

    assert world.rows("chat") == [(1, 10, -1, "it hurts"), (2, 10, -1, "still"), (3, 20, -1, "better")]
    assert world.rows("doctors") == []


def test_scenario_9_what_must_be_kept_stays_with_its_reason_and_a_pseudonym(make: Make) -> None:
    world = make(
        """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80));
        CREATE TABLE spi (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id));
        CREATE TABLE ppi (id INTEGER PRIMARY KEY, customer_ref VARCHAR(40) NOT NULL, paid_on DATE NOT NULL);
        INSERT INTO customers VALUES (10, 'pat@chess.example.org'), (20, 'quinn@chess.example.org');
        INSERT INTO spi VALUES (1, 10), (2, 10), (3, 20);
        INSERT INTO ppi VALUES (1, '10', '2024-05-01'), (2, '10', '2025-05-01'), (3, '20', '2025-05-01');
        """,
        """
        customers: {person: id, identities: {email: email}, on_erase: delete,
                    fields: {email: {category: email-address, purposes: [service]}}}
        spi: {belongs_to: {customer_id: customers.id}, on_erase: delete}
        ppi:
          belongs_to: {customer_ref: {to: customers.id, cast: text}}
          on_erase: {retain: {ground: legal-obligation, law: accounts, for: 10y, after: paid_on,
                     anonymise: {customer_ref: {pseudonym: "c-{random}"}}}}
        """,
    )

    erasure = world.erase("email=pat@chess.example.org")

    (first, second, third) = world.rows("ppi", "id, customer_ref")
    assert world.rows("spi") == [(3, 20)]
    assert first[1] == second[1]
    assert first[1].startswith("c-r")
    assert third == (3, "20")
    assert counted(world, erasure) == {"Erase customers": 1, "Erase spi": 2, "Retain ppi": 2}
    due = [each for event in erasure.events if isinstance(event, Committed) for each in event.due]
    assert [(each.table, each.on, each.rows) for each in due] == [
        ("ppi", "2034-05-01", ((1,),)),
        ("ppi", "2035-05-01", ((2,),)),
    ]
