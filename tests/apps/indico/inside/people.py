"""Two hundred invented people, the woman who will ask to be forgotten, and three who are taken for her."""

from dataclasses import dataclass

from indico.core.db import db
from indico.modules.auth.util import register_user
from indico.modules.users.models.affiliations import Affiliation

PASSWORD = "quiet-lantern-47"

_FIRST = [
    "Ada",
    "Bruno",
    "Celia",
    "Dario",
    "Edda",
    "Fynn",
    "Greta",
    "Hanno",
    "Ilse",
    "Jarek",
    "Kaja",
    "Lutz",
    "Minna",
    "Nils",
    "Odile",
    "Petra",
    "Quentin",
    "Rosa",
    "Sven",
    "Tilda",
]
_LAST = [
    "Abel",
    "Brandt",
    "Castell",
    "Drost",
    "Ekman",
    "Falk",
    "Grahn",
    "Holm",
    "Ivers",
    "Jansen",
    "Kessel",
    "Lorenz",
    "Moritz",
    "Nyberg",
    "Olsen",
    "Pohl",
    "Quist",
    "Riedel",
    "Sommer",
    "Tamm",
]


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    email: str
    other_email: str
    username: str
    phone: str
    address: str
    affiliation: str


ADMINISTRATOR = Person(
    "Tove",
    "Brask",
    "tove.brask@example.net",
    "brask@example.net",
    "admin",
    "+45 555 0100",
    "Prøvevej 1, 9990 Prøveby",
    "Example Office",
)
HEROINE = Person(
    "Mara",
    "Lindqvist",
    "mara.lindqvist@example.org",
    "lindqvist.mara@example.com",
    "mlindqvist",
    "+46 555 0141 77",
    "Ripstigen 14, 90337 Umbyn",
    "Institute of Slow Light",
)
LOOKALIKES = (
    Person(
        "Amara",
        "Lindqvist",
        "amara.lindqvist@example.org",
        "lindqvist.amara@example.com",
        "amlindqvist",
        "+46 555 0141 771",
        "Ripstigen 141, 90337 Umbyn",
        "Institute of Slow Lightning",
    ),
    Person(
        "Mara",
        "Lindqvister",
        "mara.lindqvist@example.org.invalid",
        "lindqvist.mara@example.com.invalid",
        "mlindqvister",
        "+46 555 0141 7",
        "Ripstigen 1, 90337 Umbyn",
        "Institute of Slow",
    ),
    Person(
        "Xmara",
        "Lindqvist-Holm",
        "xmara.lindqvist@example.org",
        "xlindqvist.mara@example.com",
        "xmlindqvist",
        "+46 555 0141 772",
        "Ripstigen 142, 90337 Umbyn",
        "Institutes of Slow Light",
    ),
)


def everyone_else(number=200):
    for index in range(number):
        first, last = _FIRST[index % 20], _LAST[index // 20 % 20]
        login = f"{first}.{last}".lower()
        yield Person(
            first,
            last,
            f"{login}@example.org",
            f"{login}@example.com",
            login.replace(".", ""),
            f"+49 555 01{index:03d}",
            f"Musterweg {index + 1}, 12345 Beispielstadt",
            f"Example Institute {index % 12}",
        )


def register(person, **more):
    """An account as the sign-up page makes it, with a local password."""
    affiliation = Affiliation.query.filter_by(name=person.affiliation).first()
    if affiliation is None:
        affiliation = Affiliation(name=person.affiliation, city="Beispielstadt", country_code="DE")
        db.session.add(affiliation)
        db.session.flush()
    user, _identity = register_user(
        person.email,
        {person.other_email},
        {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone,
            "address": person.address,
            "affiliation": person.affiliation,
            "affiliation_link": affiliation,
        },
        {"provider": "indico", "identifier": person.username, "password": PASSWORD},
        {"timezone": "Europe/Berlin", "lang": "en_GB"},
    )
    for name, value in more.items():
        setattr(user, name, value)
    db.session.flush()
    return user
