"""One more shape of generated worlds: orders, and what hangs on them and shares their fate, over two levels."""

from tests.connectors.sql.maker import DAYS, Maker
from tests.connectors.sql.shape import Act, Anonymise, Column, Delete, Follow, Keep, Retain, Sheet, Way

STATES = ("cart", "old", "paid")


def orders(maker: Maker) -> None:
    """Orders of several sorts, each with an end of its own; their items and the items' options follow."""
    bound = maker.yes()
    cut = Anonymise((("user_id", None),))
    ends: list[Act] = [Delete(), cut, Retain("paid_on", maker.pick(Delete(), cut), ("user_id",))]
    if not bound:
        ends.append(Keep())
    rules = [((("state", STATES[0]),), maker.pick(*ends)), ((("state", STATES[1]),), maker.pick(*ends))]
    sheet = maker.add(
        Sheet(
            "orders",
            {
                "id": Column(null=False),
                "user_id": Column(to=("users", "id") if bound else None),
                "state": Column("text", null=False),
                "paid_on": Column("date", null=False),
            },
            ways=(Way(("user_id",), "users"),),
            rules=(*(rules if maker.yes() else ()), ((), maker.pick(*ends))),
        )
    )
    _follower(maker, "order_items", "orders")
    if maker.yes():
        _follower(maker, "item_options", "order_items")
    for number in range(1, maker.many(5) + 1):
        maker.row(
            sheet,
            id=number,
            user_id=maker.pick(*maker.people, None),
            state=maker.pick(*STATES),
            paid_on=maker.pick(*DAYS),
        )
    for name, above in (("order_items", "orders"), ("item_options", "order_items")):
        if name in maker.sheets:
            _hang(maker, name, above)


def _follower(maker: Maker, name: str, above: str) -> None:
    link = f"{above}_id"
    maker.add(
        Sheet(
            name,
            {
                "id": Column(null=False),
                link: Column(to=(above, "id") if maker.yes() else None),
                "note": Column("text"),
            },
            ways=(Way((link,), above),),
            rules=(((), Follow(link, ("note",) if maker.yes() else ())),),
        )
    )


def _hang(maker: Maker, name: str, above: str) -> None:
    rows = [row["id"] for row in maker.sheets[above].rows]
    for number in range(1, maker.many(6) + 1):
        cells = {f"{above}_id": maker.pick(*rows, None)}
        maker.row(maker.sheets[name], id=number, note=maker.pick("a note", None), **cells)
