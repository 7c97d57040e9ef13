"""Shapes that an unedited draft has to understand, each carried out on three databases."""

import json
from pathlib import Path

from tests.connectors.sql.discover.trial import drafted, world_of
from tests.scenarios.world import NOW, World
from tests.servers.database import Database
from upheld.datamap.discover.recognise import luhn

ADA = "email=ada@quill.example"


def _world(database: Database, folder: Path, *statements: str) -> World:
    database.run(*statements)
    return world_of(drafted(database), database, folder / "privacy")


def test_addresses_in_a_table_of_their_own_lead_to_the_account(
    each_database: Database, tmp_path: Path
) -> None:
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, first_name VARCHAR(40), last_name VARCHAR(40))",
        "CREATE TABLE emails (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, email VARCHAR(80) NOT NULL,"
        " FOREIGN KEY (user_id) REFERENCES users(id))",
        "INSERT INTO users VALUES (1, 'Ada', 'Quill'), (2, 'Bo', 'Ash'), (3, 'Cy', 'Elm')",
        "INSERT INTO emails VALUES (1, 1, 'ada@quill.example'), (2, 1, 'a.quill@work.example'), (3, 2, 'bo@ash.example')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("users") == [(1, None, None), (2, "Bo", "Ash"), (3, "Cy", "Elm")]
    assert world.rows("emails") == [(3, 2, "bo@ash.example")]


def test_a_link_that_may_not_be_empty_turns_to_the_row_that_stands_for_nobody(
    each_database: Database, tmp_path: Path
) -> None:
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, login VARCHAR(60) NOT NULL UNIQUE, email VARCHAR(80) NOT NULL)",
        "CREATE TABLE topics (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, title VARCHAR(40),"
        " FOREIGN KEY (author_id) REFERENCES users(id))",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, author_id INTEGER NOT NULL, body"
        " VARCHAR(40), FOREIGN KEY (topic_id) REFERENCES topics(id), FOREIGN KEY (author_id) REFERENCES users(id))",
        "INSERT INTO users VALUES (1, 'ghost', 'ghost@board.example'), (2, 'adaq', 'ada@quill.example'),"
        " (3, 'bo', 'bo@ash.example')",
        "INSERT INTO topics VALUES (1, 2, 'Ink'), (2, 3, 'Quills')",
        "INSERT INTO posts VALUES (1, 1, 2, 'Which ink?'), (2, 1, 3, 'Any.'), (3, 2, 2, 'Goose.')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("topics") == [(1, 1, "Ink"), (2, 3, "Quills")]
    assert world.rows("posts") == [(1, 1, 1, None), (2, 1, 3, "Any."), (3, 2, 1, None)]
    assert world.rows("users", "id, login")[0::2] == [(1, "ghost"), (3, "bo")]


def test_a_link_of_which_a_check_speaks_is_not_emptied(each_database: Database, tmp_path: Path) -> None:
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)",
        "CREATE TABLE principals (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, user_id INTEGER, team VARCHAR(20),"
        " CHECK (kind <> 1 OR (user_id IS NOT NULL AND team IS NULL)), FOREIGN KEY (user_id) REFERENCES users(id))",
        "INSERT INTO users VALUES (1, 'ada@quill.example'), (2, 'bo@ash.example')",
        "INSERT INTO principals VALUES (1, 1, 1, NULL), (2, 1, 2, NULL), (3, 2, NULL, 'crew')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("principals") == [(2, 1, 2, None), (3, 2, None, "crew")]


def test_an_address_in_a_firms_row_takes_nothing_else_with_it(
    each_database: Database, tmp_path: Path
) -> None:
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL)",
        "CREATE TABLE companies (id INTEGER PRIMARY KEY, name VARCHAR(40), phone VARCHAR(40), contact_email VARCHAR(80))",
        "INSERT INTO users VALUES (1, 'ada@quill.example'), (2, 'bo@ash.example'), (3, 'cy@elm.example')",
        "INSERT INTO companies VALUES (1, 'Quill Works', '+49 30 901820', 'ada@quill.example'),"
        " (2, 'Ash Works', '+49 30 901821', 'bo@ash.example'), (3, 'Elm Works', NULL, 'cy@elm.example')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("companies") == [
        (1, "Quill Works", "+49 30 901820", None),
        (2, "Ash Works", "+49 30 901821", "bo@ash.example"),
        (3, "Elm Works", None, "cy@elm.example"),
    ]


def test_a_register_that_many_refer_to_is_nobodys(each_database: Database, tmp_path: Path) -> None:
    orders = ", ".join(f"({n}, {1 + n % 3}, {1 + n % 2}, {n})" for n in range(1, 13))
    addresses = ", ".join(f"({n}, 'Street {n}', '+49 30 90182{n:02}')" for n in range(1, 13))
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE)",
        "CREATE TABLE stations (id INTEGER PRIMARY KEY, street VARCHAR(40), phone VARCHAR(40))",
        "CREATE TABLE order_addresses (id INTEGER PRIMARY KEY, street VARCHAR(40), phone VARCHAR(40))",
        "CREATE TABLE bookings (id INTEGER PRIMARY KEY, customer_id INTEGER, station_id INTEGER, address_id INTEGER,"
        " FOREIGN KEY (customer_id) REFERENCES customers(id), FOREIGN KEY (station_id) REFERENCES stations(id),"
        " FOREIGN KEY (address_id) REFERENCES order_addresses(id))",
        "INSERT INTO customers VALUES (1, 'ada@quill.example'), (2, 'bo@ash.example'), (3, 'cy@elm.example')",
        "INSERT INTO stations VALUES (1, 'Quay 1', '+49 40 901820'), (2, 'Quay 2', '+49 40 901821')",
        f"INSERT INTO order_addresses VALUES {addresses}",
        f"INSERT INTO bookings VALUES {orders}",
    )
    system = world.datamap.system("club")

    assert [
        (table.name, [each.table for each in table.held_by]) for table in system.tables if table.held_by
    ] == [("order_addresses", ["bookings"])]
    assert "stations" in {name for each in system.no_personal_data for name in each.tables}


PEOPLE = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE)",
    "INSERT INTO users VALUES (1, 'ada@quill.example'), (2, 'bo@ash.example'), (3, 'cy@elm.example')",
)


def _documents(database: Database, world: World, table: str, number: int) -> list[object]:
    """One column of JSON. PostgreSQL gives documents, the others their text."""
    found = [row[number] for row in world.rows(table)]
    return found if database.dialect == "postgresql" else [json.loads(str(each)) for each in found]


def test_her_address_goes_out_of_lists_that_others_stand_in(each_database: Database, tmp_path: Path) -> None:
    world = _world(
        each_database,
        tmp_path,
        *PEOPLE,
        "CREATE TABLE newsletters (id INTEGER PRIMARY KEY, title VARCHAR(40), told JSON NOT NULL)",
        "INSERT INTO newsletters VALUES (1, 'Tides', '[\"bo@ash.example\", \"ada@quill.example\"]'),"
        " (2, 'Ropes', '[\"ada@quill.example\"]'), (3, 'Winds', '[\"xada@quill.example\", \"cy@elm.example\"]')",
    )

    world.erase(ADA, now=NOW)

    assert _documents(each_database, world, "newsletters", 2) == [
        ["bo@ash.example"],
        [],
        ["xada@quill.example", "cy@elm.example"],
    ]


def test_an_array_of_addresses_is_a_list_too(postgresql: Database, tmp_path: Path) -> None:
    world = _world(
        postgresql,
        tmp_path,
        *PEOPLE,
        "CREATE TABLE rooms (id INTEGER PRIMARY KEY, told VARCHAR[] NOT NULL)",
        "INSERT INTO rooms VALUES (1, '{ada@quill.example,bo@ash.example}'), (2, '{cy@elm.example}')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("rooms") == [(1, ["bo@ash.example"]), (2, ["cy@elm.example"])]


def test_a_document_of_hers_in_which_anything_may_stand_goes_whole(
    each_database: Database, tmp_path: Path
) -> None:
    world = _world(
        each_database,
        tmp_path,
        *PEOPLE,
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, user_id INTEGER, answers JSON NOT NULL,"
        " FOREIGN KEY (user_id) REFERENCES users(id))",
        'INSERT INTO entries VALUES (1, 1, \'{"q1": "I am Ada Quill", "once": "+49 30 901820"}\'),'
        ' (2, 2, \'{"q1": "I am Bo Ash"}\'), (3, 3, \'{"q1": "Cy"}\')',
    )

    world.erase(ADA, now=NOW)

    assert _documents(each_database, world, "entries", 2) == [{}, {"q1": "I am Bo Ash"}, {"q1": "Cy"}]


def test_what_she_wrote_where_she_acted_goes_with_the_link(each_database: Database, tmp_path: Path) -> None:
    world = _world(
        each_database,
        tmp_path,
        *PEOPLE,
        "CREATE TABLE rooms (id INTEGER PRIMARY KEY, title VARCHAR(40), checked_by_id INTEGER,"
        " checked_by_comment VARCHAR(80), remark VARCHAR(80), FOREIGN KEY (checked_by_id) REFERENCES users(id))",
        "INSERT INTO rooms VALUES (1, 'Quay', 1, 'All well. Ada Quill', 'dry'), (2, 'Pier', 2, 'Wet. Bo Ash', 'wet')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("rooms") == [(1, "Quay", None, None, "dry"), (2, "Pier", 2, "Wet. Bo Ash", "wet")]


def test_of_what_each_may_say_once_about_a_thing_hers_goes(each_database: Database, tmp_path: Path) -> None:
    world = _world(
        each_database,
        tmp_path,
        *PEOPLE,
        "CREATE TABLE papers (id INTEGER PRIMARY KEY, pages INTEGER)",
        "CREATE TABLE reviews (id INTEGER PRIMARY KEY, paper_id INTEGER NOT NULL, user_id INTEGER NOT NULL,"
        " comment VARCHAR(80), UNIQUE (paper_id, user_id), FOREIGN KEY (paper_id) REFERENCES papers(id),"
        " FOREIGN KEY (user_id) REFERENCES users(id))",
        "INSERT INTO papers VALUES (1, 12), (2, 8)",
        "INSERT INTO reviews VALUES (1, 1, 1, 'Sound. Ada'), (2, 1, 2, 'Thin. Bo'), (3, 2, 3, 'Long. Cy')",
    )

    world.erase(ADA, now=NOW)

    assert world.rows("reviews") == [(2, 1, 2, "Thin. Bo"), (3, 2, 3, "Long. Cy")]
    assert world.rows("papers") == [(1, 12), (2, 8)]


def test_a_table_that_is_not_looked_into_is_a_doubt_and_does_not_sink_the_draft(
    sqlite: Database, tmp_path: Path
) -> None:
    world = _world(
        sqlite,
        tmp_path,
        *PEOPLE,
        "CREATE VIRTUAL TABLE search USING fts5(body)",
        "INSERT INTO search VALUES ('a tide table')",
    )

    world.erase(ADA, now=NOW)

    assert [row[0] for row in world.rows("users")] == [2, 3]
    system = world.datamap.system("club")
    assert "search" in {name for each in system.no_personal_data for name in each.tables}


def test_an_order_that_is_kept_loses_what_no_bill_has_to_say_and_her_account(
    each_database: Database, tmp_path: Path
) -> None:
    orders = ", ".join(f"({n}, {1 + n % 3}, {n}, {n}, '+49 30 90182{n:02}')" for n in range(1, 13))
    addresses = ", ".join(f"({n}, 'Ada Quill {n}', 'Street {n}')" for n in range(1, 13))
    columns = "(id INTEGER PRIMARY KEY, recipient_name VARCHAR(40), street VARCHAR(40))"
    world = _world(
        each_database,
        tmp_path,
        *PEOPLE,
        f"CREATE TABLE billing_addresses {columns}",
        f"CREATE TABLE shipping_addresses {columns}",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, billing_address_id INTEGER,"
        " shipping_address_id INTEGER, phone VARCHAR(40) NOT NULL, FOREIGN KEY (user_id) REFERENCES users(id),"
        " FOREIGN KEY (billing_address_id) REFERENCES billing_addresses(id),"
        " FOREIGN KEY (shipping_address_id) REFERENCES shipping_addresses(id))",
        f"INSERT INTO billing_addresses VALUES {addresses}",
        f"INSERT INTO shipping_addresses VALUES {addresses}",
        f"INSERT INTO orders VALUES {orders}",
    )

    world.erase(ADA, now=NOW)

    kept, bills, parcels = (
        {row[0]: row[1:] for row in world.rows(name)}
        for name in ("orders", "billing_addresses", "shipping_addresses")
    )
    assert (kept[3], bills[3], parcels[3]) == (
        (None, 3, 3, "[removed]"),
        ("Ada Quill 3", "Street 3"),
        (None, None),
    )
    assert (kept[1][-1], parcels[1]) == ("+49 30 9018201", ("Ada Quill 1", "Street 1"))


def test_what_only_its_values_tell_goes_with_her(each_database: Database, tmp_path: Path) -> None:
    """Columns whose names say nothing: a birthday, a card's number, a national number, and more in a document."""
    first = ("1984-03-17", 4111111111111111, 85073003328, {"c1": "Ada Quillfeather", "c2": "17.03.1984"})
    rest = [
        (
            f"19{50 + n}-0{1 + n % 9}-1{n % 9}",
            _carded(n),
            _known(n),
            {"c1": f"B{'o' * n} Ash", "c2": f"1{n % 9}.11.19{40 + n}"},
        )
        for n in range(2, 16)
    ]
    rows = ", ".join(
        f"({n}, 'p{n}@ash.example', '{born}', {card}, {known}, '{json.dumps(said)}')"
        for n, (born, card, known, said) in enumerate([first, *rest], 1)
    )
    world = _world(
        each_database,
        tmp_path,
        "CREATE TABLE members (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE, c1 DATE, c2 BIGINT, c3 BIGINT,"
        f" c4 {'JSON' if each_database.dialect == 'postgresql' else 'TEXT'})",
        f"INSERT INTO members VALUES {rows}",
    )
    before = world.rows("members")
    said = [line.strip() for line in drafted(each_database).text.splitlines() if "a guess" in line]
    assert said == [
        "c1: {category: birth-date}  # a guess, 0.60: the values seen are days without a time, all of them long ago",
        "c3: {category: official-number}  # a guess, 0.70: the check digits of the values seen are right",
    ]

    world.erase("email=p1@ash.example", now=NOW)

    after = world.rows("members")
    told = str([each for each in after if each[0] == 1])
    assert [each for each in ("1984", "4111", "850730", "Ada", "17.03") if each in told] == []
    assert [each for each in after if each[0] != 1] == [each for each in before if each[0] != 1]


def _carded(number: int) -> int:
    """The number of a payment card, by its last digit."""
    body = 4111111111110000 + number * 100
    return next(each for each in range(body, body + 10) if luhn(str(each)))


def _known(number: int) -> int:
    """A PESEL of somebody born in 1985."""
    digits = f"850730{number:04}"
    weighed = sum(
        int(each) * weight for each, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True)
    )
    return int(f"{digits}{-weighed % 10}")
