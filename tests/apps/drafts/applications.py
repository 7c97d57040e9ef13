"""The applications on which drafts are measured, and the people who are erased in each.

Ten kinds of people are wanted: the busiest, staff, those who are taken for somebody else, those of one house, guests
without an account, and some of everybody. Their identifiers are read from the raw database by queries of our own.
"""

import os
import tempfile
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import Connection, Engine, text

from tests.apps import environment, scan
from tests.apps.drafts.measure import Application, Person
from tests.apps.drafts.snapshot import About, Others
from tests.apps.indico import dump as indico_dump
from tests.apps.indico import hers as indico_hers
from tests.apps.mediawiki import wiki
from tests.apps.mediawiki.remake import DUMP as MEDIAWIKI_DUMP
from tests.apps.oscar import dump as oscar_dump
from tests.apps.oscar import hers as oscar_hers
from tests.apps.roundup import tracker
from tests.servers import mariadb, postgresql
from tests.servers.plugin import RUN_FOLDER

_READY = environment.ROOT / "src" / "upheld" / "datamap" / "ready"

_INDICO_KINDS = (
    ("the busiest, with two accounts", 2),
    ("taken for her", 3),
    ("taken for her", 4),
    ("runs the site", 1),
    ("looks after a category", 12),
    ("looks after a category", 13),
    ("one of many, and host of a meeting", 20),
    ("one of many, and host of a meeting", 57),
    ("one of many, and host of a meeting", 94),
    ("one of many, and host of a meeting", 131),
    ("one of many, and host of a meeting", 168),
    ("one of many, and host of a meeting", 201),
)
_OSCAR_ACCOUNTS = (
    ("the busiest, guest before she had an account", oscar_hers.EMAIL),
    ("of her house", oscar_hers.HUSBAND),
    ("of her house", "hedvig.sandgren@example.org"),
    ("taken for her", "hedda.sandgren@example.org.invalid"),
    ("taken for her", "ahedda.sandgren@example.org"),
    ("runs the shop", "frode.tangvik@harbour.example.org"),
    ("one of many", "balder.askildsen@example.org"),
    ("one of many", "folke.bergum@example.org"),
    ("one of many", "kerstin.dalene@example.org"),
    ("one of many", "pelle.granmo@example.org"),
)
_OSCAR_GUESTS = ("%.1@guests.example.com", "%.22@guests.example.com", "%.46@guests.example.com")
# With whom she shared her lists, what the office wrote to her orders, and its log of her account and address book.
_ABOUT_OSCAR = (
    About("wishlists_wishlistsharedemail", "wishlist_id", "wishlists_wishlist"),
    About("order_ordernote", "order_id", "order_order"),
    About("django_admin_log", "object_id", "auth_user", (("content_type_id", "4"),)),
    About("django_admin_log", "object_id", "address_useraddress", (("content_type_id", "14"),)),
)


def applications() -> tuple[Application, ...]:
    return (indico(), oscar(), roundup(), mediawiki())


def indico() -> Application:
    return Application(
        "indico",
        _restored_indico,
        lambda: postgresql.drop(postgresql.postgresql(_run(), "postgresql15"), "drafted"),
        _people_of_indico,
        lambda engine: Others(indico_hers.USERS, _addresses(engine, "SELECT email FROM users.emails")),
        (),
        tuple(YAML(typ="safe").load(_READY / "indico.yaml")["schemas"]),
        _READY / "indico.yaml",
        "INDICO_DATABASE_URL",
    )


def oscar() -> Application:
    return Application(
        "oscar",
        _restored_oscar,
        lambda: mariadb.drop(mariadb.mariadb(_run()), "drafted"),
        _people_of_oscar,
        lambda engine: Others(
            oscar_hers.USERS,
            _addresses(engine, "SELECT email FROM auth_user UNION SELECT guest_email FROM order_order"),
        ),
        _ABOUT_OSCAR,
        (),
        _READY / "oscar.yaml",
        "OSCAR_DATABASE_URL",
    )


def roundup() -> Application:
    place = Path(tempfile.gettempdir()) / f"upheld-roundup-{os.getpid()}.sqlite"
    return Application(
        "roundup",
        lambda: tracker.restore(place),
        place.unlink,
        _people_of_roundup,
        lambda engine: Others(tracker.USERS, _addresses(engine, "SELECT _address FROM _user")),
        (),
        (),
        refers=tracker.refers(),
    )


def mediawiki() -> Application:
    return Application(
        "mediawiki",
        _restored_mediawiki,
        lambda: postgresql.drop(postgresql.postgresql(_run(), "postgresql15"), "drafted"),
        _people_of_mediawiki,
        lambda engine: Others(wiki.USERS, _addresses(engine, 'SELECT user_email FROM mediawiki."user"')),
        (),
        (),
        refers=wiki.refers(),
    )


def _run() -> Path:
    return Path(os.environ[RUN_FOLDER])


def _restored_indico() -> str:
    server = postgresql.postgresql(_run(), "postgresql15")
    postgresql.create(server, "drafted")
    indico_dump.restore(server.url("drafted"))
    return server.url("drafted")


def _restored_mediawiki() -> str:
    server = postgresql.postgresql(_run(), "postgresql15")
    postgresql.create(server, "drafted")
    indico_dump.restore(server.url("drafted"), MEDIAWIKI_DUMP)
    return server.url("drafted")


def _restored_oscar() -> str:
    server = mariadb.mariadb(_run())
    mariadb.create(server, "drafted")
    oscar_dump.restore(server.url("drafted"))
    return server.url("drafted")


def _addresses(engine: Engine, query: str) -> frozenset[str]:
    with engine.connect() as connection:
        return frozenset(address.lower() for (address,) in connection.execute(text(query)) if address)


def _people_of_indico(engine: Engine) -> list[Person]:
    with engine.connect() as connection:
        return [_of_indico(connection, kind, number) for kind, number in _INDICO_KINDS]


def _of_indico(connection: Connection, kind: str, number: int) -> Person:
    first, last, phone, address = connection.execute(
        text("SELECT first_name, last_name, phone, address FROM users.users WHERE id = :id"), {"id": number}
    ).one()
    keys = connection.execute(
        text("SELECT id FROM users.users WHERE first_name = :first AND last_name = :last"),
        {"first": first, "last": last},
    ).scalars()
    accounts = frozenset(str(key) for key in keys)
    ids = ", ".join(accounts)
    emails = connection.execute(
        text(f"SELECT email FROM users.emails WHERE user_id IN ({ids}) ORDER BY user_id, is_primary DESC, id")
    )
    logins = connection.execute(text(f"SELECT identifier FROM users.identities WHERE user_id IN ({ids})"))
    written = [each for (each,) in emails]
    texts = (*written, *(each for (each,) in logins), f"{first} {last}", phone, address.partition(",")[0])
    needles = scan.Needles(_distinct(texts), ((first, last),), {indico_hers.USERS: accounts})
    return Person(kind, f"email={written[0]}", needles)


def _people_of_oscar(engine: Engine) -> list[Person]:
    with engine.connect() as connection:
        accounts = [_with_account(connection, kind, email) for kind, email in _OSCAR_ACCOUNTS]
        guests = [_guest(connection, like) for like in _OSCAR_GUESTS]
    return [*accounts, *guests]


def _with_account(connection: Connection, kind: str, email: str) -> Person:
    key, login, first, last = connection.execute(
        text("SELECT id, username, first_name, last_name FROM auth_user WHERE email = :email"),
        {"email": email},
    ).one()
    books = connection.execute(
        text(
            "SELECT line1, phone_number FROM address_useraddress "
            "WHERE user_id = :id AND first_name = :first AND last_name = :last"
        ),
        {"id": key, "first": first, "last": last},
    )
    texts = [email, login, f"{first} {last}"]
    for street, phone in books:
        texts += [phone, *_own_street(connection, street, last, first)]
    needles = scan.Needles(_distinct(texts), ((first, last),), {oscar_hers.USERS: frozenset({str(key)})})
    return Person(kind, f"email={email}", needles)


def _own_street(connection: Connection, street: str, last: str, first: str) -> list[str]:
    """The street, unless somebody else lives there too: then it does not say who she is."""
    shared = connection.execute(
        text(
            "SELECT count(*) FROM address_useraddress "
            "WHERE line1 = :street AND NOT (first_name = :first AND last_name = :last)"
        ),
        {"street": street, "first": first, "last": last},
    ).scalar_one()
    return [] if shared else [street]


def _guest(connection: Connection, like: str) -> Person:
    email, first, last, street, phone = connection.execute(
        text(
            "SELECT o.guest_email, a.first_name, a.last_name, a.line1, a.phone_number FROM order_order o "
            "JOIN order_shippingaddress a ON a.id = o.shipping_address_id WHERE o.guest_email LIKE :like"
        ),
        {"like": like},
    ).one()
    needles = scan.Needles(
        (email, f"{first} {last}", street, phone), ((first, last),), {oscar_hers.USERS: frozenset()}
    )
    return Person("a guest without an account", f"email={email}", needles)


def _people_of_roundup(engine: Engine) -> list[Person]:
    found = []
    for kind, login in tracker.KINDS:
        address, needles = tracker.needles(engine, login)
        found.append(Person(kind, f"email={address}", needles))
    return found


def _people_of_mediawiki(engine: Engine) -> list[Person]:
    found = []
    for kind, login in wiki.KINDS:
        address, needles = wiki.needles(engine, login)
        found.append(Person(kind, f"email={address}", needles))
    return found


def _distinct(texts: "tuple[str, ...] | list[str]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each))
