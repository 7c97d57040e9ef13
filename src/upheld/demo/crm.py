"""Rows of the contact book, on SQLite or MariaDB. People are found there by e-mail or telephone."""

from datetime import date, timedelta
from random import Random

from upheld.demo.people import HER_NUMBER, Crowd, Person, her
from upheld.demo.rows import Days, Row, Rows, Tables
from upheld.demo.words import CAMPAIGNS, SENTENCES, TAGS

HER_GIFTS = 12


def number_of(person: Person) -> int:
    """The contact book counts in its own way."""
    return 7_000 + person.number


class ContactBook:
    """Draws the contact book: every third person of the forum, under her second address."""

    def __init__(self, people: list[Person], chance: Random, today: date) -> None:
        self.chance, self.today = chance, today
        self.days = Days(chance, today)
        self.her = her(people)
        near = range(HER_NUMBER * 10, HER_NUMBER * 10 + 6)
        self.contacts = [each for each in people if each.number % 3 == 0 or each.number in near]
        self.crowd = Crowd(self.contacts, chance)

    def tables(self) -> Tables:
        """All tables, parents before children."""
        return {
            "contacts": self._contacts(),
            "donations": self._donations(),
            "notes": self._notes(),
            "tags": Rows(("id", "title"), list(enumerate(TAGS, 1))),
            "contact_tags": self._tagged(),
            "interactions": self._interactions(),
        }

    def drawn(self, times: int, hers: int) -> list[Person]:
        """Contacts for so many rows, `hers` of which are hers, in a random order."""
        chosen = self.crowd.draw(self.chance, times) + [self.her] * hers
        self.chance.shuffle(chosen)
        return chosen

    def _contacts(self) -> Rows:
        rows: list[Row] = []
        for each in self.contacts:
            phone, since = each.phone.replace(" ", ""), str(self.days.day())
            language = self.chance.choice(("de", "de", "nl", "da", "en"))
            rows.append(
                (
                    number_of(each),
                    each.second_email,
                    since,
                    each.name,
                    phone,
                    each.street,
                    each.city,
                    language,
                    since,
                )
            )
        columns = "id email email_confirmed_on name phone street city language created_on"
        return Rows(tuple(columns.split()), rows)

    def _donations(self) -> Rows:
        """Hers reach back ten years, so that the seven years of a receipt are over for some."""
        her_days = iter([self.today - timedelta(days=20 + 310 * n) for n in range(HER_GIFTS)])
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.contacts) * 2, HER_GIFTS), 1):
            day = next(her_days, self.today) if each is self.her else self.days.day()
            message = f"Keep going! {each.given}" if each is self.her or number % 9 == 0 else None
            cents, campaign = self.chance.choice((500, 1000, 2500, 10_000)), self.chance.choice(CAMPAIGNS)
            rows.append((number, number_of(each), each.name, cents, campaign, message, str(day)))
        return Rows(tuple("id contact_id donor_name amount_cents campaign message received_on".split()), rows)

    def _notes(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.contacts), 5), 1):
            body = f"{each.given} called. {self.chance.choice(SENTENCES)} Call back at {each.phone}."
            rows.append((number, number_of(each), "office", body, str(self.days.day())))
        return Rows(("id", "contact_id", "written_by", "body", "written_on"), rows)

    def _tagged(self) -> Rows:
        pairs = {
            (number_of(each), self.chance.randint(1, len(TAGS))): None
            for each in self.drawn(len(self.contacts), 3)
        }
        return Rows(("contact_id", "tag_id"), list(pairs))

    def _interactions(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.contacts) * 2, 11), 1):
            channel = self.chance.choice(("letter", "telephone", "visit", "fair"))
            rows.append((number, number_of(each), channel, f"Spoke with {each.name}", str(self.days.day())))
        return Rows(("id", "contact_id", "channel", "summary", "took_place_on"), rows)
