"""Rows of the shop, which stands on SQLite."""

import json
from datetime import date, timedelta
from random import Random

from upheld.demo.people import HER_NUMBER, Crowd, Person, her
from upheld.demo.rows import Days, Row, Rows, Tables
from upheld.demo.words import PRODUCTS, SENTENCES

HER_ORDERS = 14


def number_of(person: Person) -> int:
    """The shop counts its customers in its own way."""
    return 100_000 + person.number * 3


class Shop:
    """Draws the shop: every second person of the forum, and she."""

    def __init__(self, people: list[Person], chance: Random, today: date) -> None:
        self.chance, self.today = chance, today
        self.days = Days(chance, today)
        self.her = her(people)
        near = range(HER_NUMBER * 10, HER_NUMBER * 10 + 6)
        self.customers = [each for each in people if each.number % 2 == 0 or each.number in near]
        self.crowd = Crowd(self.customers, chance)
        self.buyers = self.drawn(len(people), HER_ORDERS)
        self.ordered = self._ordered()

    def tables(self) -> Tables:
        """All tables, parents before children."""
        return {
            "customers": self._customers(),
            "addresses": self._addresses(),
            "products": Rows(
                ("id", "title", "price_cents"), [(n, *each) for n, each in enumerate(PRODUCTS, 1)]
            ),
            "orders": self._orders(),
            "order_items": self._items(),
            "invoices": self._invoices(),
            "carts": self._carts(),
            "reviews": self._reviews(),
            "coupons": self._coupons(),
        }

    def drawn(self, times: int, hers: int) -> list[Person]:
        """Customers for so many rows, `hers` of which are hers, in a random order."""
        chosen = self.crowd.draw(self.chance, times) + [self.her] * hers
        self.chance.shuffle(chosen)
        return chosen

    def _ordered(self) -> list[date]:
        """Days of the orders. Hers span twelve years, so that the ten years of an invoice end for some."""
        her_days = iter([self.today - timedelta(days=40 + 320 * n) for n in range(HER_ORDERS)])
        return [next(her_days, self.today) if each is self.her else self.days.day() for each in self.buyers]

    def _customers(self) -> Rows:
        rows: list[Row] = [
            (1, "guest@wattgrund.invalid", None, "A former customer", None, None, 0, "{}", str(self.today))
        ]
        for each in self.customers:
            settings = {"currency": "EUR", "ship_to": {"name": each.name, "city": each.city}, "sizes": [1, 2]}
            confirmed = str(self.days.day()) if each.number % 3 == 0 else None
            first = str(self.days.day())
            text, news = json.dumps(settings, ensure_ascii=False), each.number % 4 == 0
            rows.append(
                (number_of(each), each.email, first, each.name, each.phone, confirmed, int(news), text, first)
            )
        columns = "id email email_confirmed_at name phone phone_confirmed_at newsletter settings created_at"
        return Rows(tuple(columns.split()), rows)

    def _addresses(self) -> Rows:
        rows: list[Row] = [
            (number_of(each), number_of(each), each.name, each.street, each.postcode, each.city, each.country)
            for each in self.customers
        ]
        return Rows(tuple("id customer_id recipient street postcode city country".split()), rows)

    def _orders(self) -> Rows:
        rows: list[Row] = []
        for number, (each, day) in enumerate(zip(self.buyers, self.ordered, strict=True), 1):
            note = f"For {each.given}, with thanks" if number % 12 == 0 or each is self.her else None
            state, address = (
                self.chance.choice(("paid", "sent", "sent", "returned")),
                f"198.51.100.{each.number % 250}",
            )
            rows.append((number, number_of(each), number_of(each), state, note, address, str(day)))
        return Rows(tuple("id customer_id address_id state gift_note ip ordered_at".split()), rows)

    def _items(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.buyers, 1):
            for line in range(1, self.chance.randint(2, 4)):
                product = self.chance.randint(1, len(PRODUCTS))
                engraving = each.name if product == 10 else None
                rows.append((number, line, product, self.chance.randint(1, 3), engraving))
        return Rows(("order_id", "line", "product_id", "quantity", "engraving"), rows)

    def _invoices(self) -> Rows:
        rows: list[Row] = []
        for number, (each, day) in enumerate(zip(self.buyers, self.ordered, strict=True), 1):
            name, note = f"R-{day.year}-{number:05}", "Call before delivery" if number % 5 == 0 else None
            address = f"{each.street}, {each.postcode} {each.city}"
            total = self.chance.randint(900, 40_000)
            rows.append((name, number_of(each), number, each.name, address, total, note, str(day)))
        columns = "number customer_id order_id billing_name billing_address total_cents note issued_on"
        return Rows(tuple(columns.split()), rows)

    def _carts(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.customers) // 4, 1), 1):
            rows.append(
                (number, number_of(each), json.dumps([{"product": number % 12 + 1}]), str(self.days.day(90)))
            )
        return Rows(("id", "customer_id", "contents", "updated_at"), rows)

    def _reviews(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.customers), 7), 1):
            body, stars = " ".join(self.chance.choices(SENTENCES, k=2)), self.chance.randint(2, 5)
            product = self.chance.randint(1, len(PRODUCTS))
            rows.append((number, product, number_of(each), each.name, stars, body, str(self.days.day())))
        return Rows(tuple("id product_id customer_id author_name stars body written_at".split()), rows)

    def _coupons(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.customers) // 4, 3), 1):
            code = f"TIDE-{number:04}-{self.chance.getrandbits(24):06X}"
            rows.append((code, number_of(each), self.chance.choice((5, 10, 20)), str(self.days.day(900))))
        return Rows(("code", "customer_id", "percent", "redeemed_on"), rows)
