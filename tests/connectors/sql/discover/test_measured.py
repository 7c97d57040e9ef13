"""What was learnt by measuring drafts on whole applications (docs/discovery.md), each as a small schema of its own."""

from tests.connectors.sql.discover.trial import drafted
from tests.servers.database import Database

PEOPLE = "CREATE TABLE account (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, first_name VARCHAR(50) NOT NULL)"


def test_a_table_of_names_to_which_many_refer_is_not_people(each_database: Database) -> None:
    each_database.run(
        PEOPLE,
        "CREATE TABLE country (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)",
        *(
            f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, country_id INTEGER NOT NULL, "
            "FOREIGN KEY (country_id) REFERENCES country (id))"
            for name in ("port", "river", "tax", "coin")
        ),
        "CREATE TABLE address (id INTEGER PRIMARY KEY, street VARCHAR(50), account_id INTEGER NOT NULL, "
        "country_id INTEGER NOT NULL, FOREIGN KEY (account_id) REFERENCES account (id), "
        "FOREIGN KEY (country_id) REFERENCES country (id))",
        "INSERT INTO country VALUES (1, 'Norway'), (2, 'Sweden'), (3, 'Finland')",
    )

    assert set(drafted(each_database).judged.people) == {"account"}


def test_a_notification_belongs_to_who_receives_it_and_loses_who_sent_it(each_database: Database) -> None:
    each_database.run(
        PEOPLE,
        "CREATE TABLE notification (id INTEGER PRIMARY KEY, body VARCHAR(200) NOT NULL, recipient_id INTEGER NOT NULL, "
        "sender_id INTEGER, FOREIGN KEY (recipient_id) REFERENCES account (id), "
        "FOREIGN KEY (sender_id) REFERENCES account (id))",
    )

    table = drafted(each_database).system.table("notification")

    assert {name: type(action).__name__ for name, action in table.treatment.by} == {
        "recipient_id": "Delete",
        "sender_id": "Detach",
    }


def test_a_flag_is_no_key_of_anybody(mariadb: Database) -> None:
    """MariaDB has no booleans: each 1 is also somebody's key."""
    mariadb.run(
        PEOPLE.replace("NOT NULL)", "NOT NULL, is_staff TINYINT(1) NOT NULL)"),
        "CREATE TABLE task (id INTEGER PRIMARY KEY, title VARCHAR(50), cancelled TINYINT(1) NOT NULL)",
        "INSERT INTO account VALUES (1, 'mara@example.org', 'Mara', 1), (2, 'jon@example.org', 'Jon', 1)",
    )

    system = drafted(mariadb).system

    assert [table.name for table in system.tables if table.links] == []


def test_a_text_without_values_is_no_log_in(each_database: Database) -> None:
    each_database.run(
        "CREATE TABLE account (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, username VARCHAR(50) UNIQUE)",
        "CREATE TABLE firm (id INTEGER PRIMARY KEY, contact_name VARCHAR(50), partner_reference VARCHAR(50))",
    )

    assert [table.name for table in drafted(each_database).system.tables if table.links] == []


def test_every_schema_with_tables_is_drafted_where_none_is_named(postgresql: Database) -> None:
    postgresql.run(
        "CREATE SCHEMA people",
        "CREATE SCHEMA nothing",
        PEOPLE.replace("TABLE account", "TABLE people.account"),
        "CREATE TABLE note (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES people.account (id))",
    )

    system = drafted(postgresql).system

    assert system.schemas == ("public", "people")
    assert {table.name for table in system.tables} == {"people.account", "note"}
