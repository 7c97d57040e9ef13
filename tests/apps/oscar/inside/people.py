"""Two hundred invented people, the woman who will ask to be forgotten, her family, and three who are taken for her."""

from dataclasses import dataclass

PASSWORD = "slow-harbour-lamp-61"

_FIRST = [
    "Agnes",
    "Balder",
    "Carin",
    "Didrik",
    "Elna",
    "Folke",
    "Gudrun",
    "Halvar",
    "Ingrid",
    "Joar",
    "Kerstin",
    "Ludvig",
    "Margit",
    "Njord",
    "Olea",
    "Pelle",
    "Ragna",
    "Sture",
    "Torun",
    "Vidar",
]
_LAST = [
    "Askildsen",
    "Bergum",
    "Dalene",
    "Engen",
    "Fossli",
    "Granmo",
    "Haugdal",
    "Isaksen",
    "Kvernmo",
    "Lysne",
]
_OF = ["Vik", "Nes", "Lund"]


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    email: str
    line1: str
    city: str
    postcode: str
    phone: str
    card: str = "4111 1111 1111 1111"

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}"


STAFF = (
    Person(
        "Frode",
        "Tangvik",
        "frode.tangvik@harbour.example.org",
        "Kaien 1",
        "Havnby",
        "9951",
        "+47 22 55 01 01",
    ),
    Person(
        "Siv", "Brekkan", "siv.brekkan@harbour.example.org", "Kaien 1", "Havnby", "9951", "+47 22 55 01 02"
    ),
)
HEROINE = Person(
    "Hedda",
    "Sandgren",
    "hedda.sandgren@example.org",
    "Solbakken 17",
    "Umlia",
    "9934",
    "+47 22 55 71 44",
    "4929 0000 0000 6141",
)
# At the family's house; the two others live there.
HEROINE_AT_HOME = Person(
    "Hedda", "Sandgren", HEROINE.email, "Fjellveien 12", "Umlia", "9935", HEROINE.phone, HEROINE.card
)
# An address of hers from before she had an account.
HEROINE_BEFORE = Person(
    "Hedda", "Sandgren", HEROINE.email, "Gamle Brygge 3", "Umlia", "9936", "+47 22 55 71 40", HEROINE.card
)
FAMILY = (
    Person(
        "Nils", "Sandgren", "nils.sandgren@example.org", "Fjellveien 12", "Umlia", "9935", "+47 22 55 71 45"
    ),
    Person(
        "Hedvig",
        "Sandgren",
        "hedvig.sandgren@example.org",
        "Fjellveien 12",
        "Umlia",
        "9935",
        "+47 22 55 71 46",
    ),
)
LOOKALIKES = (
    Person(
        "Hedda",
        "Sandgreen",
        "hedda.sandgren@example.org.invalid",
        "Solbakken 171",
        "Umlia",
        "9934",
        "+47 22 55 71 43",
    ),
    Person(
        "Ahedda", "Sandgren", "ahedda.sandgren@example.org", "Solbakken 1", "Umlia", "9934", "+47 22 55 71 42"
    ),
    Person(
        "Hedda",
        "Sandgren-Moe",
        "x.hedda.sandgren@example.org",
        "Solbakken 7",
        "Umlia",
        "9934",
        "+47 22 55 71 41",
    ),
)


def everyone_else(number=200):
    for index in range(number):
        first, last = _FIRST[index % 20], _LAST[index // 20 % 10]
        yield Person(
            first,
            last,
            f"{first}.{last}@example.org".lower(),
            f"Tjernstien {index + 1}",
            "Skogli",
            f"{7000 + index}",
            f"+47 22 56 {index // 100:02d} {index % 100:02d}",
        )


def guests(number=60):
    """They order without an account; every third has the name of somebody who has one, the others one of their own."""
    for index in range(number):
        first = _FIRST[(index * 7 + 3) % 20]
        last = _LAST[index % 10] if index % 3 == 0 else f"{_LAST[index % 10]}-{_OF[index // 20]}"
        yield Person(
            first,
            last,
            f"{first}.{last}.{index}@guests.example.com".lower(),
            f"Gjestegata {index + 1}",
            "Strandby",
            f"{8000 + index}",
            f"+47 22 57 00 {index:02d}",
        )
