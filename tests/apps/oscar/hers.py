"""Who is looked for in the shop's database, and which rows hang on hers without naming her. Shares no code with src."""

from collections.abc import Mapping

from sqlalchemy import Engine, text

from tests.apps import scan

USERS = ("auth_user", "id")
EMAIL = "hedda.sandgren@example.org"
HUSBAND = "nils.sandgren@example.org"
TEXTS = (EMAIL, "Hedda Sandgren", "+4722557144", "+4722557140", "Solbakken 17", "Gamle Brygge 3")
LOOKALIKES = (
    "hedda.sandgren@example.org.invalid",
    "ahedda.sandgren@example.org",
    "x.hedda.sandgren@example.org",
    "Hedda Sandgreen",
    "Ahedda Sandgren",
    "Hedda Sandgren-Moe",
    "Hedvig Sandgren",
    "Solbakken 171",
)
_TOGETHER = (("Hedda", "Sandgren"),)

# Rows that are hers only through another row of hers: table, its column, the table meant, the column meant.
_HANGING = (
    ("basket_basket", "id", "order_order", "basket_id"),
    ("basket_basket_vouchers", "basket_id", "basket_basket", "id"),
    ("basket_line", "basket_id", "basket_basket", "id"),
    ("basket_lineattribute", "line_id", "basket_line", "id"),
    ("wishlists_line", "wishlist_id", "wishlists_wishlist", "id"),
    ("wishlists_wishlistsharedemail", "wishlist_id", "wishlists_wishlist", "id"),
    ("order_shippingaddress", "id", "order_order", "shipping_address_id"),
    ("order_ordernote", "order_id", "order_order", "id"),
    ("order_line", "order_id", "order_order", "id"),
    ("order_lineattribute", "line_id", "order_line", "id"),
    ("order_shippingevent", "order_id", "order_order", "id"),
    ("payment_source", "order_id", "order_order", "id"),
)
# The office's log of her address book, in which others' addresses stand too.
_LOGGED = (
    "SELECT l.id FROM django_admin_log l JOIN django_content_type t ON t.id = l.content_type_id "
    "WHERE t.model = 'useraddress' AND l.object_id IN ({keys})"
)
# Rows of her husband's in which he wrote her name: where he sends a parcel, and what the shop wrote to him about it.
_HIS = (
    ("address_useraddress", "SELECT id FROM address_useraddress WHERE user_id = :his"),
    ("communication_email", "SELECT id FROM communication_email WHERE user_id = :his"),
    ("order_shippingaddress", "SELECT shipping_address_id FROM order_order WHERE user_id = :his"),
    ("order_billingaddress", "SELECT billing_address_id FROM order_order WHERE user_id = :his"),
)


def needles(engine: Engine) -> scan.Needles:
    """Her addresses, names and numbers, her log-in, and the key of her account."""
    with engine.connect() as connection:
        key, login = connection.execute(
            text("SELECT id, username FROM auth_user WHERE email = :email"), {"email": EMAIL}
        ).one()
    return scan.Needles((*TEXTS, login), _TOGETHER, {USERS: frozenset({str(key)})})


def his(engine: Engine) -> set[tuple[str, scan.Row]]:
    """Rows that are her husband's, by table and key, in tables where he named her."""
    with engine.connect() as connection:
        who = connection.execute(
            text("SELECT id FROM auth_user WHERE email = :email"), {"email": HUSBAND}
        ).scalar_one()
        return {
            (table, (str(key),))
            for table, query in _HIS
            for (key,) in connection.execute(text(query), {"his": who})
        }


def touchable(engine: Engine, found: list[scan.Found]) -> Mapping[str, set[scan.Row]]:
    """Rows that an erasure of hers may touch: those in which she was found, but for her husband's, and those that hang
    on them."""
    others = his(engine)
    rows: dict[str, set[scan.Row]] = {}
    for each in found:
        if (each.table, each.key) not in others:
            rows.setdefault(each.table, set()).add(each.key)
    with engine.connect() as connection:
        logged = ", ".join(each for (each,) in rows["address_useraddress"])
        entries = connection.execute(text(_LOGGED.format(keys=logged)))
        rows["django_admin_log"].update((str(each),) for (each,) in entries)
        for table, column, parent, key in _HANGING:
            mine = ", ".join(each for (each,) in rows[parent])
            read = connection.execute(
                text(
                    f"SELECT id FROM {table} WHERE {column} IN (SELECT {key} FROM {parent} WHERE id IN ({mine}))"
                )
            )
            rows.setdefault(table, set()).update((str(each),) for (each,) in read)
    return rows
