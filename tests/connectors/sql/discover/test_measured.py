"""What was learnt by measuring drafts on whole applications (docs/discovery.md), each as a small schema of its own."""

from pathlib import Path

from tests.connectors.sql.discover.trial import drafted, world_of
from tests.scenarios.world import NOW
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


ORDERS = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, account_id INTEGER, guest_email VARCHAR(100) NOT NULL, "
    "FOREIGN KEY (account_id) REFERENCES account (id))"
)


def test_a_note_on_an_order_is_about_who_ordered_and_loses_who_wrote_it(each_database: Database) -> None:
    each_database.run(
        PEOPLE,
        ORDERS,
        "CREATE TABLE ordernote (id INTEGER PRIMARY KEY, message VARCHAR(200) NOT NULL, order_id INTEGER NOT NULL, "
        "user_id INTEGER, FOREIGN KEY (order_id) REFERENCES orders (id), FOREIGN KEY (user_id) REFERENCES account (id))",
    )

    table = drafted(each_database).system.table("ordernote")

    assert {name: type(action).__name__ for name, action in table.treatment.by} == {
        "order_id": "Retain",
        "user_id": "Detach",
    }


def test_a_list_goes_with_the_addresses_that_were_told_of_it(each_database: Database) -> None:
    """Who was told of it by address alone has no row of it; a list with members of their own stays."""
    each_database.run(
        PEOPLE,
        "CREATE TABLE wishlist (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, FOREIGN KEY (owner_id) REFERENCES account (id))",
        "CREATE TABLE wishlist_sharedemail (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, wishlist_id INTEGER NOT NULL, "
        "FOREIGN KEY (wishlist_id) REFERENCES wishlist (id))",
        "CREATE TABLE bookmark (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, FOREIGN KEY (owner_id) REFERENCES account (id))",
        "CREATE TABLE bookmark_member (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, bookmark_id INTEGER NOT NULL, "
        "FOREIGN KEY (bookmark_id) REFERENCES bookmark (id), FOREIGN KEY (user_id) REFERENCES account (id))",
    )

    judged = drafted(each_database).judged

    assert {name: case.going for name, case in judged.cases.items() if name in ("wishlist", "bookmark")} == {
        "wishlist": True,
        "bookmark": False,
    }


def test_what_a_writer_without_account_wrote_goes_with_the_address(each_database: Database) -> None:
    each_database.run(
        PEOPLE,
        "CREATE TABLE review (id INTEGER PRIMARY KEY, body VARCHAR(200) NOT NULL, name VARCHAR(50) NOT NULL, "
        "email VARCHAR(100) NOT NULL, user_id INTEGER, FOREIGN KEY (user_id) REFERENCES account (id))",
    )

    by = dict(drafted(each_database).system.table("review").treatment.by)

    assert {each.column for each in by["email"].assignments} == {"body", "name", "email"}


def test_a_single_text_in_json_goes_whole_and_keeps_its_shape(mariadb: Database, tmp_path: Path) -> None:
    mariadb.run(
        PEOPLE,
        "CREATE TABLE wish (id INTEGER PRIMARY KEY, value JSON NOT NULL, choice JSON NOT NULL, account_id INTEGER, "
        "FOREIGN KEY (account_id) REFERENCES account (id))",
        "INSERT INTO account VALUES (1, 'mara@example.org', 'Mara')",
        """INSERT INTO wish VALUES (1, '"To Mara"', '{"colour": "red"}', 1)""",
    )

    world = world_of(drafted(mariadb), mariadb, tmp_path)
    erased = world.erase("email=mara@example.org", now=NOW)

    assert erased.verified.remnants == ()
    assert mariadb.rows("SELECT account_id, choice FROM wish") == [(None, "{}")]
    assert [str(value).strip('"') for (value,) in mariadb.rows("SELECT value FROM wish")] == [""]
