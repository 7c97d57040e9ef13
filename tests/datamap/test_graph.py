from pathlib import Path

from upheld.datamap import graph
from upheld.datamap.model import History, Holding, Link, Replies, System, Table
from upheld.datamap.read import read

SHOP = read(Path(__file__).parent / "folder").system("shop")


def _table(name: str, *targets: str, person: bool = False) -> Table:
    links = tuple(Link((f"{target}_id",), target, ("id",)) for target in targets)
    return Table(name, person=("id",) if person else (), links=links)


def test_levels_count_the_steps_to_people() -> None:
    assert graph.levels(SHOP) == {
        "customers": 0,
        "orders": 1,
        "order_lines": 2,
        "order_wrappings": 2,
        "orders_history": 2,
        "customers_history": 1,
        "guests": 1,
        "teams": 2,
        "team_members": 1,
        "watch_lists": 1,
        "remarks": 1,
        "facts": 1,
    }


def test_a_diamond_gives_two_chains_and_one_place_in_the_order() -> None:

    shop = System(
        "shop",
        tables=(
            _table("people", person=True),
            _table("orders", "people"),
            _table("addresses", "people"),
            _table("items", "orders", "addresses"),
        ),
    )

    ways = [[edge.target for edge in chain] for chain in graph.chains(shop, "items")]

    assert ways == [["orders", "people"], ["addresses", "people"]]
    assert graph.children_first(shop) == ("items", "orders", "addresses", "people")


def test_a_chain_ends_at_the_first_person_or_identity() -> None:
    mail = Link(("mail",), identity="email")
    system = System(
        "s",
        tables=(
            _table("people", "people", person=True),
            Table("notes", links=(mail, Link(("by",), "people", ("id",)))),
        ),
    )

    assert list(graph.chains(system, "people")) == [()]
    assert [chain[-1].target for chain in graph.chains(system, "notes")] == [None, "people"]


def test_a_cycle_is_broken_far_from_people() -> None:

    system = System(
        "s",
        tables=(
            Table("users", person=("id",), links=(Link(("mail_id",), "mails", ("id",)),)),
            _table("mails", "users"),
        ),
    )

    assert graph.children_first(system) == ("mails", "users")
    assert graph.cycles(system) == ()


def test_tables_that_lead_only_to_each_other_are_named_together() -> None:
    system = System(
        "s",
        tables=(
            _table("people", person=True),
            _table("a", "b"),
            _table("b", "c"),
            _table("c", "a"),
            _table("d", "a"),
        ),
    )

    assert graph.cycles(system) == (("a", "b", "c"),)


def test_a_history_comes_after_its_table_and_a_holder_before_what_it_holds() -> None:
    system = System(
        "s",
        tables=(
            Table("old", history_of=History("posts", ("post",), ("id",))),
            Table("groups", held_by=(Holding("members", ("group_id",), ("id",)),)),
            _table("posts", "people"),
            _table("members", "people"),
            Table("people", person=("id",), replies=Replies("parent")),
        ),
    )

    assert graph.children_first(system) == ("posts", "members", "old", "groups", "people")
    assert graph.children_first(system, ["people", "old"]) == ("old", "people")
