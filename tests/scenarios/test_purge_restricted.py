"""What is under restriction stays, and so does what it hangs on or what hangs on it, when a period ends (G-18.5)."""

from pathlib import Path

import pytest

from tests.scenarios.conftest import Make
from tests.scenarios.office import open_office
from tests.scenarios.people import ADA, BEN, PEOPLE, USERS
from tests.scenarios.test_restriction import lift, restrict
from upheld.store.models import Case

SCHEMA = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, paid DATE, held INTEGER);
CREATE INDEX orders_user ON orders(user_id);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(id) ON DELETE CASCADE, what VARCHAR(20), held INTEGER);
CREATE INDEX items_order ON items(order_id);
INSERT INTO orders VALUES (1, 0, '2025-03-01', NULL);
INSERT INTO items VALUES (1, 1, 'a clock', NULL);
"""
ACCEPT = "accept: [{finding: restriction.absent, reason: nobody reads them}]"


def mapped(marked: str) -> str:
    """Only one of the two tables has a mark."""
    own = {name: "restriction: held" if name == marked else ACCEPT for name in ("orders", "items")}
    return (
        USERS
        + f"  {ACCEPT}\n"
        + f"""
orders:
  belongs_to: {{user_id: users.id}}
  {own["orders"]}
  on_erase: {{retain: {{ground: legal-obligation, law: tax, for: 7y, after: paid, then: delete}}}}
items:
  belongs_to: {{order_id: orders.id}}
  {own["items"]}
  on_erase: {{follow: {{link: order_id}}}}
"""
    )


@pytest.mark.parametrize("marked", ["orders", "items"])
def test_a_period_that_ends_takes_neither_restricted_rows_nor_what_is_joined_to_them(
    marked: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    world = make(PEOPLE + SCHEMA.replace(" REFERENCES orders(id) ON DELETE CASCADE", ""), mapped(marked))
    office = open_office(world, tmp_path)
    assert office.erase(ADA).complete
    assert (world.rows("orders", "id"), world.rows("items", "id")) == ([(1,)], [(1,)])
    assert restrict(office, ADA, people=("users=0",)).complete
    assert world.rows(marked, "held") != [(None,)]

    told: list[tuple[str, str]] = []

    during = office.purge("2032-03-02", told=told)

    assert (during.failures, during.restricted) == ((), len(told)), "G-18.2: what is not done is noted"
    assert set(told) == {("club", "kept, as it is restricted")}
    assert (world.rows("orders", "id"), world.rows("items", "id")) == ([(1,)], [(1,)])
    lift(office, Case.objects.get(state="OPEN"))
    afterwards = office.purge("2032-03-03")
    assert (afterwards.failures, afterwards.restricted) == ((), 0)
    assert (world.rows("orders", "id"), world.rows("items", "id")) == ([], [])


def test_restricted_rows_that_would_go_with_their_parents_stop_the_erasure(
    make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """The database's own cascade knows no restriction."""
    tables = mapped("items").replace(
        "retain: {ground: legal-obligation, law: tax, for: 7y, after: paid, then: delete}", "delete"
    )
    tables = tables.replace("on_erase: {delete}", "on_erase: delete").replace(
        "on_erase: {follow: {link: order_id}}", "on_erase: delete"
    )
    world = make(PEOPLE + SCHEMA, tables)
    office = open_office(world, tmp_path)
    assert restrict(office, ADA).complete

    standing = office.erase(ADA)

    assert [state for _, state, _ in standing.systems] == ["FAILED"]
    assert "cascade.loss at items.order_id" in standing.systems[0][2]
    assert (world.rows("orders", "id"), world.rows("items", "id")) == ([(1,)], [(1,)])


GIFTS = SCHEMA.replace("what VARCHAR(20)", "gift_to INTEGER, what VARCHAR(20)").replace(
    "(1, 1, 'a clock', NULL)", "(1, 1, 5, 'a clock', NULL), (2, 1, NULL, 'a pen', NULL)"
)
GIFT_MAP = """
orders: {belongs_to: {user_id: users.id}, restriction: held, on_erase: delete}
items:
  belongs_to: {order_id: orders.id, gift_to: users.id}
  restriction: held
  accept: [{finding: link.optional, reason: an item of nobody is a leftover}]
  on_erase: {by: {order_id: delete, gift_to: detach}}
"""


@pytest.mark.parametrize("then", ["CASCADE", "SET NULL"])
def test_a_row_restricted_for_somebody_else_alone_does_not_go_with_its_unrestricted_parent(
    then: str, make: Make, sqlite_records: Path, tmp_path: Path
) -> None:
    """G-18.5: both tables are marked, and the order itself is restricted for nobody."""
    ddl = GIFTS.replace("ON DELETE CASCADE", f"ON DELETE {then}")
    ddl += "CREATE INDEX items_gift ON items(gift_to);\n"
    world = make(PEOPLE + ddl, USERS + f"  {ACCEPT}\n" + GIFT_MAP)
    office = open_office(world, tmp_path)
    assert restrict(office, BEN).complete
    assert world.rows("items", "held") != [(None,), (None,)]

    standing = office.erase(ADA)

    if then == "CASCADE":
        assert [state for _, state, _ in standing.systems] == ["FAILED"]
        assert "cascade.loss at items.order_id" in standing.systems[0][2]
        assert (world.rows("orders", "id"), world.rows("items", "id")) == ([(1,)], [(1,), (2,)])
    else:
        assert standing.complete
        assert (world.rows("orders", "id"), world.rows("items", "id, order_id")) == ([], [(1, None)])
