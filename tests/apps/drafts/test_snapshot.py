"""The measuring stick itself: what it calls found, missed, hers, shared and harm, on a database of a few rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.apps import scan
from tests.apps.drafts.kept import Kept
from tests.apps.drafts.measure import Person, harm
from tests.apps.drafts.snapshot import About, Others, places, take

HERS = scan.Needles(
    ("mara@example.org", "Mara Lind"), (("Mara", "Lind"),), {("people", "id"): frozenset({"1"})}
)
MARA = Person("one", "email=mara@example.org", HERS)
OTHERS = Others(("people", "id"), frozenset({"mara@example.org", "jon@example.org"}))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    for statement in (
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, first TEXT, last TEXT)",
        "CREATE TABLE goods (id INTEGER PRIMARY KEY, title TEXT)",
        "CREATE TABLE parcel (id INTEGER PRIMARY KEY, street TEXT)",
        (
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer INTEGER REFERENCES people (id), "
            "parcel INTEGER REFERENCES parcel (id), note TEXT)"
        ),
        (
            "CREATE TABLE line (id INTEGER PRIMARY KEY, orders INTEGER REFERENCES orders (id), "
            "goods INTEGER REFERENCES goods (id))"
        ),
        (
            "CREATE TABLE letter (id INTEGER PRIMARY KEY, sender INTEGER REFERENCES people (id), "
            "receiver INTEGER REFERENCES people (id))"
        ),
        (
            "CREATE TABLE remark (id INTEGER PRIMARY KEY, orders INTEGER REFERENCES orders (id), "
            "writer INTEGER REFERENCES people (id))"
        ),
        "INSERT INTO people VALUES (1, 'mara@example.org', 'Mara', 'Lind'), (2, 'jon@example.org', 'Jon', 'Lindner')",
        "INSERT INTO goods VALUES (1, 'kettle')",
        "INSERT INTO parcel VALUES (1, 'Long Street 1'), (2, 'Short Street 2')",
        "INSERT INTO orders VALUES (1, 1, 1, 'for Mara Lind, not xMara Lind'), (2, 2, 2, 'to Mara Linden')",
        "INSERT INTO line VALUES (1, 1, 1), (2, 2, 1)",
        "INSERT INTO letter VALUES (1, 1, 2), (2, 2, 1)",
        "INSERT INTO remark VALUES (1, 1, 2)",
    ):
        run(made, statement)
    yield made
    made.dispose()


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def touched(
    engine: Engine, *statements: str, about: tuple[About, ...] = ()
) -> tuple[set[object], set[object]]:
    before = take(engine)
    run(engine, *statements)
    strange, both = harm(before, take(engine), places(before, HERS), MARA, OTHERS, about)
    return set(strange), set(both)


def test_a_place_is_where_an_address_a_name_or_a_key_stands(engine: Engine) -> None:
    assert places(take(engine), HERS) == {
        ("people", "email", ("1",)),
        ("people", "*", ("1",)),
        ("orders", "buyer", ("1",)),
        ("orders", "note", ("1",)),
        ("orders", "*", ("1",)),
        ("letter", "sender", ("1",)),
        ("letter", "receiver", ("2",)),
    }


def test_what_names_her_or_hangs_on_what_does_is_hers(engine: Engine) -> None:
    """The parcel names nobody, and her order alone refers to it."""
    assert touched(
        engine,
        "UPDATE orders SET note = '' WHERE id = 1",
        "DELETE FROM line WHERE id = 1",
        "UPDATE parcel SET street = '' WHERE id = 1",
    ) == (set(), set())


def test_what_others_use_and_what_names_others_is_harm(engine: Engine) -> None:
    strange, both = touched(
        engine,
        "UPDATE goods SET title = '' WHERE id = 1",
        "UPDATE orders SET note = '' WHERE id = 2",
        "DELETE FROM line WHERE id = 2",
        "UPDATE parcel SET street = '' WHERE id = 2",
        "DELETE FROM remark WHERE id = 1",
        "INSERT INTO goods VALUES (2, 'new')",
    )

    assert both == set()
    assert strange == {
        ("goods", ("1",)),
        ("orders", ("2",)),
        ("line", ("2",)),
        ("parcel", ("2",)),
        ("remark", ("1",)),
        ("goods", ("2",)),
    }


def test_a_shared_row_may_lose_her_and_must_not_lose_the_other(engine: Engine) -> None:
    assert touched(
        engine, "UPDATE letter SET sender = NULL WHERE id = 1", "DELETE FROM letter WHERE id = 2"
    ) == (set(), {("letter", ("2",))})


def test_a_row_without_a_key_that_loses_her_is_the_same_row(engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE watch (who INTEGER REFERENCES people (id), what TEXT)",
        "INSERT INTO watch VALUES (1, 'kettle'), (2, 'kettle'), (2, 'kettle')",
    )

    assert touched(engine, "UPDATE watch SET who = NULL WHERE who = 1") == (set(), set())
    assert touched(engine, "UPDATE watch SET what = '' WHERE rowid = 3") == ({("watch", ("3",))}, set())


def test_a_row_in_whose_key_she_stood_is_hers_under_another_key_and_nobody_elses(engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE mention (goods INTEGER, who TEXT, PRIMARY KEY (goods, who))",
        "INSERT INTO mention VALUES (1, 'mara@example.org'), (1, 'jon@example.org')",
    )

    assert touched(engine, "UPDATE mention SET who = 'removed-1' WHERE who = 'mara@example.org'") == (
        set(),
        set(),
    )
    assert touched(engine, "UPDATE mention SET who = 'removed-2' WHERE who = 'jon@example.org'") == (
        {("mention", ("1", "jon@example.org")), ("mention", ("1", "removed-2"))},
        set(),
    )


def test_what_is_told_to_be_about_her_is_shared_and_no_harm(engine: Engine) -> None:
    about = (About("remark", "orders", "orders"),)

    assert touched(engine, "DELETE FROM remark WHERE id = 1", about=about) == (set(), {("remark", ("1",))})


def test_kept_is_what_the_map_names_retains_and_reaches(engine: Engine) -> None:
    """Her order is retained with its parcel; the letter she received is retained by its sender alone, and her husband's
    order is not hers."""
    keeps = Kept(
        {
            "tables": {
                "people": {"person": "id", "identities": {"email": "email"}},
                "orders": {
                    "belongs_to": {"buyer": {"proposed": "people.id", "confidence": 1, "because": "seen"}},
                    "fields": {"note": {"category": "free-text"}},
                    "on_erase": {"retain": {"ground": "legal-obligation"}},
                },
                "letter": {
                    "belongs_to": {"sender": "people.id", "receiver": "people.id"},
                    "on_erase": {"by": {"sender": {"retain": {}}, "receiver": {"keep": "no"}}},
                },
                "parcel": {
                    "held_by": {"orders": {"parcel": "id"}},
                    "fields": {"street": {"category": "postal-address"}},
                    "on_erase": {"retain": {}},
                },
            }
        }
    )
    run(engine, "UPDATE orders SET note = 'for Mara Lind' WHERE id = 2")
    now = take(engine)
    street = {("parcel", "street", ("1",)), ("parcel", "street", ("2",))}

    assert keeps.places(now, HERS, places(now, HERS) | street) == {
        ("orders", "buyer", ("1",)),
        ("orders", "note", ("1",)),
        ("orders", "*", ("1",)),
        ("letter", "sender", ("1",)),
        ("parcel", "street", ("1",)),
    }
