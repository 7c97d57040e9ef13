"""Several thousand invented people, one of whom is Liv Sørensen, and a few whom one could take for her."""

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from upheld.demo.words import CITIES, FAMILY, GIVEN, HOSTS, STREETS

HER_NUMBER = 42
"""Her number among the people: 420, 142 and 4242 exist as well."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. `second_email` is an address that only part of the systems know."""

    number: int
    given: str
    family: str
    username: str
    email: str
    second_email: str
    phone: str
    street: str
    postcode: str
    city: str
    country: str
    joined: date

    @property
    def name(self) -> str:
        """As she writes it."""
        return f"{self.given} {self.family}"


PLAIN = str.maketrans("øØıłŁ", "oOilL", "")
"""Letters that Unicode does not take apart."""

# name, username, e-mail, phone: each differs from hers in one way that a careless comparison overlooks.
LOOKALIKES = (
    ("Liv Sørensen", "liv.sorensen", "liv.sorensen@harbour.example.org", "+49 4841 5551420"),
    ("Liv Sorensen", "livsorensen2", "liv.sorensen+lists@brook.example.org", "+49 4841 55514"),
    ("Olivia Sørensen", "olivsorensen", "oliv.sorensen@brook.example.org", "+49 4841 555124"),
    ("Liv Sörensen", "livsorensen_", "liv.soerensen@brook.example.org", "+45 4841 555142"),
    ("Liv Sørensen-Dahl", "livsorensendahl", "liv.sorensen@brook.example.org.invalid", "+49 4841 555143"),
    ("Liva Sørensen", "Livsorensen1", "liv_sorensen@brook.example.org", "+49 4841 455142"),
)


def make_people(chance: random.Random, how_many: int, today: date) -> list[Person]:
    """In the order of their numbers, which begin at 1. The same chance gives the same people."""
    special = {
        HER_NUMBER: ("Liv Sørensen", "livsorensen", "liv.sorensen@brook.example.org", "+49 4841 555142")
    }
    special |= {HER_NUMBER * 10 + n: each for n, each in enumerate(LOOKALIKES)}
    people = []
    for number in range(1, how_many + 1):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        plain = f"{_plain(given)}.{_plain(family)}{number}"
        city = chance.choice(CITIES)
        street = f"{chance.choice(STREETS)} {chance.randint(8, 90)}"
        username, email = plain.replace(".", ""), f"{plain}@{chance.choice(HOSTS)}"
        second, phone = f"{plain}@studio.example", f"+49 4841 7{number:05}"
        joined = today - timedelta(days=chance.randint(30, 3600))
        if number in special:
            name, username, email, phone = special[number]
            given, family = name.split(" ", 1)
            second = f"contact{number}@studio.example"
        if number == HER_NUMBER:
            second, street, city = "liv@studio-sorensen.example", "Deichgasse 7", CITIES[0]
            joined = today - timedelta(days=3650)
        people.append(Person(number, given, family, username, email, second, phone, street, *city, joined))
    return people


def her(people: list[Person]) -> Person:
    """Liv Sørensen, whose copy and whose erasure are shown."""
    return people[HER_NUMBER - 1]


class Crowd:
    """Draws people as they are in reality: a few are everywhere, most hardly ever (Zipf's law)."""

    def __init__(self, people: list[Person], chance: random.Random) -> None:
        self.people = list(people)
        chance.shuffle(self.people)
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.people))))

    def draw(self, chance: random.Random, times: int) -> list[Person]:
        """With repetition."""
        return chance.choices(self.people, cum_weights=self.weights, k=times)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.translate(PLAIN)).encode("ascii", "ignore").decode()
    return folded.lower().replace(" ", "")
